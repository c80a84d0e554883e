-- stage.{{ table }}: one row per filled-in form of one placement, missing codes set aside.
-- A form whose every cell is empty was not given: it has no row.
-- A view where nothing is held back: each reader of it computes what it needs, in one pass.
CREATE {{ 'TABLE' if has_quarantined else 'VIEW' }} stage.{{ table | ident }} AS
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
    *,
    hash(
        client_id, occasion_name, session_number, {{ form_id | literal }}, rater_name, target_name
    ) AS administration_id,
    {{ keys.day }} AS day_number,
    {{ keys.therapist }} AS therapist_id,
    {{ keys.clinic }} AS clinic_id
{%- for item in items %},
    CAST({{ item.answer }} AS {{ item.type }}) AS {{ item.name | ident }}
{%- endfor %}

FROM kept
WHERE
    {{ given }}
