-- not_finite: cells that hold infinity or "not a number".
-- Counts cells of a column of numbers that are not finite.
-- Parameters: table; columns (one, DOUBLE).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE NOT isfinite({{ columns[0].name | ident }})
