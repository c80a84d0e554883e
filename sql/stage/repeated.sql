-- stage.repeated: the clients of more than one row, by their ids in lower case, and whether those
-- ids differ in it. Most exports hold one row per client, and what compares the rows of a client
-- need look at no other: they are counted once.
DELETE FROM stage.repeated;

INSERT INTO stage.repeated
SELECT
    lower(client) AS folded,
    min(client) <> max(client) AS is_alike
FROM stage.rows
WHERE client IS NOT NULL
GROUP BY lower(client)
HAVING count(*) > 1;
