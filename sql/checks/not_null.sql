-- not_null: cells that are empty and must not be.
-- Counts empty cells.
-- Parameters: table; columns (one).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE {{ columns[0].name | ident }} IS NULL
