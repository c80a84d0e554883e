"""Which outcomes a rule allows, and why it refuses the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from instruments.errors import StudyError
from reports.analyses import Analysis, analyse
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.study_data import Measure, StudyData

HEADLINES = {
    "dependence_and_outcome": "dependence",
    "four_presentations": "mean",
    "overdependent_against_overindependent": "difference",
}


def run(data: StudyData, rule: PresentationRule, *outcomes: Outcome) -> Analysis:
    return analyse(data, rule, outcomes, Comparison(), seed=1)


def refusals(found: Analysis, outcome: Outcome) -> dict[str, str]:
    """The reason of each analysis that refused the outcome."""
    rows = found.estimates[found.estimates["outcome"] == outcome.name]
    rows = rows[rows["analysis"].isin(HEADLINES)]
    assert (rows["status"] == "refused").all(), "a refused outcome has no other row"
    assert rows["estimate"].isna().all()
    return dict(zip(rows["analysis"], rows["note"], strict=True))


def test_a_scale_of_the_rule_is_no_outcome_of_it(study: StudyData, rule: PresentationRule) -> None:
    outcome = Outcome(scale="ecr.avoidance", smallest_effect=0.3)
    found = refusals(run(study, rule, outcome), outcome)
    reason = "circular: ecr.avoidance is part of the presentation rule"
    assert found == dict.fromkeys(HEADLINES, reason)


def test_a_total_that_holds_items_of_the_rule_is_circular(
    study: StudyData, rule: PresentationRule
) -> None:
    anxiety = replace(study.measures["ecr.anxiety"], made_of=frozenset({"item_1", "item_3"}))
    total = replace(anxiety, scale="ecr.total", items=(), made_of=frozenset({"item_3", "item_5"}))
    data = replace(study, measures={**study.measures, "ecr.anxiety": anxiety, "ecr.total": total})
    outcome = Outcome(scale="ecr.total", smallest_effect=0.3)
    found = refusals(run(data, rule, outcome), outcome)
    assert set(found.values()) == {
        "circular: ecr.total shares items with ecr.anxiety of the presentation rule"
    }


def test_a_short_form_within_the_form_of_the_rule_is_circular(
    study: StudyData, rule: PresentationRule
) -> None:
    short = replace(
        study.measures["ecr.anxiety"],
        scale="ecr_s.anxiety",
        instrument="ecr_s",
        embedded_in="ecr",
        items=("item_1", "item_2"),
    )
    data = replace(study, measures={**study.measures, "ecr_s.anxiety": short})
    outcome = Outcome(scale="ecr_s.anxiety", smallest_effect=0.3)
    assert "circular" in refusals(run(data, rule, outcome), outcome)["four_presentations"]


def test_an_outcome_before_the_landmark_is_refused(
    study: StudyData, rule: PresentationRule
) -> None:
    late = rule.model_copy(update={"landmark": "month_3"})
    scores = study.scores.assign(
        occasion=study.scores["occasion"].where(
            ~study.scores["scale"].str.startswith("ecr"), "month_3"
        )
    )
    data = replace(
        study,
        scores=scores,
        items=lambda scale, occasion: study.items(
            scale, "intake" if scale.startswith("ecr") else occasion
        ),
    )
    outcome = Outcome(scale="core_10.total", occasion="intake", smallest_effect=3)
    found = refusals(run(data, late, outcome), outcome)
    assert set(found.values()) == {"the outcome comes before the landmark (month_3)"}


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome(scale="core_10.totl", smallest_effect=1), "no form of this study"),
        (
            Outcome(scale="wai_sr.bond", occasion="end", smallest_effect=1),
            "nobody has a score at this occasion",
        ),
        (Outcome(attribute="modality", smallest_effect=1), "a code, not a number"),
        (Outcome(attribute="heigth", smallest_effect=1), "no source of this study declares"),
    ],
)
def test_an_outcome_that_cannot_be_had_is_refused_in_plain_words(
    study: StudyData, rule: PresentationRule, outcome: Outcome, reason: str
) -> None:
    found = refusals(run(study, rule, outcome), outcome)
    assert set(found) == set(HEADLINES)
    assert all(reason in said for said in found.values())


def test_an_outcome_at_the_landmark_says_that_nothing_comes_first(
    study: StudyData, rule: PresentationRule
) -> None:
    outcome = Outcome(scale="core_10.total", occasion="intake", smallest_effect=3)
    rows = run(study, rule, outcome).estimates.query("term == 'difference'")
    assert "neither comes before the other" in rows["note"].item()
    assert rows["status"].item() == "ok"


def test_a_form_that_looks_back_beyond_the_landmark_is_refused_and_others_are_named(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    year, week = (replace(study.measures["core_10.total"], recall_days=k) for k in (365, 7))
    bond = replace(study.measures["wai_sr.bond"], recall_days=14)

    def difference(**measures: Measure) -> pd.Series:
        named = {name.replace("__", "."): one for name, one in measures.items()}
        data = replace(study, measures={**study.measures, **named})
        rows = run(data, rule, outcome).estimates.query("term == 'difference'")
        return rows.iloc[0]

    refused = difference(core_10__total=year)
    assert refused["status"] == "refused"
    assert "longer time than has passed" in refused["note"]
    assert "such as DSS-B" in refused["note"]
    assert difference(core_10__total=year, wai_sr__bond=bond)["note"].endswith("here wai_sr")
    assert difference(core_10__total=week)["status"] == "ok"


@pytest.mark.usefixtures("in_full")
def test_an_outcome_that_does_not_vary_is_refused(study: StudyData, rule: PresentationRule) -> None:
    data = replace(study, clients=study.clients.assign(age=40.0))
    outcome = Outcome(attribute="age", smallest_effect=5)
    rows = run(data, rule, outcome).estimates.query("outcome == 'age'")
    said = rows.set_index(["analysis", "term"])["note"]
    assert "does not vary" in said["dependence_and_outcome", "dependence"]
    for term in ("difference", "equivalence", "standardized difference"):
        assert "neither group varies" in said["overdependent_against_overindependent", term]
    assert "verdict" not in set(rows["term"])


@pytest.mark.usefixtures("in_full")
def test_too_few_clients_are_refused_without_their_number(
    make_study: Callable[..., StudyData], rule: PresentationRule, outcome: Outcome
) -> None:
    found = run(make_study(n=24), rule, outcome)
    row = found.estimates.query("term == 'difference'").iloc[0]
    assert row["status"] == "refused"
    assert row["note"] == "fewer than 10 clients in a group"
    assert row["n_a"] + row["n_b"] == row["n"]
    notes = found.estimates.query("status == 'refused'")["note"]
    limits = r"(fewer than )?\d+ clients|between 0 and 1"
    notes = notes.str.replace(limits, "", regex=True)
    assert not notes.str.contains(r"\d").any()


@pytest.mark.usefixtures("in_full")
def test_a_study_without_any_client_is_refused_not_broken(
    make_study: Callable[..., StudyData], rule: PresentationRule, outcome: Outcome
) -> None:
    data = make_study(n=12)
    empty = replace(
        data,
        clients=data.clients.iloc[:0],
        scores=data.scores.iloc[:0],
        items=lambda scale, occasion: data.items(scale, occasion).iloc[:0],
    )
    found = run(empty, rule, outcome)
    assert set(found.estimates["status"]) == {"refused"}
    assert found.flow["n"].sum() == 0


def test_the_same_outcome_twice_is_refused_at_once(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    with pytest.raises(StudyError, match="declared twice"):
        run(study, rule, outcome, outcome)
