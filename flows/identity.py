"""Who a run is: a hash of everything that its results depend on."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from flows.books import AcceptedFile, decisions_digest
from flows.study import Study
from instruments.definition import definition_digest
from reports.plan_standing import NO_PLAN, Standing

PACKAGES = ("instruments", "sql", "reports", "flows")
CODE_ENDINGS = (".py", ".sql", ".toml", ".html", ".css", ".mplstyle", ".json", ".typ", ".csl")
# Packages whose version can move a number or a byte of a result.
NAMED = ("duckdb", "great-expectations", "matplotlib", "numpy", "pandas", "pingouin", "prefect",
         "pyarrow", "scipy", "statsmodels")  # fmt: skip


@dataclass(frozen=True)
class Provenance:
    """The hashes that a run's id is made of, and the versions a reader may ask for."""

    run_id: str
    inputs: tuple[str, ...]
    study_sha256: str
    definitions_sha256: str
    code_sha256: str
    environment_sha256: str
    seed: int
    versions: dict[str, str]
    standing: Standing = NO_PLAN


def identify_run(
    study: Study, accepted: Iterable[AcceptedFile], standing: Standing = NO_PLAN
) -> Provenance:
    """Return the identity of the run of a study on its accepted files, under its plan."""
    accepted = list(accepted)
    inputs = tuple(file.sha256 for file in accepted)
    facts = {
        "inputs": inputs,
        "decisions": decisions_digest(accepted),
        "study": study.digest,
        "definitions": _definitions_digest(study),
        "code": code_digest(),
        "environment": environment_digest(),
        "seed": study.file.study.seed,
        "plan": standing.digest,
    }
    return Provenance(
        run_id=hash_json(facts)[:16],
        inputs=inputs,
        study_sha256=study.digest,
        definitions_sha256=str(facts["definitions"]),
        code_sha256=code_digest(),
        environment_sha256=environment_digest(),
        seed=study.file.study.seed,
        versions=versions(),
        standing=standing,
    )


def hash_json(content: object) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _definitions_digest(study: Study) -> str:
    used = sorted({form.instrument for source in study.sources for form in source.form})
    return hash_json({name: definition_digest(study.catalog[name]) for name in used})


@cache
def code_digest() -> str:
    """Return a hash of the program's own files."""
    root = Path(__file__).resolve().parent.parent
    found = hashlib.sha256()
    for path in _code_files(root):
        found.update(str(path.relative_to(root).as_posix()).encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _code_files(root: Path) -> list[Path]:
    files = (path for package in PACKAGES for path in (root / package).rglob("*"))
    return sorted(path for path in files if path.suffix in CODE_ENDINGS and path.is_file())


@cache
def environment_digest() -> str:
    """Return a hash of the Python version and of every installed package's version."""
    installed = sorted(
        f"{distribution.name.lower()}=={distribution.version}"
        for distribution in metadata.distributions()
    )
    return hash_json([platform.python_version(), installed])


def versions() -> dict[str, str]:
    """Return the versions of Python, of interdep and of the packages that matter most."""
    named = {name: metadata.version(name) for name in ("interdep", *NAMED)}
    return {"python": platform.python_version(), **named}
