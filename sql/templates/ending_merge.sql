-- core.ending: one row per client whose ending an export tells; a later row or file wins, and what
-- it replaces is an amendment.
{% for name in ('ending', 'ending_session') %}
INSERT INTO store.core.amendment
SELECT
    NULL AS administration_id,
    staged.client_id,
    'ending' AS kind,
    {{ name | literal }} AS name,
    CAST(stored.{{ name }} AS VARCHAR) AS before,
    CAST(staged.{{ name }} AS VARCHAR) AS after,
    {{ batch }} AS batch
FROM stage.ending AS staged
INNER JOIN store.core.ending AS stored ON staged.client_id = stored.client_id
WHERE stored.{{ name }} IS DISTINCT FROM staged.{{ name }}
ORDER BY ALL;
{% endfor %}

DELETE FROM store.core.ending
WHERE client_id IN (SELECT client_id FROM stage.ending);

INSERT INTO store.core.ending
SELECT * FROM stage.ending;
