-- same_person: rows that equal an earlier one, where every row is a person of their own.
-- Counts later rows with the same answers and attributes as an earlier row; empty rows do not count.
-- Parameters: table; columns (attributes and items); items (those of all forms).
WITH repeated AS (
    SELECT hash({{ cells.names(columns) }}) AS digest
    FROM {{ table }}
    WHERE coalesce({{ cells.names(items) }}) IS NOT NULL
    GROUP BY digest
    HAVING count(*) > 1
),

candidates AS (
    SELECT *
    FROM {{ table }}
    WHERE
        coalesce({{ cells.names(items) }}) IS NOT NULL
        AND hash({{ cells.names(columns) }}) IN (SELECT digest FROM repeated)
)

SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM candidates
QUALIFY row_number() OVER (PARTITION BY {{ cells.names(columns) }} ORDER BY _record) > 1
