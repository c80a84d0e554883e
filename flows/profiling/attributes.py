"""Facts about clients that an export holds: age, gender and the like, as declared attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.profiling.roles import AGE, COUNTRY, GENDER, date_formats
from flows.profiling.table import UnknownExport
from flows.sources.header import HEAD_ROWS
from flows.sources.identifiers import judge_name, judge_unknown_columns, split_name
from flows.sources.identifying_values import telling_cells

OLDEST = 120
MOST_CODES = 12
DATES = "dates"
CODE = re.compile(r"\d{1,3}|[A-Za-z]")


@dataclass(frozen=True)
class AttributeProposal:
    """One `[source.attributes.NAME]` block, as TOML lines below its head."""

    name: str
    column: str
    lines: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def propose_attributes(export: UnknownExport, taken: frozenset[str]) -> list[AttributeProposal]:
    """Return the attributes that are known by their names; the rest is for a person to declare."""
    found: dict[str, AttributeProposal] = {}
    for column in export.names:
        words = set(split_name(column))
        if column in taken or not export.filled(column):
            continue
        for name, own in (("age", AGE), ("gender", GENDER), ("country", COUNTRY)):
            if words & set(own) and name not in found:
                proposal = MAKERS[name](export, column)
                if proposal is not None:
                    found[name] = proposal
    return list(found.values())


def _age(export: UnknownExport, column: str) -> AttributeProposal | None:
    numbers = [float(c) for c in export.filled(column) if re.fullmatch(r"\d{1,9}(\.\d+)?", c)]
    within = [number for number in numbers if 0 < number <= OLDEST]
    if len(within) < 0.5 * len(export.filled(column)):
        return None
    low, high = (18, 99) if min(within) >= 18 and max(within) <= 99 else (1, OLDEST)
    outside = sum(not low <= number <= high for number in numbers)
    doubts = (f"{outside} cells lie outside these bounds and are set aside.",) if outside else ()
    return AttributeProposal(
        "age", column, ('type = "number"', f"min = {low}", f"max = {high}"), doubts
    )


def _gender(export: UnknownExport, column: str) -> AttributeProposal | None:
    codes = sorted(set(export.filled(column)))
    if len(codes) > MOST_CODES or not all(CODE.fullmatch(code) for code in codes):
        return None
    field = export.fields.get(column)
    labels: Mapping[str, str] = field.choices if field is not None else {}
    values = ", ".join(f'"{code}" = {quote(labels.get(code, code))}' for code in codes)
    doubts = () if labels else ("Say what the codes mean.",)
    return AttributeProposal(
        "gender", column, ('type = "code"', f"values = {{ {values} }}"), doubts
    )


def _country(export: UnknownExport, column: str) -> AttributeProposal | None:
    codes = export.filled(column)
    fitting = [code for code in codes if re.fullmatch("[A-Z][A-Z0-9]", code)]
    if len(fitting) < 0.9 * len(codes):
        return None
    return AttributeProposal("country", column, ('type = "code"', 'shape = "[A-Z][A-Z0-9]"'))


MAKERS = {"age": _age, "gender": _gender, "country": _country}


def describe_rest(export: UnknownExport, taken: frozenset[str]) -> list[str]:
    """Return a sentence on each column that nothing is proposed for; names only, never cells."""
    says = {
        "E_IDENTIFIER": "points to a person: leave it out of the export",
        "E_FREE_TEXT": "holds free text: leave it out of the export",
        DATES: "holds dates: declare date and intake_date, of which days are kept, or leave it out",
        "E_UNKNOWN_COLUMN": "not known: declare it, or list it under ignore",
    }
    telling = [name for name in export.names if telling_cells(export.filled(name)[:HEAD_ROWS])]
    rest = judge_unknown_columns(export.names, taken, (), export.fields, telling)
    grouped: dict[str, list[str]] = {}
    for column in rest:
        name = export.names[column.position - 1]
        is_date = not judge_name(name) and date_formats(export.filled(name))
        code = DATES if is_date else column.code
        grouped.setdefault(code, []).append(column.shown_name or f"column {column.position}")
    return [f"{says[code]}: {_listed(names)}" for code, names in sorted(grouped.items())]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:12])
    return f"{shown} and {len(names) - 12} more" if len(names) > 12 else shown


def quote(text: str) -> str:
    """Return a text as TOML."""
    plain = "".join(c for c in text if c.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
