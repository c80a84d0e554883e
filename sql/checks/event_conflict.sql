-- event_conflict: one event of a client, told otherwise.
-- Counts every row of an event that other rows tell of too, with other facts.
-- Parameters: table; columns (all that are used); mark (filled in where a row tells of an event);
-- client; kind, session, day, until, detail, therapist (NULL where there is no such column);
-- kinds (codes of kind with their names); all_are (the kind of all events, or NULL).
WITH told AS (
    SELECT
        _record,
        {{ cells.given(client) }} AS client_id,
        {% if all_are %}{{ all_are | literal }}{% else %}CASE {{ kind.name | ident }}{% for label, name in kinds %} WHEN {{ label | literal }} THEN {{ name | literal }}{% endfor %} END{% endif %} AS event,
        coalesce({{ cells.given(session) }}, 0) AS session,
        {{ cells.given(day) }} AS day,
        {{ cells.given(until) }} AS until_day,
        {{ cells.given(detail) }} AS detail,
        {{ cells.given(therapist) }} AS therapist_id
    FROM {{ table }}
    WHERE
        {{ cells.given(mark) }} IS NOT NULL
        AND {{ cells.is_repeated(client.name | ident) }}
)

SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM told
WINDOW same AS (PARTITION BY {{ one_event }})
QUALIFY
    min(row(day, until_day, detail, therapist_id)) OVER same
    IS DISTINCT FROM max(row(day, until_day, detail, therapist_id)) OVER same
