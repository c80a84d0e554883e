"""What one simulated study says: every headline estimate, as the analyses report it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from flows.simulation.study import SimulatedStudy, simulate
from flows.simulation.worlds import World
from reports.analyses._confounding import find_confounding
from reports.analyses._continuous_course import relate_course
from reports.analyses._inquiry import Inquiry
from reports.analyses._missing_data import gather_repeated
from reports.analyses._nesting import DIFFERENCE_TERM
from reports.analyses._outcome_values import OutcomeValues, find_outcome
from reports.analyses._question import THEME_CONTRAST, Question
from reports.analyses.change import classify_clients
from reports.analyses.course import ANALYSIS as COURSE
from reports.analyses.course import DIFFERENCE as COURSE_DIFFERENCE
from reports.analyses.course import EQUIVALENCE as COURSE_EQUIVALENCE
from reports.analyses.course import follow_course
from reports.analyses.dependence_and_outcome import relate_dependence
from reports.analyses.four_presentations import ANALYSIS as FOUR
from reports.analyses.four_presentations import describe_presentations
from reports.analyses.measurement_invariance import check_invariance
from reports.analyses.missing import available_row, imputed_rows
from reports.analyses.overdependent_against_overindependent import ANALYSIS as GROUPS
from reports.analyses.overdependent_against_overindependent import compare_groups
from reports.declarations import Comparison
from reports.estimates import Estimate
from reports.exclusions import present_clients
from reports.methods.equivalence import verdict
from reports.methods.multiplicity import holm
from reports.plan_standing import NO_PLAN
from reports.study_data import StudyData
from tests.bench.simulated_data import study_data
from tests.bench.truth_settings import OTHERS, OUTCOME, RULE, Setting

# Enough imputations for intervals that cover; a report draws more, for the sake of digits.
DRAWS = 5
# The forms of the rule and of the outcomes.
FORMS = ("ecr", "core_10", "wai_sr")
# Name in the table, and the row of the estimate: analysis, term and estimand.
HEADLINES = {
    "slope of dependence, intake held equal": (
        "dependence_and_outcome", "dependence", "points per standard deviation",
    ),
    "difference, Welch": (GROUPS, "difference", "mean difference"),
    "difference, therapists": (GROUPS, "difference with therapists", "mean difference"),
    "difference, trimmed": (GROUPS, "trimmed difference", "difference of trimmed means"),
    "difference, ranks": (GROUPS, "rank test", "rank-biserial correlation"),
    "difference, intake held equal": (GROUPS, "adjusted difference", "mean difference"),
    "Hedges' g": (GROUPS, "standardized difference", "Hedges' g"),
    "superiority": (GROUPS, "superiority", "probability of superiority"),
    "difference in course, log": (COURSE, "difference in course", ""),
    "difference in course, linear": (COURSE, "difference in course, linear time", ""),
    "slope of course by dependence": (COURSE, "course by dependence", ""),
    "difference in reliably better": ("change", "reliably better", "difference in shares"),
    "difference, all available": ("missing", "difference, all available data", ""),
    "difference, imputed": ("missing", "difference, imputed", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One headline of one study; ``p`` is that of the null hypothesis that the row tests."""

    headline: str
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p: float = np.nan
    status: str = "ok"


def look_at_study(setting: Setting, seed: int) -> list[Seen]:
    """Simulate one study of a setting and return its headline estimates."""
    data = study_data(simulate(setting.world, seed, setting.n_clients), FORMS)
    if setting.is_skewed:
        data = _skewed(data)
    if setting.shuffle != "none":
        data = _dealt_out(data, seed, follows_therapists=setting.shuffle == "therapists")
    inquiry = _inquiry(data)
    found = find_outcome(data, RULE, OUTCOME)
    if "invariance" in setting.parts:
        return list(_invariance(inquiry, found))
    cautioned = found.with_caution(find_confounding(inquiry, found))
    rows = headline_rows(inquiry, found, cautioned, has_course="course" in setting.parts)
    seen = [*_headlines(rows), _four_groups(inquiry, found), *_harm(inquiry, found, rows)]
    if "imputation" in setting.parts:
        seen += _missing(inquiry, cautioned, rows, seed)
    if "family" in setting.parts:
        seen.append(_family(inquiry, rows))
    if "equivalence" in setting.parts:
        seen.append(_equivalence_at_bound(inquiry, found))
    return seen


def _inquiry(data: StudyData) -> Inquiry:
    return Inquiry(data, RULE, present_clients(data, RULE, NO_PLAN), Comparison(), 1)


