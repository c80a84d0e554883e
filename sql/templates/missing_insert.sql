-- core.missing: one row per unanswered item of the forms in {{ fresh }}, with its reason.
INSERT INTO store.core.missing
{%- for item in items %}
{%- if not loop.first %}

UNION ALL
{%- endif %}

SELECT
    form.administration_id,
    {{ item.name | literal }} AS item,
{%- if item.codes %}

    CASE raw.{{ item.column | ident }}
{%- for code, reason in item.codes %}

        WHEN {{ code }} THEN {{ reason | literal }}
{%- endfor %}

        ELSE 'blank'
    END AS reason
FROM {{ fresh }} AS form
INNER JOIN stage.rows AS raw ON form._record = raw._record
{%- else %}

    'blank' AS reason
FROM {{ fresh }} AS form
{%- endif %}

WHERE form.{{ item.name | ident }} IS NULL
{%- endfor %}
