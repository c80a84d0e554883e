-- in_set: cells that hold none of the values a column may hold.
-- Counts cells that are filled with neither an allowed value nor a missing code.
-- Parameters: table; columns (one); values (allowed values and missing codes).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE {{ is_outside(columns[0], values) }}
