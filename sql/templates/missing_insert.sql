-- core.missing: one row per unanswered item of the forms in {{ fresh }}, with its reason.
INSERT INTO store.core.missing
WITH marked AS (
    SELECT
        form.administration_id,
        unnest([
{%- for item in items %}

            CASE
{%- for code, reason in item.codes %}

                WHEN raw.{{ item.column | ident }} = {{ code }} THEN {{ (item.name ~ '=' ~ reason) | literal }}
{%- endfor %}

                WHEN raw.{{ item.column | ident }} IS NULL THEN {{ (item.name ~ '=blank') | literal }}
            END{{ ',' if not loop.last }}
{%- endfor %}

        ]) AS mark
    FROM {{ fresh }} AS form
    INNER JOIN stage.rows AS raw ON form._record = raw._record
    WHERE
{%- for item in items %}
        {{ 'OR ' if not loop.first }}form.{{ item.name | ident }} IS NULL
{%- endfor %}

)

SELECT
    administration_id,
    split_part(mark, '=', 1) AS item,
    substr(mark, strpos(mark, '=') + 1) AS reason
FROM marked
WHERE mark IS NOT NULL
