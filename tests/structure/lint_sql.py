"""Lint the SQL that runs: fixed statements as files, templates as a small study fills them.

Run it with: python -m tests.structure.lint_sql
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
from sqlfluff.core import FluffConfig, Linter

from flows.books import accepted_files
from flows.declarations import Source
from flows.layout import lay_out
from flows.run import Steps, take_in_file
from flows.study_data import load_study_data
from flows.validation.statements import offending_sql
from flows.workbench import open_workbench, workbench
from instruments.catalog import load_catalog
from instruments.rules import derive_rules
from sql import gateway
from sql.amendments import read_scores_before
from tests.conftest import REPOSITORY
from tests.flows.small_study import STUDY, write_eventful_study, write_export

FIXED = ("schema", "stage", "frames")
# What a filled template may do: quote every name, run on in long lines, and follow its loops.
GENERATED = ["RF06", "LT01", "LT02", "LT05", "LT09", "LT12", "CP03", "CV06", "AL05", "LT13"]
# Two subqueries over one table are told apart by their brackets.
GENERATED += ["AL04", "LT14"]
ENDINGS = """\
[[source]]
id = "endings"
kind = "csv"
files = "endings*.csv"
columns = { client = "client_id", session = "number" }
event = { kind = "what", kinds = { "1" = "crisis" }, until = "to" }
ending = { reason = "why", reasons = { "1" = "planned", "2" = "dropout" }, session = "last" }

[presentation]"""
FORMS = (
    {"instrument": "ecr_rs", "columns": "ecr_{n}", "missing": {"NASK": "not asked"}},
    {"instrument": "phq_9", "columns": "phq_{n}", "total": "phq_sum"},
    {"instrument": "des_ii", "columns": "des_{n}", "already_reversed": True},
)
ATTRIBUTES = {
    "age": {"column": "age", "type": "number", "min": 18, "max": 99},
    "sex": {"column": "sex", "type": "code", "values": {"F": "female", "M": "male"}},
    "site": {"column": "site", "type": "code", "shape": "[A-Z]{2}"},
}
KEYS = {"client": "id", "occasion": "wave", "clinic": "place", "session": "no", "date": "seen",
        "intake_date": "began"}  # fmt: skip
WAVES = {"T0": "intake", "T1": "month_3", "T2": "end"}


@dataclass(frozen=True)
class Recorded:
    """A template that keeps what it was filled to last."""

    template: jinja2.Template
    name: str
    filled: dict[str, str]

    def render(self, **context: object) -> str:
        """Fill the template."""
        self.filled[f"sql/templates/{self.name}"] = text = self.template.render(**context)
        return text


def find_violations() -> list[str]:
    """Return a line for each place where a statement breaks a rule of `pyproject.toml`."""
    fixed = [found for name, text in fixed_statements() for found in lint(name, text, [])]
    filled = (filled_checks() | filled_templates()).items()
    return fixed + [found for name, text in filled for found in lint(name, text, GENERATED)]


def lint(name: str, statement: str, allowed: list[str]) -> list[str]:
    """Return a line for each place where one statement breaks a rule that is not allowed."""
    config = FluffConfig.from_path(str(REPOSITORY), overrides={"dialect": "duckdb"})
    linted = Linter(config=config).lint_string(statement)
    return [
        f"{name}:{found.line_no}: {found.rule_code()} {found.desc()}"
        for found in linted.get_violations()
        if found.rule_code() not in allowed
    ]


def fixed_statements() -> Iterator[tuple[str, str]]:
    """Yield every statement that stands in a file as it runs."""
    for folder in FIXED:
        for path in sorted((REPOSITORY / "sql" / folder).glob("*.sql")):
            yield f"sql/{folder}/{path.name}", path.read_text(encoding="utf-8")


def filled_checks() -> dict[str, str]:
    """Return every check, filled for a rule of two layouts that have all of them."""
    dates = {"date_format": "%d.%m.%Y", "occasions": WAVES}
    event = {"kind": "what", "kinds": {"A": "crisis", "B": "contact"}}
    by_client = {"columns": KEYS, "event": event, **dates}
    by_session = {"columns": {"client": "id", "session": "no"}}
    by_person = {"a_row_is": "person", "occasion": "intake"}
    found = {}
    for keys in (by_client, by_session, by_person):
        source = Source.model_validate(
            {"id": "all", "kind": "csv", "files": "*.csv", "missing": {"-9": "refused"},
             "attributes": ATTRIBUTES, "form": FORMS, **keys}
        )  # fmt: skip
        items = [(name, n) for name, count in (("ecr", 9), ("phq", 9), ("des", 28))
                 for n in range(1, count + 1)]  # fmt: skip
        header = [
            *KEYS.values(),
            "what",
            "age",
            "sex",
            "site",
            "phq_sum",
            *(f"{a}_{n}" for a, n in items),
        ]
        for rule in derive_rules(lay_out(source, header, load_catalog())):
            found[f"sql/checks/{rule.check.name}.sql"] = offending_sql(rule)
    return found


def filled_templates() -> dict[str, str]:
    """Return every template as a small study in which much happens fills it last."""
    filled: dict[str, str] = {}
    environment = gateway._environment()
    load = environment.get_template

    def recorded(name: str, *arguments: object, **options: object) -> object:
        return Recorded(load(name, *arguments, **options), name, filled)

    environment.get_template = recorded  # type: ignore[method-assign,assignment]
    try:
        with tempfile.TemporaryDirectory() as name:
            _take_in(_write_study(Path(name) / "study"))
    finally:
        environment.get_template = load  # type: ignore[method-assign]
    return filled


def _write_study(folder: Path) -> Path:
    write_eventful_study(folder, STUDY.replace("[presentation]", ENDINGS))
    for number, why in enumerate((1, 2), start=1):
        ending = {"client_id": "K001", "why": why, "last": 9, "number": 3, "what": 1, "to": number}
        write_export(folder, f"endings_{number}.csv", [ending])
    return folder


def _take_in(folder: Path) -> None:
    steps = Steps()
    with open_workbench(folder, lambda _: None) as key:
        steps.mend(key)
        for position in range(steps.find(key)):
            take_in_file(key, position, steps)
        bench = workbench(key)
        data = load_study_data(bench.study, bench.connection, accepted_files(bench.ledger))
        items = data.items("ecr_rs.anxiety", "intake")
        read_scores_before(bench.connection, 2, {"ecr_rs.anxiety": list(items.columns)})
    shared = {
        "incoming": 'stage."incoming__ecr"',
        "table": "form_ecr",
        "shared": ["item_1", "item_2"],
    }
    gateway.fill("contradicted", forms=[shared, shared])
    gateway.fill("corrected_rows", changed=['stage."incoming__ecr"', 'stage."incoming__dar"'])


if __name__ == "__main__":
    violations = find_violations()
    sys.stdout.write("\n".join([*violations, f"{len(violations)} violations in the SQL", ""]))
    sys.exit(bool(violations))
