-- older_values: one row per staged answer or fact that differs from the store's: its record, and
-- whether it is what the store held before a correction.
WITH told AS (
    SELECT
        CAST(NULL AS BIGINT) AS _record,
        CAST(NULL AS UBIGINT) AS administration_id,
        CAST(NULL AS VARCHAR) AS client_id,
        CAST(NULL AS VARCHAR) AS kind,
        CAST(NULL AS VARCHAR) AS name,
        CAST(NULL AS VARCHAR) AS told
    WHERE false
{%- for form in forms %}
{%- for item in form.answers %}

    UNION ALL
    SELECT
        staged._record,
        staged.administration_id,
        staged.client_id,
        'answer' AS kind,
        {{ item | literal }} AS name,
        CAST(staged.{{ item | ident }} AS VARCHAR) AS told
    FROM {{ form.incoming }} AS staged
    INNER JOIN store.core.{{ form.table | ident }} AS stored USING (administration_id)
    WHERE staged.{{ item | ident }} IS DISTINCT FROM {{ 'stored.' ~ (item | ident) if item in form.held else 'NULL' }}
{%- endfor %}
{%- for name, staged, stored in facts %}

    UNION ALL
    SELECT
        staged._record,
        staged.administration_id,
        staged.client_id,
        'fact' AS kind,
        {{ name | literal }} AS name,
        CAST(staged.{{ staged | ident }} AS VARCHAR) AS told
    FROM {{ form.incoming }} AS staged
    INNER JOIN store.core.administration AS stored USING (administration_id)
    WHERE staged.{{ staged | ident }} IS DISTINCT FROM stored.{{ stored | ident }}
{%- endfor %}
{%- endfor %}
{%- for name in attributes %}

    UNION ALL
    SELECT
        CAST(NULL AS BIGINT) AS _record,
        CAST(NULL AS UBIGINT) AS administration_id,
        staged.client_id,
        'attribute' AS kind,
        {{ name | literal }} AS name,
        CAST(staged.{{ name | ident }} AS VARCHAR) AS told
    FROM stage.client AS staged
    INNER JOIN store.core.client AS stored ON staged.client_id = stored.client_id
    WHERE staged.{{ name | ident }} <> stored.{{ name | ident }}
{%- endfor %}

),

corrected AS (
    SELECT DISTINCT
        administration_id,
        client_id,
        kind,
        name,
        before
    FROM store.core.amendment
)

SELECT
    told._record,
    corrected.client_id IS NOT NULL AS is_older
FROM told
LEFT JOIN corrected
    ON
        told.administration_id IS NOT DISTINCT FROM corrected.administration_id
        AND told.client_id = corrected.client_id
        AND told.kind = corrected.kind
        AND told.name = corrected.name
        AND told.told IS NOT DISTINCT FROM corrected.before
ORDER BY told._record
