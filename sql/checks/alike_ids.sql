-- alike_ids: ids of clients that differ in upper and lower case alone, here or from the store's.
-- Counts every row of such a client.
-- Parameters: table; columns (client).
WITH told AS (
    SELECT {{ columns[0].name | ident }} AS client_id
    FROM {{ table }}
    WHERE lower({{ columns[0].name | ident }}) IN (
        SELECT folded
        FROM stage.repeated
        WHERE is_alike
        UNION ALL
        SELECT lower(client_id)
        FROM stage.known_client
    )
    UNION ALL
    SELECT client_id
    FROM stage.known_client
)

SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE lower({{ columns[0].name | ident }}) IN (
    SELECT lower(client_id)
    FROM told
    GROUP BY lower(client_id)
    HAVING min(client_id) <> max(client_id)
)
