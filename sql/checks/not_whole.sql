-- not_whole: cells that must hold a whole number and hold another one.
-- Counts cells that staging marked, over all columns of whole numbers.
-- Parameters: table; columns (all of SMALLINT); sentinel (the mark, the lowest SMALLINT).
SELECT
    _record,
    cell.column_name
FROM (
    SELECT
        _record,
        unnest([
{%- for column in columns %}{{ ", " if not loop.first }}
            {'column_name': {{ column.source | literal }}, 'is_marked': {{ column.name | ident }} = {{ sentinel | literal }}}
{%- endfor %}
        ]) AS cell
    FROM {{ table }}
    WHERE least({{ cells.names(columns) }}) = {{ sentinel | literal }}
)
WHERE cell.is_marked
