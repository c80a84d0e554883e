"""Reliable change by presentation, and the answer page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from instruments.scale import Cutoff, Norm
from reports.analyses import Analysis, analyse
from reports.analyses._change_reference import find_cutoff, find_references
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import find_outcome
from reports.analyses.change import classify_clients
from reports.declarations import Comparison, Outcome
from reports.estimates import to_frame
from reports.exclusions import present_clients
from reports.methods.reliability import cronbach_alpha
from reports.plan_standing import NO_PLAN, Standing
from reports.study_data import Measure, StudyData
from tests.unit.analyses.course_studies import CORE, OUTCOME, RULE, scores_of
from tests.unit.plans import a_plan

NORMS = (
    Norm(sample="general", source="s", mean=5, sd=5),
    Norm(sample="clinical", source="s", mean=20, sd=8),
    Norm(sample="clinical", source="s", alpha=0.9),
)
CUTOFFS = (Cutoff(value=11, op=">=", label="clinical range", source="s"),)


def a_study(
    change: np.ndarray, dependency: np.ndarray | None = None, **measure: object
) -> StudyData:
    """A study of which everyone starts with 20 points and changes as said; half is dependent."""
    n = len(change)
    ids = np.array([f"c{k:04}" for k in range(n)])
    anxious = np.arange(n) % 2 == 0
    rows = [
        scores_of(ids, "core_10.total", "intake", 0, np.full(n, 20.0)),
        scores_of(ids, "core_10.total", "end", 30, 20.0 + change),
        scores_of(ids, "ecr.anxiety", "intake", 0, np.where(anxious, 5.0, 2.0)),
        scores_of(ids, "ecr.avoidance", "intake", 0, np.where(anxious, 2.0, 5.0)),
    ]
    facts = {"norms": NORMS, "cutoffs": CUTOFFS} | measure
    ecr = {"method": "mean", "higher": "more", "direction": "worse", "instrument": "ecr"}
    measures = {
        "core_10.total": Measure("core_10.total", "core_10", "distress", 0, 40, **CORE | facts),
        "ecr.anxiety": Measure("ecr.anxiety", label="anxiety", low=1, high=7, **ecr),
        "ecr.avoidance": Measure("ecr.avoidance", label="avoidance", low=1, high=7, **ecr),
    }
    if dependency is not None:
        name = "rpt.destructive_overdependence"
        rows.append(scores_of(ids, name, "intake", 0, np.full(n, 30.0)))
        rows.append(scores_of(ids, name, "end", 30, 30.0 + dependency))
        spread = (Norm(sample="s", source="s", mean=30, sd=5, alpha=0.84),)
        measures[name] = Measure(name, "rpt", "overdependence", 10, 50, "sum", "more", "worse",
                                 norms=spread)  # fmt: skip
    clients = pd.DataFrame(
        {"clinic": "north", "therapist_id": [f"t{k % 9}" for k in range(n)], "ending": "planned"},
        index=pd.Index(ids, name="client_id"),
    )
    return StudyData(
        clients, pd.concat(rows, ignore_index=True), lambda *_: pd.DataFrame(), measures
    )


def run(data: StudyData, outcome: Outcome = OUTCOME) -> Analysis:
    return analyse(data, RULE, [outcome], Comparison(), 1)


def rows_of(found: Analysis, analysis: str = "change") -> pd.DataFrame:
    return found.estimates[found.estimates["analysis"] == analysis]


def share(rows: pd.DataFrame, term: str, group: str | None) -> pd.Series:
    chosen = rows[(rows["term"] == term) & (rows["estimand"] == "share")]
    is_group = chosen["group_a"].isna() if group is None else chosen["group_a"] == group
    assert is_group.sum() == 1
    return chosen[is_group].iloc[0]


def wilson(hits: int, n: int) -> tuple[float, float]:
    z, p = 1.959963984540054, hits / n
    middle, reach = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (middle - reach) / (1 + z**2 / n), (middle + reach) / (1 + z**2 / n)


@pytest.fixture(scope="module")
def changes() -> np.ndarray:
    """Of 80 clients, overdependent ones at even places: 30 of them better, 12 of the others."""
    change = np.zeros(80)
    change[0:60:2] = -8.0
    change[1:25:2] = -12.0
    change[25:47:2] = 10.0
    return change


def test_shares_of_reliable_change_are_those_of_published_reliability(changes: np.ndarray) -> None:
    rows = rows_of(run(a_study(changes)))
    # 1.96 x 8 x sqrt(2 x .1) = 7.01: a fall by 8 is reliable.
    smallest = rows[rows["term"] == "smallest reliable change"]
    assert smallest["estimate"].item() == pytest.approx(1.959964 * 8 * np.sqrt(0.2))
    better = share(rows, "reliably better", "overdependent")
    assert (better["n"], better["n_a"], better["n_b"]) == (40, 30, 10)
    assert better["estimate"] == 0.75
    assert share(rows, "reliably better", "overindependent")["n_a"] == 12
    assert share(rows, "reliably better", None)["n_a"] == 42
    assert share(rows, "reliably worse", "overindependent")["n_a"] == 11


def test_crossing_into_the_functional_range_is_told_apart(changes: np.ndarray) -> None:
    rows = rows_of(run(a_study(changes)))
    crossed = share(rows, "reliably better, and now in the functional range", "overindependent")
    assert crossed["n_a"] == 12
    stayed = share(rows, "reliably better, and now in the functional range", "overdependent")
    assert stayed["n_a"] == 0
    border = rows[rows["term"] == "border of the clinical range"]
    assert (border["estimate"].item(), border["method"].item()) == (11, "declared")


def test_nothing_is_called_harm(changes: np.ndarray) -> None:
    rows = rows_of(run(a_study(changes)))
    said = rows["term"].str.cat(rows["note"].fillna(""))
    assert not said.str.contains("harm").any()


def test_the_difference_in_shares_has_newcombes_interval(changes: np.ndarray) -> None:
    rows = rows_of(run(a_study(changes)))
    row = rows[rows["estimand"].eq("difference in shares") & rows["term"].eq("reliably better")]
    assert row["estimate"].item() == pytest.approx(0.75 - 0.3)
    # Newcombe (1998), method 10, from Wilson's limits.
    (low_a, high_a), (low_b, high_b) = wilson(30, 40), wilson(12, 40)
    low = 0.45 - np.hypot(0.75 - low_a, high_b - 0.3)
    high = 0.45 + np.hypot(high_a - 0.75, 0.3 - low_b)
    assert (row["ci_low"].item(), row["ci_high"].item()) == pytest.approx((low, high))


def test_a_rare_change_has_no_difference(changes: np.ndarray) -> None:
    rows = rows_of(run(a_study(changes)))
    row = rows[rows["estimand"].eq("difference in shares") & rows["term"].eq("reliably worse")]
    assert row["status"].item() == "refused"
    assert row["estimate"].isna().item()


def test_without_published_figures_the_sample_is_the_reference_and_it_is_said() -> None:
    rng = np.random.default_rng(1)
    data = a_study(rng.normal(-5, 3, 80), norms=(), cutoffs=())
    assert rows_of(run(data))["note"].item() == (
        "neither published figures nor this sample tell how reliable the scale is"
    )
    items = pd.DataFrame(
        rng.normal(size=(80, 1)) + rng.normal(0, 0.5, (80, 4)),
        index=data.clients.index, columns=list("abcd"),
    )  # fmt: skip
    measure = replace(data.measures["core_10.total"], items=tuple("abcd"))
    is_start = data.scores["occasion"].eq("intake") & data.scores["scale"].eq("core_10.total")
    noise = rng.normal(0, 4, len(data.scores)) * is_start
    spread = data.scores.assign(value=data.scores["value"] + noise)
    own = replace(
        data, items=lambda *_: items, scores=spread,
        measures={**data.measures, "core_10.total": measure},
    )  # fmt: skip
    rows = rows_of(run(own))
    shares = rows[rows["estimand"] == "share"]
    assert set(shares["status"]) == {"caution"}
    assert shares["note"].str.contains("this sample").all()


def test_the_border_is_c_between_two_published_samples_where_none_is_given() -> None:
    measure = Measure("core_10.total", "core_10", "distress", 0, 40, **CORE, norms=NORMS)
    found = find_cutoff(measure)
    assert found is not None
    assert found[0] == pytest.approx((8 * 5 + 5 * 20) / 13)
    assert find_cutoff(replace(measure, has_published_range=False)) is None


def test_an_outcome_of_the_landmark_has_no_change(changes: np.ndarray) -> None:
    early = OUTCOME.model_copy(update={"occasion": "intake"})
    note = rows_of(run(a_study(changes), early))["note"].item()
    assert note == "the outcome is measured at the landmark, so there is no change since then"


def test_a_neutral_scale_has_directions_and_nothing_better(changes: np.ndarray) -> None:
    rows = rows_of(run(a_study(changes, direction="neutral", cutoffs=())))
    terms = set(rows.loc[rows["estimand"] == "share", "term"])
    assert terms == {"reliably lower", "reliably higher"}
    assert share(rows, "reliably lower", "overdependent")["n_a"] == 30


def test_the_answer_page_crosses_symptoms_with_dependency() -> None:
    change = np.tile([-10.0, 0.0, 10.0], 80)
    dependency = np.repeat([-9.0, 0.0, 9.0], 80)
    found = run(a_study(change, dependency))
    page = rows_of(found, "answer_page")
    cells = page[page["group_a"].isna() & page["contrast"].notna() & (page["term"] != "all")]
    assert len(cells) == 9
    assert cells["n"].sum() == 240
    assert set(cells["n"]) == {26, 27}
    whole = page[page["group_a"].isna() & (page["term"] == "all") & page["contrast"].isna()]
    assert whole["n"].item() == 240
    assert set(page["method"]) == {"answer page: rpt.destructive_overdependence"}
    figure = found.figures["answer_page_core_10_total_at_end"]
    assert list(figure.frame.columns) == ["presentation", "symptoms", "dependency"]
    assert len(figure.frame) == 240


def test_a_scale_of_dependency_about_several_people_serves_too() -> None:
    data = a_study(np.tile([-10.0, 0.0, 10.0], 80), np.repeat([-9.0, 0.0, 9.0], 80))
    plain, named = "rpt.destructive_overdependence", "ecr_rs.anxiety:mother"
    scores = data.scores.assign(scale=data.scores["scale"].replace({plain: named}))
    measure = replace(data.measures[plain], scale=named, instrument="ecr_rs")
    others = {name: one for name, one in data.measures.items() if name != plain}
    found = run(replace(data, scores=scores, measures=others | {named: measure}))
    page = rows_of(found, "answer_page")
    assert set(page["method"]) == {f"answer page: {named}"}
    assert "refused" not in set(page.loc[page["group_a"].isna(), "status"])


def test_a_page_of_few_clients_is_refused(changes: np.ndarray) -> None:
    page = rows_of(run(a_study(changes, np.zeros(80))), "answer_page")
    assert page["note"].item() == "fewer than 90 clients for nine cells"


def test_a_scale_of_the_rule_is_no_answer(changes: np.ndarray) -> None:
    page = rows_of(run(a_study(changes)), "answer_page")
    assert page["note"].item().startswith("no dependency scale outside the presentation rule")


def test_a_difference_in_change_carries_the_cautions_of_its_outcome_and_of_nesting() -> None:
    place = np.arange(160)
    change = np.where(place % 3 == 0, -9.0, np.where(place % 3 == 1, 2.0, 9.0))
    data = a_study(change)
    leans = np.where(place % 11 == 0, 1 - place % 2, place % 2)
    clients = data.clients.assign(therapist_id=[f"t{a}{b % 4}" for a, b in zip(leans, place // 2,
                                                strict=True)])  # fmt: skip
    nested = replace(data, clients=clients)
    inquiry = Inquiry(nested, RULE, present_clients(nested, RULE, NO_PLAN), Comparison(), 1)
    found = find_outcome(nested, RULE, OUTCOME).with_caution("doubted")
    rows = to_frame(classify_clients(inquiry, found))
    differs = rows["estimand"].eq("difference in shares") & rows["status"].ne("refused")
    assert differs.sum() >= 2
    for caution in ("doubted", "follows therapists"):
        assert rows.loc[differs, "note"].fillna("").str.contains(caution).all()
        assert not rows.loc[~differs, "note"].fillna("").str.contains(caution).any()


def test_the_spread_of_this_sample_is_of_clients_whom_the_plan_keeps() -> None:
    rng = np.random.default_rng(1)
    data = a_study(rng.normal(-5, 3, 160))
    items = pd.DataFrame(
        rng.normal(size=(160, 1)) + rng.normal(0, 0.5, (160, 4)),
        index=data.clients.index, columns=list("abcd"),
    )  # fmt: skip
    young = np.arange(160) >= 80
    is_start = data.scores["occasion"].eq("intake") & data.scores["scale"].eq("core_10.total")
    spread = np.where(data.scores["client_id"].isin(data.clients.index[young]), 6.0, 2.0)
    noise = rng.normal(0, 1, len(data.scores)) * spread * is_start
    measure = replace(data.measures["core_10.total"], items=tuple("abcd"))
    own = replace(
        data, items=lambda *_: items, scores=data.scores.assign(value=data.scores["value"] + noise),
        measures={**data.measures, "core_10.total": measure},
        clients=data.clients.assign(age=np.where(young, 20.0, 50.0)),
    )  # fmt: skip
    plan = a_plan(
        exclusion=[{"attribute": "age", "below": 30.0, "reason": "young"}],
        presentation=RULE.model_dump(mode="json"),
    )
    standing = Standing(plan, version=1)
    inquiry = Inquiry(own, RULE, present_clients(own, RULE, standing), Comparison(), 1, standing)
    reference = find_references(inquiry, measure)[-1]
    kept = own.values_at("core_10.total", "intake")[data.clients.index[~young]]
    assert reference.sd == pytest.approx(kept.std())
    assert reference.n == 80
    assert reference.reliability == pytest.approx(cronbach_alpha(items[~young]).value)
