"""Readers of export files: one module per kind, each with a function `read`.

A further kind is one new module and one line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from flows.declarations import Source
from flows.sources.export import DictionaryField, Export, Fault, Note
from flows.sources.structure_file import refuse_structure
from instruments.errors import ExportError, StudyError, suggest

__all__ = ["READERS", "DictionaryField", "Export", "Fault", "Note", "read_export"]

READERS: Mapping[str, str] = {
    "csv": "flows.sources.csv_export",
    "redcap": "flows.sources.redcap",
    "redcap_labels": "flows.sources.redcap_labels",
    "redcap_eav": "flows.sources.redcap_eav",
    "qualtrics": "flows.sources.qualtrics",
    "limesurvey": "flows.sources.limesurvey",
    "spss": "flows.sources.spss",
    "excel": "flows.sources.excel",
}


class Reader(Protocol):
    """What the module of one kind offers."""

    def read(
        self, path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False
    ) -> Export:
        """Read one file."""


def read_export(
    path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False
) -> Export:
    """Check one export file and return where and how its rows can be read.

    Parameters
    ----------
    path : Path
        The file as the clinic gave it; it is never changed.
    source : Source
        What the study file says of such files.
    scratch : Path
        An existing folder for the rewritten copy, if one is needed.
    force_rewrite : bool
        Rewrite a plain file too, so that every ragged row becomes a `Fault`.

    Returns
    -------
    Export
        Facts of the file, its header, the rows set aside, and where its text lies.

    Raises
    ------
    ExportError
        The file is refused whole; exactly one code, and no value of the file in the message.
    """
    reader = _find_reader(source.kind)
    try:
        return reader.read(path, source, scratch, force_rewrite=force_rewrite)
    except ExportError as refusal:
        raise refuse_structure(path) or refusal from None


def _find_reader(kind: str) -> Reader:
    if kind not in READERS:
        raise StudyError("E_KIND", f'No reader is made for exports of kind "{kind}".',
                         fix=suggest(kind, READERS))  # fmt: skip
    return cast(Reader, import_module(READERS[kind]))
