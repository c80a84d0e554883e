-- Analysis frame: one row per client: the keyed answers to one scale at one occasion.
SELECT
    form.client_id
{%- for item in items %},
    CAST({% if item.is_reversed %}form.range_low + form.range_high - {% endif %}answers.{{ item.name | ident }} AS DOUBLE) AS {{ item.name | ident }}
{%- endfor %}

FROM store.core.{{ form_table | ident }} AS answers
INNER JOIN store.core.administration AS form ON answers.administration_id = form.administration_id
WHERE
    form.form_id = {{ form_id | literal }}
    AND form.occasion = {{ occasion | literal }}
    AND form.rater = {{ rater | literal }}
    AND form.target = {{ target | literal }}
QUALIFY row_number() OVER (PARTITION BY form.client_id ORDER BY form.session) = 1
ORDER BY form.client_id
