-- conflict: the same form of the same client and time, filled in differently.
-- Counts every row of a form that other rows hold too, with other answers or facts about it.
-- Parameters: table; columns (the items); keys (pairs of a column and its labels, if they have
-- any); facts (therapist, clinic, day).
{%- macro key(column, labels) -%}
{%- if labels -%}
CASE {{ column.name | ident }}{% for label, name in labels %} WHEN {{ label | literal }} THEN {{ name | literal }}{% endfor %} ELSE {{ column.name | ident }} END
{%- elif column.staged_codes -%}
CASE WHEN {{ column.name | ident }} NOT IN ({{ cells.codes_of(column) }}) THEN {{ column.name | ident }} END
{%- else -%}
{{ column.name | ident }}
{%- endif -%}
{%- endmacro %}
{%- macro key_names() -%}
{%- for _ in keys %}{{ ", " if not loop.first }}key_{{ loop.index }}{% endfor -%}
{%- endmacro %}
WITH keyed AS (
    SELECT
        *
{%- for column, labels in keys %},
        {{ key(column, labels) }} AS key_{{ loop.index }}
{%- endfor %}

    FROM {{ table }}
    WHERE
        coalesce({{ cells.names(columns) }}) IS NOT NULL
        AND {{ cells.is_repeated(keys[0][0].name | ident) }}
),

repeated AS (
    SELECT {{ key_names() }}
    FROM keyed
    GROUP BY ALL
    HAVING count(*) > 1
),

submissions AS (
    SELECT
        keyed._record,
{%- for _ in keys %}
        keyed.key_{{ loop.index }},
{%- endfor %}
        row(
{%- for column in columns + facts %}{{ ", " if not loop.first }}keyed.{{ column.name | ident }}{% endfor -%}
        ) AS submission
    FROM keyed
    INNER JOIN repeated
        ON
{%- for _ in keys %}
            {{ "AND " if not loop.first }}keyed.key_{{ loop.index }} IS NOT DISTINCT FROM repeated.key_{{ loop.index }}
{%- endfor %}

)

SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM submissions
QUALIFY
    min(submission) OVER (PARTITION BY {{ key_names() }})
    IS DISTINCT FROM max(submission) OVER (PARTITION BY {{ key_names() }})
