-- stage.source: a row without the date of intake gets the one that the file tells of its client.
-- Parameters: client, intake (columns); known (the intake as a date, NULL where it is none).
UPDATE stage.source
SET {{ intake | ident }} = told.intake
FROM (
    SELECT
        trim({{ client | ident }}) AS client,
        min(trim({{ intake | ident }})) AS intake
    FROM stage.source
    WHERE ({{ known }}) IS NOT NULL
    GROUP BY trim({{ client | ident }})
    HAVING min(trim({{ intake | ident }})) = max(trim({{ intake | ident }}))
) AS told
WHERE
    trim(stage.source.{{ client | ident }}) = told.client
    AND coalesce(trim(stage.source.{{ intake | ident }}), '') = '';
