"""The declared rule that says who presents as dependent or independent."""

from __future__ import annotations

import doctest
from collections.abc import Iterable, Mapping

import pandas as pd
import pytest

from instruments.errors import StudyError
from reports import presentation
from reports.declarations import PRESENTATIONS, PresentationRule
from reports.presentation import (
    PRESENTATION_COLUMNS,
    assign_presentations,
    describe_presentation,
    find_cuts,
)
from reports.study_data import Measure
from tests.studies.scores_alone import scores_alone

SCALES = {
    "ecr.anxiety": (1, 7),
    "ecr.avoidance": (1, 7),
    "rpt.destructive_overdependence": (10, 50),
    "rpt.dysfunctional_detachment": (10, 50),
    "rpt.healthy_dependency": (10, 50),
    "cdq.need_for_contact": (1, 5),
    "cats.preoccupied_merger": (1, 6),
    "cats.avoidant_fearful": (1, 6),
    "cats.secure": (1, 6),
    "core_10.total": (0, 40),
}
MEASURES: Mapping[str, Measure] = {
    name: Measure(name, name.split(".")[0], name, low, high, "mean", "more", "neutral")
    for name, (low, high) in SCALES.items()
}
ATTACHMENT = PresentationRule(
    rule="attachment", dependence="ecr.anxiety", independence="ecr.avoidance"
)
PROFILE = PresentationRule(
    rule="relationship-profile",
    dependence="rpt.destructive_overdependence",
    independence="rpt.dysfunctional_detachment",
    interdependence="rpt.healthy_dependency",
    interdependence_cut=35,
)


def filled_in(
    client: str,
    scale: str,
    value: float | None,
    *,
    occasion: str = "intake",
    day: int = 0,
    rater: str = "client",
    answered: int = 18,
) -> dict[str, object]:
    """One score as the store holds it."""
    return {
        "client_id": client, "scale": scale, "occasion": occasion, "session": 1, "day": day,
        "rater": rater, "target": "", "value": value,
        "answered": answered, "item_count": 18, "is_prorated": answered < 18,
    }  # fmt: skip


def two_scores(
    pairs: Iterable[tuple[float | None, float | None]], rule: PresentationRule = ATTACHMENT
) -> pd.DataFrame:
    """Clients c0, c1, ... with a score of dependence and one of independence."""
    return pd.DataFrame(
        filled_in(f"c{i}", scale, value)
        for i, pair in enumerate(pairs)
        for scale, value in zip(rule.scales[:2], pair, strict=True)
    )


def presentations(
    pairs: Iterable[tuple[float | None, float | None]], rule: PresentationRule = ATTACHMENT
) -> list[str]:
    return assign_presentations(scores_alone(two_scores(pairs, rule), MEASURES), rule)[
        "presentation"
    ].tolist()


def test_each_quarter_of_the_plane_has_its_word() -> None:
    found = presentations([(6, 2), (2, 6), (6, 6), (2, 2)])
    assert found == ["overdependent", "overindependent", "mixed", "neither"]


def test_a_score_at_the_cut_is_above_it() -> None:
    assert presentations([(4, 3.99), (3.99, 4)]) == ["overdependent", "overindependent"]


def test_a_score_that_rounding_left_beside_the_cut_is_at_it() -> None:
    assert presentations([(4 - 1e-12, 1)]) == ["overdependent"]


def test_the_midpoint_is_that_of_the_declared_range() -> None:
    measures = {
        name: Measure(name, "ecr", name, 1, 5, "mean", "more", "worse")
        for name in ("ecr.anxiety", "ecr.avoidance")
    }
    scores = two_scores([(3.5, 2)])
    assert assign_presentations(scores_alone(scores, measures), ATTACHMENT)[
        "presentation"
    ].item() == ("overdependent")
    assert presentations([(3.5, 2)]) == ["neither"]


def test_medians_are_exact_and_of_clients_with_both_scores() -> None:
    rule = ATTACHMENT.model_copy(update={"cut": "median"})
    scores = two_scores([(1, 4), (2, 3), (3, 2), (4, 1), (7, None)])
    cuts = find_cuts(scores_alone(scores, MEASURES), rule)
    assert (cuts.dependence, cuts.independence) == (2.5, 2.5)


