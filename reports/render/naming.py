"""What outcomes, groups and occasions are called in print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from reports.render.run_view import Run

GROUP_NAMES = {
    "overdependent": "overly dependent",
    "overindependent": "overly independent",
    "mixed": "mixed (both)",
    "interdependent": "interdependent",
    "neither": "neither",
    "indeterminate": "indeterminate",
}
MINUS = " - "  # between the two groups of a contrast
TELLING = ("contrast", "group_a", "group_b")
PAIR = ("overdependent", "overindependent")


def name_group(group: str) -> str:
    """Return a presentation in words."""
    return GROUP_NAMES.get(group, group.replace("_", " "))


def name_estimate(row: Mapping[Any, Any] | pd.Series) -> str:
    """Return what an estimate is of, in words: "planned, by session 25 (overly independent)".

    A contrast of groups is named by its groups; any other tells the row from its neighbours.
    """
    known = {name: "" if pd.isna(row[name]) else str(row[name]) for name in TELLING}
    groups = [name_group(known[name]) for name in ("group_a", "group_b") if known[name]]
    contrast = known["contrast"]
    term = str(row["term"]) if not contrast or MINUS in contrast else f"{row['term']}, {contrast}"
    return f"{term} ({' and '.join(groups)})" if groups else term


# Of session forms, which are many, a client's first one with a score is taken.
FIRST_SESSION = "first session form"


def name_occasion(occasion: str) -> str:
    """Return an occasion in words: "month 3"."""
    return FIRST_SESSION if occasion == "session" else occasion.replace("_", " ")


WHEN = {"end": "at the end", "session": f"on the {FIRST_SESSION}", "follow_up": "at follow-up"}


def phrase_outcome(run: Run, outcome: str) -> str:
    """Return an outcome as part of a sentence: "psychological distress at the end"."""
    return f"{name_in_sentence(run, outcome)} {phrase_occasion(outcome)}".strip()


def phrase_occasion(outcome: str) -> str:
    """Return when an outcome is measured: "at month 3"; nothing for an attribute of clients."""
    _, _, occasion = outcome.partition("@")
    return WHEN.get(occasion, f"at {name_occasion(occasion)}") if occasion else ""


def name_in_sentence(run: Run, outcome: str) -> str:
    """Return what an outcome measures, as part of a sentence: "psychological distress"."""
    scale, _, _ = outcome.partition("@")
    return decapitalise(run.outcome_labels.get(outcome) or name_scale(run, scale))


def decapitalise(label: str) -> str:
    """Return a label with a small first letter, unless it begins with an abbreviation."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def name_outcome(run: Run, outcome: str) -> str:
    """Return an outcome in words, with its occasion: "Psychological distress (CORE-10), end"."""
    scale, _, occasion = outcome.partition("@")
    label = run.outcome_labels.get(outcome) or name_scale(run, scale)
    label = label[:1].upper() + label[1:]
    return f"{label}, {name_occasion(occasion)}" if occasion else label


def name_scale(run: Run, scale: str) -> str:
    """Return a scale in words: "anxiety (ECR)"."""
    return run.scale_names.get(scale) or scale.replace(".", " ").replace("_", " ")
