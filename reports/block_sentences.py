"""What each further block of an outcome says: one sentence for clinicians, one for authors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from reports._block_clients import (
    formal_change,
    formal_missing,
    formal_page,
    plain_change,
    plain_missing,
    plain_page,
)
from reports._block_differences import (
    formal_course,
    formal_four,
    formal_invariance,
    formal_rule,
    plain_course,
    plain_four,
    plain_invariance,
    plain_rule,
)
from reports._block_endings import formal_endings, plain_endings
from reports.answers import Answers, Mark, gather_answers, join_sentences


@dataclass(frozen=True)
class BlockSentences:
    """What one block says of one outcome, and whether it was planned."""

    outcome: str
    block: str
    clinician: str
    author: str
    plan_status: str


def write_block_sentences(
    estimates: pd.DataFrame, outcome: str, *, label: str | None = None, mark: Mark | None = None
) -> tuple[BlockSentences, ...]:
    """Return the sentences of every block of one outcome, from exact or from gated estimates.

    The comparison itself and the continuous question are in `write_sentences`. A block that was
    refused or withheld says so; one that was not run is left out. ``mark`` as there.
    """
    answers = gather_answers(estimates, outcome, label, mark)
    there = set(answers.rows["analysis"])
    return tuple(write_block(answers, outcome, block) for block in BLOCKS if block in there)


def write_block(answers: Answers, outcome: str, block: str) -> BlockSentences:
    """Return what one block says of one outcome."""
    plainly, formally = BLOCKS[block]
    rows = answers.rows[answers.rows["analysis"] == block]
    is_planned = (rows["plan_status"] == "confirmatory").any()
    return BlockSentences(
        outcome=outcome,
        block=block,
        clinician=join_sentences([plainly(answers)]),
        author=join_sentences([formally(answers)]),
        plan_status="confirmatory" if is_planned else "exploratory",
    )


Writer = Callable[[Answers], str]
BLOCKS: dict[str, tuple[Writer, Writer]] = {
    "measurement_invariance": (plain_invariance, formal_invariance),
    "four_presentations": (plain_four, formal_four),
    "course": (plain_course, formal_course),
    "change": (plain_change, formal_change),
    "answer_page": (plain_page, formal_page),
    "endings": (plain_endings, formal_endings),
    "missing": (plain_missing, formal_missing),
    "specification": (plain_rule, formal_rule),
}
