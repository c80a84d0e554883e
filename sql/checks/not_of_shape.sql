-- not_of_shape: texts that are not of their declared shape.
-- Counts cells that are filled, hold no missing code and do not match the whole expression.
-- Parameters: table; columns (one); shape (regular expression); codes (missing codes as staged).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE
    {{ cells.is_filled(columns[0], codes) }}
    AND NOT regexp_full_match({{ columns[0].name | ident }}, {{ shape | literal }})
