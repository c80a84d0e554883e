"""What the analyses receive: clients, scores, items and what is known of each measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.scale_names import scale_name, scale_parts

if TYPE_CHECKING:
    from instruments.layout import Placement
    from instruments.scale import Cutoff, Norm, Scale

FloatArray = npt.NDArray[np.float64]
# Rows by their position, or numbers that stand for names.
Places = npt.NDArray[np.intp]
# The occasions that interdep knows, in the order of time; a study may name others.
OCCASIONS = ("intake", "month_3", "month_6", "end", "follow_up")
# Columns of `StudyData.clients` that are not declared attributes.
CLIENT_COLUMNS = ("clinic", "therapist_id", "ending", "ending_session")
SCORE_COLUMNS = ("client_id", "scale", "occasion", "session", "day", "rater", "target",
                 "value", "answered", "item_count", "is_prorated")  # fmt: skip
# What `StudyData.scores_at` returns of them.
_OF_ONE_SCALE = ("session", "day", "value", "answered", "item_count", "is_prorated")


@dataclass(frozen=True)
class Measure:
    """One scale as this study used it.

    ``low`` and ``high`` are the ends of the score's range, from the range of answers that the
    export declares. Published means and standard deviations are comparable only where that is
    the form's own range (`has_published_range`); elsewhere there are no cut-offs and no minimal
    important difference. ``embedded_in`` names the longer form whose items a short form repeats.
    ``items`` are those that the store holds; ``made_of`` says what the score is made of whether or
    not they are there, as of scores that came ready-made (`is_ready_made`).
    """

    scale: str
    instrument: str
    label: str
    low: float
    high: float
    method: str
    higher: str
    direction: str
    items: tuple[str, ...] = ()
    is_verified: bool = True
    has_published_range: bool = True
    recall_days: int | None = None
    norms: tuple[Norm, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    minimal_difference: float | None = None
    embedded_in: str | None = None
    made_of: frozenset[str] = frozenset()
    is_ready_made: bool = False

    @property
    def midpoint(self) -> float:
        """The middle of the score's range."""
        return (self.low + self.high) / 2

    @property
    def scale_id(self) -> str:
        """The scale's id within its form: ``anxiety`` of ``ecr_rs.anxiety:mother``."""
        return scale_parts(self.scale).scale

    @property
    def perspective(self) -> str:
        """By whom or about whom it is, where the study has others: ``mother``."""
        return scale_parts(self.scale).perspective


def measure_of(placement: Placement, scale: Scale, perspective: str = "") -> Measure:
    """Return what a form block of the study file says of one of its scales.

    ``perspective`` says by whom or about whom it is, where the study has others.
    """
    definition = placement.definition
    low, high = score_range(placement, scale)
    published = (definition.response.min, definition.response.max)
    declared = (placement.low, placement.high)
    is_published = declared == published or declared in definition.response.accept_ranges
    return Measure(
        scale=scale_name(definition.id, scale.id, perspective),
        instrument=definition.id,
        label=", ".join(filter(None, (scale.label, perspective.replace("_", " ")))),
        low=low,
        high=high,
        method=scale.method,
        higher=scale.higher,
        direction=scale.direction,
        items=() if scale.is_composite else placement.items_of(scale),
        is_verified=definition.key_verified,
        has_published_range=is_published,
        recall_days=definition.recall_days,
        norms=scale.norms,
        cutoffs=scale.cutoffs if is_published else (),
        minimal_difference=scale.minimal_important_difference if is_published else None,
        embedded_in=definition.embedded_in.form if definition.embedded_in else None,
        made_of=definition.made_of(scale),
        is_ready_made=placement.is_ready_made,
    )


def score_range(placement: Placement, scale: Scale) -> tuple[float, float]:
    """Return the lowest and the highest score that a scale can have in this study."""
    from instruments.score_range import count_by_key, range_of

    if scale.id in placement.scores:
        return placement.scores[scale.id].ends
    count = count_by_key(placement.definition)

    def count_of(one: Scale) -> int | None:
        return count(one) if placement.is_ready_made else len(placement.items_of(one))

    answers = (placement.low, placement.high)
    return range_of(placement.definition, scale, answers, count_of) or (0.0, 0.0)


