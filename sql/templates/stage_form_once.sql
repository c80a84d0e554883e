-- {{ once }}: of the same form in several rows of {{ staged }} the first stands.
CREATE TABLE {{ once }} AS
SELECT * FROM {{ staged }}
QUALIFY row_number() OVER (PARTITION BY administration_id ORDER BY _record) = 1
ORDER BY _record
