"""What the analyses read of the store, as frames in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from instruments.layout import Placement
from instruments.scale import Scale
from sql.form_tables import form_table_of
from sql.gateway import Connection, fill, statement


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
class Answers:
    """The answers to each scale of a form, one row per occasion and client in this order."""

    scales: dict[str, pd.DataFrame]
    spans: dict[str, slice]

    def of(self, scale: str, occasion: str) -> pd.DataFrame:
        """Return the answers to a scale at an occasion, by client."""
        return self.scales[scale].iloc[self.spans.get(occasion, slice(0))]


def read_answers(connection: Connection, placement: Placement) -> Answers:
    """Return the answers to a form, keyed in the direction of each of its scales.

    They come in the unit of the form, whatever unit an export had (DES-II as 0-10 for 0-100).
    Unanswered items are NaN. Scales of scores have no items.
    """
    keyed = {scale.id: _keyed_items(placement, scale)
             for scale in placement.definition.scales if not scale.is_composite}  # fmt: skip
    distinct = dict.fromkeys(item for items in keyed.values() for item in items)
    columns = {item: f"keyed_{place}" for place, item in enumerate(distinct)}
    response = placement.definition.response
    factors = [(low, high, response.factor(low, high)) for low, high in response.accept_ranges]
    query = fill(
        "frame_answers",
        items=[(column, item) for item, column in columns.items()],
        units=[unit for unit in factors if unit[2] != 1],
        form_table=form_table_of(placement.definition),
        form_id=placement.definition.id,
        rater=placement.rater,
        target=placement.target,
    )
    # A frame of many columns takes DuckDB six times as long as their bare arrays.
    answers = connection.execute(query).fetchnumpy()
    clients = pd.Index(answers["client_id"], dtype="str", name="client_id")
    values = {item: np.ma.filled(answers[column], np.nan) for item, column in columns.items()}
    scales = {
        scale: pd.DataFrame(
            np.array([values[item] for item in items]).T, clients, [item.name for item in items]
        )
        for scale, items in keyed.items()
    }
    return Answers(scales, _spans_of(answers["occasion"]))


def _spans_of(sorted_names: Any) -> dict[str, slice]:
    """Return where each name stands in an array that is sorted by name."""
    is_first = np.append(True, sorted_names[1:] != sorted_names[:-1])[: len(sorted_names)]
    starts = np.flatnonzero(is_first)
    ends = np.append(starts[1:], len(sorted_names))
    return {str(sorted_names[a]): slice(a, b) for a, b in zip(starts, ends, strict=False)}


@dataclass(frozen=True)
class _KeyedItem:
    """One item as a scale reads it: flipped in which forms."""

    name: str
    flips_as_answered: bool
    flips_already_reversed: bool


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
