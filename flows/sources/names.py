"""Names of columns and files: how they are cleaned, compared and shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# A word without long runs of digits: those could be a phone or insurance number.
PLAIN_WORD = re.compile(r"(?!.*\d{5})[A-Za-z][A-Za-z0-9_.\-]{0,63}")


def clean_name(written: str) -> str:
    """Return a column name in NFC, without outer spaces and with single spaces inside."""
    return " ".join(unicodedata.normalize("NFC", written).split())


def name_key(name: str) -> str:
    """Return what two column names are compared by: neither case nor unseen letters count."""
    if name.isascii():  # every letter is seen, and written in one way only
        return " ".join(name.split()).casefold()
    seen = "".join(c for c in clean_name(name) if unicodedata.category(c) != "Cf")
    return clean_name(seen).casefold()


def show_name(name: str) -> str | None:
    """Return a name that is safe to show anywhere, or None: text in a header may be data."""
    return name if PLAIN_WORD.fullmatch(name) else None


def show_file(name: str) -> str:
    """Return the name of a file in one line; characters that cannot be seen are escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def list_names(names: Iterable[str], most: int = 5) -> str:
    """Return declared names as a phrase: "a", "b" and 3 more."""
    known = list(names)
    shown = ", ".join(f'"{name}"' for name in known[:most])
    return f"{shown} and {len(known) - most} more" if len(known) > most else shown
