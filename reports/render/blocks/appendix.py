"""The appendix: what each instrument is, where its key comes from, how reliable it is here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from reports.render.citations import cite_in_print
from reports.render.document import Block, Facts, Fold, Heading, source
from reports.render.figures.reliability import published_alphas
from reports.render.numbers import write_interval, write_number
from reports.render.run_view import Run
from reports.wording import name_occasion

MEASURES = "measures"
CONFIDENCE = {
    "A": "seen in the source, or proven on data",
    "B": "from a secondary source",
    "C": "tentative",
}
NOT_PUBLISHED = "no published figures are known here"


class _Alphas(NamedTuple):
    """The reliability of every scale: the estimates of it here, and the range published."""

    here: list[Any]
    published: dict[str, tuple[float, float]]


def instruments(run: Run) -> Iterator[Block]:
    """Yield a heading and the facts of every instrument, in the order of their names."""
    frame = run.frame("tables/measures")
    if frame.empty:
        return
    alphas = run.rows(MEASURES, term="alpha")
    known = _Alphas(
        [row for _, row in alphas[alphas["group_a"].isna()].iterrows()] if len(alphas) else [],
        {name.partition("@")[0]: ends for name, ends in reversed(published_alphas(run).items())},
    )
    blocks: list[Block] = []
    for (name, short), scales in frame.groupby(["instrument_name", "abbreviation"], sort=True):
        blocks.append(Heading(f"{name} ({short})" if name != short else str(name)))
        blocks.append(Facts(tuple(_facts(scales, known))))
    yield Fold("Every instrument: source, key, licence, range and reliability", tuple(blocks))


def _facts(scales: pd.DataFrame, known: _Alphas) -> Iterator[tuple[str, str]]:
    one = scales.iloc[0]
    yield "citation", cite_in_print(str(one["citation"]), str(one["doi"]))
    yield "form", _form(one)
    confidence = str(one["key_confidence"])
    meaning = CONFIDENCE.get(confidence[:1], "")
    yield "key", f"{one['key_source']} (confidence {confidence}: {meaning})"
    if one.get("missing_source"):
        yield "unanswered items", str(one["missing_source"])
    yield "licence", str(one["licence"])
    if one["recall_days"]:
        yield "asks about", f"the last {one['recall_days']} days"
    for scale in scales.to_dict("records"):
        yield str(scale["label"]), _scale(scale, known)


def _form(one: pd.Series) -> str:
    """Say form, language, version of the key and answers; earlier runs do not tell the last two."""
    parts = [str(one["form"]), f"language {one['language']}"]
    if "key_version" in one:
        parts += [f"key {one['key_version']}"]
        parts += [str(one["answers"] or "answers in the range that the study declares")]
    return "; ".join(parts)


def _scale(scale: dict[Any, Any], known: _Alphas) -> str:
    """Say the range of a score, and its reliability here beside the published one."""
    here = [
        _alpha(row)
        for row in known.here
        if row["outcome"].partition("@")[0] == scale["scale"] and not pd.isna(row["estimate"])
    ]
    published = known.published.get(scale["scale"])
    beside = (
        f"in published samples, widened by their uncertainty, {_number(published[0])} to "
        f"{_number(published[1])}"
        if published
        else NOT_PUBLISHED
    )
    if published and scale.get("norm_sources"):
        beside = f"{beside} ({scale['norm_sources']})"
    said = f"alpha here {', '.join(here)}" if here else "alpha here not known"
    return f"scores from {scale['low']} to {scale['high']}; {said}; {beside}"


def _alpha(row: Any) -> str:
    ends = write_interval(row["ci_low"], row["ci_high"], is_bounded=True)
    occasion = name_occasion(str(row["outcome"]).partition("@")[2])
    return f"{source(int(row.name), f'{_number(row.estimate)} {ends}')} at {occasion}"


def _number(value: float) -> str:
    return write_number(value, is_bounded=True)
