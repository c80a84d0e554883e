-- stage.episode: one row per client of the staged rows: how the treatment ended.
CREATE OR REPLACE TABLE stage.episode AS
WITH kept AS (
    SELECT
        _record,
        {{ keys.client }} AS client_id,
        {{ keys.clinic }} AS clinic_id,
        {{ ending }} AS ending_reason,
        {{ ending_session }} AS ending_number
    FROM stage.rows
    WHERE _record NOT IN (SELECT _record FROM stage.quarantined)
)

SELECT
    client_id,
    arg_min(clinic_id, _record) AS clinic_id,
    arg_max(ending_reason, _record) AS ending,
    arg_max(ending_number, _record) AS ending_session
FROM kept
GROUP BY client_id
ORDER BY client_id;
