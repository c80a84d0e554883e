"""Reading an SPSS file, ``.sav`` or ``.zsav`` (kind ``spss``).

User-missing values and ranges become missing codes with their labels as reasons, dates are written
as dates, and numbers that the file shows with leading zeros keep them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.declarations import Source
from flows.sources.admission import Admission, declare_admission
from flows.sources.binary_file import BinaryFile, examine_file, held_still
from flows.sources.border import refuse_identifiers
from flows.sources.codes import declared_codes
from flows.sources.export import DictionaryField, Export, Note
from flows.sources.header import HEAD_ROWS, check_names, check_some_are_expected, telling_columns
from flows.sources.names import clean_name
from flows.sources.refusal import refuse
from flows.sources.spss_values import Variable
from flows.sources.table_copy import TableChunk, TableCopy
from instruments.errors import ExportError

MAGIC = (b"$FL2", b"$FL3")
# Cells that are read at a time: about 30 bytes each while they are.
CELLS = 2_500_000
# A string variable that is wider than this may hold anything.
WIDEST_CODE = 20
PLACE = "the variables"
# Roles whose cells hold no codes: what is missing there is blank.
WITHOUT_REASONS = ("client", "therapist", "clinic", "date", "intake_date")


def read(path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False) -> Export:
    """Read an SPSS file; it is always rewritten."""
    del force_rewrite
    file = examine_file(path)
    if not file.head.startswith(MAGIC):
        raise refuse(path, "E_NOT_SPSS", "The file is no SPSS file.", place="byte 0",
                     fix="Save it as .sav, or declare the kind that it is.")  # fmt: skip
    with held_still(file):
        spss = SpssFile(file, source, declare_admission(source))
        spss.check()
        telling = spss.telling
        codes = declared_codes(source, spss.header)
        copy = TableCopy(scratch / f"{file.sha256[:16]}.csv", spss.header, codes)
        copy.write(spss.chunks())
    missing = {name: dict(v.reasons) for name, v in spss.variables.items() if v.reasons}
    notes = tuple(_note_missing(missing))
    export = copy.finish(file, notes=notes, fields=spss.fields, missing=missing)
    return replace(export, telling=telling)


def _note_missing(missing: Mapping[str, Mapping[str, str]]) -> Iterator[Note]:
    if missing:
        text = f"The file itself declares values missing, in columns that are read: {len(missing)}."
        yield Note("N_USER_MISSING", text)


@dataclass
class SpssFile:
    """One file: its metadata, and the variables that are read of it."""

    file: BinaryFile
    source: Source
    admission: Admission
    variables: dict[str, Variable] = field(default_factory=dict)

    @cached_property
    def meta(self) -> Any:
        """What the file says of its variables, without user-missing values."""
        meta = self._read(metadataonly=True)[1]
        if any(name is None for name in meta.column_names):
            raise self._damaged("a variable without a name")
        return meta

    @cached_property
    def written(self) -> dict[str, str]:
        """The names of the variables, cleaned, and as they are written."""
        return {clean_name(name): name for name in self.meta.column_names}

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The names of the variables."""
        return tuple(map(clean_name, self.meta.column_names))

    @cached_property
    def fields(self) -> dict[str, DictionaryField]:
        """What the file says of each variable."""
        return {name: self._field(name) for name in self.header}

    def check(self) -> None:
        """Refuse a file by the names and labels of its variables."""
        path = self.file.path
        check_some_are_expected(path, PLACE, self.header, self.admission)
        check_names(path, PLACE, self.header, self.admission)
        refuse_identifiers(path, self.header, self.admission, self.fields)

    def chunks(self) -> Iterator[TableChunk]:
        """Yield the cases of the admitted variables."""
        wanted = {name: own for name, own in self.written.items() if self.admission.admits(name)}
        limit = max(1, CELLS // len(wanted))
        offset, count = 0, self.meta.number_rows  # None where the file does not say
        while offset == 0 or count is None or offset < count:
            frame, meta = self._read(usecols=list(wanted.values()), user_missing=True,
                                     disable_datetime_conversion=True, row_offset=offset,
                                     row_limit=limit)  # fmt: skip
            if not len(frame):
                break
            columns = {
                name: self._variable(name, own, meta).texts(frame[own].to_numpy())
                for name, own in wanted.items()
            }
            strings = [name for name, own in wanted.items() if frame[own].dtype.kind != "f"]
            yield TableChunk(len(frame), columns, strings)
            offset += len(frame)
        self._check_is_whole(offset)

    @cached_property
    def telling(self) -> frozenset[str]:
        """The texts that are not admitted and whose first cells point to a person."""
        kinds = self.meta.readstat_variable_types
        texts = {name: own for name, own in self.written.items() if kinds.get(own) == "string"}
        others = {name: own for name, own in texts.items() if not self.admission.admits(name)}
        if not others:
            return frozenset()
        frame, _ = self._read(usecols=list(others.values()), row_limit=HEAD_ROWS)
        # A cell that the file itself declares missing is no text.
        rows = frame[list(others.values())].fillna("").astype(str).to_numpy().tolist()
        return telling_columns(list(others), rows, self.admission)

    def _check_is_whole(self, count: int) -> None:
        if count < (self.meta.number_rows or 0):
            raise refuse(self.file.path, "E_TRUNCATED", f"The file breaks off: {count} of "
                         f"{self.meta.number_rows} cases can be read.",
                         place=f"case {count}", fix="Copy or save it again.")  # fmt: skip

    def _variable(self, name: str, own: str, meta: Any) -> Variable:
        if name not in self.variables:
            roles = self.source.columns.by_role()
            self.variables[name] = Variable(
                format=str(meta.original_variable_types.get(own, "")),
                labels=meta.variable_value_labels.get(own, {}),
                ranges=meta.missing_ranges.get(own, ()),
                date_format=self.source.date_format,
                keeps_reasons=not any(roles.get(role) == name for role in WITHOUT_REASONS),
            )
        return self.variables[name]

    def _field(self, name: str) -> DictionaryField:
        own = self.written[name]
        is_wide = self.meta.variable_storage_width.get(own, 0) > WIDEST_CODE
        is_text = self.meta.readstat_variable_types.get(own) == "string" and is_wide
        label = clean_name(self.meta.column_names_to_labels.get(own) or "")
        return DictionaryField(name, "", "text", label, validation="" if is_text else "code")

    def _read(self, **how: Any) -> tuple[Any, Any]:
        import pyreadstat

        encoding = None if self.source.encoding == "utf-8" else self.source.encoding
        try:
            with warnings.catch_warnings():
                # It renames a variable that stands twice, and says so; such a file is refused.
                warnings.simplefilter("ignore", UserWarning)
                return pyreadstat.read_sav(str(self.file.path), encoding=encoding, **how)
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError,
                MemoryError) as error:  # fmt: skip
            raise self._damaged(type(error).__name__) from None

    def _damaged(self, place: str) -> ExportError:
        return refuse(self.file.path, "E_DAMAGED", "The file cannot be read as an SPSS file.",
                      place=place, fix="Save it again, or declare its encoding.")  # fmt: skip
