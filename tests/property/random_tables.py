"""Random tables of four sources, in which every rule is broken now and then."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from flows.declarations import Source
from flows.layout import lay_out
from instruments.catalog import load_catalog
from instruments.layout import Layout, Placement, StageColumn

Row = Mapping[str, Any]
Cells = set[tuple[int | None, str | None]]
CORE = {
    "instrument": "core_10",
    "columns": "c{n}",
    "missing": {"3": "does not apply"},
    "total": "sum",
}
COMMON: dict[str, Any] = {
    "id": "waves",
    "kind": "csv",
    "files": "*.csv",
    "missing": {"-99": "refused", "NASK": "not asked"},
    "date_format": "%d/%m/%Y",
    "attributes": {
        "age": {"column": "age", "type": "number", "min": 18, "max": 99, "missing": {"0": "none"}},
        "sex": {"column": "sex", "type": "code", "values": {"F": "female", "M": "male"}},
        "site": {"column": "site", "type": "code", "shape": "[A-Z]{2}"},
    },
}
WAVES = {"T0": "intake", "start": "intake", "T1": "month_3", "T2": "end"}
SOURCES: dict[str, dict[str, Any]] = {
    "waves": {
        "columns": {"client": "id", "occasion": "wave", "clinic": "place", "rater": "by"},
        "occasions": WAVES,
        "form": [CORE | {"already_reversed": True}],
    },
    "sessions": {
        "columns": {"client": "id", "session": "no", "date": "seen", "intake_date": "began"},
        "form": [CORE, {"instrument": "srs", "columns": "s{n}"}],
    },
    "events": {
        "columns": {"client": "id", "session": "no", "day": "on", "therapist": "by"},
        "event": {
            "kind": "what",
            "kinds": {"C": "contact", "c": "contact", "A": "assignment"},
            "detail": "how",
            "details": {"1": "remote", "2": "in_person"},
            "until": "to",
        },
    },
    "persons": {"a_row_is": "person", "occasion": "intake", "form": [CORE | {"range": [1, 5]}]},
}


def make_layout(name: str) -> Layout:
    """Return the layout of one of the sources."""
    source = Source.model_validate(COMMON | SOURCES[name])
    header = [*source.columns.by_role().values(), "age", "sex", "site", "what", "how", "to"]
    header += ["sum", *(f"c{n}" for n in range(1, 11))] + [f"s{n}" for n in range(1, 5)]
    return lay_out(source, header, load_catalog())


LAYOUTS = {name: make_layout(name) for name in SOURCES}

TEXTS = {
    "client": ["K1", "K2", "K3", "K4", "k2", "1E5", "К1", None],
    "occasion": [*WAVES, "T9", "NASK", None],
    "clinic": ["north", "north", "south", "a b", None],
    "rater": ["client", "therapist", "nobody", "NASK", None],
    "date": ["01/02/2024", "1/3/2024", "2024-03-01", "45300", "31/02/2024", "01/02/24", None],
    "intake_date": ["01/02/2024", "2024/02/01", "soon", None],
    "therapist": ["T1", "T2", "a b", None],
    "event": ["C", "c", "A", "Z", None],
    "event_detail": ["1", "2", "3", None],
    "attr__sex": ["F", "M", "x", None],
    "attr__site": ["AB", "CD", "abc", None],
}
NUMBERS: dict[str, list[float | None]] = {
    "attr__age": [18, 40.5, 99, 100, 17.9, 0, None],
    "session": [1, 2, 0, 5001, -99, -32001, None],
    "day": [0, 7, -3, -365, -366, 7300, 7301, None],
    "event_until": [7, 14, 7301, None],
}


MOODS = ("rare", "often", "low", "gap")


def make_table(layout: Layout, seed: int, size: int) -> list[dict[str, Any]]:
    """Return random rows in which every rule is broken now and then."""
    chance = random.Random(seed)  # noqa: S311
    mood = chance.choice(MOODS)
    table = [make_row(layout, chance, mood) for _ in range(size)]
    for _ in range(size // 4):  # some rows are copies, whole or all but one cell
        copied = dict(chance.choice(table))
        if chance.random() < 0.5:
            name = chance.choice(sorted(copied))
            copied[name] = chance.choice(table)[name]
        table[chance.randrange(size)] = copied
    return [{"_record": k, **row} for k, row in enumerate(table, start=1)]


def make_row(layout: Layout, chance: random.Random, mood: str) -> dict[str, Any]:
    """Return one random row."""
    row: dict[str, Any] = {}
    for column in (*layout.roles.values(), *layout.attributes.values()):
        good, *others = TEXTS.get(column.name) or NUMBERS[column.name]
        is_odd = chance.random() < (0.6 if mood == "often" else 0.1)
        row[column.name] = chance.choice(others) if is_odd else good
    for placement in layout.placements:
        row |= make_answers(list(placement.columns.values()), chance, mood)
        for column in placement.totals.values():
            row[column.name] = make_total(placement, row, chance)
    return row


def make_answers(
    columns: Sequence[StageColumn], chance: random.Random, mood: str
) -> dict[str, Any]:
    """Return the answers to one form: varied, all alike, none, or broken."""
    names = [column.name for column in columns]
    low, high = int(columns[0].low or 0), int(columns[0].high or 0)
    if mood == "low":
        return {name: chance.randint(low, low + 1) for name in names}
    if mood == "gap":
        return {name: chance.randint(low, high) for name in names} | {names[1]: None}
    kind = chance.choice(["varied", "varied", "alike", "extreme", "empty", "broken"])
    if kind == "alike":
        return dict.fromkeys(names, chance.randint(low, high))
    if kind == "extreme":  # with reverse-keyed items mirrored, as CORE-10 has them
        first = chance.choice([low, high])
        return {n: low + high - first if n.endswith(("_2", "_3")) else first for n in names}
    if kind == "empty":
        return {name: chance.choice([None, -99]) for name in names}
    odd = [None, -99, -32001, low - 1, high + 1]
    share = 0.0 if kind == "varied" else 0.6 if mood == "often" else 0.2
    return {
        name: chance.choice(odd) if chance.random() < share else chance.randint(low, high)
        for name in names
    }


def answer(column: StageColumn, row: Row) -> float | None:
    """Return an answer within the range that is no missing code."""
    value = row[column.name]
    if value is None or value in column.staged_codes.values():
        return None
    return value if (column.low or 0) <= value <= (column.high or 0) else None


def make_total(placement: Placement, row: Row, chance: random.Random) -> float | None:
    """Return the sum of the answers, or their mean, or something else."""
    kind = chance.choice(["sum", "sum", "mean", "odd", "none"])
    if kind == "none":
        return chance.choice([None, -99])
    total = sum(
        placement.low + placement.high - value
        if item in placement.reversed_of(placement.definition.scales[0])
        else value
        for item, column in placement.columns.items()
        if (value := answer(column, row)) is not None
    )
    if kind == "odd":
        return total + chance.choice([-1, 0.1, 1])
    return total if kind == "sum" else round(total / len(placement.columns), 1)
