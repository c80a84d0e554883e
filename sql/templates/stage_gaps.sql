-- {{ gaps }}: one row per form of {{ fresh }} with an unanswered item.
CREATE TABLE {{ gaps }} AS
SELECT
    administration_id
{%- for item in items %},
    {{ item.column | ident }}
{%- endfor %}

FROM {{ fresh }}
WHERE
{%- for item in items %}

    {{ 'OR ' if not loop.first }}{{ item.name | ident }} IS NULL
{%- endfor %}

