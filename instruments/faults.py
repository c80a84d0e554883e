"""What is wrong in a definition file, said with its key, its line and the nearest valid name."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable
from pathlib import Path
from typing import TypeGuard

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from instruments.checks import MisfitError
from instruments.definition import Definition
from instruments.errors import DefinitionError, suggest

Location = tuple[int | str, ...]


def explain_fault(error: ValidationError, *, path: Path, text: str) -> DefinitionError:
    """Return the first fault of a file as the error that its author reads."""
    faults = error.errors(include_url=False)
    # A misspelled key is also a missing one; its own name tells the author more.
    fault = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    location = _location(fault)
    key = _written_key(location)
    line = _line_of(text, location)
    places = [str(path), *([f"line {line}"] if line else []), *([key] if key else [])]
    return DefinitionError(
        "E_DEFINITION", _sentence(fault), where=", ".join(places), fix=_nearest(fault)
    )


def _location(fault: ErrorDetails) -> Location:
    """Return where a fault lies; a check between parts says which of them to look at."""
    raised = fault.get("ctx", {}).get("error")
    return (*fault["loc"], *(raised.place if isinstance(raised, MisfitError) else ()))


def _written_key(location: Location) -> str:
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def _sentence(fault: ErrorDetails) -> str:
    last = fault["loc"][-1] if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        return f'"{last}" is not a key of a definition.'
    if fault["type"] == "missing":
        return f'The key "{last}" is missing.'
    said = fault["msg"].removeprefix("Value error, ")
    return said if said.endswith(("?", ".")) else f"{said[:1].upper()}{said[1:]}."


def _nearest(fault: ErrorDetails) -> str:
    location = fault["loc"]
    if fault["type"] == "extra_forbidden":
        model = _annotation_at(location[:-1])
        return suggest(str(location[-1]), _field_names(model))
    if fault["type"] == "literal_error":
        return suggest(str(fault["input"]), _literals(_annotation_at(location)))
    return ""


def _annotation_at(location: Location) -> object:
    """Return the type that the model expects at a place in the file."""
    here: object = Definition
    for part in location:
        if isinstance(part, str):
            fields = getattr(_model(here), "model_fields", {})
            here = fields[part].annotation if part in fields else None
    return here


def _model(annotation: object) -> type[BaseModel] | None:
    return next((leaf for leaf in _leaves(annotation) if _is_model(leaf)), None)


def _is_model(found: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _leaves(annotation: object) -> Iterable[object]:
    inner = typing.get_args(annotation)
    if not inner:
        yield annotation
    for part in inner:
        yield from _leaves(part)


def _field_names(annotation: object) -> list[str]:
    return sorted(getattr(_model(annotation), "model_fields", {}))


def _literals(annotation: object) -> list[str]:
    return [leaf for leaf in _leaves(annotation) if isinstance(leaf, str)]


def _line_of(text: str, location: Location) -> int | None:
    """Return the line that holds a key: the last of the location's names that is found in turn."""
    lines = text.splitlines()
    found: int | None = None
    start = 0
    for name, skipped in _steps(location):
        hits = [i for i in range(start, len(lines)) if _opens(lines[i], name)]
        if not hits:
            break
        found = hits[min(skipped, len(hits) - 1)]
        start = found
    return None if found is None else found + 1


def _steps(location: Location) -> Iterable[tuple[str, int]]:
    for i, part in enumerate(location):
        if isinstance(part, str):
            follower = location[i + 1] if i + 1 < len(location) else 0
            yield part, follower if isinstance(follower, int) else 0


def _opens(line: str, name: str) -> bool:
    pattern = rf"\s*(\[+\s*)?([\w.]+\.)?{re.escape(name)}\s*(\]+|=)|.*[{{,]\s*{re.escape(name)}\s*="
    return re.match(pattern, line) is not None
