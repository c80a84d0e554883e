"""A simulated study as the analyses receive it: scored in memory, without files and store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flows.simulation.forms import FilledForms, measure
from flows.simulation.measurement import shipped_catalog
from flows.simulation.missing import MISSING
from flows.simulation.people import People, day_of, draw_people
from flows.simulation.questionnaires import QUESTIONNAIRES
from flows.simulation.study import SimulatedStudy
from instruments.definition import Definition
from instruments.scale import Scale
from reports.study_data import SCORE_COLUMNS, Measure, StudyData

OCCASIONS = ("intake", "month_3", "end")
# The forms that the comparison of presentations rests on.
INSTRUMENTS = ("ecr", "core_10", "rpt", "wai_sr")


def study_data(study: SimulatedStudy, instruments: Iterable[str] = INSTRUMENTS) -> StudyData:
    """Return the scores, items and clients of a simulated study.

    Scoring is that of the definitions: means of the answered items where enough are answered. It
    is done here on arrays, so that two thousand studies take minutes and not days.
    """
    wanted = set(instruments)
    filled = measure(study, OCCASIONS)
    forms = [form for (_, name), form in filled.items() if name in wanted]
    answered = [one for form in forms for one in _scored(study, form)]
    measures = {
        f"{name}.{scale.id}": _measure(name, scale)
        for name in sorted(wanted)
        for scale in _scales(name)
    }
    items = {(one.name, one.form.occasion): one.items for one in answered}
    return StudyData(
        clients=_clients(study),
        scores=_scores(study, answered),
        items=lambda scale, occasion: items[scale, occasion],
        measures=measures,
    )


@dataclass(frozen=True)
class _Answered:
    """The answers to one scale at one occasion, in its direction."""

    form: FilledForms
    scale: Scale
    items: pd.DataFrame

    @property
    def name(self) -> str:
        return f"{self.form.instrument}.{self.scale.id}"


def _scales(instrument: str) -> list[Scale]:
    form = QUESTIONNAIRES[instrument]
    definition = shipped_catalog()[instrument]
    return [definition.get_scale(name) for name in form.scales]


def _definition(instrument: str) -> Definition:
    return shipped_catalog()[instrument]


def _range(instrument: str, scale: Scale) -> tuple[int, int]:
    model = QUESTIONNAIRES[instrument].scales[scale.id]
    return model.low, model.high


def _scored(study: SimulatedStudy, form: FilledForms) -> Iterator[_Answered]:
    clients = pd.Index(study.client_ids[form.client], name="client_id")
    for scale in _scales(form.instrument):
        yield _Answered(form, scale, _keyed(form, scale, clients))


def _keyed(form: FilledForms, scale: Scale, clients: pd.Index) -> pd.DataFrame:
    """Return the answers to a scale in its direction, NaN where unanswered."""
    definition, counts = _definition(form.instrument), QUESTIONNAIRES[form.instrument].counts
    place = list(definition.positions(scale, counts))
    low, high = _range(form.instrument, scale)
    answers = form.answers[:, place].astype("float64")
    answers[answers == MISSING] = np.nan
    flipped = scale.flipped_items(definition)
    is_reversed = np.array([position + 1 in flipped for position in place])
    answers[:, is_reversed] = low + high - answers[:, is_reversed]
    names = [form.items[position] for position in place]
    return pd.DataFrame(answers, index=clients, columns=names)


def _scores(study: SimulatedStudy, answered: list[_Answered]) -> pd.DataFrame:
    """Return every score in one table, made in one go: many small ones take longer to join."""
    people = draw_people(study)
    parts = [_columns(study, people, one) for one in answered]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in SCORE_COLUMNS}
    return pd.DataFrame(joined)


def _columns(study: SimulatedStudy, people: People, one: _Answered) -> dict[str, np.ndarray]:
    form, scale = one.form, one.scale
    answers = one.items.to_numpy()
    forms, count = answers.shape
    answered = count - np.isnan(answers).sum(axis=1)
    mean = np.nansum(answers, axis=1) / np.maximum(answered, 1) * scale.multiplier
    value = mean * count if scale.method == "sum" else mean
    same = {"scale": one.name, "occasion": form.occasion, "rater": "client", "target": ""}
    return {name: np.full(forms, text, dtype=object) for name, text in same.items()} | {
        "client_id": study.client_ids[form.client],
        "session": form.session,
        "day": day_of(study, people, form.session, form.client),
        "value": np.where(answered >= scale.required(count), value, np.nan),
        "answered": answered,
        "item_count": np.full(forms, count),
        "is_prorated": answered < count,
    }


def _clients(study: SimulatedStudy) -> pd.DataFrame:
    columns = study.clients[["client_id", "clinic", "therapist_id", "ending"]]
    return columns.set_index("client_id")


def _measure(instrument: str, scale: Scale) -> Measure:
    definition, (low, high) = _definition(instrument), _range(instrument, scale)
    counts = QUESTIONNAIRES[instrument].counts
    names = definition.item_names(counts)
    items = tuple(names[k] for k in definition.positions(scale, counts))
    factor = scale.multiplier * (len(items) if scale.method == "sum" else 1)
    return Measure(
        scale=f"{instrument}.{scale.id}",
        instrument=instrument,
        label=scale.label,
        low=low * factor,
        high=high * factor,
        method=scale.method,
        higher=scale.higher,
        direction=scale.direction,
        items=items,
        recall_days=definition.recall_days,
        norms=scale.norms,
        cutoffs=scale.cutoffs,
    )
