"""Generated exports for the benchmarks: big, seeded, the same every time."""

from __future__ import annotations

from pathlib import Path

import duckdb

ECR_STUDY = """\
[study]
id = "bench"
title = "A million forms"

[[source]]
id = "ecr"
kind = "csv"
files = "ecr*.csv"
occasion = "intake"

[source.columns]
client = "client_id"
day = "day"

[source.attributes.age]
column = "age"
type = "number"
min = 10
max = 120

[source.attributes.gender]
column = "gender"
type = "code"
values = { "1" = "man", "2" = "woman" }

[[source.form]]
instrument = "ecr"
columns = "Q{n}"
range = [1, 5]
missing = { "0" = "skipped" }

[presentation]
rule = "attachment"
dependence = "ecr.anxiety"
independence = "ecr.avoidance"
"""


def write_ecr_study(folder: Path, n_forms: int, *, first: int = 0, name: str = "ecr.csv") -> Path:
    """Write a study with one export of so many ECR forms, 1 % of the answers skipped."""
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(ECR_STUDY, encoding="utf-8")
    path = folder / "exports" / name
    write_ecr_forms(path, n_forms, first)
    return path


def write_ecr_forms(path: Path, n_forms: int, first: int = 0) -> None:
    """Write ECR forms as a clinic's CSV: about 92 bytes a row."""
    answers = ", ".join(
        f"CASE WHEN hash(i * 37 + {n}) % 100 = 0 THEN 0 ELSE 1 + hash(i * 41 + {n}) % 5 END AS Q{n}"
        for n in range(1, 37)
    )
    duckdb.sql(
        f"COPY (SELECT 'C' || lpad(CAST(i AS VARCHAR), 8, '0') AS client_id, "
        f"hash(i) % 30 AS day, {answers}, 16 + hash(i + 7) % 60 AS age, "
        f"1 + hash(i + 9) % 2 AS gender "
        f"FROM range({first}, {first + n_forms}) AS t (i)) TO '{path}' (FORMAT csv, HEADER)"
    )
