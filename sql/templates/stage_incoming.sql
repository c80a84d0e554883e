-- {{ incoming }}: one row per staged form that the store does not have as it is. What the export
-- has no column for (the absent) is not contradicted by it.
CREATE OR REPLACE TABLE {{ incoming }} AS
SELECT
    staged.*
{%- if absent %} REPLACE (
{%- for name, stored in absent %}

        coalesce(staged.{{ name }}, facts.{{ stored }}) AS {{ name }}{{ ',' if not loop.last }}
{%- endfor %}

    ){% endif %},
    stored.administration_id IS NOT NULL AS is_changed
FROM {{ staged }} AS staged
LEFT JOIN store.core.{{ form_table | ident }} AS stored ON staged.administration_id = stored.administration_id
LEFT JOIN store.core.administration AS facts ON staged.administration_id = facts.administration_id
WHERE
    stored.administration_id IS NULL
{%- for name, stored in told %}

    OR staged.{{ name }} IS DISTINCT FROM facts.{{ stored }}
{%- endfor %}
{%- for item in items %}

    OR staged.{{ item | ident }} IS DISTINCT FROM {{ 'stored.' ~ (item | ident) if item in held else 'NULL' }}
{%- endfor %}
