-- jump: forms whose answers leap from one end of the range to the other.
-- Counts forms whose mean answer, reverse-keyed items mirrored, lies further from that of the
-- client's form before than a limit; forms with fewer than half of their items are passed over.
-- Parameters: table; columns (the items); flipped (names of items to mirror); mirror (low + high);
-- who (client first, rater, target); moments (pairs of a column and the places of its labels in
-- time, if it has labels); limit (in answers).
WITH levels AS (
    SELECT
        _record,
{%- for column in who %}
        {{ column.name | ident }} AS who_{{ loop.index }},
{%- endfor %}
{%- for column, ranks in moments %}
        {% if ranks %}CASE {{ column.name | ident }}{% for label, rank in ranks %} WHEN {{ label | literal }} THEN {{ rank | literal }}{% endfor %} END{% else %}{{ column.name | ident }}{% endif %} AS moment_{{ loop.index }},
{%- endfor %}
        [
{%- for column in columns %}
            {% if column.name in flipped %}{{ mirror | literal }} - {% endif %}({{ answer(column) }}){{ "," if not loop.last }}
{%- endfor %}

        ] AS answers
    FROM {{ table }}
    WHERE {{ cells.is_repeated(who[0].name | ident) }}
),

scored AS (
    SELECT
        _record,
{%- for _ in who %}
        who_{{ loop.index }},
{%- endfor %}
{%- for _ in moments %}
        moment_{{ loop.index }},
{%- endfor %}
        list_avg(answers) AS level
    FROM levels
    WHERE 2 * list_count(answers) >= {{ columns | length }}
),

moved AS (
    SELECT who_1
    FROM scored
    GROUP BY who_1
    HAVING max(level) - min(level) > {{ limit | literal }}
)

SELECT
    _record,
    CAST(NULL AS VARCHAR) AS column_name
FROM scored
WHERE who_1 IN (SELECT who_1 FROM moved)
QUALIFY
    abs(level - lag(level) OVER (
        PARTITION BY {% for _ in who %}{{ ", " if not loop.first }}who_{{ loop.index }}{% endfor %}
        ORDER BY {% for _ in moments %}moment_{{ loop.index }} NULLS FIRST, {% endfor %}_record
    )) > {{ limit | literal }}
