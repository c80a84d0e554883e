"""Where in a TOML file something stands, and a validation fault told as one sentence."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Sequence
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from instruments.errors import StudyError, suggest

Place = Sequence[str | int]
_HEADER = re.compile(r"^\s*\[{1,2}\s*([A-Za-z0-9_.\-\"]+)\s*\]{1,2}")


def line_of(text: str, place: Place) -> int:
    """Return the line of a key, or of the nearest section above it; 1 where there is none.

    ``place`` is a pydantic location: ``("source", 0, "form", 1, "range")``.
    """
    lines = text.splitlines()
    keys = [part for part in place if isinstance(part, str)]
    wanted = _indexed(place)
    best, start, end = 1, 0, len(lines)
    for number, path in _sections(lines):
        if path == wanted[: len(path)] and len(path) >= 1:
            best, start = number, number
            end = next((n for n, _ in _sections(lines) if n > number), len(lines) + 1) - 1
    for number in range(start, end):
        key = lines[number].partition("=")[0].strip().strip('"')
        if "=" in lines[number] and key in keys:
            return number + 1
    return best


def _indexed(place: Place) -> tuple[str | int, ...]:
    return tuple(place)


def _sections(lines: Iterable[str]) -> list[tuple[int, tuple[str | int, ...]]]:
    """Return every section's line and its place, arrays of tables counted as TOML counts them."""
    counts: dict[tuple[str | int, ...], int] = {}
    current: dict[tuple[str, ...], tuple[str | int, ...]] = {}
    found = []
    for number, line in enumerate(lines, 1):
        match = _HEADER.match(line)
        if not match:
            continue
        names = tuple(part.strip('"') for part in match.group(1).split("."))
        parent = current.get(names[:-1], names[:-1])
        place: tuple[str | int, ...] = (*parent, names[-1])
        if line.lstrip().startswith("[["):
            counts[place] = counts.get(place, -1) + 1
            place = (*place, counts[place])
        current[names] = place
        found.append((number, place))
    return found


def explain(error: ValidationError, text: str, model: type[BaseModel]) -> StudyError:
    """Turn pydantic's first complaint into one sentence with line, key and nearest valid name."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = tuple(first["loc"])
    where = f"study.toml, line {line_of(text, place)}"
    key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
    if first["type"] == "extra_forbidden":
        fix = suggest(key, _known_keys(model, place[:-1])) or "Remove it."
        return StudyError("E_STUDY_KEY", f'Unknown key "{key}"', where=where, fix=fix)
    if first["type"] == "missing":
        return StudyError(
            "E_STUDY_MISSING_KEY",
            f'The key "{key}" is missing',
            where=where,
            fix="Add it to this section.",
        )
    says = str(first["msg"]).removeprefix("Value error, ")
    return StudyError(
        "E_STUDY_VALUE",
        f'"{key or "study.toml"}": {says}',
        where=where,
        fix="See the comments in a file made by: interdep init",
    )


def _known_keys(model: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that the section at a place may hold."""
    current: Any = model
    for part in place:
        if isinstance(part, str) and _is_model(current):
            field = current.model_fields.get(part)
            current = _inner(field.annotation) if field else None
    return list(current.model_fields) if _is_model(current) else []


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inner(kind: Any) -> Any:
    """Return the model inside tuple[...], Mapping[...] or Optional[...]."""
    if _is_model(kind):
        return kind
    if get_origin(kind) in (Union, types.UnionType, tuple) or get_args(kind):
        return next((found for part in get_args(kind) if (found := _inner(part))), None)
    return None
