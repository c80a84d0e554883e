"""What the analyses read of the store, as frames in a fixed order."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from instruments.layout import Placement
from instruments.scale import Scale
from sql.gateway import Connection, fill, statement
from sql.publishing import form_table_of


def read_clients(connection: Connection) -> pd.DataFrame:
    """Return one row per client: clinic, first therapist, ending, declared attributes."""
    return connection.execute(statement("frames/clients")).df().set_index("client_id")


def read_scores(connection: Connection) -> pd.DataFrame:
    """Return one row per administration and scale, with its client, occasion and therapist."""
    return connection.execute(statement("frames/scores")).df()


def read_items(
    connection: Connection, placement: Placement, scale: Scale, occasion: str
) -> pd.DataFrame:
    """Return the answers to a scale at an occasion, by client.

    They are keyed in the scale's direction and in the unit of the form, whatever unit an export
    had (DES-II as 0-10 for 0-100). Unanswered items are NaN.
    """
    as_answered, already_reversed = (
        replace(placement, already_reversed=is_reversed).reversed_of(scale)
        for is_reversed in (False, True)
    )
    items = [
        {
            "name": item,
            "flips_as_answered": item in as_answered,
            "flips_already_reversed": item in already_reversed,
        }
        for item in placement.items_of(scale)
    ]
    response = placement.definition.response
    factors = [(low, high, response.factor(low, high)) for low, high in response.accept_ranges]
    query = fill(
        "frame_items",
        items=items,
        units=[unit for unit in factors if unit[2] != 1],
        form_table=form_table_of(placement.definition),
        form_id=placement.definition.id,
        occasion=occasion,
        rater=placement.rater,
        target=placement.target,
    )
    return connection.execute(query).df().set_index("client_id")


def read_sources(connection: Connection) -> pd.DataFrame:
    """Return one row per accepted file: its hash and what became of its rows."""
    return connection.execute(statement("frames/sources")).df()


def read_findings(connection: Connection) -> pd.DataFrame:
    """Return one row per file, rule and column, with the number of rows that break the rule."""
    return connection.execute(statement("frames/findings")).df()
