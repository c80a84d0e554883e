-- stage.known_client: the clients of the export whom the store knows, by the case of their ids or
-- another.
-- No other ids than those from {{ first }} to {{ last }} can be among them: the blocks of the store
-- without any are not read.
INSERT INTO stage.known_client
SELECT
    client_id,
    clinic_id
FROM store.core.client
WHERE
    client_id BETWEEN {{ first | literal }} AND {{ last | literal }}
    AND lower(client_id) IN (SELECT lower(client) FROM stage.rows)
ORDER BY client_id;