def headline_rows(
    inquiry: Inquiry, found: OutcomeValues, cautioned: OutcomeValues, *, has_course: bool = True
) -> list[Estimate]:
    """Return the rows of the comparison block that headlines are taken from.

    ``cautioned`` is the outcome with the caution of what it is confounded with, of which courses
    are free. The analyses make their rows one by one: what comes after the last headline is not
    computed.
    """
    rows = relate_dependence(inquiry, cautioned)
    rows += _up_to(DIFFERENCE_TERM, compare_groups(inquiry, cautioned))
    changed = pick(
        classify_clients(inquiry, cautioned), *HEADLINES["difference in reliably better"]
    )
    rows += [] if changed is None else [changed]
    return [*rows, *_course(inquiry, found)] if has_course else rows


def _up_to(term: str, rows: Iterable[Estimate]) -> Iterator[Estimate]:
    for row in rows:
        yield row
        if row.term == term:
            return


def _course(inquiry: Inquiry, found: OutcomeValues) -> Iterator[Estimate]:
    """Yield the course without groups and with them."""
    course = follow_course(inquiry, found)
    yield from course.rows
    if course.data is not None and course.growth is not None:
        question = Question(COURSE, THEME_CONTRAST, found.name)
        related = relate_course(question, inquiry, found, course.data, course.shape)
        slope = pick(related, *HEADLINES["slope of course by dependence"])
        if slope is not None:
            yield slope


def _headlines(rows: list[Estimate]) -> Iterator[Seen]:
    for name, (analysis, term, estimand) in HEADLINES.items():
        row = pick(rows, analysis, term, estimand)
        if row is not None:
            yield _seen(name, row)


def pick(rows: Iterable[Estimate], analysis: str, term: str, estimand: str) -> Estimate | None:
    """Return one row by name; of several methods, the first."""
    for row in rows:
        if (row.analysis, row.term) == (analysis, term) and estimand in ("", row.estimand):
            return row
    return None


def _seen(name: str, row: Estimate) -> Seen:
    numbers = (row.estimate, row.ci_low, row.ci_high, row.p_value)
    estimate, low, high, p = (np.nan if number is None else number for number in numbers)
    return Seen(name, estimate, low, high, p, row.status)


def _four_groups(inquiry: Inquiry, found: OutcomeValues) -> Seen:
    name, rows = "all presentations, Welch's F", describe_presentations(inquiry, found)
    row = pick(rows, FOUR, "difference between presentations", "omega squared")
    if row is None or row.p_value is None:
        return Seen(name, status="refused")
    return Seen(name, p=row.p_value, status=row.status)


def _harm(inquiry: Inquiry, found: OutcomeValues, rows: list[Estimate]) -> Iterator[Seen]:
    """Yield whether a study says that dependent clients fared worse, and is not cautious of it."""
    for name, analysis, tests in (
        ("harm told at the end, without a caution", GROUPS, ("difference", "equivalence")),
        ("harm told by the course", COURSE, (COURSE_DIFFERENCE, COURSE_EQUIVALENCE)),
    ):
        row, bounds = (pick(rows, analysis, term, "") for term in tests)
        if row is None or row.estimate is None:
            continue
        p_values = [one.p_value for one in (row, bounds) if one and one.p_value is not None]
        word = verdict(*p_values, alpha=inquiry.comparison.alpha) if len(p_values) == 2 else None
        is_told = word == "different" and row.estimate > 0
        is_cautioned = analysis == GROUPS and "before treatment already" in str(row.note)
        yield Seen(name, p=0.0 if is_told and not is_cautioned else 1.0)


def _missing(
    inquiry: Inquiry, found: OutcomeValues, rows: list[Estimate], seed: int
) -> Iterator[Seen]:
    """Yield the differences of all available and of imputed scores, as their rows tell them."""
    repeated = gather_repeated(inquiry, found)
    yield _seen("difference, all available", available_row(inquiry, found, repeated))
    # The cautions of a method that takes clients as independent are those of Welch's.
    welch = pick(rows, *HEADLINES["difference, Welch"])
    alone = found.with_caution(welch.note if welch and welch.status == "caution" else None)
    imputed = imputed_rows(replace(inquiry, seed=seed), alone, repeated, draws=DRAWS)
    yield _seen("difference, imputed", next(imputed))


def _family(inquiry: Inquiry, rows: list[Estimate]) -> Seen:
    """Return the smallest adjusted p-value of the differences in three outcomes."""
    found = [find_outcome(inquiry.data, RULE, outcome) for outcome in OTHERS]
    each = [compare_groups(inquiry, one) for one in found]
    tests = [pick(own, GROUPS, "difference", "") for own in (rows, *each)]
    p_values = [row.p_value for row in tests if row is not None and row.p_value is not None]
    return Seen("any of a family, Holm", p=float(holm(p_values).min()))


def _equivalence_at_bound(inquiry: Inquiry, found: OutcomeValues) -> Seen:
    """Return the test of equivalence where the true difference is the bound itself."""
    dependent = inquiry.members_of("overdependent")
    moved = found.values + np.where(
        found.values.index.isin(dependent), found.outcome.smallest_effect, 0.0
    )
    rows = compare_groups(inquiry, replace(found, values=moved))
    row = pick(rows, GROUPS, "equivalence", "")
    p = np.nan if row is None or row.p_value is None else row.p_value
    return Seen("equivalence at its bound", p=p)


