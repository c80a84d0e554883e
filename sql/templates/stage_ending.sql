-- stage.ending: one row per client of whom a staged row tells how the treatment ended.
CREATE OR REPLACE TABLE stage.ending AS
SELECT
    {{ keys.client }} AS client_id,
    arg_max({{ ending }}, _record) AS ending,
    arg_max({{ ending_session }}, _record) AS ending_session
FROM stage.rows
WHERE
    {{ ending }} IS NOT NULL
    AND _record NOT IN (SELECT _record FROM stage.quarantined)
GROUP BY ALL
ORDER BY client_id
