-- absent_rows: of the rows of an archived export, how many there are, how many the staged one lacks,
-- and the first of those. Rows are the same that tell of the same form: {{ keys | join(', ') }}.
WITH before AS (
    SELECT
        min(_record) AS _record
{%- for key in keys %},
        coalesce(trim(CAST({{ key | ident }} AS VARCHAR)), '') AS {{ key | ident }}
{%- endfor %}

    FROM {{ archive }}
    GROUP BY ALL
),

absent AS (
    SELECT before._record
    FROM before
    ANTI JOIN stage.text AS staged
        ON
{%- for key in keys %}
            {{ 'AND ' if not loop.first }}before.{{ key | ident }} = coalesce(trim(CAST(staged.{{ key | ident }} AS VARCHAR)), '')
{%- endfor %}

)

SELECT
    (SELECT count(*) FROM before) AS before_count,
    (SELECT count(*) FROM absent) AS absent_count,
    (SELECT min(_record, {{ named }}) FROM absent) AS records
