"""The report of one run: a page that needs no other file, Word and PDF of the same sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from instruments.errors import RunError, suggest
from reports.render.blocks.method import methods_of
from reports.render.document import Section, find_pictures
from reports.render.references import references_of
from reports.render.run_view import Run, load_run
from reports.render.sections import compose_sections, draw_for_paper, draw_for_screens
from reports.render.sources import entries_of_measures
from reports.render.writing import write_together

PAGE = "html"


def write_report(folder: Path, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write the report of a run into its folder, all formats that were asked for or none.

    The sections are composed and drawn once for all of them. With the page come
    ``figures/*.svg`` and ``references.bib``.
    """
    _require_known(formats)
    run = load_run(folder)
    sections = compose_sections(run, draw_for_screens if PAGE in formats else draw_for_paper)
    files = {f"report.{fmt}": VIEWS[fmt](run, sections) for fmt in dict.fromkeys(formats)}
    count = len(files)
    if PAGE in formats:
        pictures = {f"{picture.name}.svg": picture.svg for picture in find_pictures(sections)}
        write_together(folder / "figures", pictures)
        files |= _references(run)
    return write_together(folder, files)[:count]


def _require_known(formats: Sequence[str]) -> None:
    unknown = [fmt for fmt in formats if fmt not in VIEWS]
    if unknown or not formats:
        near = suggest(unknown[0], VIEWS) if unknown else ""
        raise RunError(
            "E_REPORT_FORMAT",
            "A report is written in one or more known formats.",
            fix=near or f"There are: {', '.join(VIEWS)}.",
        )


def _references(run: Run) -> dict[str, bytes]:
    references = references_of(methods_of(run))
    entries = entries_of_measures(run, {reference.key for reference in references})
    text = "\n".join([*(one.bibtex for one in references), *(one.bibtex for one in entries)])
    return {"references.bib": text.encode()} if text else {}


def _page(run: Run, sections: tuple[Section, ...]) -> bytes:
    from reports.render.page import print_page

    return print_page(
        "report.html",
        run,
        sections=sections,
        about=run.provenance("run"),
        kind="Overly dependent and overly independent clients",
        has_estimates=True,
    ).encode()


def _word(run: Run, sections: tuple[Section, ...]) -> bytes:
    from reports.render.views.word import report_to_word

    return report_to_word(sections, run.provenance("run"))


def _pdf(run: Run, sections: tuple[Section, ...]) -> bytes:
    from reports.render.views.pdf import report_to_pdf

    return report_to_pdf(sections, run.provenance("run"))


View = Callable[[Run, tuple[Section, ...]], bytes]
VIEWS: Mapping[str, View] = {PAGE: _page, "docx": _word, "pdf": _pdf}
