"""Which columns a study file names, before the instruments' item counts are known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from flows.declarations import FormBlock, Source
from flows.sources.names import name_key

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
# Columns that REDCap adds and a study may need to tell rows apart.
REDCAP_KEYS = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")


@dataclass(frozen=True)
class Admission:
    """The names that a source declares, and the patterns of its item columns."""

    single: tuple[str, ...]
    patterns: tuple[str, ...]
    ignored: tuple[str, ...]
    kept: tuple[str, ...] = ()

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(name_key(name) for name in (*self.single, *self.kept))

    @cached_property
    def _expressions(self) -> tuple[re.Pattern[str], ...]:
        return tuple(_compile(pattern) for pattern in self.patterns)

    def admits(self, name: str) -> bool:
        """Whether a column may be read; a pattern's placeholder stands for anything."""
        key = name_key(name)
        if not key:
            return False
        return key in self._keys or any(e.fullmatch(key) for e in self._expressions)

    def is_expected(self, name: str) -> bool:
        """Whether a name shows that a row is the header."""
        return self.admits(name) or name_key(name) in {name_key(i) for i in self.ignored}

    def missing_from(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return what is declared and not in a header: names, and patterns that fit nothing."""
        present = {name_key(name) for name in header}
        names = [name for name in self.single if name_key(name) not in present]
        unmet = [pattern for pattern, expression in zip(self.patterns, self._expressions,
                 strict=True) if not any(expression.fullmatch(key) for key in present)]  # fmt: skip
        return (*names, *unmet)

    def admitted_in(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return the columns of a header that may be read, in its order."""
        return tuple(name for name in header if self.admits(name))


def declare_admission(source: Source) -> Admission:
    """Return what a `[[source]]` section admits."""
    patterns = tuple(block.columns for block in source.form if isinstance(block.columns, str))
    singles = dict.fromkeys(_single_names(source))
    kept = REDCAP_KEYS if source.kind == "redcap" else ()
    return Admission(tuple(singles), tuple(dict.fromkeys(patterns)), source.ignore, kept)


def _single_names(source: Source) -> Iterator[str]:
    yield from source.columns.by_role().values()
    for attribute in source.attributes.values():
        yield attribute.column
    if source.ending is not None:
        yield source.ending.reason
        if source.ending.session is not None:
            yield source.ending.session
    for block in source.form:
        yield from _listed_columns(block)


def _listed_columns(block: FormBlock) -> tuple[str, ...]:
    return block.columns if isinstance(block.columns, tuple) else ()


def _compile(pattern: str) -> re.Pattern[str]:
    """Return what a pattern's columns look like: `{n}` is a number, other places anything."""
    parts = [re.escape(name_key(part)) for part in _PLACEHOLDER.split(pattern)]
    places = [r" ?\d+" if place.startswith("{n") else ".+" for place in
              _PLACEHOLDER.findall(pattern)]  # fmt: skip
    return re.compile("".join(a + b for a, b in zip(parts, [*places, ""], strict=True)))
