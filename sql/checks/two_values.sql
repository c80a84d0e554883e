-- two_values: clients of whom the file tells one fact in two ways.
-- Counts every cell of such a client that holds a value which its declaration admits.
-- Parameters: table; columns (the attribute, client); codes (missing codes as staged).
WITH told AS (
    SELECT
        _record,
        {{ columns[1].name | ident }} AS client_id,
        {{ columns[0].name | ident }} AS fact
    FROM {{ table }}
    WHERE
        {{ cells.is_repeated(columns[1].name | ident) }}
        AND {{ cells.is_filled(columns[0], codes) }}
{%- if columns[0].kind == "number" %}
        AND {{ columns[0].name | ident }} BETWEEN {{ columns[0].low | literal }} AND {{ columns[0].high | literal }}
{%- elif columns[0].values is not none %}
        AND {{ columns[0].name | ident }} IN ({{ cells.literals(columns[0].values) }})
{%- else %}
        AND regexp_full_match({{ columns[0].name | ident }}, {{ columns[0].shape | literal }})
{%- endif %}

)

SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM told
QUALIFY min(fact) OVER (PARTITION BY client_id) <> max(fact) OVER (PARTITION BY client_id)
