"""Answers to items: what clients would write on a form, in the form's own coding."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from flows.simulation.design import Counts, Numbers
from flows.simulation.questionnaires import SHIFTED_CORE_ITEM, Questionnaire
from flows.simulation.study import SimulatedStudy
from flows.simulation.thresholds import ItemModel, ScaleModel, calibrate
from instruments.catalog import Catalog, load_catalog
from instruments.definition import Definition


@lru_cache(maxsize=1)
def shipped_catalog() -> Catalog:
    """Return the shipped instruments, read once."""
    return load_catalog()


def draw_answers(
    study: SimulatedStudy,
    form: Questionnaire,
    scores: dict[str, Numbers],
    rows: tuple[Counts, Counts],
    rng: np.random.Generator,
) -> Counts:
    """Draw the answers of forms that were filled in completely.

    Parameters
    ----------
    study : SimulatedStudy
        The study.
    form : Questionnaire
        What was filled in.
    scores : dict
        The grids of `standard_scores`.
    rows : tuple of arrays
        Session (0 for intake) and client of each filled-in form.
    rng : Generator
        Where the noise comes from.

    Returns
    -------
    array
        Forms x items; reverse-keyed items as a client writes them.
    """
    definition = shipped_catalog()[form.instrument]
    answers = np.empty((len(rows[0]), len(definition.item_names(form.counts))), dtype=np.int64)
    for name, model in form.scales.items():
        trait = scores[f"{form.instrument}.{name}"][rows]
        place = list(definition.positions(definition.get_scale(name), form.counts))
        answers[:, place] = _answer(trait, calibrate(model), rng, _shift(study, form, rows[1]))
        _reverse(answers, definition, name, model)
    return answers


def _answer(
    trait: Numbers, items: ItemModel, rng: np.random.Generator, shift: Numbers | None
) -> Counts:
    noise = rng.standard_normal((len(trait), len(items.loadings)))
    wished = items.loadings * trait[:, None] + np.sqrt(1.0 - items.loadings**2) * noise
    if shift is not None:
        wished[:, SHIFTED_CORE_ITEM - 1] += shift
    passed = np.zeros(wished.shape, dtype=np.int64)
    for threshold in items.thresholds.T:
        passed += wished > threshold
    return items.low + items.step * passed


def _shift(study: SimulatedStudy, form: Questionnaire, client: Counts) -> Numbers | None:
    """Return how much more avoidant clients endorse one item of the CORE-10."""
    if form.instrument != "core_10" or not study.world.core_item_shift:
        return None
    is_avoidant = study.traits.avoidance[client] > 0
    return np.where(is_avoidant, study.world.core_item_shift, 0.0)


def _reverse(answers: Counts, definition: Definition, name: str, model: ScaleModel) -> None:
    flipped = [item - 1 for item in definition.get_scale(name).reversed_items(definition)]
    answers[:, flipped] = model.low + model.high - answers[:, flipped]
