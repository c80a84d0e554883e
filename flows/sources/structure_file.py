"""Files that describe a survey and hold no answers: people take them for exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from flows.sources.names import clean_name, name_key
from flows.sources.redcap_dictionary import COLUMNS
from flows.sources.refusal import refuse
from instruments.errors import ExportError

# So much of a file is looked at.
HEAD = 4096
DICTIONARY = "a REDCap data dictionary"
PAIRED = (
    "Check the export: the dictionary goes beside it, and the source names it under dictionary; "
    "interdep profile reads both."
)
EXPORT = "Export the responses and check that file."


def refuse_structure(path: Path) -> ExportError | None:
    """Return the refusal of a file that describes a survey; None of any other."""
    if path.is_symlink() or not path.is_file():  # a pipe would be waited for
        return None
    try:
        with path.open("rb") as opened:
            head = opened.read(HEAD).decode("utf-8", errors="replace").removeprefix("\ufeff")
    except OSError:
        return None
    for what, is_so in KINDS.items():
        if is_so(head):
            fix = PAIRED if what == DICTIONARY else EXPORT
            return refuse(
                path, "E_STRUCTURE", f"This is {what}; it holds no client's answers.", fix=fix
            )
    return None


def _is_dictionary(head: str) -> bool:
    """Whether the first row has the names of a dictionary's columns, as either tool writes them."""
    first = {name_key(clean_name(cell)) for cell in head.split("\n", 1)[0].split(",")}
    first = {name.strip('"') for name in first}
    return any(
        all(name_key(COLUMNS[part][way]) in first for part in ("name", "form", "type"))
        for way in (0, 1)
    )


def _is_limesurvey(head: str) -> bool:
    return "<LimeSurveyDocType>" in head or head.lstrip('"').startswith("class\ttype/scale\tname")


def _is_qualtrics(head: str) -> bool:
    return head.lstrip().startswith('{"SurveyEntry"')


KINDS: Mapping[str, Callable[[str], bool]] = {
    DICTIONARY: _is_dictionary,
    "the structure of a LimeSurvey survey": _is_limesurvey,
    "the definition of a Qualtrics survey": _is_qualtrics,
}
