-- stage.miscast: one row per cell of stage.text that holds something its column's type does not.
INSERT INTO stage.miscast
{%- for column in columns %}
{%- if not loop.first %}

UNION ALL
{%- endif %}

SELECT
    text._record,
    {{ column.source | literal }} AS column_name,
    CASE
        WHEN regexp_full_match(lower(trim(text.{{ column.source | ident }})), '[+-]?(nan|inf|infinity)')
            OR NOT isfinite(TRY_CAST(trim(text.{{ column.source | ident }}) AS DOUBLE))
            THEN 'E_NONFINITE'
        ELSE 'E_TYPE'
    END AS code
FROM stage.text
INNER JOIN stage.rows AS typed ON text._record = typed._record
WHERE typed.{{ column.name | ident }} IS NULL AND trim(text.{{ column.source | ident }}) <> ''
{%- endfor %}
