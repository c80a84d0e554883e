-- Report frame: one row per accepted file, in the order of acceptance.
SELECT
    name,
    source_id,
    kind,
    sha256,
    rows_in_count AS rows_in,
    rows_loaded_count AS loaded,
    rows_quarantined_count AS quarantined,
    rows_known_count AS known
FROM store.meta.source_file
ORDER BY batch
