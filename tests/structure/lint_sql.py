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

from flows.run import Steps, take_in_file
from flows.simulation.demonstration import write_demonstration
from flows.workbench import open_workbench
from sql import gateway

REPOSITORY = Path(__file__).resolve().parent.parent.parent
FIXED = ("schema", "stage", "frames")
# What a filled template may do: quote every name, run on in long lines, and follow its loops.
GENERATED = ["RF06", "LT01", "LT02", "LT05", "LT09", "LT12", "CP03", "CV06", "AL05", "LT13"]


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
    fixed = [found for name, text in fixed_statements() for found in _lint(name, text, [])]
    filled = filled_templates().items()
    return fixed + [found for name, text in filled for found in _lint(name, text, GENERATED)]


def _lint(name: str, statement: str, allowed: list[str]) -> list[str]:
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


def filled_templates() -> dict[str, str]:
    """Return every template as the demonstration study fills it last."""
    filled: dict[str, str] = {}
    environment = gateway._environment()
    load = environment.get_template

    def recorded(name: str, *arguments: object, **options: object) -> object:
        return Recorded(load(name, *arguments, **options), name, filled)

    environment.get_template = recorded  # type: ignore[method-assign,assignment]
    try:
        _take_in_demonstration()
    finally:
        environment.get_template = load  # type: ignore[method-assign]
    return filled


def _take_in_demonstration() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        write_demonstration(folder, 20260101)
        steps = Steps()
        with open_workbench(folder, lambda _: None) as key:
            steps.mend(key)
            for position in range(steps.find(key)):
                take_in_file(key, position, steps)


if __name__ == "__main__":
    violations = find_violations()
    sys.stdout.write("\n".join([*violations, f"{len(violations)} violations in the SQL", ""]))
    sys.exit(bool(violations))
