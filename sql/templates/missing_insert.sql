-- core.missing: one row per unanswered item of the forms in {{ gaps }}, with its reason.
INSERT INTO store.core.missing
{%- for item in items %}
{%- if not loop.first %}

UNION ALL
{%- endif %}

SELECT
    administration_id,
    {{ item.name | literal }} AS item,
{%- if item.codes %}

    CASE {{ item.column | ident }}
{%- for code, reason in item.codes %}

        WHEN {{ code }} THEN {{ reason | literal }}
{%- endfor %}

        ELSE 'blank'
    END AS reason
{%- else %}

    'blank' AS reason
{%- endif %}

FROM {{ gaps }}
WHERE
    {{ item.column | ident }} IS NULL
{%- for code, _ in item.codes %}
    OR {{ item.column | ident }} = {{ code }}
{%- endfor %}

{%- endfor %}
