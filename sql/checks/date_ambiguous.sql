-- date_ambiguous: dates in another format than the declared one.
-- Counts cells that look like a date, do not parse as declared and hold no missing code.
-- Parameters: table; columns (one); format (strptime); codes (missing codes as staged).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE
    {{ cells.is_filled(columns[0], codes) }}
    AND ({{ cells.day_of(columns[0], format) }}) IS NULL
    AND regexp_matches({{ columns[0].name | ident }}, '^\d+[-./ ]\d+[-./ ]\d+')
