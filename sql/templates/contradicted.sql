-- contradicted: of the staged forms that the store holds with other answers: their rows, the items
-- that both answer, and how many of those differ.
WITH met AS (
    SELECT
        CAST(NULL AS BIGINT) AS _record,
        CAST(NULL AS BIGINT) AS both_count,
        CAST(NULL AS BIGINT) AS other_count
    WHERE false
{%- for form in forms %}

    UNION ALL
    SELECT
        staged._record,
{%- for item in form.shared %}
        {{ '+ ' if not loop.first }}CAST(staged.{{ item | ident }} IS NOT NULL AND stored.{{ item | ident }} IS NOT NULL AS BIGINT)
{%- endfor %} AS both_count,
{%- for item in form.shared %}
        {{ '+ ' if not loop.first }}CAST(coalesce(staged.{{ item | ident }} <> stored.{{ item | ident }}, false) AS BIGINT)
{%- endfor %} AS other_count
    FROM {{ form.incoming }} AS staged
    INNER JOIN store.core.{{ form.table | ident }} AS stored USING (administration_id)
{%- endfor %}

)

SELECT
    count(DISTINCT _record) AS record_count,
    coalesce(sum(both_count), 0) AS both_count,
    coalesce(sum(other_count), 0) AS other_count
FROM met
