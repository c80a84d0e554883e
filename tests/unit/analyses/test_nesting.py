"""What it costs that clients share therapists, and who is counted by what regards therapists."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.analyses._inquiry import Inquiry
from reports.analyses._model_words import FEW_CLINICS, remark_of
from reports.analyses._nesting import FOLLOWS
from reports.analyses._outcome_values import find_outcome
from reports.analyses._question import NESTING
from reports.analyses._therapist_share import therapist_share
from reports.analyses.dependence_and_outcome import relate_dependence
from reports.analyses.four_presentations import describe_presentations
from reports.analyses.overdependent_against_overindependent import compare_groups
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.estimates import Estimate
from reports.exclusions import present_clients
from reports.methods._mixed_result import judged_term
from reports.methods.mixed_model import fit_mixed_model
from reports.plan_power import find_detections
from reports.plan_standing import NO_PLAN
from reports.study_data import StudyData
from tests.unit.plans import a_hypothesis, a_plan

PER_THERAPIST = 15


def inquiry_of(data: StudyData, rule: PresentationRule) -> Inquiry:
    return Inquiry(data, rule, present_clients(data, rule, NO_PLAN), Comparison(), 1, NO_PLAN)


def compared(
    data: StudyData, rule: PresentationRule, outcome: Outcome, caution: str | None = None
) -> dict[tuple[str, str | None], Estimate]:
    """The comparison's rows by term and group."""
    found = find_outcome(data, rule, outcome).with_caution(caution)
    rows = compare_groups(inquiry_of(data, rule), found)
    return {(row.term, row.group_a if row.term in ("reliability", "omega") else None): row
            for row in rows if row.estimand not in ("Yuen", "Mann-Whitney")}  # fmt: skip


def with_clients(data: StudyData, **columns: object) -> StudyData:
    return replace(data, clients=data.clients.assign(**columns))


@pytest.fixture(scope="module")
def of_whole_therapists(study: StudyData, rule: PresentationRule) -> StudyData:
    """Every therapist has clients of one presentation alone, fifteen each."""
    groups = present_clients(study, rule, NO_PLAN).set_index("client_id")["presentation"]
    within = groups.groupby(groups).cumcount() // PER_THERAPIST
    return with_clients(study, therapist_id=groups.fillna("none") + "_" + within.astype(str))


