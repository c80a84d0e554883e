-- before_intake: days that lie before intake and within their bounds.
-- Counts cells below 0 and not below low that are none of the values set apart.
-- Parameters: table; columns (one, the day); low (may be none); apart (missing codes as staged).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE
    {{ columns[0].name | ident }} < 0
{%- if low is not none %}
    AND {{ columns[0].name | ident }} >= {{ low | literal }}
{%- endif %}
{%- if apart %}
    AND {{ columns[0].name | ident }} NOT IN ({{ cells.literals(apart) }})
{%- endif %}

