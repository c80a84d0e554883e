"""What must hold for every form, scale and set of answers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from instruments.catalog import load_catalog
from instruments.definition import Definition, Scale
from instruments.scoring import ScoreResult, score

CATALOG = load_catalog()
PAIRS = [(d, s) for d in CATALOG.values() for s in d.scales]
PLAIN = [(d, s) for d, s in PAIRS if not s.is_composite]
NUMBERED = [(d, s) for d, s in PLAIN if s.items]
# A range for forms whose range the study declares, and a length for those of unknown length.
STUDY_RANGE = (1, 7)
STUDY_COUNT = 3


@dataclass(frozen=True)
class Filled:
    """One form filled in by someone, scored on one scale."""

    definition: Definition
    scale: Scale
    answers: tuple[int | None, ...]
    low: int
    high: int

    @property
    def counts(self) -> dict[str, int] | None:
        if self.definition.addressing == "number":
            return None
        return {s.id: s.n_items or STUDY_COUNT for s in self.definition.held_scales}

    @property
    def places(self) -> tuple[int, ...]:
        return self.definition.positions(self.scale, self.counts)

    def score(
        self, answers: tuple[int | None, ...] | None = None, *, already_reversed: bool = False
    ) -> ScoreResult:
        return score(
            self.definition,
            self.scale,
            self.answers if answers is None else answers,
            low=self.low,
            high=self.high,
            already_reversed=already_reversed,
            counts=self.counts,
        )

    def flipped(self, numbers: frozenset[int] | set[int]) -> tuple[int | None, ...]:
        return tuple(
            self.low + self.high - a if a is not None and n in numbers else a
            for n, a in enumerate(self.answers, start=1)
        )


@st.composite
def forms(
    draw: st.DrawFn, pairs: list[tuple[Definition, Scale]] = PAIRS, *, complete: bool = False
) -> Filled:
    definition, scale = draw(st.sampled_from(pairs))
    response = definition.response
    low, high = STUDY_RANGE
    if response.min is not None and response.max is not None:
        narrow = (1, 5) if (response.min, response.max) == (1, 7) else (response.min, response.max)
        low, high = draw(
            st.sampled_from([(response.min, response.max), narrow, *response.accept_ranges])
        )
    empty = Filled(definition, scale, (), low, high)
    length = len(definition.item_names(empty.counts))
    answer = st.integers(low, high)
    one = answer if complete else st.one_of(answer, answer, answer, answer, st.none())
    answers = draw(st.lists(one, min_size=length, max_size=length))
    return Filled(definition, scale, tuple(answers), low, high)


def bounds(filled: Filled) -> tuple[float, float]:
    """Return the lowest and the highest score that a plain scale can take."""
    times = len(filled.places) if filled.scale.method == "sum" else 1
    factor = filled.scale.multiplier * filled.definition.response.factor(filled.low, filled.high)
    return filled.low * times * factor, filled.high * times * factor


@given(forms(PLAIN))
def test_a_score_stays_within_the_bounds_of_its_scale(filled: Filled) -> None:
    value = filled.score().value
    assume(value is not None)
    lowest, highest = bounds(filled)
    assert value is not None
    assert lowest - 1e-9 <= value <= highest + 1e-9


@given(forms())
def test_a_score_has_a_value_or_a_reason_and_never_both(filled: Filled) -> None:
    result = filled.score()
    assert (result.value is None) != (result.reason is None)
    assert not (result.is_prorated and result.value is None)


@given(forms(PLAIN))
def test_a_score_is_given_exactly_when_enough_is_answered(filled: Filled) -> None:
    result = filled.score()
    answered = sum(filled.answers[place] is not None for place in filled.places)
    assert result.answered == answered
    assert (result.value is not None) == (answered >= filled.scale.required(len(filled.places)))
    if result.value is not None:
        assert result.is_prorated == (answered < len(filled.places))


@given(forms(NUMBERED))
def test_turning_every_answer_twice_changes_nothing(filled: Filled) -> None:
    everything = set(range(1, len(filled.answers) + 1))
    once = Filled(
        filled.definition, filled.scale, filled.flipped(everything), filled.low, filled.high
    )
    assert once.flipped(everything) == filled.answers


@given(forms(NUMBERED, complete=True))
def test_turning_every_answer_turns_the_score_round(filled: Filled) -> None:
    lowest, highest = bounds(filled)
    turned = filled.flipped(set(range(1, len(filled.answers) + 1)))
    before, after = filled.score().value, filled.score(turned).value
    assert before is not None
    assert after is not None
    assert before + after == pytest.approx(lowest + highest)


@given(forms())
def test_an_export_with_reversed_items_scores_like_one_without(filled: Filled) -> None:
    stored = filled.flipped(frozenset(filled.definition.reverse))
    plain, turned = filled.score(), filled.score(stored, already_reversed=True)
    assert turned.value == pytest.approx(plain.value)
    assert (turned.answered, turned.reason) == (plain.answered, plain.reason)


@given(forms(NUMBERED, complete=True), st.data())
def test_one_step_up_moves_the_score_the_way_of_the_key(
    filled: Filled, data: st.DataObject
) -> None:
    number = data.draw(st.sampled_from(filled.scale.items))
    answer = data.draw(st.integers(filled.low, filled.high - 1))
    before, after = (
        filled.score((*filled.answers[: number - 1], given_one, *filled.answers[number:])).value
        for given_one in (answer, answer + 1)
    )
    assert before is not None
    assert after is not None
    is_reversed = number in filled.scale.reversed_items(filled.definition)
    assert after < before if is_reversed else after > before


@given(forms(PLAIN), st.data())
def test_answers_outside_a_scale_do_not_touch_it(filled: Filled, data: st.DataObject) -> None:
    outside = sorted(set(range(len(filled.answers))) - set(filled.places))
    assume(outside)
    place = data.draw(st.sampled_from(outside))
    changed = (*filled.answers[:place], None, *filled.answers[place + 1 :])
    assert filled.score(changed) == filled.score()


@given(forms(PLAIN, complete=True))
def test_an_answer_missing_at_the_mean_leaves_a_prorated_score_alone(filled: Filled) -> None:
    # All alike in the direction of the key: proration must then find the same score.
    flipped = filled.scale.reversed_items(filled.definition)
    alike = tuple(
        filled.low if n in flipped else filled.high for n in range(1, len(filled.answers) + 1)
    )
    first = filled.places[0]
    gap = (*alike[:first], None, *alike[first + 1 :])
    whole, prorated = filled.score(alike), filled.score(gap)
    assume(prorated.value is not None)
    assert prorated.value == pytest.approx(whole.value)
    assert prorated.is_prorated
