-- outside_range: numbers outside their declared bounds.
-- Counts cells below low or above high that are none of the values set apart.
-- Parameters: table; columns (one); low, high (either may be none); apart (missing codes as staged).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE
    (
{%- if low is not none %}{{ columns[0].name | ident }} < {{ low | literal }}{% endif %}
{%- if low is not none and high is not none %} OR {% endif %}
{%- if high is not none %}{{ columns[0].name | ident }} > {{ high | literal }}{% endif -%}
    )
{%- if apart %}
    AND {{ columns[0].name | ident }} NOT IN ({{ cells.literals(apart) }})
{%- endif %}

