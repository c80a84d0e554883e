"""What every analysis shares: how one question's answers, or refusals, become estimate rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.estimates import Estimate, Status
from reports.methods.result import Interval

# Below this, one client moves a mean by a tenth of their own distance: nothing is concluded.
MIN_GROUP = 10
TOO_FEW = f"fewer than {MIN_GROUP} clients in a group"
TOO_FEW_AT_ALL = f"fewer than {MIN_GROUP} clients"

GROUP_A = "overdependent"
GROUP_B = "overindependent"
CONTRAST = f"{GROUP_A} - {GROUP_B}"
THEME_CONTRAST = "overly dependent against overly independent"
THEME_MEASURES = "measures"
NESTING = "clients of the same therapist are taken as independent"
FAMILY_CONTINUOUS = "primary outcomes, continuous"
FAMILY_GROUPS = "primary outcomes, groups"


@dataclass(frozen=True)
class Question:
    """One analysis of one outcome: makes rows that carry its name.

    Rows are exploratory until `mark_planned` finds them in a locked plan.
    """

    analysis: str
    theme: str
    outcome: str

    def answer(self, term: str, estimand: str, method: str, /, **facts: Any) -> Estimate:
        """Return one estimate; a ``caution`` becomes its status and its note."""
        caution = facts.pop("caution", None)
        note = join_notes(facts.pop("note", None), caution)
        return self._row((term, estimand, method), "caution" if caution else "ok", note, facts)

    def refuse(
        self, term: str, estimand: str, method: str, reason: str, /, **facts: Any
    ) -> Estimate:
        """Return the row that says why there is no estimate."""
        note = join_notes(reason, facts.pop("note", None), facts.pop("caution", None))
        return self._row((term, estimand, method), "refused", note, facts)

    def _row(
        self, names: tuple[str, str, str], status: Status, note: str | None, facts: dict[str, Any]
    ) -> Estimate:
        term, estimand, method = names
        return Estimate(
            analysis=self.analysis,
            theme=self.theme,
            outcome=self.outcome,
            term=term,
            estimand=estimand,
            method=method,
            plan_status="exploratory",
            status=status,
            note=note,
            **facts,
        )


def limits(interval: Interval) -> dict[str, float]:
    """Return an interval as columns of an estimate."""
    return {"ci_low": interval.low, "ci_high": interval.high, "ci_level": interval.level}


def reason_of(error: ValueError) -> str:
    """Return why a method has no answer, without the counts that its message may hold."""
    said = str(error)
    return "too few clients for this method" if any(c.isdigit() for c in said) else said


def join_notes(*notes: str | None) -> str | None:
    """Return the notes that there are as one, None where there is none."""
    return "; ".join(note for note in notes if note) or None
