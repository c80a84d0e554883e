"""A plan begun for its author: what the study declares, and what is left to be said."""

from __future__ import annotations

from collections.abc import Iterator

from flows.profiling.attributes import quote
from flows.study import StudyFile
from instruments.errors import PlanError
from reports.declarations import Declaration, Outcome, PresentationRule
from reports.plan_check import KnownStudy, check_outcome

HEAD = """\
# The plan: what is decided before the outcomes are seen. Say what you expect and why it matters,
# and take out what you do not ask. Then, with the folder of the study:
#   interdep plan check DIR   says in words what the plan will do, and what it can detect
#   interdep plan lock DIR    puts it into the ledger; until then no outcome is shown by group
# What was locked before outcomes were shown is confirmatory, all else exploratory. A change after
# the lock is a new version, and every result says which one it belongs to.
"""
FACTS = """\
[plan]
title = {title}
alpha = {alpha:g}
power = 0.8                           # for the smallest difference that can be detected
"""
RULE = """\
[presentation]                        # as study.toml has it today; in reports, this one counts
"""
HYPOTHESIS = """\
says = {says}
question = "{question}"
outcome = {outcome}
family = "primary"
"""
FAMILY = """\
[[family]]                            # hypotheses that are adjusted together
id = "primary"
adjust = "holm"                       # or "benjamini_hochberg"

# Each hypothesis says what you expect: in your words, and in which direction.
"""
CHOICES = """\
# Other questions: four_groups (all presentations), course (do the two groups change differently?
# it wants an outcome with two occasions or more), u_shape (is the middle best?).
# [[hypothesis]]
# id = "course"
# says = "The two groups change differently."
# question = "course"
# shape = "log"                       # fast at first and slowing; "linear"; or "piecewise" with
#                                     # knot = 8: straight until week 8 and from then on
# outcome = "core_10.total@end"
# family = "primary"

# [[exclusion]]                       # clients who are left out, and why
# reason = "under 18"
# attribute = "age"                   # or a scale at the landmark: scale = "des_ii.total"
# below = 18                          # above; or is_one_of = ["code"]
"""


def draft_plan(file: StudyFile, known: KnownStudy) -> str:
    """Return a plan with the rule and the primary outcomes of a study file, as TOML with comments.

    An outcome that no plan can have (it is part of the rule, or comes before its landmark) is left
    out with the reason.
    """
    rule, primary = file.presentation, [one for one in file.outcome if one.primary]
    faults = {outcome.name: _fault(rule, outcome, known) for outcome in primary}
    usable = [outcome for outcome in primary if not faults[outcome.name]]
    questions = [one for outcome in usable for one in _questions(outcome, rule)]
    sections = [
        HEAD,
        FACTS.format(title=quote(file.study.title), alpha=file.comparison.alpha),
        f"{RULE}{_keys(rule)}landmark = {quote(rule.landmark)}\n",
        *(
            f"[[outcome]]\n{_keys(outcome)}# So many points matter because ...\n"
            for outcome in usable
        ),
        *(f"# Left out: {name}. {why}.\n" for name, why in faults.items() if why),
        FAMILY,
        *(f'[[hypothesis]]\nid = "h{k}"\n{question}' for k, question in enumerate(questions, 1)),
        CHOICES,
    ]
    return "\n".join(sections)


def _fault(rule: PresentationRule, outcome: Outcome, known: KnownStudy) -> str | None:
    try:
        check_outcome(rule, outcome, known)
    except PlanError as error:
        return error.what
    return None


def _questions(outcome: Outcome, rule: PresentationRule) -> Iterator[str]:
    """Yield the continuous question, which comes first, and that of the two groups."""
    expected = {
        "dependence": f"{rule.dependence} goes with {outcome.name}.",
        "groups": f"Overdependent and overindependent clients differ in {outcome.name}.",
    }
    for question, says in expected.items():
        yield HYPOTHESIS.format(says=quote(says), question=question, outcome=quote(outcome.name))


def _keys(section: Declaration) -> str:
    """Return what a section says beyond its defaults, the landmark apart."""
    content = section.model_dump(exclude_defaults=True, exclude={"landmark"})
    return "".join(f"{key} = {_value(value)}\n" for key, value in content.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return quote(value) if isinstance(value, str) else f"{value}"
