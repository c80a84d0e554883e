{# What the checks share: the answer in a cell of numbers, NULL where there is none; a parsed date. #}
{% macro codes_of(column) -%}
{{ literals(column.staged_codes.values()) }}
{%- endmacro %}

{# Codes outside the range are no answers already: naming them would double the planning. #}
{% macro codes_within(column) -%}
{% for code in column.staged_codes.values() | select("ge", column.low) | select("le", column.high) %}{{ ", " if not loop.first }}{{ code | literal }}{% endfor %}
{%- endmacro %}

{% macro answer(column) -%}
CASE WHEN {{ column.name | ident }} BETWEEN {{ column.low | literal }} AND {{ column.high | literal }}
{%- set inside = codes_within(column) %}
{%- if inside %} AND {{ column.name | ident }} NOT IN ({{ inside }}){% endif %} THEN {{ column.name | ident }} END
{%- endmacro %}

{% macro answers(columns) -%}
{% for column in columns %}{{ ", " if not loop.first }}{{ answer(column) }}{% endfor %}
{%- endmacro %}

{% macro names(columns) -%}
{% for column in columns %}{{ ", " if not loop.first }}{{ column.name | ident }}{% endfor %}
{%- endmacro %}

{% macro literals(values) -%}
{% for value in values %}{{ ", " if not loop.first }}{{ value | literal }}{% endfor %}
{%- endmacro %}

{# What a column says of a row, NULL where it is missing or where there is no such column. #}
{% macro given(column) -%}
{%- if not column -%}
NULL
{%- elif column.staged_codes -%}
CASE WHEN {{ column.name | ident }} NOT IN ({{ codes_of(column) }}) THEN {{ column.name | ident }} END
{%- else -%}
{{ column.name | ident }}
{%- endif -%}
{%- endmacro %}

{% macro is_filled(column, codes) -%}
{{ column.name | ident }} IS NOT NULL
{%- if codes %} AND {{ column.name | ident }} NOT IN ({{ literals(codes) }}){% endif %}
{%- endmacro %}

{% macro day_of(column, format) -%}
CASE WHEN year(try_strptime({{ column.name | ident }}, {{ format | literal }})) BETWEEN 1900 AND 2099 THEN CAST(try_strptime({{ column.name | ident }}, {{ format | literal }}) AS DATE) END
{%- endmacro %}

{# Most exports hold one row per client: what compares rows of a client need not look at them. #}
{% macro is_repeated(name) -%}
lower({{ name }}) IN (SELECT folded FROM stage.repeated)
{%- endmacro %}
