-- core.client: one row per client; what a later row or file says of a client wins, and what it
-- replaces is an amendment.
{% for attribute in attributes %}
ALTER TABLE store.core.client ADD COLUMN IF NOT EXISTS {{ attribute.name | ident }} {{ attribute.type }};
{% endfor %}

{% if has_met %}
{% for attribute in attributes %}
INSERT INTO store.core.amendment
SELECT
    NULL AS administration_id,
    staged.client_id,
    'attribute' AS kind,
    {{ attribute.name | literal }} AS name,
    CAST(stored.{{ attribute.name | ident }} AS VARCHAR) AS before,
    CAST(staged.{{ attribute.name | ident }} AS VARCHAR) AS after,
    {{ batch }} AS batch
FROM stage.client AS staged
INNER JOIN store.core.client AS stored ON staged.client_id = stored.client_id
WHERE stored.{{ attribute.name | ident }} <> staged.{{ attribute.name | ident }}
ORDER BY ALL;
{% endfor %}

UPDATE store.core.client AS stored
SET
    clinic_id = coalesce(stored.clinic_id, staged.clinic_id)
{%- for attribute in attributes %},
    {{ attribute.name | ident }} = coalesce(staged.{{ attribute.name | ident }}, stored.{{ attribute.name | ident }})
{%- endfor %}

FROM stage.client AS staged
WHERE stored.client_id = staged.client_id;
{% endif %}

INSERT INTO store.core.client BY NAME
SELECT * FROM stage.client
{{ 'ANTI JOIN store.core.client AS stored USING (client_id)' if has_met }};