@dataclass(frozen=True)
class StudyData:
    """Everything that the analyses read.

    Attributes
    ----------
    clients : DataFrame
        One row per client, index ``client_id``: clinic, therapist_id (the first of the episode),
        ending and ending_session (the last one, or the last so far), and the declared attributes.
    scores : DataFrame
        One row per administration and scale, with `SCORE_COLUMNS`; a value is NaN where too few
        items were answered.
    items : callable
        ``items(scale, occasion)``: one row per client, one column per item, keyed in the scale's
        direction, NaN where unanswered.
    measures : mapping of str to Measure
        By scale name.
    occasions : tuple of str
        Occasions in the order of time.
    """

    clients: pd.DataFrame
    scores: pd.DataFrame
    items: Callable[[str, str], pd.DataFrame]
    measures: Mapping[str, Measure]
    occasions: tuple[str, ...] = OCCASIONS

    @cached_property
    def _places(self) -> dict[tuple[str, str], Places]:
        """The rows of every scale and occasion: most are never cut out of the whole table."""
        grouped = self.scores.groupby(["scale", "occasion"], sort=True, observed=True)
        cells = cast("dict[tuple[object, object], Places]", grouped.indices)
        return {(str(scale), str(time)): places for (scale, time), places in cells.items()}

    @cached_property
    def _administrations(self) -> dict[tuple[str, str], pd.DataFrame]:
        return {}  # filled by `scores_at`, which every analysis asks for the same few

    @cached_property
    def _chosen(self) -> dict[tuple[str, str], Places]:
        return {}  # filled by `rows_at`

    @cached_property
    def _values(self) -> dict[tuple[str, str], pd.Series]:
        return {}  # filled by `values_at`

    @cached_property
    def _by_client(self) -> pd.DataFrame:
        return self.scores.set_index("client_id").filter(_OF_ONE_SCALE)

    @cached_property
    def _order(self) -> _Order:
        return _Order.among(self.scores)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The declared attributes of clients, by name."""
        return tuple(sorted(str(c) for c in self.clients.columns if c not in CLIENT_COLUMNS))

    def occasions_of(self, scale: str) -> tuple[str, ...]:
        """Return the occasions at which a scale was filled in, in the order of time."""
        found = {occasion for name, occasion in self._places if name == scale}
        return tuple(sorted(found, key=lambda name: (self.place_in_time(name), name)))

    def place_in_time(self, occasion: str) -> int:
        """Return the place of an occasion in the order of time; unknown ones come last."""
        known = self.occasions
        return known.index(occasion) if occasion in known else len(known)

    def scores_at(self, scale: str, occasion: str) -> pd.DataFrame:
        """Return one administration per client of a scale at an occasion, by ``client_id``."""
        asked = (scale, occasion)
        if asked not in self._administrations:
            self._administrations[asked] = self._by_client.iloc[self.rows_at(scale, occasion)]
        return self._administrations[asked].copy(deep=False)

    def rows_at(self, scale: str, occasion: str) -> Places:
        """Return the rows of `scores` that `scores_at` returns, by client."""
        asked = (scale, occasion)
        if asked not in self._chosen:
            places = self._places.get(asked, np.empty(0, dtype=np.intp))
            self._chosen[asked] = places[self._order.of(places).pick_one_per_client()]
        return self._chosen[asked]

    def values_at(self, scale: str, occasion: str) -> pd.Series:
        """Return the scores of a scale at an occasion by ``client_id``, without missing ones."""
        asked = (scale, occasion)
        if asked not in self._values:
            rows = self.rows_at(scale, occasion)
            scored = rows[~self._order.is_unscored[rows]]
            self._values[asked] = self._by_client["value"].iloc[scored]
        return self._values[asked].copy(deep=False)

    def clients_at(self, occasion: str) -> pd.Index:
        """Return the clients who filled in any form at an occasion, each once or more."""
        own = [places for (_, name), places in self._places.items() if name == occasion]
        clients: pd.Index = self._by_client.index
        return clients[np.concatenate([np.empty(0, dtype=np.intp), *own])]

    def course_of(self, scale: str) -> pd.DataFrame:
        """Return every scored administration of a scale, one per client, day and session.

        One rater and one target are kept, as in `one_per_client`. Of several forms of one day the
        first in the order of occasions counts.
        """
        occasions = self.occasions_of(scale)
        if not occasions:
            return self.scores.iloc[:0]
        own = [self._places[scale, occasion] for occasion in occasions]
        places = np.concatenate(own)
        in_time = np.repeat([self.place_in_time(name) for name in occasions], [*map(len, own)])
        is_scored = ~self._order.is_unscored[places]
        order = self._order.of(places[is_scored])
        chosen = order.pick_one_per_time(in_time[is_scored])
        course: pd.DataFrame = self.scores.iloc[places[is_scored][chosen]]
        return course.reset_index(drop=True)

    def count_therapists(self, clients: pd.Index) -> int | None:
        """Return how many therapists stand behind these clients, None where none is known."""
        return count_known(self.therapists_of(clients))

    def therapists_of(self, clients: pd.Index) -> Places:
        """Return the therapist of each client as in `therapists`, -1 where none is known."""
        return self.therapists[self.places_of(clients)]

    def places_of(self, clients: pd.Index) -> Places:
        """Return the row of each client in the table of clients, -1 where there is none."""
        places: Places = self.clients.index.get_indexer(clients)
        return places

    @cached_property
    def clients_of_rows(self) -> Places:
        """The row of each score's client in the table of clients, -1 where there is none."""
        return self.places_of(pd.Index(self.scores["client_id"]))

    @cached_property
    def therapists(self) -> Places:
        """The therapist of each client as a number in the order of ids, -1 where none is known.

        The last one is that of clients who are not in the table of clients.
        """
        codes: Places = pd.factorize(self.clients["therapist_id"], sort=True)[0]
        return np.append(codes, -1)


