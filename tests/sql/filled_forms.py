"""Forms filled in at random, scored by the store and by the reference scorer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.layout import lay_out
from instruments.definition import Definition
from instruments.layout import Placement
from instruments.scoring import ScoreResult, score
from tests.sql.chain import CATALOG, open_chain, source_of

# For forms whose range the study declares, and for scales of unknown length.
STUDY_RANGE = (1, 7)
Answers = list[int | None]


@dataclass(frozen=True)
class Form:
    """One form as a study declares it."""

    form_id: str
    low: int
    high: int
    already_reversed: bool = False
    min_answered: int | None = None
    counts: tuple[tuple[str, int], ...] | None = None

    @property
    def definition(self) -> Definition:
        return CATALOG[self.form_id]

    @property
    def item_names(self) -> tuple[str, ...]:
        return self.definition.item_names(dict(self.counts) if self.counts else None)

    @property
    def block(self) -> dict[str, Any]:
        numbered = self.definition.addressing == "number"
        return {
            "instrument": self.form_id,
            "columns": "item_{n}" if numbered else "{scale}_{n}",
            "range": (self.low, self.high),
            "already_reversed": self.already_reversed,
            "min_answered": self.min_answered,
        }

    @property
    def step(self) -> int:
        response = self.definition.response
        return response.step if (self.low, self.high) == (response.min, response.max) else 1

    def allowed(self) -> tuple[int, ...]:
        return tuple(range(self.low, self.high + 1, self.step))

    def placement(self) -> Placement:
        names = ("client", *self.item_names)
        return lay_out(source_of(form=[self.block]), names, CATALOG).placements[0]


def ranges_of(definition: Definition) -> list[tuple[int, int]]:
    """Return the ranges a study may declare of a form: its own, other units, a narrower one."""
    response = definition.response
    if response.min is None or response.max is None:
        return [STUDY_RANGE, (0, 4)]
    own = (response.min, response.max)
    return list(dict.fromkeys([own, *response.accept_ranges, (1, 5), (0, 100)]))


def counts_of(definition: Definition, unknown: int) -> tuple[tuple[str, int], ...] | None:
    """Return the number of items of each scale of a form that is addressed by subscale."""
    if definition.addressing == "number":
        return None
    return tuple((scale.id, scale.n_items or unknown) for scale in definition.held_scales)


def random_answers(form: Form, rng: random.Random, gap: float) -> Answers:
    """Return random answers, some left out."""
    allowed = form.allowed()
    return [None if rng.random() < gap else rng.choice(allowed) for _ in form.item_names]


def score_in_store(
    form: Form, filled: Sequence[Answers], folder: Path
) -> dict[tuple[str, str], ScoreResult]:
    """Return every score that the store gives, by client and scale."""
    header = ("client", *form.item_names)
    table = [(f"K{k:04d}", *answers) for k, answers in enumerate(filled)]
    with open_chain(folder) as chain:
        chain.publish(source_of(form=[form.block]), header, table)
        found = chain.rows(
            "SELECT client_id, scale, score, answered_count, is_prorated, reason "
            "FROM store.core.score INNER JOIN store.core.administration USING (administration_id)"
        )
    return {(client, scale): ScoreResult(*rest) for client, scale, *rest in found}


def score_by_reference(form: Form, filled: Sequence[Answers]) -> dict[tuple[str, str], ScoreResult]:
    """Return what the reference scorer gives; a form without any answer was not given."""
    return {
        (f"K{k:04d}", scale.id): score(
            form.definition,
            scale,
            answers,
            low=form.low,
            high=form.high,
            already_reversed=form.already_reversed,
            min_answered=form.min_answered,
            counts=dict(form.counts) if form.counts else None,
        )
        for k, answers in enumerate(filled)
        if any(answer is not None for answer in answers)
        for scale in form.definition.scales
    }


def differences(
    stored: dict[tuple[str, str], ScoreResult], wanted: dict[tuple[str, str], ScoreResult]
) -> list[tuple[tuple[str, str], ScoreResult | None, ScoreResult | None]]:
    """Return where the two scorers part; values agree to twelve digits."""
    return [
        (key, stored.get(key), wanted.get(key))
        for key in sorted(stored.keys() | wanted.keys())
        if not _are_same(stored.get(key), wanted.get(key))
    ]


def _are_same(one: ScoreResult | None, other: ScoreResult | None) -> bool:
    if one is None or other is None:
        return False
    facts = [(r.answered, r.is_prorated, r.reason, r.value is None) for r in (one, other)]
    near = (
        one.value is None
        or other.value is None
        or (abs(one.value - other.value) <= 1e-12 * max(1.0, abs(other.value)))
    )
    return facts[0] == facts[1] and near
