"""Whether a scale measures the same in both groups, and what else is said where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from reports.analyses._outcome_values import find_outcome
from reports.analyses.measurement_invariance import check_invariance
from reports.declarations import Outcome, PresentationRule
from reports.study_data import StudyData
from tests.unit.analyses.questions import inquire, rows_of, run


def test_invariance_across_large_groups_is_checked(
    make_study: Callable[..., StudyData], rule: PresentationRule, outcome: Outcome
) -> None:
    data = make_study(n=520)
    rows = rows_of(run(data, rule, outcome), "measurement_invariance").set_index("term")
    held = rows.loc["highest step that holds across groups"]
    assert held["note"].split(";")[0] in {"scalar", "partial scalar"}
    assert held["n_a"] >= 100
    change = rows.loc["metric across groups"]
    assert set(change["estimand"]) == {"CFI", "RMSEA", "change of CFI", "change of RMSEA"}
    assert rows.loc["highest step that holds over occasions", "status"] in {"ok", "caution"}


def test_a_shifted_item_is_noticed_and_cautions_the_difference(
    make_study: Callable[..., StudyData], rule: PresentationRule, outcome: Outcome
) -> None:
    data = make_study(n=620, effect=0.0)
    groups = run(data, rule, outcome).presentations.set_index("client_id")["presentation"]
    dependent = groups.index[groups == "overdependent"]

    def shift(answers: pd.DataFrame) -> pd.DataFrame:
        for k, name in enumerate(answers.columns):
            if k % 2:
                answers.loc[dependent, name] = answers.loc[dependent, name] + 2.0 * k / 7
        return answers

    found = run(with_outcome_items(data, shift), rule, outcome)
    held = rows_of(found, "measurement_invariance").set_index("term")
    note = held.loc["highest step that holds across groups", "note"]
    assert not note.startswith("scalar")
    block = rows_of(found, "overdependent_against_overindependent").set_index("term")
    caution = "may be one of items" if not note.startswith("partial scalar") else "single items"
    assert caution in block.loc["difference", "note"]


def with_outcome_items(
    data: StudyData, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> StudyData:
    """A study whose answers at the end were changed; scores stay as they were."""

    def items(scale: str, occasion: str) -> pd.DataFrame:
        answers = data.items(scale, occasion)
        is_outcome = (scale, occasion) == ("core_10.total", "end")
        return change(answers.copy()) if is_outcome else answers

    return replace(data, items=items)


def test_an_item_that_nearly_all_answer_alike_is_left_out_and_named(
    make_study: Callable[..., StudyData], rule: PresentationRule, outcome: Outcome
) -> None:
    def never(answers: pd.DataFrame) -> pd.DataFrame:
        rare = np.where(np.arange(len(answers)) % 25 == 0, 1.0, 0.0)
        return answers.assign(**{answers.columns[2]: rare})

    data = with_outcome_items(make_study(n=520), never)
    rows = check_invariance(inquire(data, rule), find_outcome(data, rule, outcome)).rows
    held = next(row for row in rows if row.term == "highest step that holds across groups")
    assert "left out, answered alike: total_3" in str(held.note)
    configural = next(row for row in rows if row.term == "configural across groups")
    assert configural.df == 28  # two groups of seven items


def with_a_shifted_item(plain: StudyData, rule: PresentationRule) -> tuple[StudyData, pd.Index]:
    """A study whose overdependent clients answer one item higher, and these clients."""
    dependent = inquire(plain, rule).members_of("overdependent")

    def shift(answers: pd.DataFrame) -> pd.DataFrame:
        answers.loc[answers.index.isin(dependent), "total_4"] += 2.0
        return answers

    return with_outcome_items(plain, shift), dependent


def test_a_single_shifted_item_cautions_the_difference(
    make_study: Callable[..., StudyData], rule: PresentationRule, outcome: Outcome
) -> None:
    data, _ = with_a_shifted_item(make_study(n=520), rule)
    found = check_invariance(inquire(data, rule), find_outcome(data, rule, outcome))
    held = next(row for row in found.rows if row.term == "highest step that holds across groups")
    assert str(held.note).startswith("partial scalar; single items do not measure the same")
    assert "single items" in str(found.of_groups)


def test_a_latent_difference_carries_the_cautions_of_its_ladder_and_of_its_groups(
    make_study: Callable[..., StudyData], rule: PresentationRule, outcome: Outcome
) -> None:
    data, dependent = with_a_shifted_item(make_study(n=520), rule)
    own = np.where(data.clients.index.isin(dependent), "a", "b")
    therapist = [f"t{name}{k % 6}" for k, name in enumerate(own)]
    nested = replace(data, clients=data.clients.assign(therapist_id=therapist))
    found = find_outcome(nested, rule, outcome).with_caution("doubted")
    rows = check_invariance(inquire(nested, rule), found).rows
    latent = next(row for row in rows if row.term == "latent difference across groups")
    for said in ("taken as independent", "doubted", "follows therapists", "single items"):
        assert said in str(latent.note)
    change = [row for row in rows if row.term == "latent difference over occasions"]
    assert all("taken as independent" in str(row.note) for row in change)


def test_small_groups_are_refused_for_invariance(
    make_study: Callable[..., StudyData], rule: PresentationRule, outcome: Outcome
) -> None:
    rows = rows_of(run(make_study(n=300), rule, outcome), "measurement_invariance")
    rows = rows.set_index("term")
    row = rows.loc["highest step that holds across groups"]
    assert row["note"] == "fewer than 100 clients of a group answered every item"