def _invariance(inquiry: Inquiry, found: OutcomeValues) -> Iterator[Seen]:
    """Yield whether an item is said to differ between the groups, and whether that stays open."""
    rows = check_invariance(inquiry, found).rows
    held = next(row for row in rows if row.term == "highest step that holds across groups")
    word = str(held.note).split("; ", maxsplit=1)[0]
    yield Seen("invariance across groups flagged", p=float(word.startswith("scalar")),
               status=held.status)  # fmt: skip
    yield Seen("invariance across groups undecided", p=float(not word.endswith("undecided")),
               status=held.status)  # fmt: skip


def _skewed(data: StudyData) -> StudyData:
    """Bend the outcome so that most clients are near its floor."""
    high = data.measures[str(OUTCOME.scale)].high
    is_outcome = data.scores["scale"] == OUTCOME.scale
    bent = high * (data.scores["value"] / high) ** 3
    return replace(data, scores=data.scores.assign(
        value=data.scores["value"].where(~is_outcome, bent)))  # fmt: skip


def _dealt_out(data: StudyData, seed: int, *, follows_therapists: bool) -> StudyData:
    """Deal the rule's pairs of scores out anew; in the second way, alike within therapists."""
    rng = np.random.default_rng([seed, 8])
    is_rule = data.scores["scale"].isin(RULE.scales) & data.scores["occasion"].eq(RULE.landmark)
    givers = np.sort(data.scores.loc[is_rule, "client_id"].unique())
    takers = rng.permutation(givers)
    if follows_therapists:
        leaning = _leaning(data, givers)
        therapist = data.clients.loc[givers, "therapist_id"]
        level = dict(zip(sorted(set(therapist)), rng.normal(size=therapist.nunique()),
                         strict=True))  # fmt: skip
        pull = therapist.map(level).to_numpy() + rng.normal(0, 0.5, len(givers))
        givers, takers = givers[np.argsort(leaning)], givers[np.argsort(pull)]
    dealt = dict(zip(givers, takers, strict=True))
    new = data.scores["client_id"].where(~is_rule, data.scores["client_id"].map(dealt))
    return replace(data, scores=data.scores.assign(client_id=new))


def _leaning(data: StudyData, clients: np.ndarray) -> np.ndarray:
    """Return by how much clients lean to dependence rather than independence."""
    anxiety, avoidance = (
        data.values_at(scale, RULE.landmark).reindex(clients).fillna(3.0) for scale in RULE.scales
    )
    return (anxiety - avoidance).to_numpy()


def large_values(world: World, n_clients: int) -> dict[str, float]:
    """Return what each headline estimator reaches on one large study of a world."""
    study = simulate(world, 1, n_clients)
    data = study_data(study, FORMS)
    inquiry, found = _inquiry(data), find_outcome(data, RULE, OUTCOME)
    values = {
        seen.headline: seen.estimate for seen in _headlines(headline_rows(inquiry, found, found))
    }
    available = available_row(inquiry, found, gather_repeated(inquiry, found))
    values["difference, all available"] = float(available.estimate or np.nan)
    # What imputation aims at: the difference that all available data imply.
    values["difference, imputed"] = values["difference, all available"]
    return values | {f"latent {name}": value for name, value in _latent(study, inquiry).items()}


def _latent(study: SimulatedStudy, inquiry: Inquiry) -> dict[str, float]:
    """Return the parameters: differences of error-free symptoms in everybody, and the nulls.

    Change is free of anxiety and avoidance in the model, and so is what follows at equal severity.
    """
    last = study.endings.sessions
    level = pd.Series(
        study.levels.symptoms[last, np.arange(study.n_clients)], index=study.client_ids
    )
    error_free = POINTS * level
    groups = [inquiry.members_of(name) for name in ("overdependent", "overindependent")]
    difference = float(error_free[groups[0]].mean() - error_free[groups[1]].mean())
    nulls = dict.fromkeys(
        ("difference in course, log", "difference in course, linear",
         "slope of course by dependence", "slope of dependence, intake held equal",
         "difference, intake held equal"), 0.0,
    )  # fmt: skip
    same = ("difference, Welch", "difference, therapists", "difference, all available",
            "difference, imputed")  # fmt: skip
    return nulls | dict.fromkeys(same, difference)


def _points() -> float:
    """Return how many points of the scale one unit of symptoms makes: its published spread."""
    from flows.simulation.levels import symptom_sd
    from flows.simulation.questionnaires import QUESTIONNAIRES
    from flows.simulation.worlds import BASE

    model = QUESTIONNAIRES["core_10"].scales["total"]
    return float(model.sd * 10 / symptom_sd(BASE))


POINTS = _points()
__all__ = ["HEADLINES", "Seen", "large_values", "look_at_study"]
