"""Where in a TOML file something stands, and a validation fault told as one sentence."""

from __future__ import annotations

import re
import tomllib
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from instruments.checks import MisfitError
from instruments.errors import InterdepError, suggest

Place = Sequence[str | int]
Model = TypeVar("Model", bound=BaseModel)
_HEADER = re.compile(r"^\s*\[{1,2}\s*([A-Za-z0-9_.\-\"]+)\s*\]{1,2}")
_QUOTED = re.compile(r"'([^']+)'")


def line_of(text: str, place: Place) -> int:
    """Return the line of a key, or of the nearest section above it; 1 where there is none.

    ``place`` is a pydantic location: ``("source", 0, "form", 1, "range")``.
    """
    lines = text.splitlines()
    wanted = tuple(place)
    best, depth, end = 1, 0, len(lines)
    sections = _sections(lines)
    for index, (number, path) in enumerate(sections):
        if path == wanted[: len(path)] or path[: len(wanted)] == wanted:
            best, depth = number, min(len(path), len(wanted))
            end = sections[index + 1][0] - 1 if index + 1 < len(sections) else len(lines)
            if depth == len(wanted):
                return best
    keys = [part for part in wanted[depth:] if isinstance(part, str)]
    start = best if depth else 0
    named = [(number + 1, parts) for number in range(start, end)
             if (parts := _key_of(lines[number])) and parts[0] in keys]  # fmt: skip
    whole = [number for number, parts in named if all(part in keys for part in parts)]
    return next(iter(whole), named[0][0] if named else best)


def _key_of(line: str) -> list[str]:
    """Return the parts of the key that a line sets, none where it sets none."""
    key, equals, _ = line.partition("=")
    return [part.strip().strip('"') for part in key.split(".")] if equals else []


def line_with(text: str, words: Iterable[str]) -> int | None:
    """Return the first line that holds one of some texts in quotes."""
    quoted = [f'"{word}"' for word in words]
    lines = enumerate(text.splitlines(), 1)
    return next((n for n, line in lines if any(word in line for word in quoted)), None)


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
        place: tuple[str | int, ...] = (*_parent(names[:-1], current), names[-1])
        if line.lstrip().startswith("[["):
            counts[place] = counts.get(place, -1) + 1
            place = (*place, counts[place])
        current[names] = place
        found.append((number, place))
    return found


def _parent(
    names: tuple[str, ...], current: Mapping[tuple[str, ...], tuple[str | int, ...]]
) -> tuple[str | int, ...]:
    """Return the place of a section's parent, which may have no line of its own."""
    if not names or names in current:
        return current.get(names, ())
    return (*_parent(names[:-1], current), names[-1])


@dataclass(frozen=True)
class TomlFile:
    """A file that a person writes: its name, what it is called, and the error of its faults.

    ``word`` stands in the codes (``E_STUDY_VALUE``), ``called`` in sentences; ``advice`` is given
    where there is no better.
    """

    name: str
    word: str
    called: str
    error: type[InterdepError]
    advice: str = ""

    def load(self, text: str, model: type[Model]) -> Model:
        """Return what the file says.

        Raises
        ------
        InterdepError
            Of the file's kind: one sentence with line, key and nearest valid name.
        """
        try:
            return model.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise self._explain_toml(error) from None
        except ValidationError as error:
            raise self._explain(error, text, model) from None

    def _explain_toml(self, error: tomllib.TOMLDecodeError) -> InterdepError:
        says, _, place = str(error).partition(" (at ")
        line = re.search(r"line \d+", place)
        return self.error(
            f"E_{self.word.upper()}_TOML",
            f"The {self.called} is not valid TOML: {says}",
            where=f"{self.name}, {line[0] if line else 'at its end'}",
            fix="Mend that line; every text value needs quotes.",
        )

    def _explain(self, error: ValidationError, text: str, model: type[BaseModel]) -> InterdepError:
        """Turn pydantic's complaints into one sentence with line, key and nearest valid name.

        A key that is misspelt is also one that is missing: the misspelt one is told.
        """
        faults = error.errors(include_url=False)
        fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
        raised = fault.get("ctx", {}).get("error")
        place = (*fault["loc"], *(raised.place if isinstance(raised, MisfitError) else ()))
        key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
        kind, what, fix = _told(fault, key, model, place)
        where = f"{self.name}, line {line_of(text, place)}" if place else self.name
        return self.error(
            f"E_{self.word.upper()}_{kind}", what, where=where, fix=fix or self.advice
        )


def _told(
    fault: Mapping[str, Any], key: str, model: type[BaseModel], place: Place
) -> tuple[str, str, str]:
    """Return the end of the code, the sentence and the advice, if any, for one complaint."""
    if fault["type"] == "extra_forbidden":
        near = suggest(key, _known_keys(model, place[:-1]))
        return "KEY", f'Unknown key "{key}"', near or "Remove it."
    if fault["type"] == "missing":
        return "MISSING_KEY", f'The key "{key}" is missing', "Add it to this section."
    says = str(fault["msg"]).removeprefix("Value error, ")
    near = suggest(str(fault["input"]), _QUOTED.findall(says)) if isinstance(
        fault["input"], str) else ""  # fmt: skip
    return "VALUE", f'"{key}": {says}' if key else says[:1].upper() + says[1:], near


def _known_keys(model: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that the section at a place may hold."""
    current: Any = model
    is_mapping = False
    for part in place:
        if is_mapping:  # the name of an entry, whatever it is
            is_mapping = False
        elif isinstance(part, str) and _is_model(current):
            field = current.model_fields.get(part)
            is_mapping = bool(field) and _is_mapping(field.annotation)
            current = _inner(field.annotation) if field else None
    return list(current.model_fields) if _is_model(current) else []


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_mapping(kind: Any) -> bool:
    return get_origin(kind) is Mapping


def _inner(kind: Any) -> Any:
    """Return the model inside tuple[...], Mapping[...] or Optional[...]."""
    if _is_model(kind):
        return kind
    if get_origin(kind) in (Union, types.UnionType, tuple) or get_args(kind):
        return next((found for part in get_args(kind) if (found := _inner(part))), None)
    return None
