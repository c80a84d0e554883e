"""What the analyses read of the store, as frames in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.layout import Placement
from instruments.scale import Scale
from sql.form_tables import form_table_of
from sql.gateway import Connection, statement
from sql.names import identifier

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def read_clients(connection: Connection) -> pd.DataFrame:
    """Return one row per client: clinic, first therapist, ending, declared attributes."""
    return connection.execute(statement("frames/clients")).df().set_index("client_id")


def read_scores(connection: Connection) -> pd.DataFrame:
    """Return one row per administration and scale, with its client and occasion."""
    columns = connection.execute(statement("frames/scores")).fetchnumpy()
    # DuckDB's own frames look at every text to guess its type, which takes as long as the query.
    return pd.DataFrame({name: _as_column(values) for name, values in columns.items()})


def _as_column(values: Any) -> Any:
    """Return an array of DuckDB as pandas holds it: absent numbers as NaN or NA."""
    if values.dtype == object:
        return pd.array(values, dtype="str")
    if not isinstance(values, np.ma.MaskedArray):
        return values
    if values.dtype.kind == "f":
        return values.filled(np.nan)
    return pd.arrays.IntegerArray(values.data, np.ma.getmaskarray(values))


@dataclass(frozen=True)
class Forms:
    """The first form of each occasion and client, sorted by form, rater, target and occasion."""

    columns: dict[str, Any]

    @cached_property
    def _spans(self) -> dict[tuple[str, ...], slice]:
        return _spans_of(*(self.columns[name] for name in ("form_id", "rater", "target")))

    def of(self, placement: Placement) -> dict[str, Any]:
        """Return the columns of the forms that one rater filled in about one target."""
        asked = (placement.definition.id, placement.rater, placement.target)
        own = self._spans.get(asked, slice(0))
        return {name: values[own] for name, values in self.columns.items()}


def read_forms(connection: Connection) -> Forms:
    """Read which forms have answers, and what tells how these are to be keyed."""
    return Forms(connection.execute(statement("frames/forms")).fetchnumpy())


@dataclass(frozen=True)
class Answers:
    """The answers to each scale of a form, one row per occasion and client in this order."""

    scales: dict[str, pd.DataFrame]
    spans: dict[tuple[str, ...], slice]

    def of(self, scale: str, occasion: str) -> pd.DataFrame:
        """Return the answers to a scale at an occasion, by client."""
        return self.scales[scale].iloc[self.spans.get((occasion,), slice(0))]


def read_answers(connection: Connection, placement: Placement, forms: Forms) -> Answers:
    """Return the answers to a form, keyed in the direction of each of its scales.

    They come in the unit of the form, whatever unit an export had (DES-II as 0-10 for 0-100).
    Unanswered items are NaN. Scales of scores have no items.
    """
    own = forms.of(placement)
    scales = {scale.id: scale for scale in placement.definition.scales if not scale.is_composite}
    keyed = {name: _keyed_items(placement, scale) for name, scale in scales.items()}
    distinct = dict.fromkeys(item.name for items in keyed.values() for item in items)
    answers = _read_items(connection, placement, distinct, own["administration_id"])
    key = _Key.of(placement, own)
    clients = pd.Index(own["client_id"], dtype="str", name="client_id")
    frames = {
        name: pd.DataFrame(
            np.array([key.turn(item, answers[item.name]) for item in items]).T,
            clients,
            [item.name for item in items],
        )
        for name, items in keyed.items()
    }
    return Answers(frames, _spans_of(own["occasion"]))


def _read_items(
    connection: Connection, placement: Placement, items: Iterable[str], ids: Any
) -> dict[str, FloatArray]:
    """Return the answers of these forms to each of these items, NaN where there is none."""
    table, own = form_table_of(placement.definition), "administration_id"
    names = ", ".join(identifier(name) for name in (own, *items))
    # Joined here: to sort as many columns takes DuckDB longer than to read them.
    query = f"SELECT {names} FROM store.core.{identifier(table)}"
    found: dict[str, Any] = connection.execute(query).fetchnumpy()
    places = pd.Index(found.pop(own)).get_indexer(ids)
    answers = {name: np.ma.filled(column.astype(np.float64), np.nan)
               for name, column in found.items()}  # fmt: skip
    # The last one stands for a form that is not in the table.
    return {name: np.append(column, np.nan)[places] for name, column in answers.items()}


def _spans_of(*sorted_by: Any) -> dict[tuple[str, ...], slice]:
    """Return where the rows of each combination stand in columns that are sorted by them."""
    n = len(sorted_by[0])
    changes = [column[1:] != column[:-1] for column in sorted_by]
    starts = np.flatnonzero(np.append(True, np.logical_or.reduce(changes))[:n])
    ends = np.append(starts[1:], n)
    return {
        tuple(str(column[a]) for column in sorted_by): slice(a, b)
        for a, b in zip(starts, ends, strict=False)
    }


@dataclass(frozen=True)
class _KeyedItem:
    """One item as a scale reads it: flipped in which forms."""

    name: str
    flips_as_answered: bool
    flips_already_reversed: bool


@dataclass(frozen=True)
class _Key:
    """What turns the answers of each form into those that a scale reads."""

    is_already_reversed: BoolArray
    both_ends: FloatArray
    factors: FloatArray

    @classmethod
    def of(cls, placement: Placement, forms: Mapping[str, Any]) -> _Key:
        """Return the key of these forms: their ranges tell the units of their answers."""
        low, high = (np.asarray(forms[name], np.float64) for name in ("range_low", "range_high"))
        response, factors = placement.definition.response, np.ones(len(low))
        for unit in response.accept_ranges:
            factors[(low == unit[0]) & (high == unit[1])] = response.factor(*unit)
        return cls(np.asarray(forms["is_already_reversed"], np.bool_), low + high, factors)

    def turn(self, item: _KeyedItem, answers: FloatArray) -> FloatArray:
        """Return answers to an item in the direction and the unit of the scale."""
        is_flipped = np.where(
            self.is_already_reversed, item.flips_already_reversed, item.flips_as_answered
        )
        return np.where(is_flipped, self.both_ends - answers, answers) * self.factors


def _keyed_items(placement: Placement, scale: Scale) -> list[_KeyedItem]:
    as_answered, already_reversed = (
        replace(placement, already_reversed=is_reversed).reversed_of(scale)
        for is_reversed in (False, True)
    )
    return [_KeyedItem(item, item in as_answered, item in already_reversed)
            for item in placement.items_of(scale)]  # fmt: skip


def read_sources(connection: Connection) -> pd.DataFrame:
    """Return one row per accepted file: its hash and what became of its rows."""
    return connection.execute(statement("frames/sources")).df()


def read_findings(connection: Connection) -> pd.DataFrame:
    """Return one row per file, rule and column, with the number of rows that break the rule."""
    return connection.execute(statement("frames/findings")).df()
