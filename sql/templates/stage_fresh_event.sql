-- {{ fresh }}: one row per staged event that the store does not have, or has with other facts.
CREATE OR REPLACE TABLE {{ fresh }} AS
SELECT
    staged.*,
    stored.client_id IS NOT NULL AS is_held
FROM stage.event AS staged
LEFT JOIN store.core.event AS stored
    ON {{ same }}
WHERE
    stored.client_id IS NULL
{%- for name in facts %}

    OR (staged.{{ name }} IS NOT NULL AND staged.{{ name }} IS DISTINCT FROM stored.{{ name }})
{%- endfor %}

