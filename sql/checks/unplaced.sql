-- unplaced: rows that do not say when their forms were filled in.
-- Counts rows whose session, day and date are all empty or missing codes.
-- Parameters: table; columns (those of session, day and date that the export has).
SELECT
    _record,
    {{ columns[0].source | literal }} AS column_name
FROM {{ table }}
WHERE
{%- for column in columns %}
    {{ "AND " if not loop.first }}NOT ({{ cells.is_filled(column, column.staged_codes.values()) }})
{%- endfor %}

