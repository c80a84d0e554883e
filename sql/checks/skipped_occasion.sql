-- skipped_occasion: clients who have a later occasion of the file and lack an earlier one.
-- Counts the first row after each gap; occasions that no row of the file has are no gap.
-- Parameters: table; columns (occasion, client); ranks (pairs of a label and its place in time).
WITH ranked AS (
    SELECT
        _record,
        {{ columns[1].name | ident }} AS client,
        dense_rank() OVER (
            ORDER BY
                CASE {{ columns[0].name | ident }}
{%- for label, rank in ranks %}
                    WHEN {{ label | literal }} THEN {{ rank | literal }}
{%- endfor %}

                END
        ) AS place
    FROM {{ table }}
    WHERE
        {{ columns[1].name | ident }} IS NOT NULL
        AND {{ columns[0].name | ident }} IN (
{%- for label, _ in ranks %}{{ ", " if not loop.first }}{{ label | literal }}{% endfor -%}
        )
),

attended AS (
    SELECT
        client,
        place,
        min(_record) AS _record
    FROM ranked
    GROUP BY client, place
)

SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM attended
QUALIFY place - coalesce(lag(place) OVER (PARTITION BY client ORDER BY place), 0) > 1
