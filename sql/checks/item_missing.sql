-- item_missing: items that are mostly unanswered.
-- Counts items whose share of unanswered cells among forms with any answer is above a limit.
-- Parameters: table; columns (the items); share (the limit); min_forms (fewer say nothing).
WITH counted AS (
    SELECT
        count(*) AS forms,
        [
{%- for column in columns %}
            {'column_name': {{ column.source | literal }}, 'answered': {{ count_answers(column) }}}{{ "," if not loop.last }}
{%- endfor %}

        ] AS items
    FROM {{ table }}
    WHERE coalesce({{ answers(columns) }}) IS NOT NULL
)

SELECT
    CAST(NULL AS BIGINT) AS _record,
    item.column_name
FROM (SELECT forms, unnest(items) AS item FROM counted)
WHERE forms >= {{ min_forms | literal }} AND forms - item.answered > {{ share | literal }} * forms
