-- straight_line: forms whose every item has the same answer.
-- Counts forms that are answered completely and with one value; answers that the export holds
-- mirrored are mirrored back first.
-- Parameters: table; columns (the items); flipped (names of mirrored columns); mirror (low + high).
WITH given AS (
    SELECT
        _record,
        [
{%- for column in columns %}
            {% if column.name in flipped %}{{ mirror | literal }} - {% endif %}({{ cells.answer(column) }}){{ "," if not loop.last }}
{%- endfor %}

        ] AS answers
    FROM {{ table }}
)

SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM given
WHERE list_min(answers) = list_max(answers) AND list_count(answers) = {{ columns | length }}
