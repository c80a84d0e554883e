-- {{ table }}: of the same form in several rows the first stands.
CREATE OR REPLACE TABLE {{ table }} AS
SELECT * FROM {{ table }}
QUALIFY row_number() OVER (PARTITION BY administration_id ORDER BY _record) = 1
ORDER BY _record
