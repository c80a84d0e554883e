"""What validation says of one export."""

from __future__ import annotations

from dataclasses import dataclass

from instruments.errors import ExportError
from instruments.rule import Category, Severity


@dataclass(frozen=True)
class Finding:
    """One rule that an export breaks: how often, how bad, where, what to do.

    ``count`` is of rows in ``stage.finding``: cells, rows, or 1 for the whole file. ``where`` names
    the column, if it is one, and the first records; it is empty for the whole file.
    """

    rule: str
    code: str
    category: Category
    severity: Severity
    count: int
    says: str
    fix: str
    where: str = ""


@dataclass(frozen=True)
class Validation:
    """The verdict on one export; the offending rows are in ``stage.finding``.

    ``suite_size`` is the number of rules that were run and ``failed_rules`` are those broken.
    ``rows`` are the data rows of the file, of which ``quarantined`` are held back and ``known``
    equal an earlier row. ``refusal`` is set where the file must not be published at all.
    """

    suite_size: int
    failed_rules: tuple[str, ...]
    findings: tuple[Finding, ...]
    rows: int
    quarantined: int
    known: int
    refusal: ExportError | None = None

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the file may be published."""
        return self.refusal is not None

    @property
    def has_warnings(self) -> bool:
        """Whether somebody should look at the findings."""
        return any(finding.severity != "note" for finding in self.findings)

    def require_accepted(self) -> None:
        """Raise the refusal, if there is one."""
        if self.refusal is not None:
            raise self.refusal
