-- stage.unkept: one row per id or code that is none, with the mark that stands for it in the archive.
-- The same text of a column has the same mark, so that rows which were equal stay equal.
CREATE OR REPLACE TABLE stage.unkept AS
{%- for column in columns %}
{%- if not loop.first %}

UNION ALL
{%- endif %}

SELECT
    found._record,
    found.column_name,
    concat(
        {{ mark | literal }}, ' not kept ', dense_rank() OVER (ORDER BY typed.{{ column.name | ident }})
    ) AS mark
FROM stage.finding AS found
INNER JOIN stage.rows AS typed ON found._record = typed._record
WHERE found.rule IN ({{ (column.name ~ '.shape') | literal }}, {{ (column.name ~ '.in_set') | literal }})
{%- endfor %}
