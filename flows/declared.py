"""Hashes of what decides how files become rows: sources and the definitions they use."""

from __future__ import annotations

import hashlib
import json

from flows.declarations import Source
from flows.study import Study
from instruments.definition import definition_digest
from sql.gateway import ENGINE_VERSION


def declarations_digest(study: Study) -> str:
    """Return a hash of all that decides how files become rows."""
    # Ids of forms are hashes of the engine's.
    return _hash([ENGINE_VERSION, *(_declared(study, source) for source in study.sources)])


def source_digest(study: Study, source: Source) -> str:
    """Return a hash of one source and the definitions that it uses."""
    return _hash(_declared(study, source))


def _declared(study: Study, source: Source) -> dict[str, object]:
    used = sorted({form.instrument for form in source.form})
    return {
        "source": source.model_dump(mode="json"),
        "definitions": {name: definition_digest(study.catalog[name]) for name in used},
    }


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
