"""The instruments that ship with the program and those that a study adds."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from instruments.definition import Definition
from instruments.errors import DefinitionError, suggest
from instruments.faults import explain_fault

SHIPPED = Path(__file__).resolve().parent / "definitions"


class Catalog(Mapping[str, Definition]):
    """Definitions by id, in the order of their ids."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self._definitions = {d.id: d for d in sorted(definitions, key=lambda d: d.id)}

    def __getitem__(self, form_id: str) -> Definition:
        return self._definitions[form_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    def get_form(self, form_id: str) -> Definition:
        """Return a definition, or an error that names the nearest one."""
        if form_id in self._definitions:
            return self._definitions[form_id]
        near = suggest(form_id, self) or f"There are {', '.join(self)}."
        raise DefinitionError("E_INSTRUMENT", f'No instrument is called "{form_id}".', fix=near)


def load_definition(path: Path) -> Definition:
    """Read one definition file."""
    text = _read(path)
    try:
        return Definition.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(
            "E_DEFINITION", f"The file is not TOML: {error}.", where=str(path)
        ) from error
    except ValidationError as error:
        raise explain_fault(error, path=path, text=text) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(
            "E_DEFINITION", "The file is not UTF-8.", where=str(path), fix="Save it as UTF-8."
        ) from error
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise DefinitionError(
            "E_DEFINITION", f"The file cannot be read: {reason}.", where=str(path)
        ) from error


def load_catalog(extra: Path | None = None) -> Catalog:
    """Return the shipped definitions and those in the folder `extra`."""
    found = dict(_shipped())
    for path in _extra_paths(extra) if extra is not None else ():
        definition = load_definition(path)
        if definition.id in found:
            raise _clash(definition.id, path, found[definition.id][1])
        found[definition.id] = (definition, path)
    return Catalog(definition for definition, _ in found.values())


@cache
def _shipped() -> Mapping[str, tuple[Definition, Path]]:
    """Read the shipped definitions, once in a process: they change with the program alone."""
    read = [(load_definition(path), path) for path in sorted(SHIPPED.glob("*.toml"))]
    return MappingProxyType({definition.id: (definition, path) for definition, path in read})


def _extra_paths(extra: Path) -> list[Path]:
    if not extra.is_dir():
        raise DefinitionError(
            "E_DEFINITION",
            "The folder of the study's own definitions is not there.",
            where=str(extra),
        )
    return sorted(extra.glob("*.toml"))


def _clash(form_id: str, path: Path, other: Path) -> DefinitionError:
    return DefinitionError(
        "E_DEFINITION",
        f'Two definitions are called "{form_id}".',
        where=f"{path} and {other}",
        fix="Give the study's own form an id of its own.",
    )
