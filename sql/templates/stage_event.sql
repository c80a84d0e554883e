-- stage.event: one row per event that a staged row tells of and that is not held back. What tells
-- events apart: client, kind and session; without a session day and detail; therapist if assigned.
CREATE OR REPLACE TABLE stage.event AS
SELECT
    _record,
    {{ keys.client }} AS client_id,
    {{ event }} AS event,
    {{ keys.session }} AS session,
    {{ day }} AS day,
    {{ until_day }} AS until_day,
    {{ keys.therapist }} AS therapist_id,
    {{ detail }} AS detail
FROM stage.rows
ANTI JOIN stage.quarantined AS held USING (_record)
WHERE {{ mark }} IS NOT NULL
QUALIFY
    row_number() OVER (
        PARTITION BY {{ one_event }}
        ORDER BY _record
    ) = 1
ORDER BY _record
