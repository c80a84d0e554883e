"""The reference scorer against scores derived by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from instruments.catalog import load_catalog
from instruments.definition import Definition, Response, Vector
from instruments.errors import DefinitionError
from instruments.scoring import NO_ITEMS, TOO_FEW, ScoreResult, score

CATALOG = load_catalog()
VECTORS = [(d, v) for d in CATALOG.values() for v in d.vectors]
# Items that an unnumbered form of unknown length is given here; its vectors hold for any number.
ANY_COUNT = 3


def score_of(
    form: str,
    scale: str,
    answers: Sequence[float | None],
    *,
    low: float | None = None,
    high: float | None = None,
    already_reversed: bool = False,
    min_answered: int | None = None,
    counts: dict[str, int] | None = None,
) -> ScoreResult:
    definition = CATALOG[form]
    return score(
        definition,
        definition.get_scale(scale),
        answers,
        low=low if low is not None else _end(definition.response.min),
        high=high if high is not None else _end(definition.response.max),
        already_reversed=already_reversed,
        min_answered=min_answered,
        counts=counts,
    )


def _end(declared: int | None) -> int:
    assert declared is not None
    return declared


def counts_of(definition: Definition) -> dict[str, int]:
    return {scale.id: scale.n_items or ANY_COUNT for scale in definition.held_scales}


@pytest.mark.parametrize(("definition", "vector"), VECTORS, ids=lambda x: getattr(x, "id", ""))
def test_the_vectors_of_every_form_come_out(definition: Definition, vector: Vector) -> None:
    counts = counts_of(definition) if definition.addressing == "subscale" else None
    answers = [definition.response.filled(vector.fill)] * len(definition.item_names(counts))
    for name, expected in vector.expect.items():
        result = score_of(definition.id, name, answers, counts=counts)
        assert result.value == pytest.approx(expected, abs=1e-12), (name, vector.fill)
        assert result.reason is None
        assert not result.is_prorated


def test_the_middle_answer_is_one_that_can_be_given() -> None:
    assert Response(min=1, max=4).filled("middle") == 2
    assert Response(min=0, max=100, step=10).filled("middle") == 50
    assert Response(min=1, max=6).filled("ceiling") == 6
    with pytest.raises(DefinitionError, match="no range"):
        Response().filled("floor")


# Reversal


def test_a_narrower_export_is_reversed_in_its_own_range() -> None:
    # All 5 on 1-5: 9 of the 18 avoidance items become 1.
    assert score_of("ecr", "avoidance", [5] * 36, low=1, high=5).value == 3.0
    assert score_of("ecr", "anxiety", [5] * 36, low=1, high=5).value == pytest.approx(86 / 18)


def test_the_wrong_range_is_not_the_same_score() -> None:
    right = score_of("ecr", "avoidance", [5] * 36, low=1, high=5).value
    wrong = score_of("ecr", "avoidance", [5] * 36, low=1, high=7).value
    assert right != wrong


def test_an_already_reversed_export_is_not_reversed_again() -> None:
    answered = [1, 4, 4, *[1] * 7]  # items 2 and 3 answered 4, worth 0
    stored = [1, 0, 0, *[1] * 7]
    assert score_of("core_10", "total", answered).value == 8
    assert score_of("core_10", "total", stored, already_reversed=True).value == 8


def test_subscales_of_the_short_self_compassion_scale_are_not_reversed() -> None:
    answers: list[float | None] = [5 if n in (11, 12) else 3 for n in range(1, 13)]
    assert score_of("scs_sf", "self_judgment", answers).value == 5
    # In the total those two count 1 each: (10 x 3 + 2 x 1) / 12.
    assert score_of("scs_sf", "total", answers).value == pytest.approx(32 / 12)


def test_subscales_taken_as_answered_are_turned_back_when_stored_reversed() -> None:
    stored: list[float | None] = [1 if n in (11, 12) else 3 for n in range(1, 13)]
    assert score_of("scs_sf", "self_judgment", stored, already_reversed=True).value == 5
    assert score_of("scs_sf", "total", stored, already_reversed=True).value == pytest.approx(
        32 / 12
    )


def test_two_dimensional_avoidance_turns_closeness_and_dependence_round() -> None:
    answers: list[float | None] = [(n * 7) % 5 + 1 for n in range(1, 19)]
    close = score_of("raas", "close", answers).value
    depend = score_of("raas", "depend", answers).value
    avoidance = score_of("raas", "avoidance", answers).value
    assert close is not None
    assert depend is not None
    assert avoidance == pytest.approx(6 - (close + depend) / 2)


def test_one_reversed_item_counts_backwards_among_the_others() -> None:
    # HAq-II, all 2 on 1-6 but item 4, which is reversed and answered 6: 14 x 2 + 4 x 5 + 1.
    answers: list[float | None] = [6 if n == 4 else 2 for n in range(1, 20)]
    assert score_of("haq_ii", "total", answers).value == 49


# Missing answers


def test_a_mean_is_over_the_answered_items() -> None:
    answers: list[float | None] = [2, 3, 4, None, None, None, *[1] * 3]
    # ECR-RS avoidance, items 1-4 reversed: 6, 5, 4 with three of six answered is too few.
    assert score_of("ecr_rs", "avoidance", answers).value is None
    result = score_of("ecr_rs", "avoidance", answers, min_answered=3)
    assert (result.value, result.answered, result.is_prorated) == (5.0, 3, True)


def test_too_few_answers_give_no_score_and_a_reason() -> None:
    answers: list[float | None] = [None] * 4 + [4] * 14
    result = score_of("ecr", "avoidance", [a for a in answers for _ in (0, 1)])
    assert result == ScoreResult(None, 14, is_prorated=False, reason=TOO_FEW)


def test_just_enough_answers_give_a_prorated_score() -> None:
    answers: list[float | None] = [None] * 3 + [4] * 15
    result = score_of("ecr", "avoidance", [a for a in answers for _ in (0, 1)])
    assert result == ScoreResult(4.0, 15, is_prorated=True, reason=None)


def test_no_answer_at_all_gives_no_score_whatever_the_study_asks_for() -> None:
    result = score_of("phq_9", "total", [None] * 9, min_answered=0)
    assert result == ScoreResult(None, 0, is_prorated=False, reason=TOO_FEW)


def test_the_core_10_is_prorated_with_one_answer_missing_and_not_with_two() -> None:
    one = score_of("core_10", "total", [1, 3, 3, *[1] * 6, None])
    assert one.value == pytest.approx(10 * 9 / 9)
    uneven = score_of("core_10", "total", [4, 4, 4, 0, 0, 0, 0, 0, 1, None])
    assert uneven.value == pytest.approx(10 * 5 / 9)
    assert uneven.is_prorated
    assert score_of("core_10", "total", [1] * 8 + [None] * 2).reason == TOO_FEW


def test_the_oq_45_fills_a_gap_with_the_rounded_mean_of_its_subscale() -> None:
    answers: list[float | None] = [0] * 45
    for number in (4, 28, 32, 38, 39, 44):  # social role, not reversed
        answers[number - 1] = 3
    answers[12 - 1] = answers[21 - 1] = 4  # social role, reversed: worth 0
    answers[14 - 1] = None
    # Eight answered: 6 x 3 = 18, mean 2.25, rounded 2: 20 and not 9 x 2.25.
    result = score_of("oq_45", "social_role", answers)
    assert (result.value, result.answered, result.is_prorated) == (20, 8, True)


def test_the_oq_45_rounds_a_half_up() -> None:
    answers: list[float | None] = [0] * 45
    answers[12 - 1] = answers[21 - 1] = 4
    for number in (4, 28, 32, 38):
        answers[number - 1] = 1
    answers[14 - 1] = None
    assert score_of("oq_45", "social_role", answers).value == 5  # 4 + round(0.5)


def test_the_total_of_the_oq_45_is_the_sum_of_its_subscales() -> None:
    answers: list[float | None] = [(n * 3) % 5 for n in range(45)]
    answers[13] = None
    parts = [
        score_of("oq_45", name, answers).value or 0.0
        for name in ("symptom_distress", "interpersonal", "social_role")
    ]
    total = score_of("oq_45", "total", answers)
    assert total.value == sum(parts)
    assert (total.answered, total.is_prorated) == (44, True)


def test_a_total_without_one_of_its_subscales_is_no_score() -> None:
    answers: list[float | None] = [1] * 45
    for number in (4, 28, 32):
        answers[number - 1] = None
    total = score_of("oq_45", "total", answers)
    assert (total.value, total.reason, total.is_prorated) == (None, TOO_FEW, False)


# Units and unnumbered forms


def test_a_des_on_0_to_10_is_scored_on_0_to_100() -> None:
    answers: list[float | None] = [n % 11 for n in range(28)]
    tens = [None if a is None else a * 10 for a in answers]
    for scale in CATALOG["des_ii"].scales:
        small = score_of("des_ii", scale.id, answers, low=0, high=10)
        large = score_of("des_ii", scale.id, tens, low=0, high=100)
        assert small.value == pytest.approx(large.value)


def test_a_range_that_is_no_other_unit_is_scored_as_it_is() -> None:
    assert score_of("des_ii", "total", [4] * 28, low=0, high=4).value == 4


def test_the_mid_multiplies_the_mean_by_ten() -> None:
    counts = dict.fromkeys(counts_of(CATALOG["mid_60"]), 5)
    answers = [7, 7, 7, 7, 2] + [0] * 55
    assert score_of("mid_60", "amnesia", answers, counts=counts).value == pytest.approx(60)
    assert score_of("mid_60", "total", answers, counts=counts).value == pytest.approx(5)


def test_the_models_of_self_and_other_weigh_the_prototypes() -> None:
    secure, fearful, preoccupied, dismissing = 7, 2, 3, 5
    answers = [secure, fearful, preoccupied, dismissing]
    assert score_of("rq", "model_of_self", answers).value == (7 + 5) - (3 + 2)
    assert score_of("rq", "model_of_other", answers).value == (7 + 3) - (5 + 2)


def test_a_model_needs_all_four_prototypes() -> None:
    result = score_of("rq", "model_of_self", [7, None, 3, 5])
    assert (result.value, result.reason) == (None, TOO_FEW)


def test_an_unnumbered_total_is_over_all_its_items() -> None:
    counts = {
        "submissive_dependency": 1,
        "need_for_contact": 2,
        "lack_of_perceived_alternatives": 1,
    }
    result = score_of("cdq", "total", [1, 2, 3, 6], low=1, high=7, counts=counts)
    assert result.value == 3.0
    part = score_of("cdq", "need_for_contact", [1, 2, 3, 6], low=1, high=7, counts=counts)
    assert part.value == 2.5


def test_a_subscale_that_the_study_does_not_hold_has_no_score() -> None:
    counts = {"need_for_contact": 2}
    for scale in ("submissive_dependency", "total"):
        result = score_of("cdq", scale, [1, 2], low=1, high=7, counts=counts)
        assert result == ScoreResult(None, 0, is_prorated=False, reason=NO_ITEMS)


def test_a_form_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="ecr has 36 items, not 35"):
        score_of("ecr", "anxiety", [1] * 35)
