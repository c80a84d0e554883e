"""From all clients to those compared: every exclusion with its reason and its number."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import GROUP_A, GROUP_B
from reports.analyses.four_presentations import possible_presentations
from reports.declarations import PresentationRule
from reports.presentation import NO_FORM
from reports.study_data import StudyData

FLOW_COLUMNS = ("outcome", "position", "kind", "step", "n", "n_a", "n_b")
LOST = "lost before the landmark, or no form there"


def follow_clients(
    data: StudyData,
    rule: PresentationRule,
    presentations: pd.DataFrame,
    outcomes: Sequence[OutcomeValues],
) -> pd.DataFrame:
    """Return the flow of clients of each outcome.

    One row per outcome and step, in order: a ``start``, then ``excluded`` clients by reason, then
    those who are left (``kept``), until the ones who are compared. Each excluded client counts
    once, at the first reason that applies, so that start minus exclusions equals the rest.
    ``n_a`` and ``n_b`` are the overdependent and overindependent clients among them, from the
    step on at which those are known. A refused outcome keeps nobody, and says why.
    """
    shared = _to_groups(data, rule, presentations)
    rows = [row for found in outcomes for row in _of_outcome(shared, presentations, found)]
    frame = pd.DataFrame(rows, columns=list(FLOW_COLUMNS))
    kinds = {"position": "int64", "n": "int64", "n_a": "Int64", "n_b": "Int64"}
    return frame.astype(kinds | dict.fromkeys(("outcome", "kind", "step"), "str"))


_Step = tuple[str, str, int, int | None, int | None]


def _to_groups(data: StudyData, rule: PresentationRule, presentations: pd.DataFrame) -> list[_Step]:
    """Return the steps that do not depend on the outcome."""
    unusable = presentations.loc[~presentations["is_usable"].astype(bool), "reason"]
    reasons = unusable.replace({NO_FORM: LOST}).value_counts().sort_index()
    known = presentations["presentation"].value_counts()
    a, b = int(known.get(GROUP_A, 0)), int(known.get(GROUP_B, 0))
    steps: list[_Step] = [("start", "all clients", len(data.clients), None, None)]
    steps += [("excluded", str(reason), int(n), None, None) for reason, n in reasons.items()]
    steps.append(("kept", "with both scores", int(known.sum()), None, None))
    others = [name for name in possible_presentations(rule) if name not in (GROUP_A, GROUP_B)]
    for name in others:
        steps.append(("excluded", f"{name}: not in the contrast", int(known.get(name, 0)), None,
                      None))  # fmt: skip
    return [*steps, ("kept", "in the contrast", a + b, a, b)]


def _of_outcome(
    shared: list[_Step], presentations: pd.DataFrame, found: OutcomeValues
) -> list[tuple[str, int, str, str, int, int | None, int | None]]:
    in_groups = presentations[presentations["presentation"].isin([GROUP_A, GROUP_B])]
    has_value = in_groups["client_id"].isin(found.values.index)
    reason = f"refused: {found.refusal}" if found.refusal else "outcome missing"
    steps = [
        *shared,
        ("excluded", reason, *_counts(in_groups[~has_value])),
        ("kept", "compared", *_counts(in_groups[has_value])),
    ]
    return [(found.name, position, *step) for position, step in enumerate(steps)]


def _counts(members: pd.DataFrame) -> tuple[int, int, int]:
    a = int((members["presentation"] == GROUP_A).sum())
    return len(members), a, len(members) - a
