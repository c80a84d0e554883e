-- straight_line: forms whose every item has the same answer.
-- Counts forms that are answered completely and with one value; answers that the export holds
-- mirrored are mirrored back first.
-- Parameters: table; columns (the items); flipped (names of mirrored columns); mirror (low + high).
{%- macro given(column) -%}
{%- if column.name in flipped -%}{{ mirror | literal }} - ({{ cells.answer(column) }})
{%- else -%}({{ cells.answer(column) }}){%- endif -%}
{%- endmacro %}
SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM {{ table }}
WHERE
{%- for column in columns[1:] %}
    {{ "AND " if not loop.first }}{{ given(columns[0]) }} = {{ given(column) }}
{%- endfor %}

