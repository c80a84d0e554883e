-- core.administration and core.{{ form_table }}: the forms of the stage that the store has not.
INSERT INTO store.core.administration
SELECT
    administration_id,
    client_id,
    occasion_name,
    session_number,
    {{ form_id | literal }},
    rater_name,
    target_name,
    day_number,
    therapist_id,
    clinic_id,
    {{ range[0] }},
    {{ range[1] }},
    {{ already_reversed }},
    {{ batch }},
    _record
FROM {{ fresh }};

INSERT INTO store.core.{{ form_table | ident }} BY NAME
SELECT
    administration_id
{%- for item in items %},
    {{ item.name | ident }}
{%- endfor %}

FROM {{ fresh }};
