-- stage.met_client: one row per staged client that the store has: whether the file tells other
-- things of them than the store holds.
CREATE OR REPLACE TABLE stage.met_client AS
SELECT
    staged.client_id,
    false
{%- for attribute in attributes %}

    OR coalesce(staged.{{ attribute.name | ident }} IS DISTINCT FROM {{ 'stored.' ~ (attribute.name | ident) if attribute.name in held else 'NULL' }} AND staged.{{ attribute.name | ident }} IS NOT NULL, false)
{%- endfor %}
{%- if has_ending %}

    OR (told.ending IS NOT NULL AND (told.ending, told.ending_session) IS DISTINCT FROM (known.ending, known.ending_session))
{%- endif %} AS is_changed
FROM stage.client AS staged
INNER JOIN store.core.client AS stored ON staged.client_id = stored.client_id
{%- if has_ending %}

LEFT JOIN stage.ending AS told ON staged.client_id = told.client_id
LEFT JOIN store.core.ending AS known ON staged.client_id = known.client_id
{%- endif %}
