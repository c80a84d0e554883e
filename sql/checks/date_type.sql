-- date_type: cells of a date column that are no dates, such as Excel's day numbers.
-- Counts cells that neither parse as declared, nor look like a date, nor hold a missing code.
-- Parameters: table; columns (one); format (strptime); codes (missing codes as staged).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE
    {{ cells.is_filled(columns[0], codes) }}
    AND ({{ cells.day_of(columns[0], format) }}) IS NULL
    AND NOT regexp_matches({{ columns[0].name | ident }}, '^\d+[-./ ]\d+[-./ ]\d+')
