"""From all clients to those compared, and the data behind the figures."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from reports.analyses import Analysis, analyse
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.disclosure.flow import gate_flow
from reports.disclosure.policy import DisclosurePolicy
from reports.study_data import StudyData


def run(data: StudyData, rule: PresentationRule, *outcomes: Outcome) -> Analysis:
    return analyse(data, rule, outcomes, Comparison(), seed=1)


def without(study: StudyData, first: int, last: int, **where: str) -> StudyData:
    """The study without the forms of some clients."""
    gone = study.scores["client_id"].isin(study.clients.index[first:last])
    for column, value in where.items():
        gone &= study.scores[column] == value
    return replace(study, scores=study.scores[~gone])


@pytest.fixture(scope="module")
def flow(study: StudyData, rule: PresentationRule, outcome: Outcome) -> pd.DataFrame:
    data = without(study, 0, 11, occasion="intake")
    data = without(data, 11, 16, scale="ecr.avoidance")
    data = without(data, 16, 60, occasion="end")
    grey = rule.model_copy(update={"grey_zone": (0.3, 0.3)})
    circular = Outcome(scale="ecr.anxiety", smallest_effect=1)
    return run(data, grey, outcome, circular).flow


def numbers(flow: pd.DataFrame, outcome: str) -> dict[str, int]:
    """Clients by reason where they were lost, by step where they remain."""
    rows = flow[flow["outcome"] == outcome]
    return dict(zip(rows["reason"].fillna(rows["step"]), rows["n"], strict=True))


def test_every_lost_client_has_one_reason(flow: pd.DataFrame) -> None:
    for _, steps in flow.groupby("outcome"):
        left = steps["n"].iloc[0]
        for _, row in steps.iloc[1:].iterrows():
            if pd.notna(row["reason"]):
                left -= row["n"]
            else:
                assert left == row["n"]


def test_the_reasons_are_told_apart(flow: pd.DataFrame) -> None:
    found = numbers(flow, "core_10.total@end")
    assert found["all clients"] == 400
    assert found["no form at the landmark"] == 11
    assert found["no score of independence"] == 5
    assert found["with both scores"] == 384
    assert found["indeterminate"] > 0
    assert found["outcome missing"] > 0
    assert found["compared"] == found["in the contrast"] - found["outcome missing"]


def test_group_sizes_add_up(flow: pd.DataFrame) -> None:
    known = flow.dropna(subset="n_a")
    assert (known["n_a"] + known["n_b"] == known["n"]).all()
    assert known["step"].unique().tolist() == ["in the contrast", "compared"]


def test_a_refused_outcome_keeps_nobody_and_says_why(flow: pd.DataFrame) -> None:
    found = numbers(flow, "ecr.anxiety@intake")
    assert found["compared"] == 0
    reason = "refused: circular: ecr.anxiety is part of the presentation rule"
    assert found[reason] == found["in the contrast"]


def test_presentations_that_the_rule_cannot_give_are_no_reason(found: Analysis) -> None:
    reasons = set(found.flow["reason"].dropna())
    assert reasons == {"mixed", "neither", "outcome missing"}


def test_the_flow_is_what_its_gate_takes(flow: pd.DataFrame) -> None:
    for _, steps in flow.groupby("outcome"):
        published = gate_flow(steps, DisclosurePolicy()).frame
        assert published["n"].notna().any()


def test_clients_who_left_before_the_landmark_are_counted(
    study: StudyData, rule: PresentationRule
) -> None:
    late = rule.model_copy(update={"landmark": "month_3"})
    is_ecr = study.scores["scale"].str.startswith("ecr")
    scores = study.scores.assign(occasion=study.scores["occasion"].mask(is_ecr, "month_3"))
    data = without(replace(study, scores=scores), 0, 25, occasion="month_3")
    data = without(data, 0, 20, occasion="end")
    data = replace(data, items=lambda scale, _: study.items(scale, _when(scale)))
    outcome = Outcome(scale="core_10.total", occasion="end", smallest_effect=3)
    found = numbers(run(data, late, outcome).flow, "core_10.total@end")
    assert found["lost before the landmark"] == 20
    assert found["no form at the landmark"] == 5


def _when(scale: str) -> str:
    return {"wai_sr.bond": "month_3", "core_10.total": "end"}.get(scale, "intake")


def test_rainclouds_hold_every_known_presentation_in_an_order_that_tells_nobody(
    found: Analysis,
) -> None:
    figure = found.figures["raincloud_core_10_total_at_end"]
    assert figure.kind == "raincloud"
    assert list(figure.frame.columns) == ["presentation", "value"]
    assert len(figure.frame) == 400
    ordered = figure.frame.sort_values(["presentation", "value"])
    pd.testing.assert_frame_equal(figure.frame, ordered)


def test_the_plane_has_its_cuts_and_grey_zone(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    grey = rule.model_copy(update={"grey_zone": (0.3, 0.2)})
    figure = run(study, grey, outcome).figures["plane"]
    assert list(figure.frame.columns) == ["dependence", "independence", "presentation"]
    assert figure.facts["dependence_cut"] == 4.0
    assert figure.facts["independence_grey"] == 0.2
    assert (figure.facts["dependence_low"], figure.facts["dependence_high"]) == (1, 7)


def test_a_refused_outcome_has_no_figure(study: StudyData, rule: PresentationRule) -> None:
    circular = Outcome(scale="ecr.anxiety", smallest_effect=1)
    assert set(run(study, rule, circular).figures) == {"plane"}
