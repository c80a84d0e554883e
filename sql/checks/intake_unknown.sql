-- intake_unknown: rows with a date from which no days can be counted.
-- Counts rows that hold a date and no date of intake.
-- Parameters: table; columns (the date of intake, the date).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE
    {{ columns[0].name | ident }} IS NULL
    AND {{ columns[1].name | ident }} IS NOT NULL
