"""One declared outcome: its values, or the reason why it cannot be one under this rule."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from reports.analyses._question import join_notes
from reports.declarations import Outcome, PresentationRule
from reports.study_data import Measure, StudyData

# Forms of other studies that ask about the last week or the session.
SERVING = "such as DSS-B, WAI-SR or a short form on the present state"
INTAKE = "intake"


@dataclass(frozen=True)
class OutcomeValues:
    """The values of one outcome by ``client_id``, complete; or ``refusal`` and no values.

    ``remarks`` are facts to read beside every estimate, ``caution`` a reason to doubt them.
    """

    outcome: Outcome
    label: str
    values: pd.Series
    refusal: str | None = None
    caution: str | None = None
    remark: str | None = None

    @property
    def name(self) -> str:
        """How estimates call this outcome."""
        return self.outcome.name

    def with_caution(self, *reasons: str | None) -> OutcomeValues:
        """Return the outcome with further reasons to doubt its estimates."""
        return replace(self, caution=join_notes(self.caution, *reasons))

    def refused_for(self, reason: str | None) -> OutcomeValues:
        """Return the outcome without its values, where there is a reason not to show them."""
        return self if reason is None else _refused(self.outcome, reason, self.label)


def find_outcome(data: StudyData, rule: PresentationRule, outcome: Outcome) -> OutcomeValues:
    """Return the values of an outcome, or why it is refused."""
    absent = [name for name in outcome.covariates if not _is_known(data, name)]
    if absent:
        return _refused(outcome, f"nothing in this study is called {absent[0]} (a covariate)")
    unfit = next(
        (why for name in outcome.covariates if (why := _misfit(data, rule, outcome, name))), None
    )
    if unfit:
        return _refused(outcome, unfit)
    if outcome.scale is None:
        return _find_attribute(data, outcome)
    measure = data.measures.get(outcome.scale)
    if measure is None:
        return _refused(outcome, "no form of this study has this scale")
    refusal = (
        find_circle(data, rule, outcome.scale)
        or _find_earliness(data, rule, outcome)
        or _find_long_recall(data, rule, outcome, measure)
    )
    if refusal:
        return _refused(outcome, refusal, measure.label)
    values = data.values_at(outcome.scale, outcome.occasion).astype("float64")
    return OutcomeValues(
        outcome=outcome,
        label=outcome.label or measure.label,
        values=values.sort_index(),
        refusal="nobody has a score at this occasion" if values.empty else None,
        remark=_time_remark(data, rule, outcome),
    )


def _is_known(data: StudyData, covariate: str) -> bool:
    scale, _, occasion = covariate.partition("@")
    return occasion in data.occasions_of(scale) if occasion else covariate in data.attributes


def _misfit(
    data: StudyData, rule: PresentationRule, outcome: Outcome, covariate: str
) -> str | None:
    """Return why groups cannot be compared at equal values of a covariate, as for a plan's."""
    scale, _, occasion = covariate.partition("@")
    if covariate == outcome.name:
        return f"the covariate {covariate} is the outcome itself"
    if not occasion:
        return None
    if data.place_in_time(occasion) > data.place_in_time(rule.landmark):
        return f"the covariate {covariate} comes after the landmark ({rule.landmark})"
    is_of_rule = scale in rule.scales
    return f"the covariate {covariate} is part of the presentation rule" if is_of_rule else None


def _refused(outcome: Outcome, reason: str, label: str | None = None) -> OutcomeValues:
    nothing = pd.Series(dtype="float64", index=pd.Index([], name="client_id"))
    named = outcome.label or label or outcome.name
    return OutcomeValues(outcome, named, nothing, refusal=reason)


def _find_attribute(data: StudyData, outcome: Outcome) -> OutcomeValues:
    name = str(outcome.attribute)
    if name not in data.attributes:
        return _refused(outcome, "no source of this study declares this attribute")
    column = data.clients[name]
    if not pd.api.types.is_numeric_dtype(column):
        return _refused(outcome, "this attribute is a code, not a number")
    values = column.astype("float64").dropna().sort_index()
    return OutcomeValues(
        outcome=outcome,
        label=outcome.label or name.replace("_", " "),
        values=values,
        refusal="no client has a value of this attribute" if values.empty else None,
        remark="an attribute of the client, not of an occasion",
    )


def find_circle(data: StudyData, rule: PresentationRule, scale: str) -> str | None:
    """Return why a scale is part of the rule that it would be the outcome of."""
    if scale in rule.scales:
        return f"circular: {scale} is part of the presentation rule"
    for name in rule.scales:
        if _share_items(data.measures[scale], data.measures[name]):
            return f"circular: {scale} shares items with {name} of the presentation rule"
    return None


def _share_items(one: Measure, other: Measure) -> bool:
    if one.perspective != other.perspective:  # other answers to the same items
        return False
    if one.instrument == other.instrument:
        return bool(one.made_of & other.made_of)
    forms = {one.instrument, one.embedded_in} & {other.instrument, other.embedded_in}
    return bool(forms - {None}) and one.scale_id == other.scale_id


def _find_earliness(data: StudyData, rule: PresentationRule, outcome: Outcome) -> str | None:
    before = data.place_in_time(outcome.occasion) < data.place_in_time(rule.landmark)
    reason = f"the outcome comes before the landmark ({rule.landmark})"
    return reason if before else None


def _time_remark(data: StudyData, rule: PresentationRule, outcome: Outcome) -> str | None:
    if outcome.occasion == rule.landmark:
        return "measured when the presentation was: neither comes before the other"
    if outcome.occasion not in data.occasions or rule.landmark not in data.occasions:
        return "the order of these occasions is not declared"
    return None


def _find_long_recall(
    data: StudyData, rule: PresentationRule, outcome: Outcome, measure: Measure
) -> str | None:
    """Return why answers that look back to before the landmark tell nothing of what came after."""
    if outcome.occasion == rule.landmark or measure.recall_days is None:
        return None
    then = data.scores_at(rule.dependence, rule.landmark)["day"]
    lag = (data.scores_at(measure.scale, outcome.occasion)["day"] - then).median()
    if pd.isna(lag) or measure.recall_days <= lag:
        return None
    shorter = {
        one.instrument
        for one in data.measures.values()
        if one.recall_days is not None and one.recall_days <= lag
    }
    serving = f"here {', '.join(sorted(shorter))}" if shorter else SERVING
    return (
        "the form asks about a longer time than has passed since the landmark: one that asks about "
        f"less would serve, {serving}"
    )
