-- core.{{ table }}: one row per filled-in form: the answers as given, wide and small.
CREATE TABLE IF NOT EXISTS store.core.{{ table | ident }} (
    administration_id UBIGINT NOT NULL
);
{% for item in items %}
ALTER TABLE store.core.{{ table | ident }} ADD COLUMN IF NOT EXISTS {{ item.name | ident }} {{ item.type }};
{% endfor %}
