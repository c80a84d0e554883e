-- event_unplaced: events of which nobody can say when they were.
-- Counts rows that tell of an event and have neither a session nor a day.
-- Parameters: table; columns (all that are used); mark (filled in where a row tells of an event);
-- session, day (NULL where there is no such column).
SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM {{ table }}
WHERE
    {{ cells.given(mark) }} IS NOT NULL
    AND {{ cells.given(session) }} IS NULL
    AND {{ cells.given(day) }} IS NULL
