"""Who presents as overly dependent and who as overly independent, by the study's declared rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from instruments.errors import StudyError
from reports.declarations import PresentationRule
from reports.methods.result import FloatArray
from reports.rule_fit import check_rule
from reports.study_data import Measure, StudyData, are_among

PRESENTATION_COLUMNS = ("client_id", "rule", "presentation", "dependence", "independence",
                        "interdependence", "is_usable", "reason", "p_overdependent",
                        "p_overindependent", "p_mixed", "p_neither")  # fmt: skip
PARTS = ("dependence", "independence")
Flags = npt.NDArray[np.bool_]
# Scores are sums of products of doubles: one that is at the cut may lie this far beside it.
_ROUNDING = 1e-9
_READ = ["value", "answered", "item_count"]

NO_FORM = "no form at the landmark"
INCOMPLETE = "not every item answered"
GREY = "within the grey zone"


@dataclass(frozen=True)
class Cuts:
    """Where the rule divides its two scales, and how wide the grey zone is on either side."""

    dependence: float
    independence: float
    grey_dependence: float
    grey_independence: float

    def of(self, part: str) -> tuple[float, float]:
        """Return cut and grey zone of ``dependence`` or ``independence``."""
        return getattr(self, part), getattr(self, f"grey_{part}")


def assign_presentations(data: StudyData, rule: PresentationRule) -> pd.DataFrame:
    """Return the presentation of each client, with the probability of each.

    A score at or above its cut is high. High on dependence alone is ``overdependent``, high on
    independence alone ``overindependent``, on both ``mixed``; low on both is ``interdependent``
    where the declared evidence of it is at or above its cut, else ``neither``. A client with
    either score less than the grey zone away from its cut is ``indeterminate``.

    The probabilities are those of the true scores lying on each side of the cuts, the errors of
    measurement being normal, independent and as large as the grey zone says: p(high) =
    Phi((score - cut)/SEM), 0 or 1 where it is 0. ``p_neither`` covers everyone low on both.

    Parameters
    ----------
    data : StudyData
        Clients, scores and measures of the study.
    rule : PresentationRule
        The declared rule.

    Returns
    -------
    DataFrame
        `PRESENTATION_COLUMNS`, one row per client in the order of their ids. Clients without both
        scores at the landmark, or with unanswered items where the rule wants complete forms, are
        not usable: no presentation, no probabilities, and the reason why.

    Raises
    ------
    StudyError
        If the rule's scales do not fit it, come before they can be known, or a cut lies outside
        the range of its scale.

    Examples
    --------
    >>> ecr = {"method": "mean", "higher": "more", "direction": "worse", "instrument": "ecr"}
    >>> measures = {
    ...     name: Measure(scale=name, label=name, low=1, high=7, **ecr)
    ...     for name in ("ecr.anxiety", "ecr.avoidance")
    ... }
    >>> row = {"client_id": "c1", "occasion": "intake", "session": 1, "day": 0, "rater": "client",
    ...        "target": "", "answered": 18, "item_count": 18}
    >>> scores = pd.DataFrame([
    ...     row | {"scale": "ecr.anxiety", "value": 5.5},
    ...     row | {"scale": "ecr.avoidance", "value": 2.0},
    ... ])
    >>> clients = pd.DataFrame(index=pd.Index(["c1"], name="client_id"))
    >>> data = StudyData(clients, scores, lambda scale, occasion: pd.DataFrame(), measures)
    >>> rule = PresentationRule(
    ...     rule="attachment", dependence="ecr.anxiety", independence="ecr.avoidance"
    ... )
    >>> assign_presentations(data, rule)["presentation"].item()
    'overdependent'
    """
    return present(read_landmark(data, rule), rule, data.measures)


def read_landmark(data: StudyData, rule: PresentationRule) -> pd.DataFrame:
    """Return the rule's scores of each client at the landmark, and why they are not usable.

    Of the rule's cut and grey zone nothing enters.
    """
    check_rule(rule, {name: measure.instrument for name, measure in data.measures.items()})
    frame = _landmark_scores(data, rule)
    return only_complete(frame) if rule.complete_only else frame


def present(
    frame: pd.DataFrame, rule: PresentationRule, measures: Mapping[str, Measure]
) -> pd.DataFrame:
    """Return the presentations of what `read_landmark` returned, as `assign_presentations` does."""
    cuts = settle_cuts(frame, rule, measures)
    told = frame.assign(
        rule=rule.rule,
        presentation=_present(frame, rule, cuts),
        reason=frame["reason"].fillna(_grey_reason(frame, cuts)),
        **_probabilities(frame, cuts),
    )
    return told.reset_index()[list(PRESENTATION_COLUMNS)]


def name_presentations(
    frame: pd.DataFrame, rule: PresentationRule, measures: Mapping[str, Measure]
) -> pd.Series:
    """Return the presentations of what `read_landmark` returned, by client, and nothing else."""
    return pd.Series(_present(frame, rule, settle_cuts(frame, rule, measures)), frame.index)


def find_cuts(data: StudyData, rule: PresentationRule) -> Cuts:
    """Return the cuts of a rule; medians are those of the clients with both scores."""
    return settle_cuts(read_landmark(data, rule), rule, data.measures)


def order_clients(clients: Iterable[str]) -> pd.Index:
    """Return each client once, in the order in which `read_landmark` returns them."""
    return pd.Index(clients).unique().sort_values()


def only_complete(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what `read_landmark` returned with complete forms alone being usable."""
    kept = frame["reason"].where(frame["is_complete"] | ~frame["is_usable"], INCOMPLETE)
    return frame.assign(reason=kept, is_usable=kept.isna())


