"""From all clients to those compared, and the data behind the figures."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from reports.analyses import Analysis, analyse
from reports.declarations import Comparison, Outcome, PresentationRule
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


def test_every_excluded_client_has_one_reason(flow: pd.DataFrame) -> None:
    for _, steps in flow.groupby("outcome"):
        left = 0
        for _, step in steps.sort_values("position").iterrows():
            if step["kind"] == "start":
                left = step["n"]
            elif step["kind"] == "excluded":
                left -= step["n"]
            else:
                assert left == step["n"]


def test_the_reasons_are_told_apart(flow: pd.DataFrame) -> None:
    steps = flow[flow["outcome"] == "core_10.total@end"].set_index("step")["n"]
    assert steps["all clients"] == 400
    assert steps["lost before the landmark, or no form there"] == 11
    assert steps["no score of independence"] == 5
    assert steps["with both scores"] == 384
    assert steps["indeterminate: not in the contrast"] > 0
    assert steps["outcome missing"] > 0
    assert list(steps.index)[-1] == "compared"


def test_group_sizes_add_up(flow: pd.DataFrame) -> None:
    known = flow.dropna(subset="n_a")
    assert (known["n_a"] + known["n_b"] == known["n"]).all()


def test_a_refused_outcome_keeps_nobody_and_says_why(flow: pd.DataFrame) -> None:
    steps = flow[flow["outcome"] == "ecr.anxiety@intake"]
    assert steps.iloc[-1]["n"] == 0
    assert steps.iloc[-2]["step"].startswith("refused: circular")


def test_clients_who_left_before_the_landmark_are_counted(
    study: StudyData, rule: PresentationRule
) -> None:
    late = rule.model_copy(update={"landmark": "month_3"})
    is_ecr = study.scores["scale"].str.startswith("ecr")
    scores = study.scores.assign(occasion=study.scores["occasion"].mask(is_ecr, "month_3"))
    data = without(replace(study, scores=scores), 0, 25, occasion="month_3")
    data = replace(data, items=lambda scale, _: study.items(scale, _when(scale)))
    outcome = Outcome(scale="core_10.total", occasion="end", smallest_effect=3)
    steps = run(data, late, outcome).flow.set_index("step")["n"]
    assert steps["lost before the landmark, or no form there"] == 25


def _when(scale: str) -> str:
    return {"wai_sr.bond": "month_3", "core_10.total": "end"}.get(scale, "intake")


def test_rainclouds_hold_every_known_presentation_in_an_order_that_tells_nobody(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    found = run(study, rule, outcome)
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
