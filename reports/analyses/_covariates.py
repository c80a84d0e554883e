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


def declared_covariates(inquiry: Inquiry, found: OutcomeValues) -> pd.DataFrame:
    """Return the declared covariates by client, codes as columns of 0 and 1, complete or NaN."""
    columns = [_covariate(inquiry, name) for name in found.outcome.covariates]
    index = inquiry.data.clients.index
    return pd.concat([pd.DataFrame(index=index), *columns], axis=1).loc[index]


def known_before(inquiry: Inquiry, found: OutcomeValues) -> pd.DataFrame:
    """Return the intake value of the outcome, where there is one, and the declared covariates."""
    covariates = declared_covariates(inquiry, found)
    before = intake_values(inquiry, found)
    if before is not None:
        covariates.insert(0, ADJUSTER, before.reindex(covariates.index))
    return covariates


def name_adjustment(known: pd.DataFrame) -> str:
    """Say what is held equal: ", adjusted for the intake value", or nothing."""
    own = ["the intake value"] if ADJUSTER in known else []
    declared = ["the declared covariates"] if len(known.columns) > len(own) else []
    said = " and ".join([*own, *declared])
    return f", adjusted for {said}" if said else ""


def _covariate(inquiry: Inquiry, name: str) -> pd.DataFrame:
    scale, _, occasion = name.partition("@")
    clients = inquiry.data.clients
    if occasion:
        values = inquiry.data.values_at(scale, occasion).astype("float64")
        return values.rename(name).reindex(clients.index).to_frame()
    column = clients[name]
    if pd.api.types.is_numeric_dtype(column) and column.dtype != bool:
        return column.astype("float64").to_frame()
    coded = pd.get_dummies(column.astype("str"), prefix=name, drop_first=True, dtype="float64")
    return coded.where(column.notna())
