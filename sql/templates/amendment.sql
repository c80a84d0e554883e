-- core.amendment: one row per answer, fact or score of {{ fresh }} that differs from the store's;
-- then the old rows make room.
INSERT INTO store.core.amendment
SELECT * FROM (
{%- for item in items %}

    SELECT
        staged.administration_id,
        staged.client_id,
        'answer' AS kind,
        {{ item.name | literal }} AS name,
        CAST(stored.{{ item.name | ident }} AS VARCHAR) AS before,
        CAST(staged.{{ item.name | ident }} AS VARCHAR) AS after,
        {{ batch }} AS batch
    FROM {{ fresh }} AS staged
    INNER JOIN store.core.{{ form_table | ident }} AS stored USING (administration_id)
    WHERE staged.{{ item.name | ident }} IS DISTINCT FROM stored.{{ item.name | ident }}
    UNION ALL
{%- endfor %}
{%- for name, staged, stored in (('day', 'day_number', 'day'), ('therapist', 'therapist_id', 'therapist_id'), ('clinic', 'clinic_id', 'clinic_id')) %}

    SELECT
        staged.administration_id,
        staged.client_id,
        'fact' AS kind,
        {{ name | literal }} AS name,
        CAST(stored.{{ stored }} AS VARCHAR) AS before,
        CAST(staged.{{ staged }} AS VARCHAR) AS after,
        {{ batch }} AS batch
    FROM {{ fresh }} AS staged
    INNER JOIN store.core.administration AS stored USING (administration_id)
    WHERE staged.{{ staged }} IS DISTINCT FROM stored.{{ stored }}
    UNION ALL
{%- endfor %}

    SELECT
        new.administration_id,
        form.client_id,
        'score' AS kind,
        new.scale AS name,
        CAST(old.score AS VARCHAR) AS before,
        CAST(new.score AS VARCHAR) AS after,
        {{ batch }} AS batch
    FROM {{ new_scores }} AS new
    INNER JOIN store.core.score AS old
        ON new.administration_id = old.administration_id AND new.scale = old.scale
    INNER JOIN {{ fresh }} AS form ON new.administration_id = form.administration_id
    WHERE new.score IS DISTINCT FROM old.score
)
ORDER BY ALL;
{% for table in ('administration', 'missing', 'score', form_table) %}

DELETE FROM store.core.{{ table | ident }}
WHERE administration_id IN (SELECT administration_id FROM {{ fresh }} WHERE is_changed);
{% endfor %}
