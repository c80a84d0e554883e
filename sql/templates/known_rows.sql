-- How many staged rows say nothing that the store does not know: their forms are there as they are,
-- and so is what they tell of their client. A second row of a new form is known too.
SELECT count(*)
FROM stage.rows AS staged
{%- if has_clients %}

LEFT JOIN stage.met_client AS met ON staged.client = met.client_id
{%- endif %}

WHERE
    staged._record NOT IN (SELECT _record FROM stage.quarantined)
{%- for table in incoming %}

    AND staged._record NOT IN (SELECT _record FROM {{ table }})
{%- endfor %}
{%- if has_clients %}

    AND NOT coalesce(met.is_changed, false)
{%- endif %}

    AND (
        {{ 'met.client_id IS NOT NULL' if has_clients else 'false' }}
{%- for cells in given %}

        OR {{ cells }}
{%- endfor %}

    )
