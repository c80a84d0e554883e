-- core.{{ table }}: one row per filled-in form: the answers as given, wide and small.
{% if is_new %}
CREATE TABLE store.core.{{ table | ident }} (
    administration_id UBIGINT NOT NULL
{%- for item in items %},
    {{ item.name | ident }} {{ item.type }}
{%- endfor %}

);
{% else %}
{% for item in items %}
ALTER TABLE store.core.{{ table | ident }} ADD COLUMN {{ item.name | ident }} {{ item.type }};
{% endfor %}
{% endif %}