def test_numbers_cut_each_scale() -> None:
    rule = ATTACHMENT.model_copy(update={"cut": (2.0, 5.0)})
    assert presentations([(2, 4.9), (1.9, 5)], rule) == ["overdependent", "overindependent"]


def test_a_cut_outside_the_range_is_refused() -> None:
    rule = ATTACHMENT.model_copy(update={"cut": (8.0, 4.0)})
    with pytest.raises(StudyError, match="Scores go from 1 to 7"):
        presentations([(2, 2)], rule)


def test_the_grey_zone_is_open_at_its_ends_and_names_its_scale() -> None:
    rule = ATTACHMENT.model_copy(update={"grey_zone": (0.5, 0.25)})
    scores = two_scores([(4.4, 1), (4.5, 1), (3.5, 7), (7, 3.8), (4, 4)])
    frame = assign_presentations(scores_alone(scores, MEASURES), rule)
    assert frame["presentation"].tolist() == [
        "indeterminate", "overdependent", "overindependent", "indeterminate", "indeterminate",
    ]  # fmt: skip
    assert frame["reason"].dropna().tolist() == [
        "within the grey zone of dependence",
        "within the grey zone of independence",
        "within the grey zone of both scales",
    ]
    assert frame["is_usable"].all()


def test_interdependence_needs_positive_evidence() -> None:
    scores = pd.concat(
        [
            two_scores([(20, 20), (20, 20), (20, 20), (40, 20)], PROFILE),
            pd.DataFrame(
                filled_in(client, "rpt.healthy_dependency", value)
                for client, value in [("c0", 35), ("c1", 34), ("c3", 50)]
            ),
        ]
    )
    found = assign_presentations(scores_alone(scores, MEASURES), PROFILE)["presentation"].tolist()
    assert found == ["interdependent", "neither", "neither", "overdependent"]


def test_clients_without_both_scores_have_a_reason_and_no_presentation() -> None:
    scores = pd.concat(
        [
            two_scores([(6, 2), (None, 2), (6, None)]),
            pd.DataFrame(
                [filled_in("c3", "core_10.total", 9), filled_in("c4", "ecr.anxiety", 6,
                                                                occasion="end")]
            ),
        ]
    )  # fmt: skip
    frame = assign_presentations(
        scores_alone(scores, MEASURES, [f"c{i}" for i in range(6)]), ATTACHMENT
    )
    assert list(frame.columns) == list(PRESENTATION_COLUMNS)
    assert frame["is_usable"].tolist() == [True, *[False] * 5]
    assert frame["reason"].iloc[1:].tolist() == [
        "no score of dependence",
        "no score of independence",
        "no score of dependence",
        "no form at the landmark",
        "no form at the landmark",
    ]
    assert frame.loc[~frame["is_usable"], ["presentation", "p_mixed"]].isna().all(axis=None)


def test_complete_only_takes_clients_who_answered_every_item() -> None:
    rule = ATTACHMENT.model_copy(update={"complete_only": True})
    scores = pd.DataFrame(
        [
            filled_in("c0", "ecr.anxiety", 6),
            filled_in("c0", "ecr.avoidance", 2, answered=17),
            filled_in("c1", "ecr.anxiety", 6),
            filled_in("c1", "ecr.avoidance", 2),
        ]
    )
    assert assign_presentations(scores_alone(scores, MEASURES), rule)["reason"].iloc[0] == (
        "not every item answered"
    )
    assert assign_presentations(scores_alone(scores, MEASURES), rule)["is_usable"].tolist() == [
        False,
        True,
    ]
    assert assign_presentations(scores_alone(scores, MEASURES), ATTACHMENT)["is_usable"].all()


def test_probabilities_follow_the_normal_error_of_measurement() -> None:
    rule = ATTACHMENT.model_copy(update={"grey_zone": (1.0, 0.0)})
    frame = assign_presentations(scores_alone(two_scores([(5, 2), (4, 6)]), MEASURES), rule)
    columns = ["p_overdependent", "p_overindependent", "p_mixed", "p_neither"]
    assert frame.loc[0, columns].tolist() == pytest.approx([0.841345, 0, 0, 0.158655], abs=1e-6)
    assert frame.loc[1, columns].tolist() == pytest.approx([0, 0.5, 0.5, 0])