def are_among(ids: pd.Index | pd.Series, clients: pd.Index | pd.Series) -> npt.NDArray[np.bool_]:
    """Tell of each id whether it is one of these clients.

    ``isin`` of pandas looks at texts one by one in Python: of 50,000 clients that takes half a
    second where this takes milliseconds.
    """
    known = pd.Index(clients)
    distinct = known if known.is_unique else known.unique()
    among: npt.NDArray[np.bool_] = distinct.get_indexer(pd.Index(ids)) >= 0
    return among


def count_known(codes: Places) -> int | None:
    """Return how many different numbers there are, without -1; None where there is none."""
    return int(np.count_nonzero(np.bincount(codes + 1)[1:])) or None


def one_per_client(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one administration per client, by ``client_id``.

    One rater and one target are kept for all clients alike: the client's own view where there is
    one, of no target in particular where there is one, else the first by name. Of several
    administrations the first that has a score counts.
    """
    return rows.iloc[_Order.among(rows).pick_one_per_client()].set_index("client_id")


@dataclass(frozen=True)
class _Order:
    """What decides which of several administrations counts, as one number per row.

    The lower comes first; a day or session that is not known comes last.
    """

    client: Places
    rater: Places
    target: Places
    day: FloatArray
    session: FloatArray
    is_unscored: npt.NDArray[np.bool_]
    value: FloatArray

    @classmethod
    def among(cls, rows: pd.DataFrame) -> _Order:
        """Return the order of the rows of a table of scores."""
        value, day, session = (
            rows[name].to_numpy(dtype=np.float64, na_value=np.nan)
            for name in ("value", "day", "session")
        )
        return cls(
            client=pd.factorize(rows["client_id"], sort=True)[0],
            rater=_ranks(rows["rater"], "client"),
            target=_ranks(rows["target"], ""),
            day=np.where(np.isnan(day), np.inf, day),
            session=np.where(np.isnan(session), np.inf, session),
            is_unscored=np.isnan(value),
            value=value,
        )

    def of(self, places: Places) -> _Order:
        """Return the order of some rows."""
        return _Order(*(getattr(self, field.name)[places] for field in fields(self)))

    def pick_one_per_client(self) -> Places:
        """Return the rows that count, as in `one_per_client`, by client."""
        return self._pick([self.client], [self.is_unscored, self.day, self.session])

    def pick_one_per_time(self, occasion: Places) -> Places:
        """Return the rows that count, one per client, day and session, in this order."""
        return self._pick([self.client, self.day, self.session], [occasion, self.value])

    def _pick(self, of_each: list[npt.NDArray[Any]], first_by: list[npt.NDArray[Any]]) -> Places:
        kept = np.flatnonzero(_is_lowest(self.rater) & _is_lowest(self.target))
        ordered = kept[np.lexsort([key[kept] for key in reversed([*of_each, *first_by])])]
        is_first = np.ones(len(ordered), dtype=bool)
        is_first[1:] = np.logical_or.reduce(
            [key[ordered[1:]] != key[ordered[:-1]] for key in of_each]
        )
        return ordered[is_first]


def _ranks(names: pd.Series, first: str) -> Places:
    """Return the place of each name among all: this one first, the others by name."""
    codes, levels = pd.factorize(names)
    words = [*map(str, levels), ""]  # the last where none is given: its code is -1
    by_rank = sorted(set(words), key=lambda word: (word != first, word))
    ranks: Places = np.array([by_rank.index(word) for word in words])[codes]
    return ranks


def _is_lowest(ranks: Places) -> npt.NDArray[np.bool_]:
    lowest: npt.NDArray[np.bool_] = ranks == ranks.min(initial=len(ranks))
    return lowest
