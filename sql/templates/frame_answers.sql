-- Analysis frame: one row per occasion and client: the answers to a form, as its scales key
-- them. Which items are flipped hangs on each form: its export may have reversed them already. So
-- does their unit: answers in other units of the form come in its own. Ready-made scores are none.
{% macro keyed(item) -%}
{% set answer = 'answers.' ~ (item.name | ident) -%}
{% set mirrored = 'form.range_low + form.range_high - ' ~ answer -%}
{% set given = mirrored if item.flips_as_answered else answer -%}
{% set stored = mirrored if item.flips_already_reversed else answer -%}
{{ given if given == stored else 'CASE WHEN form.is_already_reversed THEN ' ~ stored ~ ' ELSE ' ~ given ~ ' END' }}
{%- endmacro %}
{% macro unit() -%}
{% if units %} * CASE{% for low, high, factor in units %} WHEN form.range_low = {{ low | literal }} AND form.range_high = {{ high | literal }} THEN {{ factor | literal }}{% endfor %} ELSE 1.0 END{% endif %}
{%- endmacro %}

WITH first_form AS (
    SELECT *
    FROM store.core.administration
    WHERE
        form_id = {{ form_id | literal }}
        AND rater = {{ rater | literal }}
        AND target = {{ target | literal }}
        AND range_low IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY occasion, client_id ORDER BY session) = 1
)

SELECT
    form.client_id,
    form.occasion
{%- for column, item in items %},
    CAST({{ keyed(item) }} AS DOUBLE){{ unit() }} AS {{ column | ident }}
{%- endfor %}

FROM store.core.{{ form_table | ident }} AS answers
INNER JOIN first_form AS form ON answers.administration_id = form.administration_id
ORDER BY form.occasion, form.client_id
