"""Trajectories: growth of a score over treatment, and whether it differs by presentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from reports.methods._therapist_slopes import fit_with_therapists, has_own_courses
from reports.methods.mixed_model import MixedModel, MixedTerm, linear_contrast
from reports.methods.time_shape import Shape, time_columns, time_spans

__all__ = [
    "ALL",
    "GrowthModel",
    "Moderator",
    "TrajectoryPoint",
    "fit_growth",
    "fit_with_therapists",
    "has_own_courses",
    "predict_trajectory",
]

# The one level of growth that was compared over nothing.
ALL = "all"


@dataclass(frozen=True)
class Moderator:
    """What growth is compared over: its model column, and its value at each named level."""

    column: str
    levels: tuple[tuple[str, float], ...]
    clients: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class GrowthModel:
    """Growth over time: slopes at each level of the moderator, and how they differ."""

    model: MixedModel
    shape: Shape
    time_terms: tuple[str, ...]
    knot: float | None
    moderator: Moderator | None
    n_other: int

    @cached_property
    def slopes(self) -> tuple[MixedTerm, ...]:
        """The slope over each time term at each level; none where the model was refused."""
        if self.is_refused:
            return ()
        if self.moderator is None:
            return tuple(map(self.model.term, self.time_terms))
        return tuple(
            linear_contrast(self.model, self._at({term: 1.0}, value), name=f"{term} | {label}")
            for label, value in self.moderator.levels
            for term in self.time_terms
        )

    @cached_property
    def differences(self) -> tuple[MixedTerm, ...]:
        """How the slope over each time term differs by moderator, or between the two groups."""
        if self.is_refused:
            return ()
        return tuple(map(self._difference, self._crossed.values()))

    @property
    def is_refused(self) -> bool:
        """Whether there is no model, so that nothing can be told."""
        return self.model.status == "refused"

    @cached_property
    def _crossed(self) -> dict[str, str]:
        """The name of the interaction of each time term with the moderator."""
        if self.moderator is None:
            return {}
        column = self.moderator.column
        return {term: _interaction(self.model, term, column) for term in self.time_terms}

    def _difference(self, name: str) -> MixedTerm:
        is_held = name in self.model.capped_terms
        return (
            linear_contrast(self.model, {name: 1.0}, name=name)
            if is_held
            else self.model.term(name)
        )

    def _at(self, slopes: Mapping[str, float], value: float) -> dict[str, float]:
        """Return the weights of a combination of slopes at a value of the moderator."""
        if self.moderator is None:
            return dict(slopes)
        return {**slopes, **{self._crossed[term]: slopes[term] * value for term in slopes}}

    def mean_weights(self, times: Sequence[float], value: float) -> dict[str, float]:
        """Return the weights of the mean at these values of the time terms and the moderator."""
        slopes = dict(zip(self.time_terms, map(float, times), strict=True))
        own = {self.moderator.column: value} if self.moderator else {}
        return {"(Intercept)": 1.0, **self._at(slopes, value), **own}

    def change(self, until: float, *, since: float = 0.0) -> dict[str, MixedTerm]:
        """Return at each level how much the outcome changes between two times, in its own unit.

        Raises
        ------
        ValueError
            If the model was refused or a time is out of range.
        """
        slopes = self._spans(since, until)
        levels = self.moderator.levels if self.moderator else ((ALL, 0.0),)
        return {
            label: linear_contrast(self.model, self._at(slopes, value), name=label)
            for label, value in levels
        }

    def difference_in_change(self, until: float, *, since: float = 0.0) -> MixedTerm:
        """Return how this change differs between the groups, or per unit of the moderator.

        Raises
        ------
        ValueError
            If the model was refused, a time is out of range, or growth was compared over nothing.
        """
        if self.moderator is None:
            raise ValueError("growth was compared over nothing")
        spans = self._spans(since, until)
        weights = {name: spans[term] for term, name in self._crossed.items()}
        return linear_contrast(self.model, weights, name="difference in change")

    def _spans(self, since: float, until: float) -> dict[str, float]:
        """Return how far each time term goes between two times."""
        spans = time_spans(since, until, shape=self.shape, knot=self.knot)
        return dict(zip(self.time_terms, spans, strict=True))


@dataclass(frozen=True)
class TrajectoryPoint:
    """Model-implied mean of the outcome at one time and level of the moderator."""

    level: str
    time: float
    mean: MixedTerm


def fit_growth(
    frame: pd.DataFrame,
    outcome: str,
    *,
    time: str,
    shape: Shape = "linear",
    knot: float | None = None,
    client: str = "client_id",
    therapist: str | None = "therapist_id",
    groups: tuple[str, str, str] | None = None,
    moderator: str | None = None,
    covariates: Sequence[str] = (),
    has_random_slope: bool = True,
    level: float = 0.95,
) -> GrowthModel:
    """Fit growth with slopes of clients and of therapists, by group or by moderator.

    y_ijt = b0 + b1 f(t) + b2 x + b3 f(t) x + u_0i + u_1i f(t) + v_0j + v_1j f(t) + e_ijt, where
    client i of therapist j has the value x: plus and minus one half for the two groups, or the
    moderator centred on the mean of clients. b3 is then the difference of slopes (group a minus
    group b), or the change of slope per unit of the moderator; the simple slopes are b1 + b3 x.
    Therapists differ in slope from 8 therapists on, where the data can tell; else v_1j is absent,
    and a comparison that follows therapists is too liberal.

    Parameters
    ----------
    frame : DataFrame
        One row per client and time. The therapist may change within a client.
    outcome, time : str
        Columns of the score and of the time since the start.
    shape, knot
        As for `time_columns`.
    client, therapist : str
        Columns of the groupings; without therapists, None.
    groups : tuple of str, optional
        Column, group a, group b, such as ``("presentation", "overdependent",
        "overindependent")``. Clients of other groups are left out and counted in ``n_other``.
    moderator : str, optional
        A numeric column, constant within clients, in place of groups; slopes are given at its
        mean and one standard deviation of clients below and above.
    covariates : sequence of str
        Further columns. Numeric ones are centred on the mean of rows.
    has_random_slope : bool
        Whether clients differ in slope. Leave it on unless the model is refused: without it the
        test of a difference in slopes is too liberal.
    level : float
        Confidence level.

    Returns
    -------
    GrowthModel
        ``slopes`` and ``differences`` have one entry per time term (two when piecewise) and are
        empty when the model was refused; ``change`` and ``difference_in_change`` tell them over a
        span of time. Rows with a missing value are dropped and counted in ``model.n_missing``; all
        clients with at least one complete row stay, which is unbiased when dropout is at random
        given the scores before it.

    Raises
    ------
    ValueError
        If groups and moderator are both given, a group has no client, or a time is out of range.

    References
    ----------
    Singer & Willett (2003), Applied Longitudinal Data Analysis, chapters 4 to 6.
    https://doi.org/10.1093/acprof:oso/9780195152968.001.0001

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> clients, weeks = np.repeat(np.arange(40), 6), np.tile(np.arange(6.0), 40)
    >>> slope = np.where(clients % 2, -1.0, -2.0) + rng.normal(0, 0.3, 40)[clients]
    >>> score = 30 + rng.normal(0, 2, 40)[clients] + slope * weeks + rng.normal(0, 1, 240)
    >>> group = np.where(clients % 2, "overindependent", "overdependent")
    >>> rows = pd.DataFrame(
    ...     {"client_id": clients, "week": weeks, "score": score, "presentation": group}
    ... )
    >>> growth = fit_growth(
    ...     rows, "score", time="week", therapist=None,
    ...     groups=("presentation", "overdependent", "overindependent"),
    ... )
    >>> [(term.name, round(term.estimate, 2)) for term in growth.slopes]
    [('week | overdependent', -2.1), ('week | overindependent', -0.96)]
    """
    if groups and moderator:
        raise ValueError("growth differs by groups or by a moderator, not by both at once")
    rows, n_other = _keep_groups(frame, client, groups)
    rows, compared = _add_moderator(rows, client, groups, moderator)
    timed = time_columns(rows[time], shape=shape, knot=knot)
    rows = rows.assign(**{str(name): timed[name] for name in timed})
    terms = tuple(timed.columns)
    model = fit_with_therapists(
        _centre(rows, covariates),
        _formula(outcome, terms, compared, covariates, client, has_random_slope),
        terms,
        therapist=therapist,
        compared=compared.column if compared else None,
        level=level,
    )
    return GrowthModel(model, shape, terms, knot, compared, n_other)


def predict_trajectory(growth: GrowthModel, times: Sequence[float]) -> list[TrajectoryPoint]:
    """Return the model-implied means over time at each level of the moderator, with intervals.

    Parameters
    ----------
    growth : GrowthModel
        A model that was not refused.
    times : sequence of float
        Times in the unit of the model.

    Returns
    -------
    list of TrajectoryPoint
        By level, then time. Numeric covariates are at their mean, others at their first level.
        The interval is that of the mean of clients, not of one client.

    Raises
    ------
    ValueError
        If the model was refused or a time is out of range.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> clients, weeks = np.repeat(np.arange(40), 6), np.tile(np.arange(6.0), 40)
    >>> score = 30 + rng.normal(0, 2, 40)[clients] - 2 * weeks + rng.normal(0, 1, 240)
    >>> rows = pd.DataFrame({"client_id": clients, "week": weeks, "score": score})
    >>> growth = fit_growth(
    ...     rows, "score", time="week", therapist=None, has_random_slope=False
    ... )
    >>> [round(point.mean.estimate, 1) for point in predict_trajectory(growth, [0, 5])]
    [30.0, 20.0]
    """
    values = pd.Series(list(times), name="time", dtype=float)
    columns = time_columns(values, shape=growth.shape, knot=growth.knot).to_numpy().tolist()
    levels = growth.moderator.levels if growth.moderator else ((ALL, 0.0),)
    return [
        TrajectoryPoint(label, float(t), _mean_at(growth, row, value, f"{label} at {t:g}"))
        for label, value in levels
        for t, row in zip(times, columns, strict=True)
    ]


def _keep_groups(
    frame: pd.DataFrame, client: str, groups: tuple[str, str, str] | None
) -> tuple[pd.DataFrame, int]:
    if groups is None:
        return frame, 0
    column, *pair = groups
    is_kept = frame[column].isin(pair).to_numpy(dtype=bool)
    kept = frame[is_kept]
    there = set(kept[column].unique())
    empty = [name for name in pair if name not in there]
    if empty:
        raise ValueError(f"no client in group {', '.join(empty)} of {column}")
    if is_kept.all():
        return frame, 0
    return kept, int(frame[client].nunique() - kept[client].nunique())


def _add_moderator(
    rows: pd.DataFrame, client: str, groups: tuple[str, str, str] | None, moderator: str | None
) -> tuple[pd.DataFrame, Moderator | None]:
    if groups is not None:
        column, a, b = groups
        name = f"{column}_contrast"
        is_first = rows[column].eq(a).to_numpy(dtype=bool)
        n_a, n_b = (int(rows.loc[own, client].nunique()) for own in (is_first, ~is_first))
        compared = Moderator(name, ((a, 0.5), (b, -0.5)), ((a, n_a), (b, n_b)))
        return rows.assign(**{name: np.where(is_first, 0.5, -0.5)}), compared
    if moderator is None:
        return rows, None
    per_client = rows.dropna(subset=[moderator]).drop_duplicates(client)[moderator]
    mean, sd = float(per_client.mean()), float(per_client.std())
    levels = (("one SD below", -sd), ("mean", 0.0), ("one SD above", sd))
    name = f"{moderator}_centred"
    counted = (("all", len(per_client)),)
    return rows.assign(**{name: rows[moderator] - mean}), Moderator(name, levels, counted)


def _centre(rows: pd.DataFrame, covariates: Sequence[str]) -> pd.DataFrame:
    numeric = [name for name in covariates if pd.api.types.is_numeric_dtype(rows[name])]
    return rows.assign(**{name: rows[name] - rows[name].mean() for name in numeric})


def _formula(
    outcome: str,
    terms: Sequence[str],
    compared: Moderator | None,
    covariates: Sequence[str],
    client: str,
    has_random_slope: bool,
) -> str:
    fixed = [f"{term} * {compared.column}" if compared else term for term in terms]
    slopes = " + ".join(terms) if has_random_slope else "1"
    return f"{outcome} ~ " + " + ".join([*fixed, *covariates, f"({slopes} | {client})"])


def _interaction(model: MixedModel, term: str, column: str) -> str:
    return next(t.name for t in model.terms if set(t.name.split(":")) == {term, column})


def _mean_at(growth: GrowthModel, times: Sequence[float], value: float, name: str) -> MixedTerm:
    return linear_contrast(growth.model, growth.mean_weights(times, value), name=name)
