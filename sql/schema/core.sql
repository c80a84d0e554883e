-- core: typed answers and scores, derived from the archive.

-- core.client: one client: pseudonymous id, clinic; declared attributes are added as columns.
CREATE TABLE IF NOT EXISTS store.core.client (
    client_id VARCHAR NOT NULL,
    clinic_id VARCHAR
);

-- core.ending: how one client's treatment ended, where an export says so.
CREATE TABLE IF NOT EXISTS store.core.ending (
    client_id VARCHAR NOT NULL,
    ending VARCHAR NOT NULL,
    ending_session SMALLINT
);

-- core.event: one event of one client, in a session or (session 0) on a day: a session held, a
-- therapist assigned, absence and by whom, contact between sessions, phase, rupture, repair,
-- crisis.
CREATE TABLE IF NOT EXISTS store.core.event (
    client_id VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    session SMALLINT NOT NULL,
    day SMALLINT,
    until_day SMALLINT,
    therapist_id VARCHAR,
    detail VARCHAR
);

-- core.administration: one filled-in form. administration_id is DuckDB's hash of the columns from
-- client_id to target: the same form of the same occasion has the same id in every rebuild. A form
-- that came as ready-made scores has no range of answers.
CREATE TABLE IF NOT EXISTS store.core.administration (
    administration_id UBIGINT NOT NULL,
    client_id VARCHAR NOT NULL,
    occasion VARCHAR NOT NULL,
    session SMALLINT NOT NULL,
    form_id VARCHAR NOT NULL,
    rater VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    day SMALLINT,
    therapist_id VARCHAR,
    clinic_id VARCHAR,
    range_low SMALLINT,
    range_high SMALLINT,
    is_already_reversed BOOLEAN NOT NULL,
    batch INTEGER NOT NULL,
    record BIGINT NOT NULL
);

-- core.missing: one unanswered item, or ready-made score that is not there, and its reason.
CREATE TABLE IF NOT EXISTS store.core.missing (
    administration_id UBIGINT NOT NULL,
    item VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);

-- core.score: one scale score of one administration; a ready-made one counts as one answer of one.
CREATE TABLE IF NOT EXISTS store.core.score (
    administration_id UBIGINT NOT NULL,
    scale VARCHAR NOT NULL,
    score DOUBLE,
    answered_count SMALLINT NOT NULL,
    item_count SMALLINT NOT NULL,
    is_prorated BOOLEAN NOT NULL,
    reason VARCHAR,
    key_version VARCHAR NOT NULL
);

-- core.amendment: one changed answer, score or fact of a form, or attribute or ending of a client:
-- before, after, from which batch. What a client is has no administration.
CREATE TABLE IF NOT EXISTS store.core.amendment (
    administration_id UBIGINT,
    client_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    before VARCHAR,
    after VARCHAR,
    batch INTEGER NOT NULL
);

-- core.session: one session of one client, known from a form or from a list of sessions: number,
-- first day seen, therapists who reported on it, and how it was held where an export says so.
CREATE OR REPLACE VIEW store.core.session AS
WITH told AS (
    SELECT
        client_id,
        session,
        day,
        therapist_id,
        NULL AS detail
    FROM store.core.administration
    UNION ALL
    SELECT
        client_id,
        session,
        day,
        therapist_id,
        detail
    FROM store.core.event
    WHERE event = 'session'
)

SELECT
    client_id,
    session,
    min(day) AS day,
    min(therapist_id) AS therapist_id,
    count(DISTINCT therapist_id) AS therapist_count,
    min(detail) AS detail
FROM told
WHERE session > 0
GROUP BY client_id, session;

-- core.assignment: one therapist of one client, from the first to the last day that forms, sessions
-- and lists of assignments tell of.
CREATE OR REPLACE VIEW store.core.assignment AS
WITH told AS (
    SELECT
        client_id,
        therapist_id,
        session,
        day,
        day AS to_day
    FROM store.core.administration
    UNION ALL
    SELECT
        client_id,
        therapist_id,
        session,
        day,
        coalesce(until_day, day) AS to_day
    FROM store.core.event
    WHERE event IN ('session', 'assignment')
)

SELECT
    client_id,
    1 AS episode,
    therapist_id,
    min(day) AS from_day,
    max(to_day) AS to_day,
    min(nullif(session, 0)) AS from_session,
    max(nullif(session, 0)) AS to_session
FROM told
WHERE therapist_id IS NOT NULL
GROUP BY client_id, therapist_id;

-- core.episode: one treatment of one client: clinic, and how it ended where an export says so.
CREATE OR REPLACE VIEW store.core.episode AS
SELECT
    client.client_id,
    1 AS episode,
    client.clinic_id,
    ending.ending,
    ending.ending_session
FROM store.core.client AS client
LEFT JOIN store.core.ending AS ending ON client.client_id = ending.client_id;
