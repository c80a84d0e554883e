"""The parts of a report, by the names that ``sections.toml`` orders them with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from reports.render.blocks import (
    answer,
    appendix,
    clients,
    comparison,
    further,
    measures,
    method,
    quality,
)
from reports.render.document import Block
from reports.render.run_view import Run

BLOCKS: Mapping[str, Callable[[Run], Iterator[Block]]] = {
    "answer.headline": answer.headline,
    "answer.caveat": answer.caveat,
    "clients.presentations": clients.presentations,
    "clients.balance": clients.balance,
    "quality.files": quality.files,
    "quality.findings": quality.findings,
    "measures.alarms": measures.alarms,
    "measures.reliability": measures.reliability,
    "measures.instruments": measures.instruments,
    "comparison.continuous_intro": comparison.continuous_intro,
    "comparison.continuous": comparison.continuous,
    "comparison.group_intro": comparison.group_intro,
    "comparison.presentations": comparison.presentations,
    "comparison.contrast": comparison.contrast,
    "comparison.robust": comparison.robust,
    "comparison.sentences": comparison.sentences,
    **further.writers(),
    "further.analyses": further.analyses,
    "method.refusals": method.refusals,
    "method.methods": method.methods,
    "method.glossary": method.glossary,
    "method.disclosure": method.disclosure,
    "appendix.instruments": appendix.instruments,
    "method.provenance": method.provenance,
    "method.estimates": method.estimates,
}
