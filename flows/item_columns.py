"""Which column of an export holds which item of a form."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from flows.declarations import FormBlock, Source
from flows.sources.admission import declare_admission
from flows.sources.names import name_key
from instruments.definition import Definition
from instruments.errors import ExportError, StudyError, suggest

# The number of an item in a pattern: {n}, or {n:02} and {n:03} where zeros lead.
NUMBER = re.compile(r"\{n(?::0(?P<width>[2-9]))?\}")


@dataclass(frozen=True)
class Header:
    """A file's column names, found again whatever their case and spaces."""

    names: tuple[str, ...]

    def find(self, wanted: str) -> str | None:
        """Return the file's own spelling of a column, None where it has no such column."""
        return self._by_key.get(name_key(wanted))

    @cached_property
    def _by_key(self) -> dict[str, str]:
        """The first name of each key."""
        return {name_key(name): name for name in reversed(self.names)}

    def require(self, wanted: str, source: Source, others: Collection[str] = ()) -> str:
        """Return the file's own spelling of a column; ``others`` are wanted for something else.

        Raises
        ------
        ExportError
            ``E_COLUMN_MISSING``, with the nearest name that the file has and nobody else wants.
        """
        found = self.find(wanted)
        if found is None:
            taken = set(map(name_key, others))
            free = [name for name in self.names if name_key(name) not in taken]
            raise ExportError(
                "E_COLUMN_MISSING",
                f'The export has no column "{wanted}"',
                where=f'source "{source.id}"',
                fix=suggest(wanted, free)
                or "Check the export's settings, or the names in study.toml.",
            )
        return found


def item_columns(
    source: Source, form: FormBlock, header: Header, definition: Definition
) -> dict[str, str]:
    """Return the file's column of every item by the item's name.

    Raises
    ------
    ExportError
        ``E_COLUMN_MISSING`` where an item has none, ``E_DUP_HEADER`` where it has two.
    StudyError
        ``E_STUDY_PATTERN`` where the form block does not say which column is which item.
    """
    if definition.addressing == "subscale":
        return _subscale_columns(source, form, header, definition)
    names = definition.item_names()
    wanted = listed_columns(form, names)
    others = (*wanted, *declare_admission(source).facts)
    return {
        item: header.require(column, source, others)
        for item, column in zip(names, wanted, strict=True)
    }


def listed_columns(form: FormBlock, names: Sequence[str]) -> list[str]:
    """Return the column of each item, from a pattern with {n} or from the list itself."""
    if isinstance(form.columns, str):
        if not NUMBER.search(form.columns):
            raise StudyError(
                "E_STUDY_PATTERN",
                f'The pattern "{form.columns}" has no {{n}}',
                fix="Write {n} where the number of the item stands.",
            )
        return [numbered(form.columns, n) for n in range(1, len(names) + 1)]
    if len(form.columns) != len(names):
        raise StudyError(
            "E_STUDY_PATTERN",
            f'"{form.instrument}" has {len(names)} items, its list names {len(form.columns)}',
            fix="Name every item's column, in the order of the form.",
        )
    return list(form.columns)


def numbered(pattern: str, number: int) -> str:
    """Return the column of an item by its number, with leading zeros where the pattern has them."""
    return NUMBER.sub(lambda place: str(number).zfill(int(place["width"] or 0)), pattern)


def _subscale_columns(
    source: Source, form: FormBlock, header: Header, definition: Definition
) -> dict[str, str]:
    """Find the columns of each subscale by the pattern: ``cdq_{scale}_{n}``."""
    pattern = require_scale_pattern(form)
    found: dict[str, str] = {}
    for scale in definition.held_scales:
        own = pattern.replace("{scale}", scale.id)
        counted = _counted(own, header)
        _require_each_once(source, own, counted)
        found |= {f"{scale.id}_{n}": column for n, column in counted}
    if not found:
        raise ExportError(
            "E_COLUMN_MISSING",
            f'The pattern "{pattern}" matches no column of the export',
            where=f'source "{source.id}"',
            fix=suggest(pattern, header.names)
            or f"Its scales are {', '.join(scale.id for scale in definition.held_scales)}.",
        )
    return found


def _require_each_once(source: Source, pattern: str, counted: list[tuple[int, str]]) -> None:
    """Refuse a subscale whose columns do not count on from 1: which item is which, is a guess."""
    numbers = [n for n, _ in counted]
    absent = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
    if absent:
        listed = ", ".join(f'"{numbered(pattern, n)}"' for n in absent)
        raise ExportError(
            "E_COLUMN_MISSING",
            f"The export has later items of a subscale and lacks {listed}",
            where=f'source "{source.id}"',
            fix="Export every item of the form, or none of the subscale.",
        )
    for (n, first), (m, second) in pairwise(counted):
        if n == m:
            raise ExportError(
                "E_DUP_HEADER",
                f'The columns "{first}" and "{second}" are both item {n} of one subscale',
                where=f'source "{source.id}"',
                fix="Leave one of them out of the export.",
            )


def require_scale_pattern(form: FormBlock) -> str:
    if isinstance(form.columns, str) and "{scale}" in form.columns:
        return form.columns
    raise StudyError(
        "E_STUDY_PATTERN",
        f'"{form.instrument}" is addressed by subscale',
        fix='Write its pattern with {scale} and {n}, such as "cdq_{scale}_{n}".',
    )


def _counted(pattern: str, header: Header) -> list[tuple[int, str]]:
    key = name_key(pattern)
    place = NUMBER.search(key)
    before, after = (key[: place.start()], key[place.end() :]) if place else (key, "")
    zeros = "0*" if place and place["width"] else ""
    shape = re.compile(re.escape(before) + zeros + r"([1-9]\d?)" + re.escape(after))
    hits = [(match, name) for name in header.names if (match := shape.fullmatch(name_key(name)))]
    return sorted((int(match.group(1)), name) for match, name in hits)
