"""The rules that follow from one column: its type, its range, its codes, its shape."""

from __future__ import annotations

from collections.abc import Iterator

from instruments.layout import Layout, StageColumn
from instruments.rule import Category, Check, Rule, Severity

# Targets and occasions are names of ours where the study file gives no list of labels.
NAME_SHAPE = "[a-z][a-z0-9_]{0,40}"
# Roles whose value is set aside when it is wrong, since the answers of the row stand without it.
SET_ASIDE = ("ending", "ending_session")


def item_rules(column: StageColumn) -> Iterator[Rule]:
    """Yield what must hold of the answers to one item."""
    if column.allowed is not None:
        yield _rule(
            column,
            "in_set",
            "E_RANGE",
            Check("in_set", {"values": (*column.allowed, *_whole_codes(column))}),
            says=f"An answer is outside {column.low:g} to {column.high:g} and no missing code.",
            fix="Correct the answer at its source, or declare the code or the form's range.",
        )
    elif column.low is not None or column.high is not None:
        yield _range_rule(column, "E_RANGE", "error")


def attribute_rules(column: StageColumn) -> Iterator[Rule]:
    """Yield what must hold of a declared fact about a client."""
    if column.kind == "number":
        yield _range_rule(column, "E_BOUNDS", "warning")
    else:
        yield from _code_rules(column, "E_CODE", "warning")


def role_rules(role: str, column: StageColumn, layout: Layout) -> Iterator[Rule]:
    """Yield what must hold of a column that says whose answers a row holds, and when."""
    if role == "client" or column.is_required:
        yield _required_rule(role, column)
    if column.kind == "id" and column.shape is not None:
        yield _shape_rule(column, column.shape, "E_ID_FORMAT", "error")
    if column.kind == "code":
        code = "E_OCCASION" if role == "occasion" else "E_CODE"
        yield from _code_rules(column, code, _severity(role), _labels(role, layout))
    if column.kind == "whole":
        yield from _whole_rules(role, column)
    if column.kind == "date":
        yield from _date_rules(column)


def _severity(role: str) -> Severity:
    return "warning" if role in SET_ASIDE else "error"


def _labels(role: str, layout: Layout) -> tuple[str, ...]:
    return tuple(layout.occasions) if role == "occasion" else ()


def _rule(
    column: StageColumn,
    name: str,
    code: str,
    check: Check,
    *,
    says: str,
    fix: str,
    severity: Severity = "error",
    category: Category = "conformance",
) -> Rule:
    return Rule(f"{column.name}.{name}", code, category, severity, (column,), check, says, fix)


def _codes(column: StageColumn) -> tuple[int | float | str, ...]:
    return tuple(column.staged_codes.values())


def _whole_codes(column: StageColumn) -> tuple[int, ...]:
    return tuple(code for code in _codes(column) if isinstance(code, int))


def _range_rule(column: StageColumn, code: str, severity: Severity) -> Rule:
    low, high = column.low, column.high
    return _rule(
        column,
        "range",
        code,
        Check("outside_range", {"low": low, "high": high, "apart": _codes(column)}),
        severity=severity,
        says=f"A number is {_outside(low, high)} and no missing code.",
        fix="Correct it at its source, or declare the bounds that this study has.",
    )


def _outside(low: float | None, high: float | None) -> str:
    if high is None:
        return f"below {low:g}"
    return f"above {high:g}" if low is None else f"outside {low:g} to {high:g}"


def _required_rule(role: str, column: StageColumn) -> Rule:
    code = {"client": "E_ID_MISSING", "occasion": "E_OCCASION"}.get(role, "E_KEY_MISSING")
    codes = _codes(column)
    return _rule(
        column,
        "required",
        code,
        Check("absent", {"codes": codes}) if codes else Check("not_null"),
        says=f"The row does not say its {role}.",
        fix=f"Fill in the {role} at its source and export again.",
    )


def _shape_rule(column: StageColumn, shape: str, code: str, severity: Severity) -> Rule:
    return _rule(
        column,
        "shape",
        code,
        Check("not_of_shape", {"shape": shape, "codes": _codes(column)}),
        severity=severity,
        says="A text is not of the declared shape (look-alike letters of other alphabets count).",
        fix="Correct it at its source, or declare the shape that is used here.",
    )


def _code_rules(
    column: StageColumn, code: str, severity: Severity, labels: tuple[str, ...] = ()
) -> Iterator[Rule]:
    values = column.values or labels
    if not values:
        yield _shape_rule(column, column.shape or NAME_SHAPE, code, severity)
        return
    yield _rule(
        column,
        "in_set",
        code,
        Check("in_set", {"values": (*values, *_codes(column))}),
        severity=severity,
        says="A code is none of those that the study file declares.",
        fix="Correct it at its source, or add it to the codes of this column in the study file.",
    )


def _whole_rules(role: str, column: StageColumn) -> Iterator[Rule]:
    severity = _severity(role)
    yield _range_rule(column, "E_RANGE" if severity == "error" else "E_BOUNDS", severity)
    if role in ("day", "event_day") and (column.low is None or column.low < 0):
        yield _rule(
            column,
            "before_intake",
            "E_DAY",
            Check("before_intake", {"low": column.low, "apart": _codes(column)}),
            severity="warning",
            category="plausibility",
            says="A session or an event lies before intake.",
            fix="Check the day of intake and this day.",
        )


def _date_rules(column: StageColumn) -> Iterator[Rule]:
    given = {"format": column.date_format or "%Y-%m-%d", "codes": _codes(column)}
    yield _rule(
        column,
        "date_format",
        "E_DATE_AMBIGUOUS",
        Check("date_ambiguous", given),
        says="A date is not in the declared format, so its day and month may be swapped.",
        fix="Export dates as the date_format of the study file says, best as year-month-day.",
    )
    yield _rule(
        column,
        "date_type",
        "E_DATE_TYPE",
        Check("date_type", given),
        says="A cell is no date; Excel exports dates as day numbers when they are not formatted.",
        fix="Format the column as a date before exporting it.",
    )
