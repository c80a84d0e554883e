-- straight_line: forms whose every item has the same answer.
-- Counts forms that are answered completely and with one value; answers that the export holds
-- mirrored are mirrored back first. Most rows part at their first answers and are left there.
-- Where all cells say the same, one of each kind tells whether that is an answer.
-- Parameters: table; columns (the items); flipped (names of mirrored columns); mirror (low + high).
{%- macro told(column) -%}
{% if column.name in flipped %}CAST({{ mirror | literal }} AS INTEGER) - {% endif %}{{ column.name | ident }}
{%- endmacro %}

WITH begun AS (
    SELECT
        _record,
        [
{%- for column in columns %}
            {{ told(column) }}{{ "," if not loop.last }}
{%- endfor %}

        ] AS answers
    FROM {{ table }}
    WHERE
        {{ told(columns[0]) }} = {{ told(columns[1]) }}
        AND {{ told(columns[1]) }} = {{ told(columns[2]) }}
{%- for column in of_each_kind(columns, flipped) %}
        AND ({{ answer(column) }}) IS NOT NULL
{%- endfor %}

)

SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM begun
WHERE list_min(answers) = list_max(answers) AND list_count(answers) = {{ columns | length }}
