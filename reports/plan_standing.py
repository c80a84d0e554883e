"""What the plan of a study allows its results to be called, and what may be shown before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from reports.declarations import Comparison, Outcome, PresentationRule, level_of
from reports.plan import Hypothesis, Plan, canonical

NOT_LOCKED = (
    "the analysis plan is not locked yet: lock it (interdep plan lock) before outcomes are seen"
)
CHANGED = "the analysis plan was changed after it was locked: lock it again (interdep plan lock)"
LATE = "planned as it and its family stand only after outcomes had been shown"


@dataclass(frozen=True)
class Standing:
    """The plan of a study, the version under which it is locked, and what that is worth.

    Attributes
    ----------
    plan : Plan, optional
        None where the study has none: everything is exploratory.
    version : int
        How often a plan of this study was locked; 0 before the first time.
    changes : tuple of str
        What the plan says otherwise than its latest locked version.
    late : frozenset of str
        Ids of hypotheses that were locked as they and their families are only after a run had
        shown outcomes; their results are exploratory.
    """

    plan: Plan | None = None
    version: int = 0
    changes: tuple[str, ...] = ()
    late: frozenset[str] = frozenset()

    @property
    def is_in_force(self) -> bool:
        """Whether the plan as it stands is locked."""
        return self.plan is not None and self.version > 0 and not self.changes

    @property
    def refusal(self) -> str | None:
        """Why no outcome may be shown by group yet, None where it may."""
        if self.plan is None or self.is_in_force:
            return None
        return CHANGED if self.version else NOT_LOCKED

    @property
    def digest(self) -> str | None:
        """A hash of everything in it that results depend on, None without a plan."""
        if self.plan is None:
            return None
        facts = [self.plan.digest, self.version, self.is_in_force, sorted(self.late)]
        return hashlib.sha256(canonical(facts).encode()).hexdigest()

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """The hypotheses of the plan, in its order."""
        return () if self.plan is None else self.plan.hypothesis

    @property
    def is_confirmatory(self) -> bool:
        """Whether anything in a run can be confirmatory."""
        return self.is_in_force and any(one.id not in self.late for one in self.hypotheses)

    def rule(self, declared: PresentationRule) -> PresentationRule:
        """Return the rule that holds: the plan's where there is one, else the study file's."""
        return declared if self.plan is None else self.plan.presentation

    def comparison(self, declared: Comparison) -> Comparison:
        """Return what holds for every outcome, tests and intervals at the level of the plan."""
        if self.plan is None:
            return declared
        alpha = self.plan.plan.alpha
        return declared.model_copy(update={"alpha": alpha, "ci_level": level_of(alpha)})

    def outcomes(self, declared: Sequence[Outcome]) -> tuple[Outcome, ...]:
        """Return the plan's outcomes, then those that only the study file declares."""
        if self.plan is None:
            return tuple(declared)
        planned = {outcome.name for outcome in self.plan.outcome}
        others = (outcome for outcome in declared if outcome.name not in planned)
        second = {"primary": False}
        return (*self.plan.outcome, *(one.model_copy(update=second) for one in others))

    def asked(self, question: str, outcome: str) -> tuple[Hypothesis, ...]:
        """Return the hypotheses that ask one kind of question of an outcome."""
        return tuple(
            one for one in self.hypotheses if (one.question, one.outcome) == (question, outcome)
        )


NO_PLAN = Standing()
