-- total_unlike: totals of the export that are not those of its own items.
-- Counts cells that are neither the sum nor the mean of the scale's items, reverse-keyed ones
-- mirrored, nor its score; forms with an unanswered item are passed over.
-- Parameters: table; columns (the total); items; flipped (names of items to mirror); mirror
-- (low + high); factors (what a sum may be multiplied by); tolerance (for rounded totals).
{%- macro total() -%}
{{ columns[0].name | ident }}
{%- endmacro %}

WITH added AS (
    SELECT
        _record,
        {{ total() }},
        0
{%- for item in items %} + {% if item.name in flipped %}{{ mirror | literal }} - {% endif %}({{ answer(item) }}){% endfor %} AS answers
    FROM {{ table }}
    WHERE {{ cells.is_filled(columns[0], columns[0].staged_codes.values()) }}
)

SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM added
WHERE
{%- for factor in factors %}
    {{ "AND " if not loop.first }}abs({{ total() }} - answers * {{ factor | literal }}) > {{ tolerance | literal }}
{%- endfor %}

