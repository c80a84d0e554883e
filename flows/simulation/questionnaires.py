"""Which forms the simulated studies hold, and the published figures that their scales follow.

Means and SDs are those of the mean of the items. Where no mean and SD are published for a scale,
plausible ones stand here and the line says "chosen".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.simulation.thresholds import ScaleModel


@dataclass(frozen=True)
class Questionnaire:
    """One form: its scales in the order of its items, and what the clinic calls its columns."""

    instrument: str
    scales: Mapping[str, ScaleModel]
    column: str
    counts: Mapping[str, int] | None = None


def _four(mean: float, sd: float, alpha: float) -> ScaleModel:
    return ScaleModel(4, 1, 7, mean, sd, alpha)


def _relating(mean: float, alpha: float) -> ScaleModel:
    return ScaleModel(10, 1, 5, mean, 0.70, alpha)


QUESTIONNAIRES: Mapping[str, Questionnaire] = {
    form.instrument: form
    for form in (
        # A clinical sample's published figures.
        Questionnaire(
            "ecr",
            {
                "avoidance": ScaleModel(18, 1, 7, 2.731, 1.069, 0.937),
                "anxiety": ScaleModel(18, 1, 7, 3.181, 1.236, 0.937),
            },
            "ecr_{n}",
        ),
        # Alpha of the first sample; mean and SD chosen; few are above 0 on item 6.
        Questionnaire(
            "core_10",
            {"total": ScaleModel(10, 0, 4, 2.0, 0.75, 0.90, rare=(6,), rarity=2.6)},
            "core_{n}",
        ),
        # Alphas between .85 and .90; mean and SD chosen.
        Questionnaire(
            "wai_sr",
            {
                "task": ScaleModel(4, 1, 5, 3.4, 0.80, 0.86),
                "bond": ScaleModel(4, 1, 5, 3.6, 0.80, 0.87),
                "goal": ScaleModel(4, 1, 5, 3.5, 0.80, 0.86),
            },
            "wai_{n}",
        ),
        # Published alphas; mean, SD, range and four items each chosen.
        Questionnaire(
            "cdq",
            {
                "submissive_dependency": _four(2.9, 1.15, 0.74),
                "need_for_contact": _four(3.4, 1.30, 0.81),
                "lack_of_perceived_alternatives": _four(3.1, 1.30, 0.86),
            },
            "cdq_{scale}_{n}",
            {
                "submissive_dependency": 4,
                "need_for_contact": 4,
                "lack_of_perceived_alternatives": 4,
            },
        ),
        # All chosen.
        Questionnaire(
            "rpt",
            {
                "destructive_overdependence": _relating(2.8, 0.84),
                "dysfunctional_detachment": _relating(2.6, 0.80),
                "healthy_dependency": _relating(3.3, 0.82),
            },
            "rpt_{scale}_{n}",
            {
                "destructive_overdependence": 10,
                "dysfunctional_detachment": 10,
                "healthy_dependency": 10,
            },
        ),
        # People with post-traumatic stress in a meta-analysis; the distribution is skewed.
        Questionnaire(
            "des_ii",
            {"total": ScaleModel(28, 0, 100, 32.0, 19.2, 0.93, step=10, is_skewed=True)},
            "des_{n}",
        ),
        # An open sample's published figures, as sums 7.479 and 5.964; few are above 0 on item 9.
        Questionnaire(
            "phq_9",
            {"total": ScaleModel(9, 0, 3, 0.831, 0.663, 0.8998, rare=(9,), rarity=0.75)},
            "phq_{n}",
        ),
        # Mean and SD chosen.
        Questionnaire("scs_sf", {"total": ScaleModel(12, 1, 5, 2.6, 0.70, 0.86)}, "scs_{n}"),
    )
}
SHIFTED_CORE_ITEM = 7
