-- safety: answers that ask for a look by a clinician.
-- Counts rows whose answer to the item reaches the published threshold.
-- Parameters: table; columns (the item); operator (>, >=, < or <=); value (in the export's units).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE ({{ answer(columns[0]) }}) {{ operator }} {{ value | literal }}