def test_the_first_scored_administration_of_the_client_counts() -> None:
    scores = pd.DataFrame(
        [
            filled_in("c0", "ecr.anxiety", 2, day=9),
            filled_in("c0", "ecr.anxiety", 6, day=3),
            filled_in("c0", "ecr.anxiety", None, day=1),
            filled_in("c0", "ecr.anxiety", 1, day=0, rater="therapist"),
            filled_in("c0", "ecr.avoidance", 2),
        ]
    )
    assert (
        assign_presentations(scores_alone(scores, MEASURES), ATTACHMENT)["dependence"].item() == 6
    )


def test_the_landmark_says_which_occasion_counts() -> None:
    rule = ATTACHMENT.model_copy(update={"landmark": "month_3"})
    scores = pd.DataFrame(
        filled_in("c0", scale, value, occasion=occasion)
        for scale, occasion, value in [
            ("ecr.anxiety", "intake", 2),
            ("ecr.anxiety", "month_3", 6),
            ("ecr.avoidance", "intake", 6),
            ("ecr.avoidance", "month_3", 2),
        ]
    )
    found = assign_presentations(scores_alone(scores, MEASURES), rule)["presentation"].tolist()
    assert found == ["overdependent"]


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"dependence": "ecr.anxeity"}, "E_RULE_SCALE", 'Did you mean "ecr.anxiety"'),
        ({"dependence": "core_10.total"}, "E_RULE_SCALE", "anxiety scale of an ECR form"),
        ({"dependence": "ecr.avoidance"}, "E_RULE_SCALE", 'Did you mean "ecr.anxiety"'),
        ({"independence": "ecr.anxiety"}, "E_RULE_SCALE", 'Did you mean "ecr.avoidance"'),
        (
            {"interdependence": "ecr.anxiety", "interdependence_cut": 3.0},
            "E_RULE_SCALE",
            "healthy dependency",
        ),
        ({"grey_zone": (-1.0, 0.0)}, "E_RULE_GREY_ZONE", "cannot be negative"),
        ({"rule": "relationship-profile"}, "E_RULE_SCALE", "destructive overdependence of the RPT"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(
    change: dict[str, object], code: str, says: str
) -> None:
    with pytest.raises(StudyError, match=says) as error:
        presentations([(6, 2)], ATTACHMENT.model_copy(update=change))
    assert error.value.code == code


CARE = PresentationRule(
    rule="care-dependency",
    dependence="cdq.need_for_contact",
    independence="ecr.avoidance",
    landmark="month_3",
)
THERAPIST = PresentationRule(
    rule="attachment-to-therapist",
    dependence="cats.preoccupied_merger",
    independence="cats.avoidant_fearful",
    interdependence="cats.secure",
    interdependence_cut=4.0,
    landmark="month_3",
)


@pytest.mark.parametrize("rule", [CARE, THERAPIST])
def test_forms_about_a_therapist_cannot_be_known_at_intake(rule: PresentationRule) -> None:
    early = rule.model_copy(update={"landmark": "intake"})
    with pytest.raises(StudyError, match="cannot be known at intake") as error:
        presentations([(5, 2)], early)
    assert error.value.code == "E_RULE_LANDMARK"
    scores = two_scores([(5, 2)], rule).assign(occasion="month_3")
    assert (
        assign_presentations(scores_alone(scores, MEASURES), rule)["presentation"].item()
        == "overdependent"
    )


def test_the_documented_example_holds() -> None:
    assert doctest.testmod(presentation).failed == 0
    assert doctest.testmod(presentation).attempted > 0


def test_a_presentation_says_that_it_is_self_report() -> None:
    assert describe_presentation("attachment", "overindependent") == (
        "high avoidance, low anxiety (self-report)"
    )
    for name in PRESENTATIONS:
        assert describe_presentation("care-dependency", name).endswith("(self-report)")
