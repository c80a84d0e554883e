"""Every form of a study as it was filled in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flows.simulation.design import Counts
from flows.simulation.latents import standard_scores
from flows.simulation.measurement import draw_answers, shipped_catalog
from flows.simulation.missing import MISSING, blank_items, draw_returned
from flows.simulation.questionnaires import QUESTIONNAIRES
from flows.simulation.streams import stream
from flows.simulation.study import SimulatedStudy

# Twelve weeks and the therapist's first holiday after intake.
MONTH_3_SESSION = 12
SCHEDULE = {
    "intake": ("ecr", "core_10", "rpt", "des_ii", "phq_9", "scs_sf"),
    "month_3": ("core_10", "wai_sr", "cdq"),
    "session": ("wai_sr", "cdq"),
    "end": ("ecr", "core_10", "rpt"),
}


@dataclass(frozen=True)
class FilledForms:
    """The forms of one instrument at one occasion, a row each; `MISSING` marks no answer.

    ``client`` is a position among the study's clients, ``session`` is 0 at intake.
    """

    instrument: str
    occasion: str
    client: Counts
    session: Counts
    items: tuple[str, ...]
    answers: Counts

    def frame(self) -> pd.DataFrame:
        """Return a table with one row per form and NaN for no answer."""
        keys = pd.DataFrame({"client": self.client, "session": self.session})
        answers = pd.DataFrame(self.answers, columns=list(self.items)).astype(float)
        return keys.join(answers.mask(self.answers == MISSING))


Forms = dict[tuple[str, str], FilledForms]


def measure(study: SimulatedStudy, occasions: tuple[str, ...] = tuple(SCHEDULE)) -> Forms:
    """Let the clients of a study fill in their forms.

    Parameters
    ----------
    study : SimulatedStudy
        What `simulate` returned.
    occasions : tuple of str
        Which occasions to measure; leaving one out does not change the others.

    Returns
    -------
    dict
        Filled-in forms by occasion and instrument. A client who was not in treatment any more at
        month 3 has no form of that time; one who dropped out has none of the end, since nobody
        knew that the session was the last.

    Examples
    --------
    >>> from flows.simulation.study import simulate
    >>> forms = measure(simulate(seed=3, n_clients=30), ("intake",))
    >>> forms["intake", "core_10"].answers.shape[1]
    10
    """
    scores = standard_scores(study)
    return {
        (occasion, instrument): _fill_in(study, occasion, instrument, scores)
        for occasion in occasions
        for instrument in SCHEDULE[occasion]
        if instrument in shipped_catalog()
    }


def _fill_in(
    study: SimulatedStudy, occasion: str, instrument: str, scores: dict[str, np.ndarray]
) -> FilledForms:
    rows = due(study, occasion)
    returned = draw_returned(study, rows, stream(study.seed, f"returned {occasion}"))
    session, client = rows[0][returned], rows[1][returned]
    rng = stream(study.seed, f"answers {occasion} {instrument}")
    form = QUESTIONNAIRES[instrument]
    answers = draw_answers(study, form, scores, (session, client), rng)
    return FilledForms(
        instrument=instrument,
        occasion=occasion,
        client=client,
        session=session,
        items=shipped_catalog()[instrument].item_names(form.counts),
        answers=blank_items(study, answers, rng),
    )


def due(study: SimulatedStudy, occasion: str) -> tuple[Counts, Counts]:
    """Return session and client of every form that should have been filled in."""
    last = study.endings.sessions
    if occasion == "session":
        client, session = np.nonzero(study.attended)
        return session + 1, client
    asked = {
        "intake": np.ones(study.n_clients, dtype=bool),
        "month_3": last >= MONTH_3_SESSION,
        "end": study.endings.reason != "dropout",
    }[occasion]
    client = np.flatnonzero(asked)
    session = {"intake": 0 * last, "month_3": 0 * last + MONTH_3_SESSION, "end": last}[occasion]
    return session[client], client
