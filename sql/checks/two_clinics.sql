-- two_clinics: client ids of more than one clinic, here or here and in the store.
-- Counts every row of such a client; of one who moved, once: where the store does not know of it.
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
),

news AS (
    SELECT {{ columns[1].name | ident }} AS client_id
    FROM {{ table }} AS staged
    ANTI JOIN stage.known_client AS known
        ON
            staged.{{ columns[1].name | ident }} = known.client_id
            AND staged.{{ columns[0].name | ident }} = known.clinic_id
    WHERE {{ columns[0].name | ident }} IS NOT NULL
)

SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE {{ columns[1].name | ident }} IN (
    SELECT client_id
    FROM told
    WHERE client_id IN (SELECT client_id FROM news)
    GROUP BY client_id
    HAVING min(clinic_id) <> max(clinic_id)
)
