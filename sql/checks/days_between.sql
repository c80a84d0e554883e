-- days_between: rows whose date lies so many days from intake.
-- Counts rows whose two dates parse and whose distance is within one of the bounds.
-- Parameters: table; columns (date, intake date); format (strptime); bounds (pairs, either end open).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM (
    SELECT
        _record,
        date_diff('day', {{ cells.day_of(columns[1], format) }}, {{ cells.day_of(columns[0], format) }}) AS days
    FROM {{ table }}
)
WHERE
{%- for low, high in bounds %}
    {{ "OR " if not loop.first }}(
{%- if low is not none %}days >= {{ low | literal }}{% endif %}
{%- if low is not none and high is not none %} AND {% endif %}
{%- if high is not none %}days <= {{ high | literal }}{% endif -%}
    )
{%- endfor %}

