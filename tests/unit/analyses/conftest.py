"""A small invented study, with the truth known: dependence raises the outcome at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pkgutil import resolve_name
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reports.analyses import Analysis, analyse
from reports.analyses.specification import SpecificationRows
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.study_data import Measure, StudyData

RANGES = {"ecr": (1, 7, "mean"), "core_10": (0, 40, "sum"), "wai_sr": (1, 5, "mean")}
ITEM_COUNT = 8
Items = dict[tuple[str, str], pd.DataFrame]


def a_measure(scale: str) -> Measure:
    """A measure whose items are named after the scale, so that no two share one."""
    instrument, _, scale_id = scale.partition(".")
    low, high, method = RANGES[instrument]
    items = tuple(f"{scale_id}_{k}" for k in range(1, ITEM_COUNT + 1))
    return Measure(scale, instrument, scale_id.replace("_", " "), low, high, method, "more",
                   "worse", items)  # fmt: skip


def answered_items(trait: np.ndarray, measure: Measure, rng: np.random.Generator) -> pd.DataFrame:
    """Answers to eight items that share a trait (standardized), in whole numbers."""
    per_item = ITEM_COUNT if measure.method == "sum" else 1
    low, high = measure.low / per_item, measure.high / per_item
    noise = rng.normal(0, 1, (len(trait), ITEM_COUNT))
    middle, width = (low + high) / 2, (high - low) / 5
    answers = np.clip(np.round(middle + width * (trait[:, None] + 0.7 * noise)), low, high)
    index = pd.Index([f"c{i:04}" for i in range(len(trait))], name="client_id")
    return pd.DataFrame(answers, index=index, columns=list(measure.items))


def scored(items: pd.DataFrame, measure: Measure, occasion: str, day: int) -> pd.DataFrame:
    """Scores of one form as the store holds them; seven of eight items are enough."""
    answered = items.notna().sum(axis=1)
    factor = ITEM_COUNT if measure.method == "sum" else 1
    value = (items.mean(axis=1) * factor).where(answered >= ITEM_COUNT - 1)
    return pd.DataFrame(
        {
            "client_id": items.index, "scale": measure.scale, "occasion": occasion,
            "session": 1, "day": day, "rater": "client", "target": "",
            "value": value.to_numpy(), "answered": answered.to_numpy(),
            "item_count": ITEM_COUNT, "is_prorated": (answered < ITEM_COUNT).to_numpy(),
        }
    )  # fmt: skip


def build_study(items: Items, measures: Mapping[str, Measure], clients: pd.DataFrame) -> StudyData:
    """A study whose scores follow from its items."""
    days = {"intake": 0, "month_3": 90, "end": 300}
    scores = [scored(frame, measures[scale], occasion, days[occasion])
              for (scale, occasion), frame in items.items()]  # fmt: skip
    return StudyData(
        clients=clients,
        scores=pd.concat(scores, ignore_index=True),
        items=lambda scale, occasion: items[scale, occasion],
        measures=measures,
    )


# Where what takes two thirds of an analysis is called, and what stands for it where nobody asks.
LEFT_OUT: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "pairs": ("reports.analyses._four_tests.games_howell", lambda *_, **__: ()),
    "pairs by ranks": ("reports.analyses._four_tests.dunn_holm", lambda *_: ()),
    "specifications": (
        "reports.analyses._blocks.vary_specifications",
        lambda *_: SpecificationRows(()),
    ),
    "measures": ("reports.analyses.describe_measures", lambda _: ()),
    "course": ("reports.analyses._blocks.has_course", lambda *_: False),
}
ORIGINALS = {place: resolve_name(place) for place, _ in LEFT_OUT.values()}


@contextmanager
def put_back() -> Iterator[None]:
    """Leave nothing out of an analysis."""
    with pytest.MonkeyPatch.context() as patch:
        for place, original in ORIGINALS.items():
            patch.setattr(place, original)
        yield


@pytest.fixture
def in_full() -> Iterator[None]:
    """Leave nothing out of the analyses of one test."""
    with put_back():
        yield


@pytest.fixture(autouse=True, scope="module")
def quick(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave out what a module of tests does not name in its NEEDS."""
    needed = getattr(request.module, "NEEDS", ())
    with pytest.MonkeyPatch.context() as patch:
        for name, (place, replacement) in LEFT_OUT.items():
            if name not in needed:
                patch.setattr(place, replacement)
        yield


@pytest.fixture(scope="session")
def make_study() -> Callable[..., StudyData]:
    """Make a study of n clients; ``effect`` is that of dependence on the outcome at the end."""

    def make(n: int = 400, effect: float = 0.5, seed: int = 7) -> StudyData:
        rng = np.random.default_rng(seed)
        anxiety, avoidance, severity = rng.normal(size=(3, n))
        end = 0.4 * severity + effect * anxiety + 0.6 * rng.normal(size=n)
        measures = {
            name: a_measure(name)
            for name in ("ecr.anxiety", "ecr.avoidance", "core_10.total", "wai_sr.bond")
        }
        traits = {
            ("ecr.anxiety", "intake"): anxiety,
            ("ecr.avoidance", "intake"): avoidance,
            ("core_10.total", "intake"): severity,
            ("core_10.total", "end"): end,
            ("wai_sr.bond", "month_3"): rng.normal(size=n),
        }
        items = {key: answered_items(trait, measures[key[0]], rng) for key, trait in traits.items()}
        ids = items["ecr.anxiety", "intake"].index
        clients = pd.DataFrame(
            {
                "clinic": np.where(np.arange(n) % 2, "north", "south"),
                "therapist_id": [f"t{i % 12:02}" for i in range(n)],
                "ending": "planned",
                "age": rng.integers(18, 70, n).astype(float),
                "modality": rng.choice(["remote", "room"], n),
            },
            index=ids,
        )
        return build_study(items, measures, clients)

    return make


@pytest.fixture(scope="session")
def study(make_study: Callable[..., StudyData]) -> StudyData:
    """Four hundred clients."""
    return make_study()


@pytest.fixture(scope="session")
def rule() -> PresentationRule:
    """The midpoint of the ECR, without a grey zone."""
    return PresentationRule(
        rule="attachment", dependence="ecr.anxiety", independence="ecr.avoidance"
    )


@pytest.fixture(scope="session")
def outcome() -> Outcome:
    """Distress at the end."""
    return Outcome(scale="core_10.total", occasion="end", smallest_effect=3.0)


@pytest.fixture(scope="session")
def found(study: StudyData, rule: PresentationRule, outcome: Outcome) -> Analysis:
    """What is said of the study; nothing is left out."""
    with put_back():
        return analyse(study, rule, (outcome,), Comparison(), seed=1)


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    """Intervals of 95 %, tests at .05."""
    return Comparison()


@pytest.fixture(scope="session")
def without_items() -> Callable[[StudyData, str, str, int], StudyData]:
    """Blank items of the first clients of one form: scores are made again."""

    def blank(data: StudyData, scale: str, occasion: str, clients: int, items: int) -> StudyData:
        forms = {
            (name, when): data.items(name, when).copy()
            for name in data.measures
            for when in data.occasions_of(name)
        }
        forms[scale, occasion].iloc[:clients, :items] = np.nan
        return replace(build_study(forms, data.measures, data.clients), occasions=data.occasions)

    return blank
