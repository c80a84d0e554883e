"""Who is missing, and what the missing scores could change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.analyses import Analysis, analyse
from reports.analyses._cautions import doubt_independence
from reports.analyses._contrast import EXTREMES
from reports.analyses._inquiry import Inquiry
from reports.analyses._missing_data import compared_at, fit_all_available, gather_repeated
from reports.analyses._outcome_values import OutcomeValues, find_outcome
from reports.analyses.missing import available_row, follow_missing, impute
from reports.declarations import Comparison, Outcome
from reports.estimates import Estimate, to_frame
from reports.exclusions import present_clients
from reports.plan_standing import NO_PLAN
from reports.study_data import StudyData
from tests.unit.analyses.course_studies import OUTCOME, RULE, a_study


def thinned(data: StudyData, is_gone: np.ndarray) -> StudyData:
    """Take the end of some clients away; they dropped out."""
    gone = data.clients.index[is_gone]
    is_end = (data.scores["occasion"] == "end") & data.scores["scale"].eq("core_10.total")
    clients = data.clients.assign(ending=np.where(is_gone, "dropout", "planned"))
    scores = data.scores[~(is_end & data.scores["client_id"].isin(gone))]
    return replace(data, scores=scores, clients=clients)


def run(data: StudyData, outcome: Outcome = OUTCOME, seed: int = 1) -> Analysis:
    return analyse(data, RULE, [outcome], Comparison(), seed)


def asked(data: StudyData) -> tuple[Inquiry, OutcomeValues]:
    presented = present_clients(data, RULE, NO_PLAN)
    return Inquiry(data, RULE, presented, Comparison(), 1), find_outcome(data, RULE, OUTCOME)


def rows_of(found: Analysis) -> pd.DataFrame:
    return found.estimates[found.estimates["analysis"] == "missing"]


def row_of(rows: pd.DataFrame, term: str, **where: str) -> pd.Series:
    chosen = rows[rows["term"] == term]
    for column, value in where.items():
        chosen = chosen[chosen[column] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


@pytest.fixture(scope="module")
def data() -> StudyData:
    """Of overdependent clients, those who did badly until month 3 are missing at the end."""
    whole = a_study(extra=2.0, n=240)
    scores = whole.scores[whole.scores["scale"] == "core_10.total"]
    middle = scores[scores["occasion"] == "month_3"].set_index("client_id")["value"]
    kind = np.arange(240) % 4
    is_bad = middle.reindex(whole.clients.index).to_numpy() > 20.0
    return thinned(whole, ((kind == 1) & is_bad) | (np.arange(240) % 20 == 2))


@pytest.fixture(scope="module")
def rows(data: StudyData) -> pd.DataFrame:
    return rows_of(run(data))


def test_shares_missing_are_counted_by_presentation_and_reason(
    data: StudyData, rows: pd.DataFrame
) -> None:
    lost = 240 - len(data.values_at("core_10.total", "end"))
    everyone = rows[(rows["term"] == "missing") & rows["group_a"].isna()].iloc[0]
    assert (everyone["n"], everyone["n_a"]) == (240, lost)
    dependent = row_of(rows, "missing", group_a="overdependent", estimand="share")
    assert dependent["n"] == 60
    assert dependent["estimate"] > 0.2
    dropped = rows[(rows["term"] == "missing after dropout") & rows["group_a"].isna()].iloc[0]
    assert dropped["n_a"] == lost


def test_who_is_missing_is_compared_with_who_is_not(rows: pd.DataFrame) -> None:
    row = row_of(rows, "missing against present: the outcome itself")
    assert row["estimate"] > 0.3
    assert row["n_a"] + row["n_b"] == row["n"] == 240


def test_all_available_data_bring_the_difference_nearer_to_the_truth(
    data: StudyData, rows: pd.DataFrame
) -> None:
    truth = 2.0 * np.log1p(30)
    found = run(data).estimates
    observed = found[
        (found["analysis"] == "overdependent_against_overindependent")
        & (found["term"] == "difference")
    ]["estimate"].item()
    available = row_of(rows, "difference, all available data")
    imputed = row_of(rows, "difference, imputed")
    for row in (available, imputed):
        assert abs(row["estimate"] - truth) < abs(observed - truth)
        assert row["ci_low"] < truth < row["ci_high"]
    assert available["n_missing"] == 0
    assert imputed["n_missing"] > 10


def test_worse_cases_move_the_difference_the_way_they_must(rows: pd.DataFrame) -> None:
    imputed = row_of(rows, "difference, imputed")["estimate"]
    dependent = row_of(rows, "difference, missing overdependent worse")
    other = row_of(rows, "difference, missing overindependent worse")
    assert dependent["estimate"] > imputed > other["estimate"]
    assert "3 points" in dependent["note"]


def test_the_tipping_point_is_a_shift_or_says_how_far_the_answer_stands(
    rows: pd.DataFrame,
) -> None:
    for group in ("overdependent", "overindependent"):
        row = row_of(rows, f"tipping point, {group}")
        if pd.isna(row["estimate"]):
            assert row["note"] == "the answer stands up to a shift of 12 points"
        else:
            assert 0 < row["estimate"] <= 12


def test_a_weak_answer_turns_where_it_must() -> None:
    weak = thinned(a_study(extra=0.9, n=240, spread=0.3), np.arange(240) % 8 == 2)
    rows = rows_of(run(weak))
    difference = row_of(rows, "difference, imputed")
    assert difference["ci_low"] > 0
    turned = row_of(rows, "tipping point, overindependent")["estimate"]
    assert 0 < turned <= 12


def test_the_same_seed_gives_the_same_numbers(data: StudyData, rows: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(rows_of(run(data)), rows, check_exact=True)
    other = row_of(rows_of(run(data, seed=2)), "difference, imputed")["estimate"]
    assert other != row_of(rows, "difference, imputed")["estimate"]


def test_where_nobody_is_missing_nothing_is_imputed() -> None:
    rows = rows_of(run(a_study()))
    row = row_of(rows, "difference, imputed")
    assert row["note"] == "nobody in the two groups is missing at this occasion"
    assert "tipping point, overdependent" not in set(rows["term"])


def test_an_outcome_measured_once_says_so() -> None:
    data = a_study()
    once = data.scores[~(data.scores["scale"].eq("core_10.total")
                         & data.scores["occasion"].isin(["intake", "month_3"]))]  # fmt: skip
    row = row_of(rows_of(run(replace(data, scores=once))), "difference, all available data")
    assert row["note"].startswith("measured at one occasion")


def test_an_attribute_is_not_missing_over_time() -> None:
    data = a_study()
    aged = replace(data, clients=data.clients.assign(age=np.arange(160.0)))
    row = rows_of(run(aged, Outcome(attribute="age", smallest_effect=5)))
    assert row["note"].item() == "an attribute of the client, not of an occasion"


def without_therapist(data: StudyData, is_unknown: np.ndarray) -> StudyData:
    therapist = data.clients["therapist_id"].astype("str").mask(is_unknown)
    return replace(data, clients=data.clients.assign(therapist_id=therapist))


def followed(inquiry: Inquiry, found: OutcomeValues) -> list[Estimate]:
    return follow_missing(inquiry, found, doubt_independence(inquiry, found))


def test_clients_without_a_known_therapist_are_not_counted_and_it_is_said(data: StudyData) -> None:
    partly = without_therapist(data, np.arange(240) % 3 == 0)
    inquiry, found = asked(partly)
    repeated = gather_repeated(inquiry, found)
    model, _ = fit_all_available(repeated, inquiry.level)
    compared = compared_at(impute(repeated, inquiry.seed), "end").rows
    rows = to_frame(followed(inquiry, found))
    available, imputed = (row_of(rows, f"difference, {kind}")
                          for kind in ("all available data", "imputed"))  # fmt: skip
    assert available["n"] == dict(model.group_levels)["client_id"] == 80
    assert (available["n_a"], available["n_b"], available["n_missing"]) == (40, 40, 40)
    assert imputed["n"] == len(compared) == 80
    assert imputed["n_missing"] == compared["is_imputed"].sum()
    lost = rows["note"].fillna("").str.contains("clients without a known therapist are not in")
    assert set(rows["term"][lost]) == {
        "difference, all available data", "difference, imputed",
        "difference, missing clients worse", "difference, missing overdependent worse",
        "difference, missing overindependent worse", "tipping point, overdependent",
        "tipping point, overindependent",
    }  # fmt: skip


def test_nobody_is_lost_where_no_therapist_is_known(data: StudyData) -> None:
    inquiry, found = asked(without_therapist(data, np.ones(240, dtype=bool)))
    row = row_of(to_frame(followed(inquiry, found)), "difference, all available data")
    assert (row["n"], row["n_missing"]) == (120, 0)
    assert "without a known therapist" not in str(row["note"])


def test_too_few_with_a_known_therapist_are_refused(data: StudyData) -> None:
    inquiry, found = asked(without_therapist(data, np.arange(240) % 20 != 1))
    row = row_of(to_frame(followed(inquiry, found)), "difference, all available data")
    assert row["note"].startswith("fewer than 10 clients in a group")


def test_groups_of_whole_therapists_have_no_more_degrees_of_freedom_than_therapists(
    data: StudyData,
) -> None:
    whole = [f"t{k % 4}{k // 4 % 5}" for k in range(240)]
    nested = replace(data, clients=data.clients.assign(therapist_id=whole))
    repeated = gather_repeated(*asked(nested))
    model, term = fit_all_available(repeated, 0.95)
    assert model.is_singular
    assert term is not None
    assert term.df <= 10 - 2


@pytest.mark.parametrize("ratio", [2.0, 0.5])
def test_the_spread_of_earlier_scores_makes_no_difference_surer(ratio: float) -> None:
    plain = a_study(n=400, weeks=(0, 30))
    is_end = plain.scores["scale"].eq("core_10.total") & plain.scores["occasion"].eq("session")
    scores = plain.scores.assign(occasion=plain.scores["occasion"].mask(is_end, "end"))
    spread = (scores["value"] - 17.0) * ratio + 17.0
    inquiry, found = asked(replace(plain, scores=scores.assign(
        value=scores["value"].where(~is_end, spread))))  # fmt: skip
    repeated = gather_repeated(inquiry, found)
    a, b = (found.values[inquiry.members_of(group)] for group in EXTREMES)
    difference, error = a.mean() - b.mean(), np.sqrt(a.var() / len(a) + b.var() / len(b))
    row = available_row(inquiry, found, repeated)
    assert repeated.occasions == ("intake", "end")
    assert row.estimate == pytest.approx(difference, abs=0.05 * error)
    assert row.se == pytest.approx(error, rel=0.05)
    assert "brought to the spread" in str(row.note)


def test_every_difference_carries_the_caution_of_its_outcome(data: StudyData) -> None:
    inquiry, found = asked(data)
    rows = to_frame(followed(inquiry, found.with_caution("doubted")))
    differs = rows["term"].str.startswith(("difference, ", "tipping point"))
    assert differs.sum() == 7
    assert rows.loc[differs, "note"].str.contains("doubted").all()
    assert set(rows.loc[differs, "status"]) == {"caution"}


def test_imputed_differences_say_that_groups_follow_therapists() -> None:
    half, others = np.arange(240) % 2, np.arange(240) // 4
    leans = np.where(others % 10 == 0, 1 - half, half)
    whole = thinned(a_study(n=240), others % 7 == 3)
    clients = whole.clients.assign(
        therapist_id=[f"t{a}{b % 6}" for a, b in zip(leans, others, strict=True)]
    )
    rows = to_frame(followed(*asked(replace(whole, clients=clients)))).set_index("term")
    cautioned = rows.index[rows["note"].fillna("").str.contains("follows therapists")]
    assert set(cautioned) == {
        "difference, imputed", "difference, missing clients worse",
        "difference, missing overdependent worse", "difference, missing overindependent worse",
        "tipping point, overdependent", "tipping point, overindependent",
    }  # fmt: skip
