-- stage.known_client: the clients of the export whom the store knows, by the case of their ids or
-- another.
INSERT INTO stage.known_client
SELECT
    client_id,
    clinic_id
FROM store.core.client
WHERE lower(client_id) IN (SELECT lower(client) FROM stage.rows)
ORDER BY client_id;
