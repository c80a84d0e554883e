{# What the checks share: names, what a cell says, a parsed date. #}
{% macro codes_of(column) -%}
{{ literals(column.staged_codes.values()) }}
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
