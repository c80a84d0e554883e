"""How treatments end: competing endings, told only where no count of few clients is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.analyses._inquiry import Inquiry
from reports.analyses.endings import KNOWN_LATER, NOT_DECLARED, follow_endings
from reports.declarations import Comparison, PresentationRule
from reports.disclosure.estimates import gate_estimates
from reports.disclosure.policy import DisclosurePolicy
from reports.estimates import to_frame
from reports.presentation import assign_presentations
from reports.study_data import StudyData


def endings_of(data: StudyData, rule: PresentationRule) -> pd.DataFrame:
    presentations = assign_presentations(data, rule)
    inquiry = Inquiry(data, rule, presentations, Comparison(), seed=1)
    return to_frame(follow_endings(inquiry), run_id="r")


@pytest.fixture(scope="module")
def ended(make_study: Callable[..., StudyData]) -> StudyData:
    """Eight hundred clients, of whom a quarter drop out and a few are in treatment still."""
    data, rng = make_study(800), np.random.default_rng(3)
    n = len(data.clients)
    kind = rng.choice(["planned", "dropout", "ongoing"], n, p=[0.6, 0.25, 0.15])
    session = np.where(kind == "ongoing", 40, np.ceil(rng.uniform(1, 40, n)))
    return replace(data, clients=data.clients.assign(ending=kind, ending_session=session))


@pytest.fixture(scope="module")
def rows(ended: StudyData, rule: PresentationRule) -> pd.DataFrame:
    return endings_of(ended, rule)


def incidence(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["estimand"] == "cumulative incidence"]


def test_the_last_step_is_the_share_of_those_who_ended_so(
    rows: pd.DataFrame, ended: StudyData
) -> None:
    found = incidence(rows)
    everyone = found[found["group_a"].isna() & found["contrast"].str.endswith("session 40")]
    shares = everyone.set_index("term")["estimate"]
    # Who is in treatment still was followed to the last session: nobody is censored before.
    counted = ended.clients["ending"].value_counts(normalize=True)
    assert shares["dropout"] == pytest.approx(counted["dropout"])
    assert shares["planned"] == pytest.approx(counted["planned"])


def test_every_step_holds_enough_clients(rows: pd.DataFrame) -> None:
    found = incidence(rows)
    assert set(found["group_a"].dropna()) == {"overdependent", "overindependent"}
    for _, curve in found.groupby(["term", found["group_a"].fillna("all")]):
        assert len(curve) > 2
        assert (curve["n_a"].diff().dropna() >= 10).all()


def test_the_two_groups_are_tested_ending_by_ending(rows: pd.DataFrame) -> None:
    tests = rows[rows["method"] == "Gray's test"]
    assert set(tests["term"]) == {"dropout", "planned"}
    assert tests["p_value"].between(0, 1).all()


def test_clients_whose_ending_is_not_known_are_counted(
    ended: StudyData, rule: PresentationRule
) -> None:
    clients = ended.clients.copy()
    clients.loc[clients.index[::4], "ending_session"] = np.nan
    found = endings_of(replace(ended, clients=clients), rule)
    group = assign_presentations(ended, rule).set_index("client_id")["presentation"].dropna()
    lost = group[group.index.isin(clients.index[::4])]
    extremes = ("overdependent", "overindependent")
    told = {name: set(own["n_missing"]) for name, own in incidence(found).groupby("group_a")}
    assert told == {name: {int((lost == name).sum())} for name in extremes}
    everyone = incidence(found)
    assert set(everyone.loc[everyone["group_a"].isna(), "n_missing"]) == {len(lost)}
    tests = found.loc[found["method"] == "Gray's test", "n_missing"]
    assert set(tests) == {int(lost.isin(extremes).sum())}


def told(rows: pd.DataFrame, **policy: int) -> set[str]:
    published = incidence(gate_estimates(rows, DisclosurePolicy(**policy)).frame)
    shown = published[published["estimate"].notna()]
    return set(shown["term"] + " " + shown["group_a"].fillna("all") + " " + shown["contrast"])


def test_large_groups_keep_their_steps_at_the_gate(rows: pd.DataFrame) -> None:
    shown = told(rows)
    assert len(shown) == len(incidence(rows))
    assert "dropout overdependent by session 20" in shown


def test_the_clients_of_a_group_are_one_number_in_all_its_rows(rows: pd.DataFrame) -> None:
    published = incidence(gate_estimates(rows, DisclosurePolicy()).frame)
    assert published.groupby(published["group_a"].fillna("all"))["n"].nunique().eq(1).all()


def test_a_step_of_few_clients_is_merged_into_the_last(rows: pd.DataFrame) -> None:
    fewer = rows.copy()
    step = (fewer["term"] == "dropout") & (fewer["contrast"] == "by session 20")
    fewer.loc[step & fewer["group_a"].isna(), ["n_a", "n_b"]] += [-55, 55]
    shown = told(fewer)
    assert "dropout all by session 20" not in shown
    assert "dropout all by session 40" in shown


def test_few_clients_in_treatment_still_silence_the_rarest_ending(rows: pd.DataFrame) -> None:
    """Of 177 clients, 170 of whom ended in one of two ways, 7 are in treatment still."""
    few = rows.copy()
    last = (few["group_a"] == "overdependent") & (few["contrast"] == "by session 40")
    planned = last & (few["term"] == "planned")
    few.loc[planned, "n_a"] = 177 - 40 - 7
    few.loc[planned, "n_b"] = 47
    shown = told(few)
    published = gate_estimates(few, DisclosurePolicy()).frame
    tests = published[published["method"] == "Gray's test"].set_index("term")["p_value"]
    assert tests.notna().to_dict() == {"dropout": False, "planned": True}
    assert not any(name.startswith("dropout overdependent") for name in shown)
    assert "planned overdependent by session 40" in shown


def test_groups_are_silent_where_hardly_anybody_else_ended_so(rows: pd.DataFrame) -> None:
    few = rows.copy()
    last = few["group_a"].isna() & (few["term"] == "dropout") & (few["contrast"] == "by session 40")
    few.loc[last, "n_a"] = 102
    few.loc[last, "n_b"] = 698
    shown = told(few)
    assert "dropout overdependent by session 40" not in shown
    assert "dropout all by session 40" in shown


def test_a_study_without_endings_says_what_to_declare(
    study: StudyData, rule: PresentationRule
) -> None:
    (row,) = endings_of(study, rule).to_dict("records")
    assert (row["status"], row["note"]) == ("refused", NOT_DECLARED)
    assert "[source.ending]" in NOT_DECLARED


def test_presentations_that_are_known_later_are_refused(
    ended: StudyData, rule: PresentationRule
) -> None:
    later = rule.model_copy(update={"landmark": "month_3"})
    (row,) = endings_of(ended, later).to_dict("records")
    assert (row["status"], row["note"]) == ("refused", KNOWN_LATER)