def _landmark_scores(data: StudyData, rule: PresentationRule) -> pd.DataFrame:
    index = order_clients(data.clients.index)
    rows = {
        part: data.scores_at(getattr(rule, part), rule.landmark)[_READ].reindex(index)
        for part in (*PARTS, "interdependence")
        if getattr(rule, part)
    }
    values = dict.fromkeys((*PARTS, "interdependence"), np.full(len(index), np.nan))
    values |= {part: found["value"].to_numpy(dtype="float64") for part, found in rows.items()}
    absent = {f"no score of {part}": np.isnan(values[part]) for part in PARTS}
    reason = _first_true({NO_FORM: ~are_among(index, data.clients_at(rule.landmark)), **absent})
    complete = _is_complete(rows["dependence"]) & _is_complete(rows["independence"])
    frame = pd.DataFrame(values | {"reason": reason, "is_complete": complete}, index=index)
    return frame.assign(is_usable=frame["reason"].isna())


def _is_complete(rows: pd.DataFrame) -> Flags:
    """Tell who answered every item of a scale."""
    answered, count = (rows[name].to_numpy(dtype="float64") for name in ("answered", "item_count"))
    complete: Flags = answered == count
    return complete


def _first_true(conditions: Mapping[str, Flags]) -> pd.api.extensions.ExtensionArray:
    """Return the name of the first condition that holds in each row, NaN where none does."""
    names = pd.array([*(name or None for name in conditions), None], dtype="str")
    places = np.select(list(conditions.values()), range(len(conditions)), default=-1)
    return names[places]


def settle_cuts(
    frame: pd.DataFrame, rule: PresentationRule, measures: Mapping[str, Measure]
) -> Cuts:
    """Return the cuts of a rule, given what `read_landmark` returned for it."""
    used = [measures[rule.dependence], measures[rule.independence]]
    if rule.cut == "midpoint":
        cuts = [measure.midpoint for measure in used]
    elif rule.cut == "median":
        usable = frame.loc[frame["is_usable"], list(PARTS)]
        cuts = [float(usable[part].median()) for part in PARTS]
    else:
        cuts = [float(cut) for cut in rule.cut]
        for cut, measure in zip(cuts, used, strict=True):
            _check_cut(cut, measure)
    return Cuts(cuts[0], cuts[1], rule.grey_zone[0], rule.grey_zone[1])


def _check_cut(cut: float, measure: Measure) -> None:
    if not measure.low < cut <= measure.high:
        raise StudyError(
            "E_RULE_CUT",
            f'The cut {cut:g} of "{measure.scale}" lies outside its scores.',
            where="[presentation] cut",
            fix=f"Scores go from {measure.low:g} to {measure.high:g} here.",
        )


