-- two_clinics: client ids that stand in more than one clinic.
-- Counts every row of such a client.
-- Parameters: table; columns (clinic, client).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE {{ columns[1].name | ident }} IN (
    SELECT {{ columns[1].name | ident }}
    FROM {{ table }}
    GROUP BY {{ columns[1].name | ident }}
    HAVING min({{ columns[0].name | ident }}) <> max({{ columns[0].name | ident }})
)
