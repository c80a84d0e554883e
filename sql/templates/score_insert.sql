-- {{ target }}: one row per administration and scale of {{ fresh }}.
-- Reverse-keyed answers count as low + high - answer; a score needs enough answered items.
-- The answers are read and added up once for all scales.
{{ 'CREATE OR REPLACE TABLE ' ~ target ~ ' AS' if makes_table else 'INSERT INTO ' ~ target }}
WITH parts AS MATERIALIZED (
    SELECT
        administration_id
{%- for part in scales | map(attribute="parts") | sum(start=()) | unique(attribute="answered_name") %},
        {{ part.answered }} AS {{ part.answered_name }},
        {{ part.total }} AS {{ part.total_name }}
{%- endfor %}

    FROM {{ fresh }}
)

{% for scale in scales %}
{%- if not loop.first %}

UNION ALL

{% endif -%}
SELECT
    administration_id,
    {{ scale.id | literal }} AS scale,
    {{ scale.score }} AS score,
    {{ scale.answered }} AS answered_count,
    {{ scale.item_count }} AS item_count,
    {{ scale.is_prorated }} AS is_prorated,
    {{ scale.reason }} AS reason,
    {{ key_version | literal }} AS key_version
FROM parts
{%- endfor %}
