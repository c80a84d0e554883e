"""The seal of a published file: a digest of its content, carried in the file itself.

The seal notices what was changed, renamed, or written past the gate by mistake. It is no
signature: whoever can run this program can also make one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from instruments.errors import GateError, RunError

METADATA_KEY = b"interdep.gate"
_FIX = "Write the run again; nothing under runs/ is made or changed by hand."


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Return the frame as an Arrow table of text, numbers and truth values only."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    _require_publishable(table)
    return table


def _require_publishable(table: pa.Table) -> None:
    for field in table.schema:
        if not _is_publishable(field.type):
            raise GateError(
                "E_GATE_TYPE",
                f"Only text, numbers and truth values are published, not {field.type}.",
                where=f"column {field.name}",
                fix="Publish days since intake instead of dates, and one value in a cell.",
            )


def _is_publishable(kind: pa.DataType) -> bool:
    plain = (
        pa.types.is_floating,
        pa.types.is_integer,
        pa.types.is_boolean,
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_null,
    )
    return any(matches(kind) for matches in plain)


def content_digest(name: str, header: Mapping[str, str], table: pa.Table) -> str:
    """Return the SHA-256 of name, header, column names, types and values, in that order."""
    digest = hashlib.sha256()
    digest.update(json.dumps([name, dict(sorted(header.items()))]).encode())
    for field, column in zip(table.schema, table.columns, strict=True):
        digest.update(json.dumps([field.name, str(field.type), column.to_pylist()]).encode())
    return digest.hexdigest()


def write_sealed(folder: Path, name: str, header: Mapping[str, str], frame: pd.DataFrame) -> Path:
    """Write one sealed Parquet file whole or not at all, and return its path."""
    table = to_arrow(frame)
    seal = {**header, "sha256": content_digest(name, header, table)}
    metadata = {**(table.schema.metadata or {}), METADATA_KEY: json.dumps(seal, sort_keys=True)}
    path = folder / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as sink:
        pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
        sink.flush()
        os.fsync(sink.fileno())
    partial.replace(path)
    return path


def read_sealed(folder: Path, name: str) -> tuple[dict[str, str], pd.DataFrame]:
    """Return header and frame of one sealed file; refuse it if the seal is missing or broken."""
    path = folder / f"{name}.parquet"
    table = _read(path)
    _require_publishable(table)
    seal = _parse_seal(table.schema.metadata or {}, path)
    wanted = seal.pop("sha256")
    if content_digest(name, seal, table) != wanted:
        raise GateError("E_GATE_SEAL", "A published file was changed.", where=path.name, fix=_FIX)
    return seal, table.to_pandas()


def _read(path: Path) -> pa.Table:
    try:
        # One file is all there is to read: `read_table` would load what reads whole datasets.
        with pq.ParquetFile(path) as file:
            return file.read()
    except (pa.ArrowInvalid, pa.ArrowException, OSError) as error:
        raise RunError(
            "E_RUN_DAMAGED", "A published file cannot be read.", where=path.name, fix=_FIX
        ) from error


def _parse_seal(metadata: Mapping[bytes, bytes], path: Path) -> dict[str, str]:
    try:
        seal = json.loads(metadata[METADATA_KEY])
        return {str(key): str(seal[key]) for key in ("policy", "kind", "reason", "sha256")}
    except (KeyError, ValueError, TypeError) as error:
        raise GateError(
            "E_GATE_SEAL", "A file did not pass the gate.", where=path.name, fix=_FIX
        ) from error
