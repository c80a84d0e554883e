-- core.missing: one row per unanswered item of the forms in {{ fresh }}, with its reason.
-- The cells of a form stand in one list, as to plan a test of each takes longer than to run it.
INSERT INTO store.core.missing
{%- for codes, items in items | groupby("codes") %}
{%- if not loop.first %}

UNION ALL
{%- endif %}

SELECT
    administration_id,
    item,
    {% if codes %}CASE cell{% for code, reason in codes %} WHEN {{ code }} THEN {{ reason | literal }}{% endfor %} ELSE 'blank' END{% else %}'blank'{% endif %} AS reason
FROM (
    SELECT
        administration_id,
        unnest([{{ items | map(attribute="name") | map("literal") | join(", ") }}]) AS item,
        unnest(cells) AS cell
    FROM (
        SELECT
            administration_id,
            [{{ items | map(attribute="column") | map("ident") | join(", ") }}] AS cells
        FROM {{ fresh }}
    )
    WHERE
        list_count(cells) < {{ items | length }}
{%- for code, _ in codes %}
        OR list_contains(cells, {{ code }})
{%- endfor %}

)
WHERE
    cell IS NULL
{%- for code, _ in codes %}
    OR cell = {{ code }}
{%- endfor %}

{%- endfor %}
