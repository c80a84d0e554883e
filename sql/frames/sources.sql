-- Report frame: one row per accepted file, in the order of acceptance, with the clients of whom it
-- corrected something that earlier files had said.
WITH amendments AS (
    SELECT
        batch,
        count(DISTINCT client_id) AS clients
    FROM store.core.amendment
    GROUP BY batch
)

SELECT
    name,
    source_id,
    kind,
    sha256,
    rows_in_count AS rows_in,
    rows_loaded_count AS loaded,
    rows_quarantined_count AS quarantined,
    rows_known_count AS known,
    coalesce(clients, 0) AS corrected
FROM store.meta.source_file
LEFT JOIN amendments USING (batch)
ORDER BY batch
