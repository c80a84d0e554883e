"""What was known of clients before, at equal values of which they are compared."""

from __future__ import annotations

import pandas as pd

from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import INTAKE, OutcomeValues
from reports.analyses._question import MIN_GROUP

ADJUSTER = "intake value"


def intake_values(inquiry: Inquiry, found: OutcomeValues) -> pd.Series | None:
    """Return the outcome's own scores at intake, where it has some and comes later."""
    outcome = found.outcome
    if outcome.scale is None or outcome.occasion in (INTAKE, inquiry.rule.landmark):
        return None
    values = inquiry.data.values_at(outcome.scale, INTAKE)
    return values.astype("float64") if len(values) >= MIN_GROUP else None


def declared_covariates(inquiry: Inquiry, found: OutcomeValues, clients: pd.Index) -> pd.DataFrame:
    """Return the declared covariates of these clients, codes as columns of 0 and 1.

    A code that nobody has of those who have everything is no column: it would tell nothing and
    could not be estimated. Who lacks something has NaN.
    """
    columns = {name: _covariate(inquiry, name) for name in found.outcome.covariates}
    return _coded(pd.DataFrame(columns, index=clients))


def known_before(inquiry: Inquiry, found: OutcomeValues, clients: pd.Index) -> pd.DataFrame:
    """Return the intake value of the outcome, where there is one, and the declared covariates."""
    before = intake_values(inquiry, found)
    own = {} if before is None else {ADJUSTER: before}
    columns = own | {name: _covariate(inquiry, name) for name in found.outcome.covariates}
    return _coded(pd.DataFrame(columns, index=clients))


def name_adjustment(known: pd.DataFrame) -> str:
    """Say what is held equal: ", adjusted for the intake value", or nothing."""
    own = ["the intake value"] if ADJUSTER in known else []
    declared = ["the declared covariates"] if len(known.columns) > len(own) else []
    said = " and ".join([*own, *declared])
    return f", adjusted for {said}" if said else ""


def _covariate(inquiry: Inquiry, name: str) -> pd.Series:
    scale, _, occasion = name.partition("@")
    if occasion:
        return inquiry.data.values_at(scale, occasion).astype("float64")
    return inquiry.data.clients[name]


def _coded(columns: pd.DataFrame) -> pd.DataFrame:
    is_complete = columns.notna().all(axis=1)
    coded = [_as_numbers(columns[name], is_complete) for name in columns]
    return pd.concat([pd.DataFrame(index=columns.index), *coded], axis=1)


def _as_numbers(column: pd.Series, is_complete: pd.Series) -> pd.DataFrame:
    if pd.api.types.is_numeric_dtype(column) and column.dtype != bool:
        return column.astype("float64").to_frame()
    known = column[is_complete].astype("str")
    coded = pd.get_dummies(known, prefix=str(column.name), drop_first=True, dtype="float64")
    return coded.reindex(column.index)
