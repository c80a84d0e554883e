-- stage.rows: one row per rectangular row of the export, in its order; typed, codes included.
CREATE TABLE stage.rows AS
SELECT
    _record
{%- for column, expression in columns %},
    {{ expression }} AS {{ column.name | ident }}
{%- endfor %}

FROM stage.text
