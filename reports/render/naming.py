"""What outcomes, groups and occasions are called in print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from reports.render.run_view import Run
from reports.wording import name_occasion, phrase_occasion

GROUP_NAMES = {
    "overdependent": "overly dependent",
    "overindependent": "overly independent",
    "mixed": "mixed (both)",
    "interdependent": "interdependent",
    "neither": "neither",
    "indeterminate": "indeterminate",
}
# Methods that estimates name by an author or by a formula alone.
METHODS = {
    "Austin": "standardized difference (Austin)",
    "Brunner and Munzel": "studentized ranks (Brunner and Munzel)",
    "Dunn, Holm-adjusted": "Dunn's test of ranks, Holm-adjusted",
    "Games-Howell, simultaneous": "Games and Howell's test, for all pairs together",
    "Kruskal-Wallis": "Kruskal and Wallis's test of ranks",
    "Mann-Whitney": "Mann and Whitney's test of ranks",
    "Pearson": "Pearson correlation",
    "Welch": "Welch's t test (unequal variances)",
    "Yang and Dalton, without a sign": (
        "standardized difference of categories (Yang and Dalton), without a sign"
    ),
    "Yuen, 20 % trimmed": "Yuen's t test of 20 % trimmed means",
    "corrected": "item-rest correlation",
    "count": "counted",
    "declared": "as the study file or the definition declares it",
    "exact interval": "exact interval (noncentral t)",
    "n - 1": "divided by n − 1",
    "sd sqrt(1 - alpha)": "SD × √(1 − α)",
}
MINUS = " - "  # between the two groups of a contrast
TELLING = ("contrast", "group_a", "group_b")
PAIR = ("overdependent", "overindependent")
BOTH = "both groups"


def name_group(group: str) -> str:
    """Return a presentation in words."""
    return GROUP_NAMES.get(group, group.replace("_", " "))


def name_method(method: object) -> str:
    """Return a method in words: "Welch's t test (unequal variances)"."""
    return METHODS.get(str(method), str(method))


def name_estimate(row: Mapping[Any, Any] | pd.Series) -> str:
    """Return what an estimate is of, in words: "planned, by session 25 (overly independent)".

    A contrast of groups is named by its groups; any other tells the row from its neighbours.
    """
    known = {name: "" if pd.isna(row[name]) else str(row[name]) for name in TELLING}
    groups = [name_group(known[name]) for name in ("group_a", "group_b") if known[name]]
    contrast = known["contrast"]
    term = str(row["term"]) if not contrast or MINUS in contrast else f"{row['term']}, {contrast}"
    if tuple(known[name] for name in ("group_a", "group_b")) == PAIR:
        groups = [BOTH]
    return f"{term} ({' and '.join(groups)})" if groups else term


def phrase_outcome(run: Run, outcome: str) -> str:
    """Return an outcome as part of a sentence: "psychological distress at the end"."""
    return f"{name_in_sentence(run, outcome)} {phrase_occasion(outcome)}".strip()


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
