-- absent: cells that say nothing and must say something.
-- Counts cells that are empty or hold a missing code.
-- Parameters: table; columns (one); codes (missing codes as staged, or none).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE NOT ({{ cells.is_filled(columns[0], codes) }})
