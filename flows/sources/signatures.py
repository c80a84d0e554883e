"""Files that are no text, known by their first bytes."""

from __future__ import annotations

from pathlib import Path

from flows.sources.refusal import refuse

ARCHIVES: dict[bytes, str] = {
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
}
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# The first entries of the zip archives that office programs write.
OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"word/", b"mimetype")
OTHERS: dict[bytes, str] = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Excel or Word file",
    b"%PDF-": "a PDF",
    b"$FL2": "an SPSS file",
    b"$FL3": "an SPSS file",
    b"PAR1\x15": "a Parquet file",
    b"SQLite format 3\x00": "a database",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF87a": "a picture",
    b"GIF89a": "a picture",
}
# Written in either case, after a mark or blank lines.
MARKUP: dict[bytes, str] = {
    b"{\\rtf": "a word-processor text",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML file",
}
SAVE_AS_CSV = "Open it in the program that made it and save it as CSV (UTF-8)."
DECLARE = 'Declare kind = "{}" for its source, or save it as CSV (UTF-8).'


def check_is_text(path: Path, head: bytes) -> None:
    """Refuse an archive or a file of another kind; `head` is the file's first 4 kB."""
    if head.startswith(ZIP):
        _refuse_zip(path, head)
    if kind := _archive_kind(head):
        raise refuse(path, "E_ARCHIVE", f"The file is a {kind} archive.", place="byte 0",
                     fix="Unpack it and give the file inside.")  # fmt: skip
    if kind := _other_kind(head):
        raise refuse(path, "E_NOT_TEXT", f"The file is {kind}, not text.", place="byte 0",
                     fix=DECLARE.format("spss") if "SPSS" in kind else SAVE_AS_CSV)  # fmt: skip


def _archive_kind(head: bytes) -> str | None:
    if head[:3] == b"BZh" and head[4:10] == b"1AY&SY":
        return "bzip2"
    return next((kind for magic, kind in ARCHIVES.items() if head.startswith(magic)), None)


def _other_kind(head: bytes) -> str | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:32].lower()
    known = [kind for magic, kind in OTHERS.items() if head.startswith(magic)]
    known += [kind for magic, kind in MARKUP.items() if start.startswith(magic)]
    return known[0] if known else None


def _refuse_zip(path: Path, head: bytes) -> None:
    if head[30:].startswith(OFFICE) or OFFICE[0] in head:
        raise refuse(path, "E_NOT_TEXT", "The file is a workbook or document, not text.",
                     place="byte 0", fix=DECLARE.format("excel"))  # fmt: skip
    raise refuse(path, "E_ARCHIVE", "The file is a zip archive.", place="byte 0",
                 fix="Unpack it and give the file inside.")  # fmt: skip
