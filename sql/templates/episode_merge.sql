-- core.episode: one row per client; an ending that a later file tells wins.

UPDATE store.core.episode AS stored
SET
    clinic_id = coalesce(stored.clinic_id, staged.clinic_id),
    ending = coalesce(staged.ending, stored.ending),
    ending_session = coalesce(staged.ending_session, stored.ending_session)
FROM stage.episode AS staged
WHERE stored.client_id = staged.client_id;

INSERT INTO store.core.episode BY NAME
SELECT
    client_id,
    1 AS episode,
    clinic_id,
    ending,
    ending_session
FROM stage.episode
WHERE client_id NOT IN (SELECT client_id FROM store.core.episode);
