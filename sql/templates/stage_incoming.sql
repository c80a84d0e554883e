-- {{ incoming }}: one row per staged form that the store does not have as it is.
CREATE OR REPLACE TABLE {{ incoming }} AS
SELECT
    staged.*,
    stored.administration_id IS NOT NULL AS is_changed
FROM {{ staged }} AS staged
LEFT JOIN store.core.{{ form_table | ident }} AS stored ON staged.administration_id = stored.administration_id
LEFT JOIN store.core.administration AS facts ON staged.administration_id = facts.administration_id
WHERE
    stored.administration_id IS NULL
    OR staged.day_number IS DISTINCT FROM facts.day
    OR staged.therapist_id IS DISTINCT FROM facts.therapist_id
    OR staged.clinic_id IS DISTINCT FROM facts.clinic_id
{%- for item in items %}

    OR staged.{{ item | ident }} IS DISTINCT FROM stored.{{ item | ident }}
{%- endfor %}
