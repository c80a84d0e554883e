"""What is wrong with a staged export, in plain words, grouped by what to do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.validation import Finding
from instruments.rule import Category, Severity
from sql.gateway import Connection, rows

SEVERITIES: tuple[Severity, ...] = ("fatal", "error", "warning", "note")
# So many records of each place are named; the rest are counted.
NAMED = 5


@dataclass(frozen=True)
class Place:
    """A column or form (or the file) where something is wrong: how often, and the first records."""

    where: str | None
    count: int
    records: tuple[int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and everywhere it is."""

    code: str
    category: Category
    says: str
    places: tuple[Place, ...]

    @property
    def count(self) -> int:
        """How many cells, rows or files it concerns."""
        return sum(place.count for place in self.places)


@dataclass(frozen=True)
class ToDo:
    """Everything that one piece of advice would mend."""

    severity: Severity
    fix: str
    problems: tuple[Problem, ...]

    @property
    def count(self) -> int:
        """How many cells, rows or files it would mend."""
        return sum(problem.count for problem in self.problems)

    @property
    def urgency(self) -> tuple[int, bool, int, str]:
        """Worst first, safety before the rest of its severity, then the most frequent."""
        is_safety = any(problem.category == "safety" for problem in self.problems)
        return SEVERITIES.index(self.severity), not is_safety, -self.count, self.fix


@dataclass(frozen=True)
class Offence:
    """One cell, row or file that breaks a rule; never its value."""

    file: str
    record: int | None
    column: str | None
    severity: Severity
    code: str
    rule: str
    says: str
    fix: str


def list_to_dos(connection: Connection, findings: Iterable[Finding]) -> tuple[ToDo, ...]:
    """Return what is to be done about a judged stage, worst first."""
    places = _places(connection)
    advice: dict[tuple[Severity, str], dict[tuple[str, Category, str], list[Place]]] = {}
    for finding in findings:
        problems = advice.setdefault((finding.severity, finding.fix), {})
        kind = finding.code, finding.category, finding.says
        where = places.get((finding.rule, finding.code, finding.severity)) or [_as_told(finding)]
        problems.setdefault(kind, []).extend(where)
    to_dos = (
        ToDo(severity, fix, tuple(Problem(*kind, tuple(found)) for kind, found in problems.items()))
        for (severity, fix), problems in advice.items()
    )
    return tuple(sorted(to_dos, key=lambda to_do: to_do.urgency))


def _as_told(finding: Finding) -> Place:
    """Return the place of what was found beside the stage, in comparing with earlier files."""
    return Place(finding.where or None, finding.count, ())


def _places(connection: Connection) -> Mapping[tuple[str, str, str], list[Place]]:
    """Return where each rule is broken, the columns in the order in which they were found."""
    found = rows(
        connection,
        "SELECT rule, code, severity, column_name, count(*), "
        "list(_record ORDER BY _record)[:?] FROM stage.finding "
        "GROUP BY rule, code, severity, column_name ORDER BY min(rowid)",
        NAMED,
    )
    places: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
    for rule, code, severity, column, count, records in found:
        known = tuple(record for record in records if record is not None)
        places[rule, code, severity].append(Place(column or _form_of(rule), count, known))
    return places


def _form_of(rule: str) -> str | None:
    """Return the form that a rule without a column is about; rules of files have none."""
    owner = rule.partition(".")[0]
    return None if owner == "file" else owner


def list_offences(
    connection: Connection, file: str, findings: Iterable[Finding]
) -> tuple[Offence, ...]:
    """Return every cell, row or file that breaks a rule, worst first, then in the file's order."""
    says = {(finding.rule, finding.code): finding.says for finding in findings}
    order = ", ".join(f"'{severity}'" for severity in SEVERITIES)
    found = rows(
        connection,
        "SELECT _record, column_name, severity, code, rule, fix FROM stage.finding "  # noqa: S608
        f"ORDER BY list_position([{order}], severity), _record NULLS FIRST, rowid",
    )
    return tuple(
        Offence(file, record, column, severity, code, rule, says[rule, code], fix)
        for record, column, severity, code, rule, fix in found
    )
