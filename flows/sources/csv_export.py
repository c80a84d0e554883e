"""Reading a plain CSV export (kind ``csv``)."""

from __future__ import annotations

from pathlib import Path

from flows.declarations import Source
from flows.sources.admission import declare_admission
from flows.sources.border import refuse_identifiers
from flows.sources.export import Export
from flows.sources.reading import read_delimited


def read(path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False) -> Export:
    """Read a delimited text export with one header row."""
    admission = declare_admission(source)

    def check_header(header: tuple[str, ...]) -> None:
        refuse_identifiers(path, header, admission)

    return read_delimited(path, source, admission, scratch, check_header, force=force_rewrite)
