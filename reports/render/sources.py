"""What measures rest on, as entries of a BibTeX file: instruments, keys, cut-offs, norms."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from reports.render.citations import Entry, key_of, name_apart, read_citation
from reports.render.run_view import Run
from reports.render.views.table_latex import escape_latex

MEASURES, CHANGE = "measures", "change"
NONE_PUBLISHED = "none published"  # how a definition begins the source of a default of ours
PUBLISHED = "published: "  # how the border of the clinical range names its source
NORM_CHECK, BORDER = "norm check: ", "border of the clinical range"
PUBLISHED_REFERENCE = "published reference"


def entries_of_measures(run: Run, taken: Collection[str] = ()) -> tuple[Entry, ...]:
    """Return an entry for each instrument that was used, and one for each source beside it."""
    frame = run.frame("tables/measures")
    if frame.empty:
        return ()
    scales = frame.to_dict("records")
    cited = [
        read_citation(str(row["citation"]), str(row["doi"]), str(row["abbreviation"]))
        for row in scales
        if row["citation"]
    ]
    return (*name_apart(cited, taken), *name_apart(_sources(run, scales)))


def _sources(run: Run, scales: list[dict[Any, Any]]) -> Iterator[Entry]:
    normed, borders = _normed(run), _borders(run)
    for row in scales:
        form, scale = f"{row['abbreviation']} ({row['form']})", str(row["scale"])
        named = f"{row['label']} ({row['abbreviation']})"
        yield from _source(row["abbreviation"], "key", f"Scoring key of {form}", row["key_source"])
        missing = str(row.get("missing_source", ""))
        if not missing.startswith(NONE_PUBLISHED):
            yield from _source(
                row["abbreviation"], "missing", f"Unanswered items of {form}", missing
            )
        if scale in normed:
            said = row.get("norm_sources", "")
            yield from _source(scale, "norms", f"Published samples of {named}", said)
        border = f"Border of the clinical range of {named}"
        yield from _source(scale, "border", border, borders.get(scale, ""))


def _source(of: object, what: str, title: str, said: object) -> Iterator[Entry]:
    if said:
        text = escape_latex(str(said))
        fields = (("title", f"{{{escape_latex(title)}}}"), ("note", text))
        yield Entry("misc", f"{key_of(str(of))}-{what}", fields)


def _normed(run: Run) -> set[str]:
    """Return the scales that published samples were used for: to check them, or to judge change."""
    used = run.estimates
    if used.empty:
        return set()
    is_checked = (used["analysis"] == MEASURES) & used["term"].str.startswith(NORM_CHECK)
    is_judged = (used["analysis"] == CHANGE) & used["note"].eq(PUBLISHED_REFERENCE)
    rows = used[(is_checked | is_judged) & used["estimate"].notna()]
    return {str(name).partition("@")[0] for name in rows["outcome"]}


def _borders(run: Run) -> dict[str, str]:
    """Return where the border of the clinical range that was used comes from, by scale."""
    rows = run.rows(CHANGE, term=BORDER)
    return {
        str(row["outcome"]).partition("@")[0]: str(row["note"]).removeprefix(PUBLISHED)
        for row in rows.to_dict("records")
        if str(row["note"]).startswith(PUBLISHED)
    }
