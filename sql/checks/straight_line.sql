-- straight_line: forms whose every item has the same answer.
-- Counts forms that are answered completely and with one value; answers that the export holds
-- mirrored are mirrored back first. Most rows part at their first answers and are left there.
-- Parameters: table; columns (the items); flipped (names of mirrored columns); mirror (low + high).
{%- macro given(column) -%}
{% if column.name in flipped %}{{ mirror | literal }} - {% endif %}({{ answer(column) }})
{%- endmacro %}

WITH begun AS (
    SELECT
        _record,
        [
{%- for column in columns %}
            {{ given(column) }}{{ "," if not loop.last }}
{%- endfor %}

        ] AS answers
    FROM {{ table }}
    WHERE
        {{ given(columns[0]) }} = {{ given(columns[1]) }}
        AND {{ given(columns[1]) }} = {{ given(columns[2]) }}
)

SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM begun
WHERE list_min(answers) = list_max(answers) AND list_count(answers) = {{ columns | length }}
