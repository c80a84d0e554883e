-- core.ending: one row per client whose ending an export tells; a later row or file wins.
DELETE FROM store.core.ending
WHERE client_id IN (SELECT client_id FROM stage.ending);

INSERT INTO store.core.ending
SELECT * FROM stage.ending;
