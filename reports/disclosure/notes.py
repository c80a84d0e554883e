"""Numbers of people in notes: a note may say anything but how many, when they are few."""

from __future__ import annotations

import re

from reports.disclosure.policy import DisclosurePolicy

NOTE_LEFT_OUT = "a note was left out, since it held a small number of clients"
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = rf"(?P<number>\d+|{'|'.join(_WORDS)})"
# A limit is no count: "at least 8 therapists" says what is needed, not what there is.
_LIMIT = (
    r"(?<!at least )(?<!fewer than )(?<!less than )(?<!more than )(?<!below )(?<!under )(?<!needs )"
)
_CLIENTS = (
    r"(?:clients?|people|persons?|participants?|members?|individuals?|respondents?|dropouts?)"
)
_CLIENT_COUNTS = (
    rf"{_LIMIT}(?<![\w.-]){_NUMBER}(?:\s+[a-z-]+){{0,2}}?\s+{_CLIENTS}\b",
    rf"\bn(?:_\w+)?\s*[=:]\s*{_NUMBER}\b(?!\.\d)",
    rf"(?<![\w.-]){_NUMBER}\s*(?:/|(?:out\s+)?of)\s*\d+\b",
)
_THERAPIST_COUNTS = (rf"{_LIMIT}(?<![\w.-]){_NUMBER}(?:\s+[a-z-]+)?\s+therapists?\b",)
# A single person, or the code of one.
_ONE_PERSON = (
    r"\b(?:client|therapist)\s+[\w-]*\d[\w-]*",
    r"\b(?:a single|only one) (?:client|therapist)\b",
)


def holds_small_count(note: str, policy: DisclosurePolicy) -> bool:
    """Return whether a note says a number of clients or therapists that is too small to publish.

    Notes come from templates that hold no counts; this check is the second lock on that door. It
    knows digits and the words up to ten before words for people, ``n = 4``, ``3 of 40``, and a
    client's or therapist's code.
    """
    text = note.lower()
    return (
        _finds(text, _CLIENT_COUNTS, policy.threshold)
        or _finds(text, _THERAPIST_COUNTS, policy.therapist_threshold)
        or any(re.search(pattern, text) for pattern in _ONE_PERSON)
    )


def _finds(text: str, patterns: tuple[str, ...], threshold: int) -> bool:
    found = (match for pattern in patterns for match in re.finditer(pattern, text))
    return any(0 < _number(match["number"]) < threshold for match in found)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _WORDS.index(word) + 1


def publishable_note(note: str, policy: DisclosurePolicy) -> str:
    """Return the note, or in its place the remark that it was left out."""
    return NOTE_LEFT_OUT if holds_small_count(note, policy) else note
