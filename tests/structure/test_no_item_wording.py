"""Definitions ship keys and never the wording of an item, which others own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from instruments.catalog import SHIPPED

FILES = sorted(SHIPPED.glob("*.toml"))

# Names and labels are short; only these say where something comes from, and may be long.
BIBLIOGRAPHY = {"citation", "licence", "source", "key_source", "missing_source", "notes"}
BIBLIOGRAPHY |= {"reliable_change_source", "minimal_important_difference_source"}
LONGEST = 80
LONGEST_NOTE = 200
WORDING_KEYS = re.compile(r"(text|wording|question|stem|prompt|anchor|statement|option|answers?)s?")
# An item speaks in the first person or asks: "I ...", "... my partner", "how often ... you".
SPOKEN = re.compile(r"\b(I|I'm|me|my|mine|myself|you|your|yours|yourself)\b|\?", re.IGNORECASE)


def offences(text: str) -> list[str]:
    """Return what in a definition file could be the wording of an item."""
    found = [f"comment: {line}" for line in _comments(text) if SPOKEN.search(line)]
    for key, value in _leaves(tomllib.loads(text)):
        found += _offences_of(key, value)
    return found


def _offences_of(key: str, value: object) -> Iterator[str]:
    if WORDING_KEYS.fullmatch(key):
        yield f"{key}: names the wording of items"
    if not isinstance(value, str):
        return
    if key not in BIBLIOGRAPHY and len(value) > LONGEST:
        yield f"{key}: longer than {LONGEST} characters"
    if key == "notes" and len(value) > LONGEST_NOTE:
        yield f"{key}: longer than {LONGEST_NOTE} characters"
    if key != "citation" and SPOKEN.search(value):
        yield f"{key}: speaks like an item"


def _leaves(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, None
            yield from _leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, key)
    else:
        yield key, value


def _comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if line.lstrip().startswith("#")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_definition_holds_the_wording_of_an_item(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_definition_has_as_many_notes_as_it_has_items(path: Path) -> None:
    notes = tomllib.loads(path.read_text(encoding="utf-8")).get("notes", [])
    assert len(notes) <= 5


@pytest.mark.parametrize(
    "smuggled",
    [
        'label = "I am fine with being on my own"',
        'label = "Are others close"\nhigher = "how close are they?"',
        'label = "' + "long " * 20 + '"',
        'item_text = "x"\ntext = "short"',
        '[[items]]\nwording = "short"',
        'notes = ["I would rather stay alone"]',
        '# My partner is far away\nid = "x"',
    ],
)
def test_wording_would_be_noticed(smuggled: str) -> None:
    assert offences(smuggled)
