-- known_row: submissions that stand in the file more than once.
-- Counts later rows that equal an earlier one in every admitted column. Rows without an answer and
-- without an event do not count (logs and visits of REDCap), nor do rows with a cell that could not
-- be typed, since what they hold is not known.
-- Parameters: table; columns (all); client (the column without which a row is nobody's); items
-- (those of all forms); mark (filled in where a row tells of an event, or NULL).
WITH typed AS (
    SELECT *
    FROM {{ table }}
    WHERE
        {{ cells.is_repeated(client | ident) }}
        AND ({% if items %}coalesce({{ cells.names(items) }}) IS NOT NULL{% else %}false{% endif %}{% if mark %} OR {{ cells.given(mark) }} IS NOT NULL{% endif %})
        AND _record NOT IN (SELECT _record FROM stage.miscast)
),

repeated AS (
    SELECT hash({{ cells.names(columns) }}) AS digest
    FROM typed
    GROUP BY digest
    HAVING count(*) > 1
)

SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM typed
WHERE hash({{ cells.names(columns) }}) IN (SELECT digest FROM repeated)
QUALIFY row_number() OVER (PARTITION BY {{ cells.names(columns) }} ORDER BY _record) > 1
