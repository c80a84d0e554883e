-- range_unused: forms whose answers all lie in the lower part of the declared range.
-- Counts the file, once, if no item of enough forms has an answer above a limit.
-- Parameters: table; columns (the items); highest (the limit); min_forms (fewer say nothing).
SELECT
    CAST(NULL AS BIGINT) AS _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM (
    SELECT count(*) AS forms
    FROM {{ table }}
    WHERE
        coalesce({{ answers(columns) }}) IS NOT NULL
        AND NOT EXISTS (
            SELECT 1
            FROM {{ table }}
            WHERE
{%- for column in columns %}
                {{ "OR " if not loop.first }}({{ is_answer_above(column, highest) }})
{%- endfor %}

        )
)
WHERE forms >= {{ min_forms | literal }}
