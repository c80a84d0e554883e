-- form_empty: forms that were not filled in.
-- Counts rows in which no item of the form has an answer.
-- Parameters: table; columns (the items).
SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM {{ table }}
WHERE coalesce({{ cells.answers(columns) }}) IS NULL