def _present(
    frame: pd.DataFrame, rule: PresentationRule, cuts: Cuts
) -> pd.api.extensions.ExtensionArray:
    dependent, independent = (_is_high(frame, part, cuts) for part in PARTS)
    low_on_both = ~dependent & ~independent
    evidence_cut = np.inf if rule.interdependence_cut is None else rule.interdependence_cut
    secure = low_on_both & (_values(frame, "interdependence") >= evidence_cut - _ROUNDING)
    return _first_true(
        {
            "": ~_usable(frame),
            "indeterminate": _in_grey(frame, "dependence", cuts)
            | _in_grey(frame, "independence", cuts),
            "overdependent": dependent & ~independent,
            "overindependent": independent & ~dependent,
            "mixed": dependent & independent,
            "interdependent": secure,
            "neither": low_on_both,
        }
    )


def _values(frame: pd.DataFrame, part: str) -> FloatArray:
    return frame[part].to_numpy()


def _usable(frame: pd.DataFrame) -> Flags:
    return frame["is_usable"].to_numpy()


def _is_high(frame: pd.DataFrame, part: str, cuts: Cuts) -> Flags:
    cut, _ = cuts.of(part)
    return _values(frame, part) >= cut - _ROUNDING


def _in_grey(frame: pd.DataFrame, part: str, cuts: Cuts) -> Flags:
    cut, grey = cuts.of(part)
    return np.abs(_values(frame, part) - cut) < grey - _ROUNDING


def _grey_reason(frame: pd.DataFrame, cuts: Cuts) -> pd.Series:
    """Return on which scale a usable client lies in the grey zone."""
    dependence, independence = (_in_grey(frame, part, cuts) & _usable(frame) for part in PARTS)
    reason = _first_true(
        {
            f"{GREY} of both scales": dependence & independence,
            f"{GREY} of dependence": dependence,
            f"{GREY} of independence": independence,
        }
    )
    return pd.Series(reason, index=frame.index)


def _probabilities(frame: pd.DataFrame, cuts: Cuts) -> dict[str, FloatArray]:
    dependent, independent = (_p_high(frame, part, cuts) for part in PARTS)
    return {
        "p_overdependent": dependent * (1 - independent),
        "p_overindependent": (1 - dependent) * independent,
        "p_mixed": dependent * independent,
        "p_neither": (1 - dependent) * (1 - independent),
    }


def _p_high(frame: pd.DataFrame, part: str, cuts: Cuts) -> FloatArray:
    cut, sem = cuts.of(part)
    is_exact = sem == 0
    p = (
        _is_high(frame, part, cuts)
        if is_exact
        else special.ndtr((_values(frame, part) - cut) / sem)
    )
    return np.where(_usable(frame), p, np.nan)


_HIGH_WORDS = {
    "attachment": ("anxiety", "avoidance"),
    "relationship-profile": ("destructive overdependence", "dysfunctional detachment"),
    "care-dependency": ("care dependency", "avoidance"),
    "attachment-to-therapist": ("preoccupation with the therapist", "avoidance of the therapist"),
}
_LEVELS: Mapping[str, tuple[str, str]] = {
    "overdependent": ("high", "low"),
    "overindependent": ("low", "high"),
    "mixed": ("high", "high"),
    "interdependent": ("low", "low"),
    "neither": ("low", "low"),
}


def describe_presentation(rule: str, presentation: str) -> str:
    """Say what a presentation rests on: "high anxiety, low avoidance (self-report)".

    A rule built on questionnaires says nothing of how clients behave towards their therapist.
    """
    if presentation not in _LEVELS:
        return "too close to a cut to tell (self-report)"
    words, levels = _HIGH_WORDS[rule], _LEVELS[presentation]
    pairs = sorted(zip(levels, words, strict=True), key=lambda pair: pair[0] != "high")
    said = ", ".join(f"{level} {word}" for level, word in pairs)
    extra = ", secure" if presentation == "interdependent" else ""
    return f"{said}{extra} (self-report)"
