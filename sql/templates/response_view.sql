-- core.response: one answered item of one form: the long view of all forms.
CREATE OR REPLACE VIEW store.core.response AS
{% for table, items in forms %}
SELECT
    administration_id,
    item,
    CAST(answer AS DOUBLE) AS answer
FROM store.core.{{ table | ident }}
UNPIVOT (answer FOR item IN ({% for item in items %}{{ item | ident }}{{ ', ' if not loop.last }}{% endfor %}))
{% if not loop.last %}
UNION ALL
{% endif %}
{% else %}
SELECT
    CAST(NULL AS UBIGINT) AS administration_id,
    CAST(NULL AS VARCHAR) AS item,
    CAST(NULL AS DOUBLE) AS answer
WHERE false
{% endfor %}
