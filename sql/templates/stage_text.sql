-- stage.source: the admitted columns as the source wrote them, in its order.
CREATE TABLE stage.source AS
SELECT
{%- for column in columns %}

    {{ column | ident }}{{ ',' if not loop.last }}
{%- endfor %}

FROM {{ scan }};

-- stage.text: the same with the number of each record.
CREATE VIEW stage.text AS
SELECT {{ '*' if has_records else 'rowid + 1 AS _record, *' }}
FROM stage.source;
