-- absent: cells that say nothing and must say something.
-- Counts cells that are empty or hold a missing code.
-- Parameters: table; columns (one); codes (missing codes as staged).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE {{ columns[0].name | ident }} IS NULL OR {{ columns[0].name | ident }} IN ({{ cells.literals(codes) }})
