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
    """The names that a source declares.

    ``facts`` are the columns of roles, attributes, endings and events; ``items`` the listed columns
    of forms, ``patterns`` those that forms describe; ``kept`` may be read where they are there.
    """

    facts: tuple[str, ...]
    items: tuple[str, ...]
    patterns: tuple[str, ...]
    ignored: tuple[str, ...]
    kept: tuple[str, ...] = ()

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(name_key(name) for name in (*self.facts, *self.items, *self.kept))

    @cached_property
    def _item_keys(self) -> frozenset[str]:
        return frozenset(name_key(name) for name in self.items)

    @cached_property
    def _fact_keys(self) -> frozenset[str]:
        return frozenset(name_key(name) for name in self.facts)

    @cached_property
    def _ignored_keys(self) -> frozenset[str]:
        return frozenset(name_key(name) for name in self.ignored)

    @cached_property
    def _expressions(self) -> tuple[re.Pattern[str], ...]:
        return tuple(_compile(pattern) for pattern in self.patterns)

    def admits(self, name: str) -> bool:
        """Whether a column may be read; a pattern's placeholder stands for anything."""
        return self._admits_key(name_key(name))

    def holds_items(self, name: str) -> bool:
        """Whether a column holds the answers to an item."""
        key = name_key(name)
        is_item = key in self._item_keys or self._fits_a_pattern(key)
        return bool(key) and is_item and key not in self._fact_keys

    def _admits_key(self, key: str) -> bool:
        return bool(key) and (key in self._keys or self._fits_a_pattern(key))

    def _fits_a_pattern(self, key: str) -> bool:
        return any(expression.fullmatch(key) for expression in self._expressions)

    def is_expected(self, name: str) -> bool:
        """Whether a name shows that a row is the header."""
        key = name_key(name)
        return self._admits_key(key) or key in self._ignored_keys

    def missing_from(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return what is declared and not in a header: names, and patterns that fit nothing."""
        present = {name_key(name) for name in header}
        declared = dict.fromkeys((*self.facts, *self.items))
        names = [name for name in declared if name_key(name) not in present]
        unmet = [pattern for pattern, expression in zip(self.patterns, self._expressions,
                 strict=True) if not any(expression.fullmatch(key) for key in present)]  # fmt: skip
        return (*names, *unmet)

    def admitted_in(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return the columns of a header that may be read, in its order."""
        return tuple(name for name in header if self.admits(name))


def declare_admission(source: Source) -> Admission:
    """Return what a `[[source]]` section admits."""
    patterns = tuple(block.columns for block in source.form if isinstance(block.columns, str))
    listed = (name for block in source.form for name in _listed_columns(block))
    kept = REDCAP_KEYS if source.kind.startswith("redcap") else ()
    return Admission(
        tuple(dict.fromkeys(_fact_names(source))),
        tuple(dict.fromkeys(listed)),
        tuple(dict.fromkeys(patterns)),
        source.ignore,
        kept,
    )


def _fact_names(source: Source) -> Iterator[str]:
    yield from source.columns.by_role().values()
    for attribute in source.attributes.values():
        yield attribute.column
    for block in source.form:
        yield from (*block.total_columns, *block.score_columns.values())
    if source.ending is not None:
        yield source.ending.reason
        if source.ending.session is not None:
            yield source.ending.session
    if source.event is not None:
        yield from source.event.columns


def _listed_columns(block: FormBlock) -> tuple[str, ...]:
    return block.columns if isinstance(block.columns, tuple) else ()


def _compile(pattern: str) -> re.Pattern[str]:
    """Return what a pattern's columns look like: `{n}` is a number, other places anything."""
    parts = [re.escape(name_key(part)) for part in _PLACEHOLDER.split(pattern)]
    places = [r" ?\d+" if place.startswith("{n") else ".+" for place in
              _PLACEHOLDER.findall(pattern)]  # fmt: skip
    return re.compile("".join(a + b for a, b in zip(parts, [*places, ""], strict=True)))
