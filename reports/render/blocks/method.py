"""What was not answered, how the rest was, what is left out, and where it all comes from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from reports.render.citations import cite_in_print
from reports.render.document import Block, Facts, Fold, Heading, Listing, Prose
from reports.render.naming import name_estimate, name_method, name_outcome
from reports.render.references import (
    Sentence,
    read_references,
    references_of,
    sentences_of,
)
from reports.render.run_view import Run
from reports.render.table import Cell, Column, Row, Table, interval_in, number_in
from reports.wording import name_occasion

MOST_REFUSALS = 12
REFUSALS, REASONS = "refusals", "reasons"
GLOSSARY = Path(__file__).resolve().parent.parent / "glossary.toml"
ANALYSES = {
    "answer_page": "the answer page",
    "change": "reliable change",
    "course": "course over time",
    "dependence_and_outcome": "without groups",
    "endings": "how treatments end",
    "four_presentations": "by presentation",
    "groups_at_intake": "the groups at intake",
    "measurement_invariance": "whether scales mean the same in both groups",
    "measures": "measures",
    "missing": "who is missing, and what that could change",
    "overdependent_against_overindependent": "the two groups",
    "planned_contrasts": "planned contrasts",
    "specification": "every rule, cut and way of scoring",
    "u_shape": "whether both ends differ from the middle",
}


def name_analysis(analysis: str) -> str:
    """Return an analysis in words."""
    return ANALYSES.get(analysis, analysis.replace("_", " "))


def refusals(run: Run) -> Iterator[Block]:
    """Yield every refused estimate with its reason, in plain words."""
    if run.estimates.empty:
        return
    refused = run.estimates[run.estimates["status"] == "refused"]
    if refused.empty:
        yield Prose(("Every question that the study file asks was answered.",))
        return
    rows = [
        Row(
            (
                Cell(name_outcome(run, str(row["outcome"]))),
                Cell(name_analysis(str(row["analysis"]))),
                Cell(name_estimate(row)),
                Cell(str(row["note"])),
            ),
            plan_status=str(row["plan_status"]),
        )
        for _, row in refused.iterrows()
    ]
    yield Prose(
        (
            (
                "An analysis that cannot be run honestly is refused, and so is a number that too "
                "few clients stand behind."
            ),
        )
    )
    table = Table(
        name=REFUSALS,
        title="Refused and withheld",
        columns=(Column("Outcome"), Column("analysis"), Column("what"), Column("reason")),
        rows=tuple(rows),
    )
    if table_of_reasons(run) == table.name:
        yield table
    else:
        yield _by_reason(refused)
        yield Fold(f"All {len(rows)} refusals", (table,), is_long=True)


def table_of_reasons(run: Run) -> str:
    """Return the table that tells why estimates were refused: all, or each reason where many."""
    count = 0 if run.estimates.empty else (run.estimates["status"] == "refused").sum()
    return REFUSALS if count <= MOST_REFUSALS else REASONS


def _by_reason(refused: pd.DataFrame) -> Table:
    """Return how often each reason was given and in which analyses, most often first."""
    counts = refused["note"].value_counts()
    ordered = sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))
    return Table(
        name=REASONS,
        title="Why estimates were refused or withheld",
        columns=(Column("Reason"), Column("estimates", "number", places=0), Column("of these, in")),
        rows=tuple(
            Row(
                (
                    Cell(str(note)),
                    Cell(float(count)),
                    Cell(_by_analysis(refused[refused["note"] == note])),
                )
            )
            for note, count in ordered
        ),
    )


def _by_analysis(rows: pd.DataFrame) -> str:
    counts = rows["analysis"].map(name_analysis).value_counts()
    if len(counts) == 1:
        return str(counts.index[0])
    ordered = sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))
    return "; ".join(f"{name} {count}" for name, count in ordered)


AS_BIBTEX = (
    "These references are in references.bib, beside this report, as BibTeX; with them the sources "
    "of the scoring keys, cut-offs and published samples that were used."
)


def methods(run: Run) -> Iterator[Block]:
    """Yield how the numbers of this run were reached, from what was in fact run."""
    used = run.estimates
    if used.empty:
        return
    answered = used[used["status"] != "refused"]
    rule, compared = run.facts("tables/rule"), run.provenance("comparison")
    used_methods = methods_of(run)
    yield Prose(
        (
            (
                f"Presentations follow the rule “{rule['rule']}” at "
                f"{name_occasion(rule['landmark'])}. Outcomes come at or after that occasion; a "
                "scale that is part of the rule is never its own outcome. Clients without the "
                "outcome are left out of that outcome's rows and counted there. Intervals are of "
                f"{run.level_named}, tests are judged at {compared.get('alpha', '0.05')}."
            ),
            " ".join(_cited(sentence) for sentence in sentences_of(used_methods)),
        )
    )
    listed = tuple(reference.apa for reference in references_of(used_methods))
    if listed:
        yield Heading("References")
        entries = sorted({*listed, *_instruments(run)}, key=str.casefold)
        yield Listing(tuple(entries), is_references=True)
        yield Prose((AS_BIBTEX,), "note")
    counted = answered.value_counts(["analysis", "method"]).sort_index().reset_index()
    rows = [
        Row(
            (Cell(name_method(row["method"])), Cell(float(row["count"]))),
            group=name_analysis(row["analysis"]).capitalize(),
        )
        for row in counted.to_dict("records")
    ]
    table = Table(
        name="methods",
        title="Methods used in this run",
        columns=(Column("Method"), Column("estimates", "count")),
        rows=tuple(rows),
    )
    yield Fold("Every method that was used", (table,))


def methods_of(run: Run) -> frozenset[str]:
    """Return the methods that gave the numbers of a run."""
    if run.estimates.empty:
        return frozenset()
    answered = run.estimates[run.estimates["status"] != "refused"]
    return frozenset(answered["method"].dropna().astype(str))


def _cited(sentence: Sentence) -> str:
    known = read_references()
    cites = "; ".join(known[key].cited for key in sentence.cites)
    return f"{sentence.text} ({cites})."


def _instruments(run: Run) -> tuple[str, ...]:
    """Return the citations of the instruments, each once."""
    frame = run.frame("tables/measures")
    if frame.empty:
        return ()
    cited = frame.loc[frame["citation"] != "", ["citation", "doi"]].drop_duplicates()
    return tuple(cite_in_print(str(text), str(doi)) for text, doi in cited.itertuples(index=False))


def glossary(run: Run) -> Iterator[Block]:
    """Yield the words of the report with what they mean."""
    terms = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))["term"]
    pairs = tuple((str(term["word"]), str(term["means"])) for term in terms)
    yield Fold("Words used here", (Facts(pairs),))


LIMIT_OF_ROUNDING = (
    "A rounded number is no secret. Intervals, test statistics and p-values follow from the exact "
    "numbers of clients, and several of them together narrow a rounded one down to a few. Rounding "
    "hides the one or two clients by which two tables differ; what protects people in small groups "
    "is that nothing at all is published of these."
)


def disclosure(run: Run) -> Iterator[Block]:
    """Yield the disclosure rules under which everything here was published."""
    policy = run.provenance("disclosure")
    if not policy:
        return
    yield Prose(
        (
            (
                f"Numbers of clients below {policy['threshold']} are left out, with those from "
                "which they could be calculated; the others are rounded to multiples of "
                f"{policy['round_to']}, and shares follow from rounded numbers. Statistics of "
                f"groups below {policy['min_group_for_statistics']} clients, or of fewer than "
                f"{policy['therapist_threshold']} therapists, are withheld. Figures "
                f"{'may show' if policy['show_points'] == 'True' else 'never show'} single "
                "clients."
            ),
            *((LIMIT_OF_ROUNDING,) if policy["round_to"] != "1" else ()),
            *((policy["note"],) if policy.get("note") else ()),
        )
    )


def provenance(run: Run) -> Iterator[Block]:
    """Yield what the run was made of."""
    facts = run.provenance("run")
    pairs = [
        ("run", facts.get("run_id", "")),
        ("study", facts.get("study_id", "")),
        ("seed", facts.get("seed", "")),
        ("plan", facts.get("plan_status", "")),
        *((f"SHA-256 of the {name}", value) for name, value in run.provenance("hash").items()),
        *run.provenance("version").items(),
    ]
    yield Prose(
        (
            (
                "The same inputs, study file, definitions, program and seed give this run again, "
                "byte for byte. Beside this page lie the estimates and the data of every figure."
            ),
        )
    )
    yield Facts(tuple(pairs))


def estimates(run: Run) -> Iterator[Block]:
    """Yield every estimate; numbers in other tables lead here."""
    if run.estimates.empty:
        return
    table = Table(
        name="estimates",
        title="Every estimate of this run",
        columns=(
            Column("No."),
            Column("outcome"),
            Column("analysis"),
            Column("what"),
            Column("estimand"),
            Column("method"),
            Column("estimate", "number", places=3),
            Column("CI", "interval", places=3),
            Column("p", "p", is_symbol=True),
            Column("p adj.", "p"),
            Column("n", "count", is_symbol=True),
            Column("status"),
            Column("note"),
        ),
        rows=tuple(
            _estimate_row(run, number, row)
            for number, row in enumerate(run.estimates.to_dict("records"))
        ),
    )
    yield Fold(f"Every estimate of this run ({len(table.rows)})", (table,), is_long=True)


def _estimate_row(run: Run, number: int, row: dict[Any, Any]) -> Row:
    has_count = not pd.isna(row["n"]) or row["status"] == "refused"
    cells = (
        Cell(str(number + 1)),
        Cell(name_outcome(run, str(row["outcome"]))),
        Cell(name_analysis(str(row["analysis"]))),
        Cell(name_estimate(row)),
        Cell(str(row["estimand"])),
        Cell(name_method(row["method"])),
        Cell(number_in(row, "estimate")),
        Cell(interval_in(row)),
        Cell(number_in(row, "p_value")),
        Cell(number_in(row, "p_adjusted")),
        Cell(number_in(row, "n") if has_count else ""),
        Cell(str(row["status"])),
        Cell("" if pd.isna(row["note"]) else str(row["note"])),
    )
    return Row(cells, plan_status=str(row["plan_status"]), anchor=number)
