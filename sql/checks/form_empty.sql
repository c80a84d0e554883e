-- form_empty: forms that were not filled in where they were due.
-- Counts rows without an answer to the form that answer another form, where rows of the same
-- occasion answer it. In an export of one form every row without an answer counts.
-- Parameters: table; columns (the items); others (the items of all other forms); moment (the
-- columns that say when: occasion, session).
WITH due AS (
    SELECT DISTINCT
{%- for column in moment %}
        {{ column.name | ident }} AS moment_{{ loop.index }},
{%- endfor %}
        true AS is_due
    FROM {{ table }}
    WHERE coalesce({{ answers(columns) }}) IS NOT NULL
)

SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM {{ table }}
INNER JOIN due
    ON
        due.is_due
{%- for column in moment %}
        AND {{ column.name | ident }} IS NOT DISTINCT FROM due.moment_{{ loop.index }}
{%- endfor %}

WHERE
    coalesce({{ answers(columns) }}) IS NULL
{%- if others %}
    AND coalesce({{ answers(others) }}) IS NOT NULL
{%- endif %}

