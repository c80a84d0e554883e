-- stage.{{ table }}: one row per filled-in form of one placement, missing codes set aside.
-- A form whose every cell is empty was not given: it has no row.
CREATE OR REPLACE TABLE stage.{{ table | ident }} AS
WITH kept AS (
    SELECT
        *,
        {{ keys.client }} AS client_id,
        {{ keys.occasion }} AS occasion_name,
        {{ keys.session }} AS session_number,
        {{ keys.rater }} AS rater_name,
        {{ keys.target }} AS target_name
    FROM stage.rows
{%- if has_quarantined %}

    WHERE _record NOT IN (SELECT _record FROM stage.quarantined)
{%- endif %}

)

SELECT
    md5_number_lower(
        concat_ws(
            chr(31), client_id, occasion_name, session_number, {{ form_id | literal }}, rater_name, target_name
        )
    ) AS administration_id,
    _record,
    client_id,
    occasion_name,
    session_number,
    rater_name,
    target_name,
    {{ keys.day }} AS day_number,
    {{ keys.therapist }} AS therapist_id,
    {{ keys.clinic }} AS clinic_id
{%- for item in items %},
    CAST({{ item.answer }} AS {{ item.type }}) AS {{ item.name | ident }}
{%- endfor %}

FROM kept
WHERE
    {{ given }}