def test_groups_that_whole_therapists_form_cost_the_whole_design_effect(
    of_whole_therapists: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    rows = compared(of_whole_therapists, rule, outcome)
    share, price = (rows[name, None].estimate for name in ("share of therapists", "design effect"))
    clients, therapists = rows["difference", None].n, rows["difference", None].n_clusters
    assert clients
    assert therapists
    assert share is not None
    assert price == pytest.approx(1 + (clients / therapists - 1) * share)
    assert price > 1.05
    assert rows["difference", None].status == "caution"
    assert FOLLOWS in str(rows["difference", None].note)


def test_a_share_is_whole_only_where_somebody_has_company() -> None:
    assert therapist_share(np.array([0.0, 1.0, 2.0]), np.array([0, 1, 2])) is None
    together = np.array([0, 0, 1])
    assert therapist_share(np.array([0.0, 0.0, 1.0]), together) == 1.0
    assert therapist_share(np.ones(3), together) is None


@pytest.mark.parametrize("question", ["groups", "dependence"])
def test_a_plan_detects_less_where_therapists_have_one_kind_of_client(
    study: StudyData, of_whole_therapists: StudyData, rule: PresentationRule, question: str
) -> None:
    plan = a_plan(hypothesis=[a_hypothesis(question=question)], presentation=rule.model_dump())
    detectable = [
        find_detections(plan, NO_PLAN, data)[0].detectable for data in (study, of_whole_therapists)
    ]
    mixed, whole = (size for size in detectable if size is not None)
    assert whole > 1.1 * mixed


def test_a_clinic_that_nobody_knows_costs_no_client(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    rows = compared(with_clients(study, clinic=None), rule, outcome)
    plain, nested = (rows[name, None] for name in ("difference", "difference with therapists"))
    assert nested.estimate is not None
    assert (nested.n, nested.n_a, nested.n_b) == (plain.n, plain.n_a, plain.n_b)


def test_clients_without_a_known_therapist_are_no_part_of_what_therapists_share(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    therapists = study.clients["therapist_id"].where(np.arange(len(study.clients)) >= 120)
    rows = compared(with_clients(study, therapist_id=therapists), rule, outcome)
    nested = rows["difference with therapists", None].n
    assert nested is not None
    assert nested < (rows["difference", None].n or 0)
    assert rows["share of therapists", None].n == nested
    assert rows["design effect", None].n == nested


def test_what_is_cautioned_is_cautioned_with_therapists_too(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    rows = compared(study, rule, outcome, "something else explains it")
    for name in ("difference with therapists", "equivalence with therapists"):
        assert "something else explains it" in str(rows[name, None].note)


@pytest.mark.usefixtures("in_full")
def test_pairs_of_presentations_say_what_they_ignore_and_keep_the_caution(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    found = find_outcome(study, rule, outcome).with_caution("something else explains it")
    rows = describe_presentations(inquiry_of(study, rule), found)
    pairs = [row for row in rows if row.term.startswith("pair")]
    assert len(pairs) >= 6
    for row in pairs:
        assert "something else explains it" in str(row.note)
        assert NESTING in str(row.note)


def test_few_clinics_are_said(study: StudyData, rule: PresentationRule, outcome: Outcome) -> None:
    row = compared(study, rule, outcome)["difference with therapists", None]
    assert FEW_CLINICS in str(row.note)


def test_reliability_counts_the_therapists_of_those_who_answered_everything(
    study: StudyData, rule: PresentationRule, outcome: Outcome,
    without_items: Callable[..., StudyData],
) -> None:  # fmt: skip
    ordered = np.sort(np.arange(len(study.clients)) // 20)
    data = with_clients(study, therapist_id=[f"t{k:02}" for k in ordered])
    blanked = without_items(data, "core_10.total", "end", 40, 1)  # all of two therapists
    rows = compared(blanked, rule, outcome)
    alpha = rows["reliability", "overdependent"]
    assert alpha.n_clusters == 18
    assert rows["difference", None].n_clusters == 20


def test_a_code_that_nobody_compared_has_does_not_stop_an_adjusted_difference(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    groups = present_clients(study, rule, NO_PLAN).set_index("client_id")["presentation"]
    elsewhere = ~groups.isin(["overdependent", "overindependent"])
    rare = study.clients["modality"].mask(elsewhere & (np.arange(len(groups)) % 5 == 0), "by mail")
    declared = outcome.model_copy(update={"covariates": ("modality",)})
    plain = compared(study, rule, declared)["adjusted difference", None]
    found = compared(with_clients(study, modality=rare), rule, declared)
    assert found["adjusted difference", None].estimate == pytest.approx(plain.estimate)
    assert found["difference with therapists", None].estimate is not None


def test_a_code_that_only_clients_without_a_score_have_does_not_stop_the_regression(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    scored = find_outcome(study, rule, outcome).values.index
    lost = study.scores["client_id"].isin(scored[:15]) & (study.scores["occasion"] == "end")
    rare = study.clients["modality"].where(~study.clients.index.isin(scored[:15]), "by mail")
    data = replace(with_clients(study, modality=rare), scores=study.scores[~lost])
    declared = outcome.model_copy(update={"covariates": ("modality",)})
    rows = relate_dependence(inquiry_of(data, rule), find_outcome(data, rule, declared))
    assert {row.status for row in rows} <= {"ok", "caution"}


def test_hardly_any_degrees_of_freedom_are_said_and_less_than_one_is_no_answer() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"therapist_id": np.repeat(list("abcdefghij"), 6)})
    frame["y"] = rng.normal(size=60) + rng.normal(size=10)[np.repeat(np.arange(10), 6)]
    model = fit_mixed_model(frame, "y ~ 1 + (1 | therapist_id)", few_as_fixed=())
    plenty, few, hardly = (judged_term("x", 1.0, 1.0, df, model) for df in (9.0, 2.5, 0.7))
    assert (plenty.status, few.status, hardly.status) == ("ok", "caution", "refused")
    assert "handful of therapists" in str(remark_of(few))
    assert few.interval.high > plenty.interval.high
    assert math.isnan(hardly.estimate)
