-- in_set: cells that hold none of the values a column may hold.
-- Counts cells that are filled with neither an allowed value nor a missing code.
-- Parameters: table; columns (one); values (allowed values and missing codes).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE {{ columns[0].name | ident }} NOT IN ({{ cells.literals(values) }})
