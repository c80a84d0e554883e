"""The first screen: what is said for each way that results can come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from reports.declarations import Outcome
from reports.disclosure.policy import DisclosurePolicy
from reports.estimates import Estimate
from reports.render.blocks.answer import GROUPS, headline
from reports.render.document import Prose, without_sources
from reports.render.run_view import load_run
from tests.golden.specimen import (
    BOND,
    DISTRESS,
    OUTCOMES,
    publish_specimen,
    specimen_rows,
    without_figures,
)

Say = Callable[..., str]


@pytest.fixture
def say(rendered: Path, tmp_path: Path) -> Say:
    """Return the headline of the specimen, or of one whose rows were changed."""

    def of(
        change: Callable[[Estimate], Estimate] | None = None,
        extra: Sequence[Estimate] = (),
        **facts: object,
    ) -> str:
        folder = rendered
        if change or extra or facts:
            rows = [*(change(row) if change else row for row in specimen_rows()), *extra]
            answers = without_figures(rows)
            folder = publish_specimen(tmp_path / "run", analysis=answers, **facts)  # type: ignore[arg-type]
        said = next(headline(load_run(folder)))
        assert isinstance(said, Prose)
        assert len(said.paragraphs) <= 5
        return "\n".join("".join(p.text for p in pieces) for pieces in said.pieces)

    return of


def verdict(outcome: str, word: str) -> Callable[[Estimate], Estimate]:
    return lambda row: (
        replace(row, note=word) if (row.outcome, row.term) == (outcome, "verdict") else row
    )


def test_a_difference_has_its_direction_and_its_range(say: Say) -> None:
    assert (
        "The overly dependent clients score higher on psychological distress (CORE-10) at the end "
        "(by 7.9 points, plausibly 5.6 to 10.2)."
    ) in say()


def test_the_size_of_a_difference_leads_to_its_estimate(rendered: Path) -> None:
    run = load_run(rendered)
    said = next(headline(run))
    assert isinstance(said, Prose)
    led = [piece for pieces in said.pieces for piece in pieces if piece.target]
    assert [piece.text for piece in led] == ["by 7.9 points, plausibly 5.6 to 10.2"]
    row = run.rows(GROUPS, outcome=DISTRESS, term="difference").iloc[0]
    assert led[0].target == f"estimate-{row.name + 1}"
    assert not any(piece.target for piece in without_sources(said.pieces[1]))


def test_a_lower_score_is_called_lower_without_minus_signs(say: Say) -> None:
    def turned(row: Estimate) -> Estimate:
        if row.outcome != DISTRESS or row.term != "difference":
            return row
        return replace(row, estimate=-7.9, ci_low=-10.2, ci_high=-5.6, statistic=-6.0)

    said = say(turned)
    assert "score lower on psychological distress" in said
    assert "(by 7.9 points, plausibly 5.6 to 10.2)" in said


def test_likeness_is_said_to_be_shown(say: Say) -> None:
    said = say(verdict(BOND, "equivalent"))
    assert "They are alike on bond (WAI-SR) at month 3" in said
    assert "do not decide" not in said


def test_an_open_question_is_not_called_no_difference(say: Say) -> None:
    said = say()
    assert "For bond (WAI-SR) at month 3 the data do not decide" in said
    assert "no difference" not in said.lower()


def test_a_trivial_difference_is_called_so(say: Say) -> None:
    assert "too small to matter)" in say(verdict(DISTRESS, "different but trivially small"))


def test_nothing_clear_is_said_plainly(say: Say) -> None:
    said = say(verdict(DISTRESS, "undecided"))
    assert "No clear difference between the two was found on any primary outcome." in said


def test_occasions_of_one_scale_are_named_once(say: Say) -> None:
    later = "core_10.total@month_3"
    more = [replace(row, outcome=later) for row in specimen_rows()
            if row.outcome == DISTRESS and row.analysis == "dependence_and_outcome"]  # fmt: skip
    declared = Outcome(scale="core_10.total", occasion="month_3", smallest_effect=3.0)
    said = say(extra=more, outcomes=(*OUTCOMES, declared))
    assert ("goes with higher psychological distress (CORE-10) at the end and at month 3") in said


def test_small_groups_have_no_numbers(say: Say) -> None:
    said = say(policy=DisclosurePolicy(threshold=60))
    assert "some present at intake as overly dependent" in said
    assert "[c]" not in said


def test_slopes_are_said_only_where_they_are_clear(say: Say) -> None:
    said = say()
    assert "more attachment anxiety (ECR) goes with higher psychological distress" in said
    assert "avoidance (ECR) goes" not in said


def test_nothing_is_called_an_effect(say: Say) -> None:
    assert "effect" not in say().lower()
    assert "caused" not in say().lower()
