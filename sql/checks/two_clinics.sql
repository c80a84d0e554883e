-- two_clinics: client ids that stand in more than one clinic, in this file or in it and the store.
-- Counts every row of such a client.
-- Parameters: table; columns (clinic, client).
WITH told AS (
    SELECT
        {{ columns[1].name | ident }} AS client_id,
        {{ columns[0].name | ident }} AS clinic_id
    FROM {{ table }}
    UNION ALL
    SELECT
        client_id,
        clinic_id
    FROM stage.known_client
)

SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE {{ columns[1].name | ident }} IN (
    SELECT client_id
    FROM told
    GROUP BY client_id
    HAVING min(clinic_id) <> max(clinic_id)
)
