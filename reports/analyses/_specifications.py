"""Other rules, cuts and ways of scoring by which the same clients could have been grouped."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from reports.analyses._change_reference import complete_answers
from reports.analyses._contrast import EXTREMES
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import OutcomeValues, find_circle
from reports.analyses._question import MIN_GROUP, TOO_FEW
from reports.declarations import PresentationRule
from reports.exclusions import only_included
from reports.methods.mean_difference import welch_difference
from reports.methods.reliability import (
    alpha_from_covariance,
    item_covariance,
    standard_error_of_measurement,
)
from reports.methods.result import FloatArray, Interval, NotEstimableError
from reports.methods.specification_curve import Choice
from reports.presentation import (
    Flags,
    name_presentations,
    only_complete,
    order_clients,
    read_landmark,
    settle_cuts,
)
from reports.rule_fit import other_rules
from reports.study_data import Places, StudyData, are_among, count_known

DECLARED_CUT, MEDIAN = "as declared", "median"
SHIFTS = {"one SEM lower": -1.0, "one SEM higher": 1.0}
CUTS = (DECLARED_CUT, *SHIFTS, MEDIAN)
ANY_SCORE, COMPLETE = "prorated scores too", "complete forms only"
SCORINGS = (ANY_SCORE, COMPLETE)
NO_SEM = "the error of measurement of the rule's scales is not known here"
OUTSIDE = "this cut lies outside the scale"
EARLY = "the groups are known only after the outcome"


@dataclass(frozen=True)
class Groups:
    """Who is in the two extreme groups as one specification makes them, of all clients in order."""

    a: Flags
    b: Flags


@dataclass(frozen=True)
class Split:
    """The outcome of both groups under one specification, and how many therapists they have."""

    a: FloatArray
    b: FloatArray
    n_clusters: int | None


@dataclass
class Specifications:
    """All specifications of one study; groups are made once, for every outcome."""

    inquiry: Inquiry
    _made: dict[tuple[str, str, str], Groups | str] = field(default_factory=dict)
    _read: dict[str, pd.DataFrame] = field(default_factory=dict)
    _split: dict[tuple[str, ...], Split] = field(default_factory=dict)
    _errors: dict[tuple[str, str], float | None] = field(default_factory=dict)
    _known: dict[tuple[str, str], tuple[FloatArray, Places]] = field(default_factory=dict)

    @cached_property
    def rules(self) -> dict[str, PresentationRule]:
        """The declared rule and every other that the study's forms allow, by name."""
        inquiry = self.inquiry
        known = {name: measure.instrument for name, measure in inquiry.data.measures.items()}
        others = (self._placed(rule) for rule in other_rules(inquiry.rule, known))
        usable = [rule for rule in others if rule is not None]
        return {rule.rule: rule for rule in (inquiry.rule, *usable)}

    def _placed(self, rule: PresentationRule) -> PresentationRule | None:
        """Return a rule at the first occasion at which both of its scales were filled in."""
        data = self.inquiry.data
        both = [set(data.occasions_of(name)) & set(data.occasions) for name in rule.scales]
        shared = sorted(set.intersection(*both), key=data.place_in_time)
        needs_therapist = rule.rule in ("care-dependency", "attachment-to-therapist")
        fitting = [name for name in shared if not (needs_therapist and name == "intake")]
        return rule.model_copy(update={"landmark": fitting[0]}) if fitting else None

    def difference(self, found: OutcomeValues, choice: Choice) -> tuple[float, Interval]:
        """Return Welch's difference of an outcome under one specification."""
        rule = self.rules[str(choice["rule"])]
        self._check(found, rule)
        split = self.split(found, choice)
        welch = welch_difference(split.a, split.b, level=self.inquiry.level)
        return welch.difference, welch.interval

    def split(self, found: OutcomeValues, choice: Choice) -> Split:
        """Return the outcome of both groups under one specification."""
        key = (found.name, *(str(choice[name]) for name in ("rule", "cut", "scoring")))
        if key not in self._split:
            self._split[key] = self._two_groups(found, *key[1:])
        return self._split[key]

    def _two_groups(self, found: OutcomeValues, rule: str, cut: str, scoring: str) -> Split:
        groups = self._groups(rule, cut, scoring)
        values, places = self._placed_values(found, scoring)
        a, b = (values[members[places]] for members in (groups.a, groups.b))
        if min(len(a), len(b)) < MIN_GROUP:
            raise NotEstimableError(TOO_FEW)
        is_in_either = (groups.a | groups.b)[places]
        return Split(a, b, count_known(self._therapists[places[is_in_either]]))

    def _placed_values(self, found: OutcomeValues, scoring: str) -> tuple[FloatArray, Places]:
        """Return the outcome as it was scored, and the places of its clients among all."""
        key = (found.name, scoring)
        if key not in self._known:
            values = found.values
            if scoring == COMPLETE:
                values = values[are_among(values.index, self._complete(found))]
            self._known[key] = values.to_numpy(), self._everyone.get_indexer(values.index)
        return self._known[key]

    def _check(self, found: OutcomeValues, rule: PresentationRule) -> None:
        data, scale = self.inquiry.data, found.outcome.scale
        if scale is None:
            return
        circle = find_circle(data, rule, scale)
        if circle:
            raise NotEstimableError(circle)
        if data.place_in_time(found.outcome.occasion) < data.place_in_time(rule.landmark):
            raise NotEstimableError(EARLY)

    def _complete(self, found: OutcomeValues) -> pd.Index:
        scale = found.outcome.scale
        if scale is None:
            return found.values.index
        scores = self.inquiry.data.scores_at(scale, found.outcome.occasion)
        complete: pd.Index = scores.index[scores["answered"] == scores["item_count"]]
        return complete

    def _groups(self, rule: str, cut: str, scoring: str) -> Groups:
        key = (rule, cut, scoring)
        if key not in self._made:
            try:
                self._made[key] = self._make(self.rules[rule], cut, scoring)
            except NotEstimableError as error:
                self._made[key] = str(error)
        made = self._made[key]
        if isinstance(made, str):
            raise NotEstimableError(made)
        return made

    def _make(self, rule: PresentationRule, cut: str, scoring: str) -> Groups:
        inquiry = self.inquiry
        chosen = self._with_cut(rule.model_copy(update={"complete_only": scoring == COMPLETE}), cut)
        group = name_presentations(self._at_landmark(chosen), chosen, inquiry.data.measures)
        a, b = ((group == name).to_numpy(dtype=bool) for name in EXTREMES)
        return Groups(a, b)

    def _at_landmark(self, rule: PresentationRule) -> pd.DataFrame:
        """Return what a rule reads, whatever its cut: of clients who are not excluded."""
        if rule.rule not in self._read:
            any_score = rule.model_copy(update={"complete_only": False})
            self._read[rule.rule] = read_landmark(self._included, any_score)
        frame = self._read[rule.rule]
        return only_complete(frame) if rule.complete_only else frame

    @cached_property
    def _everyone(self) -> pd.Index:
        return order_clients(self.inquiry.data.clients.index)

    @cached_property
    def _therapists(self) -> Places:
        data = self.inquiry.data
        return data.therapists[data.places_of(self._everyone)]

    @cached_property
    def _included(self) -> StudyData:
        inquiry = self.inquiry
        return only_included(inquiry.data, inquiry.rule, inquiry.standing)

    def _with_cut(self, rule: PresentationRule, cut: str) -> PresentationRule:
        if cut == DECLARED_CUT:
            return rule
        if cut == MEDIAN:
            return rule.model_copy(update={"cut": "median"})
        data = self.inquiry.data
        cuts = settle_cuts(self._at_landmark(rule), rule, data.measures)
        moved = tuple(
            place + SHIFTS[cut] * self._sem(scale, rule.landmark)
            for place, scale in zip((cuts.dependence, cuts.independence), rule.scales, strict=False)
        )
        for place, scale in zip(moved, rule.scales, strict=False):
            measure = data.measures[scale]
            if not measure.low < place <= measure.high:
                raise NotEstimableError(OUTSIDE)
        return rule.model_copy(update={"cut": moved})

    def _sem(self, scale: str, occasion: str) -> float:
        """Return the error of measurement of a scale among clients who are not excluded."""
        key = (scale, occasion)
        if key not in self._errors:
            self._errors[key] = _error_of_measurement(self._included, scale, occasion)
        error = self._errors[key]
        if error is None:
            raise NotEstimableError(NO_SEM)
        return error


def _error_of_measurement(data: StudyData, scale: str, occasion: str) -> float | None:
    if not data.measures[scale].items:
        return None
    complete = complete_answers(data, scale, occasion)
    if len(complete) < MIN_GROUP:
        return None
    alpha = alpha_from_covariance(*item_covariance(complete)).value
    if not 0 <= alpha <= 1:
        return None
    values = data.values_at(scale, occasion)
    return standard_error_of_measurement(float(values.std(ddof=1)), alpha)
