"""The report of one run: one HTML file that needs no other, and its figures beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from instruments.errors import RunError, suggest
from reports.render.blocks.method import methods_of
from reports.render.document import Section, find_pictures
from reports.render.page import print_page
from reports.render.references import references_of, write_bibtex
from reports.render.run_view import load_run
from reports.render.sections import compose_sections
from reports.render.writing import write_together


def write_report(folder: Path) -> Path:
    """Write ``report.html`` and ``figures/*.svg`` of a run; return the report's path."""
    run = load_run(folder)
    sections = compose_sections(run)
    page = print_page(
        "report.html",
        run,
        sections=sections,
        about=run.provenance("run"),
        kind="Overly dependent and overly independent clients",
        has_estimates=True,
    )
    pictures = {f"{picture.name}.svg": picture.svg for picture in find_pictures(sections)}
    write_together(folder / "figures", pictures)
    beside = {"report.html": page.encode()}
    references = references_of(methods_of(run))
    if references:
        beside["references.bib"] = write_bibtex(references).encode()
    return write_together(folder, beside)[0]


def write_documents(folder: Path, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write the report as Word and PDF, all that were asked for or none."""
    unknown = [fmt for fmt in formats if fmt not in DOCUMENTS]
    if unknown or not formats:
        near = suggest(unknown[0], DOCUMENTS) if unknown else ""
        raise RunError(
            "E_REPORT_FORMAT",
            "A report is written in one or more known formats.",
            fix=near or f"There are: {', '.join(DOCUMENTS)}.",
        )
    run = load_run(folder)
    sections, about = compose_sections(run, with_pictures=False), run.provenance("run")
    files = {f"report.{fmt}": DOCUMENTS[fmt](sections, about) for fmt in dict.fromkeys(formats)}
    return write_together(folder, files)


def _word(sections: tuple[Section, ...], about: Mapping[str, str]) -> bytes:
    from reports.render.views.word import report_to_word

    return report_to_word(sections, about)


def _pdf(sections: tuple[Section, ...], about: Mapping[str, str]) -> bytes:
    from reports.render.views.pdf import report_to_pdf

    return report_to_pdf(sections, about)


Document = Callable[[tuple[Section, ...], Mapping[str, str]], bytes]
DOCUMENTS: Mapping[str, Document] = {"docx": _word, "pdf": _pdf}
