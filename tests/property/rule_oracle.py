"""Every check of a rule once more, in plain Python."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from instruments.layout import StageColumn
from instruments.rules import Rule
from tests.property.random_tables import Row, answer

Cells = set[tuple[int | None, str | None]]


def is_filled(row: Row, column: StageColumn, codes: Sequence[Any]) -> bool:
    """Whether a cell holds something that is no missing code."""
    return row[column.name] is not None and row[column.name] not in codes


def parsed(text: str, form: str) -> datetime | None:
    """Return a date of the last or this century, None for anything else."""
    try:
        day = datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2099 else None


def looks_like_date(text: str) -> bool:
    """Whether a text has three numbers apart."""
    return re.match(r"[0-9]+[-./ ][0-9]+[-./ ][0-9]+", text) is not None


Test = Callable[[Rule, Row], bool]


def _outside(rule: Rule, row: Row) -> bool:
    value, known = row[rule.columns[0].name], rule.check.given
    if value is None or value in known["apart"]:  # type: ignore[operator]
        return False
    low: Any = known["low"]
    high: Any = known["high"]
    return (low is not None and value < low) or (high is not None and value > high)


def _before_intake(rule: Rule, row: Row) -> bool:
    value, known = row[rule.columns[0].name], rule.check.given
    low: Any = known["low"]
    return value is not None and value not in known["apart"] and low <= value < 0  # type: ignore[operator]


def _date(rule: Rule, row: Row, *, is_date_like: bool) -> bool:
    column, known = rule.columns[0], rule.check.given
    if not is_filled(row, column, known["codes"]):  # type: ignore[arg-type]
        return False
    text = row[column.name]
    return parsed(text, str(known["format"])) is None and looks_like_date(text) is is_date_like


def _shape(rule: Rule, row: Row) -> bool:
    column, known = rule.columns[0], rule.check.given
    filled = is_filled(row, column, known["codes"])  # type: ignore[arg-type]
    return filled and re.fullmatch(str(known["shape"]), row[column.name], re.ASCII) is None


def _safety(rule: Rule, row: Row) -> bool:
    value, known = answer(rule.columns[0], row), rule.check.given
    if value is None:
        return False
    limit: Any = known["value"]
    return {
        ">": value > limit,
        ">=": value >= limit,
        "<": value < limit,
        "<=": value <= limit,
    }[str(known["operator"])]


CELL_TESTS: dict[str, Test] = {
    "in_set": lambda rule, row: (
        row[rule.columns[0].name] is not None
        and row[rule.columns[0].name] not in rule.check.given["values"]  # type: ignore[operator]
    ),
    "not_null": lambda rule, row: row[rule.columns[0].name] is None,
    "absent": lambda rule, row: not is_filled(row, rule.columns[0], rule.check.given["codes"]),  # type: ignore[arg-type]
    "outside_range": _outside,
    "not_of_shape": _shape,
    "before_intake": _before_intake,
    "date_ambiguous": lambda rule, row: _date(rule, row, is_date_like=True),
    "date_type": lambda rule, row: _date(rule, row, is_date_like=False),
    "intake_unknown": lambda rule, row: (
        row[rule.columns[0].name] is None and row[rule.columns[1].name] is not None
    ),
    "safety": _safety,
}


def _straight(rule: Rule, row: Row) -> bool:
    flipped: Any = rule.check.given["flipped"]
    mirror: Any = rule.check.given["mirror"]
    given_answers = [
        None if value is None else mirror - value if column.name in flipped else value
        for column in rule.columns
        for value in (answer(column, row),)
    ]
    return None not in given_answers and len(set(given_answers)) == 1


def later_copies(table: list[Row], columns: Sequence[StageColumn]) -> Cells:
    """Return the rows that equal an earlier one."""
    seen: set[tuple[Any, ...]] = set()
    found: Cells = set()
    for row in table:
        key = tuple(row[c.name] for c in columns)
        if key in seen:
            found.add((row["_record"], None))
        seen.add(key)
    return found


def _known_row(rule: Rule, table: list[Row]) -> Cells:
    client, items = str(rule.check.given["client"]), rule.check.given["items"]
    mark: Any = rule.check.given["mark"]
    told = [*items, *([mark] if mark else [])]  # type: ignore[misc]
    filled = [
        row
        for row in table
        if row[client] is not None and any(row[c.name] is not None for c in told)
    ]
    return later_copies(filled, rule.columns)


def _form_empty(rule: Rule, table: list[Row]) -> Cells:
    others: Any = rule.check.given["others"]
    moment: Any = rule.check.given["moment"]

    def when(row: Row) -> tuple[Any, ...]:
        return tuple(row[column.name] for column in moment)

    def has_answer(columns: Sequence[StageColumn], row: Row) -> bool:
        return any(answer(column, row) is not None for column in columns)

    due = {when(row) for row in table if has_answer(rule.columns, row)}
    return {
        (row["_record"], None)
        for row in table
        if not has_answer(rule.columns, row)
        and when(row) in due
        and (not others or has_answer(others, row))
    }


def _same_person(rule: Rule, table: list[Row]) -> Cells:
    items: Any = rule.check.given["items"]
    filled = [row for row in table if any(row[c.name] is not None for c in items)]
    return later_copies(filled, rule.columns)


def _conflict(rule: Rule, table: list[Row]) -> Cells:
    keys: Any = rule.check.given["keys"]
    facts: Any = rule.check.given["facts"]
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in table:
        if row[keys[0][0].name] is None or all(row[c.name] is None for c in rule.columns):
            continue
        key = tuple(
            dict(labels).get(value, value)
            if labels
            else None
            if value in column.staged_codes.values()
            else value
            for column, labels in keys
            for value in (row[column.name],)
        )
        groups[key].append(row)
    return {
        (row["_record"], None)
        for group in groups.values()
        if len({tuple(r[c.name] for c in (*rule.columns, *facts)) for r in group}) > 1
        for row in group
    }


def _jump(rule: Rule, table: list[Row]) -> Cells:
    known: Any = rule.check.given
    groups: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for row in table:
        answers = [
            known["mirror"] - value if column.name in known["flipped"] else value
            for column in rule.columns
            for value in (answer(column, row),)
            if value is not None
        ]
        if row[known["who"][0].name] is None or 2 * len(answers) < len(rule.columns):
            continue
        moments = [
            dict(ranks).get(row[column.name]) if ranks else row[column.name]
            for column, ranks in known["moments"]
        ]
        order = [(moment is not None, moment or 0) for moment in moments]
        level = sum(answers) / len(answers)
        groups[tuple(row[c.name] for c in known["who"])].append((order, row["_record"], level))
    return {
        (record, None)
        for group in groups.values()
        for (_, _, before), (_, record, level) in pairwise(sorted(group))
        if abs(level - before) > known["limit"]
    }


def _two_clinics(rule: Rule, table: list[Row]) -> Cells:
    clinic, client = rule.columns
    seen = defaultdict(set)
    for row in table:
        if row[client.name] is not None and row[clinic.name] is not None:
            seen[row[client.name]].add(row[clinic.name])
    return {(r["_record"], clinic.source) for r in table if len(seen[r[client.name]]) > 1}


def _alike_ids(rule: Rule, table: list[Row]) -> Cells:
    (client,) = rule.columns
    seen = defaultdict(set)
    for row in table:
        if row[client.name] is not None:
            seen[row[client.name].lower()].add(row[client.name])
    return {
        (row["_record"], client.source)
        for row in table
        if row[client.name] is not None and len(seen[row[client.name].lower()]) > 1
    }


def _two_values(rule: Rule, table: list[Row]) -> Cells:
    fact, client = rule.columns
    told = [row for row in table if row[client.name] is not None and _is_admitted(fact, row)]
    seen = defaultdict(set)
    for row in told:
        seen[row[client.name]].add(row[fact.name])
    return {(row["_record"], fact.source) for row in told if len(seen[row[client.name]]) > 1}


def _is_admitted(fact: StageColumn, row: Row) -> bool:
    if not is_filled(row, fact, list(fact.staged_codes.values())):
        return False
    value = row[fact.name]
    if fact.kind == "number":
        assert fact.low is not None
        assert fact.high is not None
        return bool(fact.low <= value <= fact.high)
    if fact.values is not None:
        return value in fact.values
    return re.fullmatch(str(fact.shape), value) is not None


def _skipped(rule: Rule, table: list[Row]) -> Cells:
    occasion, client = rule.columns
    ranks: Any = dict(rule.check.given["ranks"])  # type: ignore[call-overload]
    met: dict[str, dict[int, int]] = defaultdict(dict)
    for row in table:
        if row[client.name] is not None and row[occasion.name] in ranks:
            met[row[client.name]].setdefault(ranks[row[occasion.name]], row["_record"])
    order = sorted({rank for ranks_met in met.values() for rank in ranks_met})
    return {
        (records[rank], occasion.source)
        for records in met.values()
        for rank in records
        if order.index(rank) > 0 and order[order.index(rank) - 1] not in records
    }


def _answered(rule: Rule, table: list[Row]) -> list[list[float | None]]:
    forms = [[answer(column, row) for column in rule.columns] for row in table]
    return [form for form in forms if any(value is not None for value in form)]


def _item_missing(rule: Rule, table: list[Row]) -> Cells:
    forms, known = _answered(rule, table), rule.check.given
    if len(forms) < known["min_forms"]:  # type: ignore[operator]
        return set()
    return {
        (None, column.source)
        for k, column in enumerate(rule.columns)
        if sum(form[k] is None for form in forms) > known["share"] * len(forms)  # type: ignore[operator]
    }


def _range_unused(rule: Rule, table: list[Row]) -> Cells:
    forms, known = _answered(rule, table), rule.check.given
    highest = max((v for form in forms for v in form if v is not None), default=0)
    is_unused = len(forms) >= known["min_forms"] and highest <= known["highest"]  # type: ignore[operator]
    return {(None, None)} if is_unused else set()


def _total_unlike(rule: Rule, table: list[Row]) -> Cells:
    (total,), known = rule.columns, rule.check.given
    found = set()
    items: Any = known["items"]
    factors: Any = known["factors"]
    for row in table:
        value = row[total.name]
        answers = [
            None
            if (one := answer(item, row)) is None
            else known["mirror"] - one
            if item.name in known["flipped"]
            else one  # type: ignore[operator]
            for item in items
        ]
        if None in answers or not is_filled(row, total, list(total.staged_codes.values())):
            continue
        if all(abs(value - sum(answers) * factor) > known["tolerance"] for factor in factors):  # type: ignore[operator]
            found.add((row["_record"], total.source))
    return found


def _told(row: Row, column: StageColumn | None) -> Any:
    if column is None or not is_filled(row, column, list(column.staged_codes.values())):
        return None
    return row[column.name]


def _event_unplaced(rule: Rule, row: Row) -> bool:
    known: Any = rule.check.given
    when = [_told(row, known[name]) for name in ("session", "day")]
    return row[known["mark"].name] is not None and when == [None, None]


def _event_conflict(rule: Rule, table: list[Row]) -> Cells:
    known: Any = rule.check.given
    kinds = dict(known["kinds"])
    same: dict[tuple[Any, ...], list[tuple[Row, tuple[Any, ...]]]] = defaultdict(list)
    for row in table:
        client = _told(row, known["client"])
        if client is None or row[known["mark"].name] is None:
            continue
        event = known["all_are"] or kinds.get(_told(row, known["kind"]))
        facts = tuple(_told(row, known[name]) for name in ("day", "until", "detail", "therapist"))
        session = _told(row, known["session"]) or 0
        when = session or (facts[0], facts[2])
        whom = facts[3] if event == "assignment" else None
        same[client, event, when, whom].append((row, facts))
    return {
        (row["_record"], None)
        for told in same.values()
        if len({facts for _, facts in told}) > 1
        for row, _ in told
    }


TABLE_TESTS: dict[str, Callable[[Rule, list[Row]], Cells]] = {
    "known_row": _known_row,
    "form_empty": _form_empty,
    "same_person": _same_person,
    "conflict": _conflict,
    "event_conflict": _event_conflict,
    "jump": _jump,
    "alike_ids": _alike_ids,
    "two_values": _two_values,
    "two_clinics": _two_clinics,
    "skipped_occasion": _skipped,
    "item_missing": _item_missing,
    "range_unused": _range_unused,
    "total_unlike": _total_unlike,
}


ROW_TESTS: dict[str, Test] = {
    "straight_line": _straight,
    "event_unplaced": _event_unplaced,
}


def expected(rule: Rule, table: list[Row]) -> Cells:
    """Return the offending cells of a table by the oracle."""
    name = rule.check.name
    if name in CELL_TESTS:
        source = rule.columns[0].source
        return {(r["_record"], source) for r in table if CELL_TESTS[name](rule, r)}
    if name in ROW_TESTS:
        return {(r["_record"], None) for r in table if ROW_TESTS[name](rule, r)}
    return TABLE_TESTS[name](rule, table)
