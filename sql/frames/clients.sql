-- Analysis frame: one row per client: clinic, first therapist, ending with its
-- session, declared attributes.
WITH first_therapist AS (
    SELECT
        client_id,
        first(therapist_id ORDER BY from_day NULLS LAST, from_session NULLS LAST, therapist_id)
            AS therapist_id
    FROM store.core.assignment
    GROUP BY client_id
)

SELECT
    client.client_id,
    client.clinic_id AS clinic,
    first_therapist.therapist_id,
    episode.ending,
    episode.ending_session,
    client.* EXCLUDE (client_id, clinic_id)
FROM store.core.client AS client
LEFT JOIN first_therapist ON client.client_id = first_therapist.client_id
LEFT JOIN store.core.episode AS episode ON client.client_id = episode.client_id
ORDER BY client.client_id
