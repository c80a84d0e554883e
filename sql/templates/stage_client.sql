-- stage.client: one row per client of the staged rows that are not held back.
CREATE OR REPLACE TABLE stage.client AS
WITH kept AS (
    SELECT
        _record,
        {{ keys.client }} AS client_id,
        {{ keys.clinic }} AS clinic_id
{%- for attribute in attributes %},
        {{ attribute.kept }} AS {{ attribute.name | ident }}
{%- endfor %}

    FROM stage.rows
    ANTI JOIN stage.quarantined AS held USING (_record)
)

{% if is_once %}
SELECT * EXCLUDE (_record) FROM kept
{% else %}
SELECT
    client_id,
    arg_min(clinic_id, _record) AS clinic_id
{%- for attribute in attributes %},
    arg_max({{ attribute.name | ident }}, _record) AS {{ attribute.name | ident }}
{%- endfor %}

FROM kept
GROUP BY client_id
ORDER BY client_id
{% endif %};
