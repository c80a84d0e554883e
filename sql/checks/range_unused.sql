-- range_unused: forms whose answers all lie in the lower part of the declared range.
-- Counts the file, once, if no item of enough forms has an answer above a limit.
-- Parameters: table; columns (the items); highest (the limit); min_forms (fewer say nothing).
SELECT
    CAST(NULL AS BIGINT) AS _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM (
    SELECT greatest({{ cells.answers(columns) }}) AS highest
    FROM {{ table }}
)
HAVING count(highest) >= {{ min_forms | literal }} AND max(highest) <= {{ highest | literal }}
