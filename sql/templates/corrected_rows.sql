-- corrected_rows: the staged rows that tell a form or a fact about a client otherwise than the store.
{% for table in changed %}
SELECT _record FROM {{ table }}
WHERE is_changed
UNION
{% endfor %}
SELECT staged._record
FROM stage.rows AS staged
INNER JOIN stage.met_client AS met ON staged.client = met.client_id
WHERE met.is_changed AND staged._record NOT IN (SELECT _record FROM stage.quarantined)
ORDER BY _record
