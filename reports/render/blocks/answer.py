"""The first screen: the answer in at most five sentences, for a reader with little time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from reports.answers import GROUPS, is_clear
from reports.render.answering import answering_tests
from reports.render.document import Block, Prose, refer, source
from reports.render.naming import decapitalise, name_in_sentence, phrase_outcome
from reports.render.numbers import write_count
from reports.render.rounded import rounding_base
from reports.render.run_view import Run
from reports.render.table import common_status, status_of
from reports.wording import name_occasion, no_break, phrase_occasion, plain, plain_interval

CONTINUOUS = "dependence_and_outcome"
PER_SD = "points per standard deviation"
PARTS = ("dependence", "independence")
CAVEAT = (
    "What clients ticked about themselves is not how they behave, least of all towards their "
    "therapist. The study observes: it shows what goes together and what comes before, not what "
    "brings what about. This report is not a monitoring system: nobody watches single answers "
    "here. It shows no single client: numbers of fewer than {least} clients are left out, with "
    "those from which they could be calculated, and {rounded}. That makes it hard to find anybody "
    "in it; for somebody who knows a client well it is no proof against it."
)


def headline(run: Run) -> Iterator[Block]:
    """Yield the answer: who, what differs, what does not, groups aside, and how sure."""
    if run.estimates.empty:
        yield Prose(
            ("Nothing is compared in this run: the study file declares no outcome.",), "lead"
        )
        return
    said = [_who(run), _differences(run), _rest(run), _without_groups(run), _how_sure(run)]
    sentences = tuple(no_break(text) for text in said if text)
    yield Prose(sentences, "lead", _status(run))


def caveat(run: Run) -> Iterator[Block]:
    """Yield what must not be read into the answer."""
    policy = run.provenance("disclosure")
    base = rounding_base(run)
    rounded = f"the others are rounded to multiples of {base}" if base > 1 else (
        "the others are exact"
    )  # fmt: skip
    least = policy.get("threshold", "some")
    yield Prose((CAVEAT.format(least=least, rounded=rounded),), "caution")


def _who(run: Run) -> str:
    rule = run.facts("tables/rule")
    flow = run.frame("tables/flow")
    if flow.empty or not rule:
        return ""
    contrast = flow[(flow["step"] == "in the contrast") & (flow["kind"] == "kept")]
    everyone = flow.loc[flow["kind"] == "start", "n"]
    a, b = (_about(contrast[name]) for name in ("n_a", "n_b"))
    landmark = name_occasion(rule["landmark"])
    return (
        f"Of {_about(everyone)} clients, {a} present at {landmark} as overly dependent, that is "
        f"{rule['overdependent']}, and {b} as overly independent, {rule['overindependent']}"
        f"{refer('figure', 'flow')}."
    )


def _about(counts: pd.Series) -> str:
    written = write_count(None if counts.empty else counts.iloc[0])
    return "some" if written == "[c]" else written


def _primary(run: Run) -> list[str]:
    """Return the primary outcomes; all of them where none is."""
    if run.outcomes.empty:
        return []
    primary = run.outcomes[run.outcomes["is_primary"] == "yes"]
    chosen = primary if len(primary) else run.outcomes
    return [str(name) for name in chosen.index]


def _verdicts(run: Run) -> dict[str, list[str]]:
    """Return the primary outcomes by verdict; those without one are left out."""
    found: dict[str, list[str]] = {}
    rows = run.rows(GROUPS, term="verdict")
    words = {row["outcome"]: str(row["note"]) for row in rows.to_dict("records")
             if row["status"] != "refused"}  # fmt: skip
    for outcome in _primary(run):
        if outcome in words:
            found.setdefault(words[outcome], []).append(outcome)
    return found


def _differences(run: Run) -> str:
    verdicts = _verdicts(run)
    trivial = verdicts.get("different but trivially small", [])
    clear = verdicts.get("different", []) + trivial
    if not clear:
        return "No clear difference between the two was found on any primary outcome."
    said = {"higher": [], "lower": []}  # type: dict[str, list[str]]
    for outcome in clear:
        row = _row(run, GROUPS, outcome, answering_tests(run, outcome)[0])
        if row is not None:
            way = "higher" if row["estimate"] > 0 else "lower"
            said[way].append(_sized(run, outcome, row, is_trivial=outcome in trivial))
    parts = [f"{way} on {_listed(items)}" for way, items in said.items() if items]
    if not parts:
        return ""
    return f"The overly dependent clients score {' and '.join(parts)}{refer('table', 'contrast')}."


def _sized(run: Run, outcome: str, row: Any, *, is_trivial: bool) -> str:
    """Return an outcome with the size of its difference, in points where it is a scale."""
    unit = " points" if "@" in outcome else ""
    size = f"by {plain(abs(row['estimate']))}{unit}"
    if not pd.isna(row["ci_low"]):
        size = f"{size}, plausibly {_range(row)}"
    size = source(int(row.name), size)
    extra = ", too small to matter" if is_trivial else ""
    return f"{phrase_outcome(run, outcome)} ({size}{extra})"


def _range(row: Any) -> str:
    """Return the interval of a difference without its sign: the words beside it carry that."""
    if row["ci_low"] < 0 < row["ci_high"]:
        return plain_interval(row)
    low, high = sorted((abs(row["ci_low"]), abs(row["ci_high"])))
    return f"{plain(low)} to {plain(high)}"


def _rest(run: Run) -> str:
    verdicts = _verdicts(run)
    alike, open_ = verdicts.get("equivalent", []), verdicts.get("undecided", [])
    parts = []
    if alike:
        parts.append(f"they are alike on {_names(run, alike)}, any difference being too small to "
                     "matter")  # fmt: skip
    if open_:
        parts.append(f"for {_names(run, open_)} the data do not decide: neither a difference nor "
                     "likeness is shown")  # fmt: skip
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _without_groups(run: Run) -> str:
    rule = run.facts("tables/rule")
    said = []
    for term in PARTS:
        ways = {"higher": [], "lower": []}  # type: dict[str, list[str]]
        for outcome in _primary(run):
            row = _row(run, CONTINUOUS, outcome, term, PER_SD)
            if row is not None and is_clear(row):
                ways["higher" if row["estimate"] > 0 else "lower"].append(outcome)
        parts = [f"{way} {_names(run, names)}" for way, names in ways.items() if names]
        if parts:
            said.append(
                f"more {decapitalise(rule.get(term, term))} goes with {' and '.join(parts)}"
            )
    if not said:
        return (
            "Among all clients, groups aside, neither scale of the rule clearly goes with a "
            "primary outcome."
        )
    told = "; ".join(said)
    return f"Among all clients, groups aside, {told}{refer('table', 'continuous')}."


HOW_SURE = {
    "confirmatory": "these questions were set before the data were seen, and errors of several "
    "tests are held together; it remains an observation in this sample.",
    "partly confirmatory": "some of these questions were set before the data were seen, and the "
    "tables below say which; take the other differences as hints.",
    "exploratory": "the analysis is exploratory, not planned before the data were seen, so take a "
    "difference as a hint until another sample shows it too.",
}


def _how_sure(run: Run) -> str:
    return f"How sure: {HOW_SURE[_status(run)]}"


def _status(run: Run) -> str:
    """Return the plan status of everything that the answer rests on."""
    rows = [
        row
        for outcome in _primary(run)
        for row in (
            _row(run, GROUPS, outcome, answering_tests(run, outcome)[0]),
            *(_row(run, CONTINUOUS, outcome, part, PER_SD) for part in PARTS),
        )
    ]
    return common_status(status_of(row) for row in rows) or "exploratory"


def _row(run: Run, analysis: str, outcome: str, term: str, estimand: str = "") -> Any:
    """Return one estimate whose number is there, else None."""
    where = {"outcome": outcome, "term": term} | ({"estimand": estimand} if estimand else {})
    found = run.rows(analysis, **where)
    if found.empty or pd.isna(found.iloc[0]["estimate"]):
        return None
    return found.iloc[0]


def _names(run: Run, outcomes: Sequence[str]) -> str:
    """Return outcomes as a sentence lists them, the occasions of one scale together."""
    occasions: dict[str, list[str]] = {}
    for outcome in outcomes:
        occasions.setdefault(name_in_sentence(run, outcome), []).append(phrase_occasion(outcome))
    named = [f"{name} {_listed(when)}" if all(when) else name for name, when in occasions.items()]
    return _listed(named)


def _listed(items: Sequence[str]) -> str:
    """Join items as a sentence does."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
