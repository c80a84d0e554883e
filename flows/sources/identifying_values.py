"""Cells that point to a person by what stands in them.

Some say so by themselves: an e-mail address, a phone number with its signs, a number with a valid
check digit that is written as its state writes it. Others could as well be ids of a study that
happen to fit: bare digits, or letters and digits without signs. These count by the company they
keep, the other cells of their column that are written alike.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flows.sources import check_digits

PATTERNS = Path(__file__).with_name("identifying_values.toml")
# So large a share of the cells that are written alike must fit, where one could fit by chance.
SHARE_THAT_FITS = 0.5
# What most ids of a column look like is their shape, not that of a postcode or a plate.
SHARE_OF_IDS = 0.5
# Free text goes nowhere, so the end of a long cell is of no interest.
LONGEST = 300
# Answers, days and most decimals are shorter than anything that points to a person.
SHORTEST = 5
PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d*)?([.,]\d+)?")
NAME = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*"


@dataclass(frozen=True)
class Kind:
    """One kind of thing that points to a person: how it is written, what its number must pass."""

    pattern: re.Pattern[str]
    check: check_digits.Check | None

    def fits(self, text: str) -> bool:
        """Whether a cell is of this kind."""
        if not self.pattern.fullmatch(text):
            return False
        return self.check is None or self.check(re.sub(r"[^A-Z0-9]", "", text.upper()))


@dataclass(frozen=True)
class Kinds:
    """The kinds of `identifying_values.toml`, ready to compare."""

    sure: Sequence[Kind]
    checked: Sequence[Kind]
    unchecked: Sequence[Kind]
    titled_name: re.Pattern[str]


def telling_cells(cells: Iterable[str], *, are_ids: bool = False) -> frozenset[str]:
    """Return the cells of one column that point to a person, as they are written.

    Where they are the ids of a study, a shape that most of them have is taken for their own.
    """
    texts = {cell: text for cell in set(cells) if (text := " ".join(cell[:LONGEST].split()))}
    telling = {cell for cell, text in texts.items() if is_telling(text)}
    alike: dict[str, dict[str, str]] = defaultdict(dict)
    for cell in texts.keys() - telling:
        alike[_outline(texts[cell])][cell] = texts[cell]
    for outline, mates in alike.items():
        is_own = are_ids and len(texts) > 1 and len(mates) >= SHARE_OF_IDS * len(texts)
        if "9" in outline:
            telling.update(_fitting(mates, is_own_shape=is_own))
    return frozenset(telling)


def is_telling(text: str) -> bool:
    """Whether a cell points to a person whatever else stands in its column."""
    if len(text) < SHORTEST or PLAIN_NUMBER.fullmatch(text):
        return False
    kinds = load_kinds()
    if any(kind.fits(text) for kind in kinds.sure):
        return True
    return bool(kinds.titled_name.fullmatch(text)) or _is_ipv6(text)


@lru_cache(maxsize=1)
def load_kinds() -> Kinds:
    """Return the kinds of cells that point to a person."""
    told = tomllib.loads(PATTERNS.read_text(encoding="utf-8"))
    made = {name: _kinds(told[name], told["parts"]) for name in ("sure", "checked", "unchecked")}
    titles = "|".join(map(re.escape, told["titles"]["words"]))
    return Kinds(**made, titled_name=re.compile(rf"(?i:{titles})\.? +({NAME} ?){{1,5}}"))


def _kinds(told: Collection[Mapping[str, Any]], parts: Mapping[str, str]) -> Sequence[Kind]:
    return [
        Kind(
            re.compile("|".join(_filled(one, parts) for one in kind["patterns"]), re.IGNORECASE),
            getattr(check_digits, kind["check"]) if "check" in kind else None,
        )
        for kind in told
    ]


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace("{" + name + "}", part)
    return pattern


def _is_ipv6(text: str) -> bool:
    with suppress(ValueError):
        return text.count(":") > 1 and bool(ipaddress.IPv6Address(text.partition("%")[0]))
    return False


def _outline(text: str) -> str:
    """Return how a cell is written, without its letters and digits."""
    return re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", text))


def _fitting(mates: Mapping[str, str], *, is_own_shape: bool) -> Iterator[str]:
    """Yield what fits among cells that are written alike, where enough of them fit."""
    kinds = load_kinds()
    for some in (kinds.checked, () if is_own_shape else kinds.unchecked):
        fitting = [cell for cell, text in mates.items() if any(kind.fits(text) for kind in some)]
        if len(fitting) >= SHARE_THAT_FITS * len(mates):
            yield from fitting
