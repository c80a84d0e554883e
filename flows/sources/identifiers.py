"""Column names that point to a person or to free text.

A border, not a detector: a column is admitted by name and declared type only. What is judged here
is what to say of the others, and which declared names must be a mistake.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from flows.sources.export import DictionaryField
from flows.sources.names import name_key, show_name

NameCode = Literal["E_IDENTIFIER", "E_FREE_TEXT"]
ColumnCode = Literal["E_IDENTIFIER", "E_FREE_TEXT", "E_UNKNOWN_COLUMN"]

WORDS = Path(__file__).with_name("identifier_words.toml")
# Text validations of REDCap that only fit something that points to a person.
IDENTIFYING = re.compile(r"e?mail|(phone|postalcode|zipcode|ssn|v?mrn)(_.*)?")
# Field types whose content nobody can foresee.
UNFORESEEN = ("notes", "file", "signature")
# A label of more words is a question, not the name of a thing.
LONGEST_LABEL = 5


@dataclass(frozen=True)
class UnknownColumn:
    """A column that is not read: its place, from 1; its name where it is safe to show."""

    position: int
    shown_name: str | None
    code: ColumnCode


@dataclass(frozen=True)
class Vocabulary:
    """The words of `identifier_words.toml`, ready to compare."""

    joining: frozenset[str]
    qualifiers: frozenset[str]
    names: frozenset[str]
    persons: frozenset[str]
    words: Mapping[NameCode, frozenset[str]]
    phrases: Mapping[NameCode, frozenset[tuple[str, ...]]]


def judge_unknown_columns(
    header: Sequence[str],
    admitted: Collection[str],
    ignored: Collection[str],
    fields: Mapping[str, DictionaryField] | None = None,
    telling: Collection[str] = (),
) -> tuple[UnknownColumn, ...]:
    """Return the columns that are neither admitted nor ignored nor REDCap's own.

    `telling` are those whose cells point to a person.
    """
    known = {name_key(name) for name in (*admitted, *ignored)}
    described = fields or {}
    unknown = []
    for position, name in enumerate(header, 1):
        field = described.get(name)
        is_known = field is not None and field.is_known and not field.is_identifier
        if name_key(name) not in known and not is_known:
            code: ColumnCode | None = "E_IDENTIFIER" if name in telling else judge_name(name)
            code = code or (judge_field(field) if field else None)
            unknown.append(UnknownColumn(position, show_name(name), code or "E_UNKNOWN_COLUMN"))
    return tuple(unknown)


def judge_name(name: str) -> NameCode | None:
    """Return what a column's name points to: a person, free text, or neither."""
    vocabulary = load_vocabulary()
    parts = [part for part in split_name(name) if part not in vocabulary.joining]
    if _names_a_person(parts, vocabulary):
        return "E_IDENTIFIER"
    codes: tuple[NameCode, ...] = ("E_IDENTIFIER", "E_FREE_TEXT")
    for code in codes:
        words, phrases = vocabulary.words[code], vocabulary.phrases[code]
        if words.intersection(parts) or phrases.intersection(_windows(parts)):
            return code
    return None


def is_direct_identifier(name: str) -> bool:
    """Whether a name says nothing but who someone is: "client e-mail", not "e-mail reminders"."""
    if judge_name(name) != "E_IDENTIFIER":
        return False
    vocabulary = load_vocabulary()
    parts = [part for part in split_name(name) if part not in vocabulary.joining]
    spoken_for = {
        *vocabulary.words["E_IDENTIFIER"],
        *vocabulary.names,
        *vocabulary.persons,
        *vocabulary.qualifiers,
        *(word for window in _windows(parts) & vocabulary.phrases["E_IDENTIFIER"]
          for word in window),
    }  # fmt: skip
    return all(part in spoken_for or _is_compound(part, vocabulary) for part in parts)


def judge_field(field: DictionaryField) -> NameCode | None:
    """Return what a REDCap field holds by its flag, validation, label and type."""
    if code := judge_admitted_field(field):
        return code
    if field.type != "text":
        return None
    label = judge_name(field.label) if len(split_name(field.label)) <= LONGEST_LABEL else None
    return label or (None if field.validation else "E_FREE_TEXT")


def judge_admitted_field(field: DictionaryField) -> NameCode | None:
    """Return why a declared REDCap column may not be read; a text without validation may be."""
    if field.is_identifier or IDENTIFYING.fullmatch(field.validation):
        return "E_IDENTIFIER"
    if field.type in UNFORESEEN:
        return "E_FREE_TEXT"
    is_named = field.type == "text" and is_direct_identifier(field.label)
    return "E_IDENTIFIER" if is_named else None


def split_name(name: str) -> list[str]:
    """Return the words of a column name: small letters, without accents, digits and signs."""
    spread = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    plain = unicodedata.normalize("NFKD", spread.replace("ß", "ss")).casefold()
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.findall(r"[^\W\d_]+", letters)


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """Return the words that names are judged by."""
    told = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    joining = frozenset(told["joining"])
    sections: dict[NameCode, dict[str, list[str]]] = {
        "E_IDENTIFIER": told["identifier"],
        "E_FREE_TEXT": told["free_text"],
    }
    return Vocabulary(
        joining,
        frozenset(told["qualifiers"]),
        frozenset(told["name"]["words"]),
        frozenset(told["name"]["persons"]),
        {code: _with_joined(section, joining) for code, section in sections.items()},
        {code: _phrases(section["phrases"], joining) for code, section in sections.items()},
    )


def _with_joined(section: Mapping[str, list[str]], joining: frozenset[str]) -> frozenset[str]:
    split = [phrase.split() for phrase in section["phrases"]]
    joined = ["".join(words) for words in split]
    joined += ["".join(word for word in words if word not in joining) for words in split]
    return frozenset((*section["words"], *joined))


def _phrases(phrases: Iterable[str], joining: frozenset[str]) -> frozenset[tuple[str, ...]]:
    split = (tuple(sorted(w for w in phrase.split() if w not in joining)) for phrase in phrases)
    return frozenset(words for words in split if len(words) > 1)


def _windows(parts: Sequence[str]) -> set[tuple[str, ...]]:
    """Return every run of two or three words, in a fixed order."""
    return {
        tuple(sorted(parts[start : start + size]))
        for size in (2, 3)
        for start in range(len(parts) - size + 1)
    }


def _names_a_person(parts: Sequence[str], vocabulary: Vocabulary) -> bool:
    if len(parts) == 1 and parts[0] in vocabulary.names:
        return True
    names = vocabulary.names.intersection(parts)
    return bool(
        (names and vocabulary.persons.intersection(parts))
        or any(_is_compound(part, vocabulary) for part in parts)
    )


def _is_compound(part: str, vocabulary: Vocabulary) -> bool:
    """Whether a word is a person and a name written together, such as "clientnaam"."""
    return any(
        part.endswith(name) and part.removesuffix(name) in vocabulary.persons
        for name in vocabulary.names
    )
