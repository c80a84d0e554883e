-- core.event: one row per event; what a later file says of one wins, and what it replaces is an
-- amendment.
{% for name in facts %}
INSERT INTO store.core.amendment
SELECT
    NULL AS administration_id,
    staged.client_id,
    'event' AS kind,
    staged.event || '.' || {{ name | literal }} AS name,
    CAST(stored.{{ name }} AS VARCHAR) AS before,
    CAST(staged.{{ name }} AS VARCHAR) AS after,
    {{ batch }} AS batch
FROM {{ fresh }} AS staged
INNER JOIN store.core.event AS stored
    ON {{ same }}
WHERE staged.{{ name }} IS NOT NULL AND staged.{{ name }} IS DISTINCT FROM stored.{{ name }}
ORDER BY ALL;

UPDATE store.core.event AS stored
SET {{ name }} = coalesce(staged.{{ name }}, stored.{{ name }})
FROM {{ fresh }} AS staged
WHERE {{ same }};
{% endfor %}

INSERT INTO store.core.event BY NAME
SELECT * EXCLUDE (_record, is_held) FROM {{ fresh }}
WHERE NOT is_held
ORDER BY _record;
