"""Locking a plan: the ledger says which version holds, and what came too late."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.identity import identify_run
from flows.ledger import Ledger
from flows.plan_scope import known_study
from flows.plans import load_plan, lock_plan, plan_locks, require_plan, standing_of
from flows.simulation.study_text import study_text
from flows.study import Study, load_study
from instruments.errors import PlanError, RunError

PLAN = """
[plan]
title = "Dependency in twelve months of therapy"

[presentation]
rule = "attachment"
dependence = "ecr.anxiety"
independence = "ecr.avoidance"
cut = [3.55, 3.05]

[[outcome]]
scale = "core_10.total"
occasion = "end"
smallest_effect = 3.0

[[family]]
id = "distress"

[[hypothesis]]
id = "end"
says = "They differ in distress at the end."
question = "groups"
outcome = "core_10.total@end"
family = "distress"
"""
SECOND = """
[[hypothesis]]
id = "slope"
says = "Dependence goes with distress."
question = "dependence"
outcome = "core_10.total@end"
family = "distress"
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "study.toml").write_text(study_text(1), encoding="utf-8")
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    return load_study(tmp_path)


def write(study: Study, text: str) -> None:
    (study.folder / "plan.toml").write_text(text, encoding="utf-8")


def lock(study: Study) -> None:
    lock_plan(study, Ledger(study.ledger), require_plan(study))


def finish(study: Study, *, shown: bool = True) -> None:
    Ledger(study.ledger).append("run_finished", run_id="0" * 16, has_shown_outcomes=shown)


def invoke(*words: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["plan", *words])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.output


def test_a_study_without_a_plan_is_exploratory(study: Study) -> None:
    (study.folder / "plan.toml").unlink()
    standing = standing_of(study, Ledger(study.ledger))
    assert standing.plan is None
    assert standing.refusal is None
    with pytest.raises(PlanError, match="E_PLAN_MISSING"):
        require_plan(study)


def test_a_lock_is_in_the_ledger_with_hash_version_date_and_content(study: Study) -> None:
    assert standing_of(study, Ledger(study.ledger)).refusal is not None
    lock(study)
    line = study.ledger.read_text().splitlines()[-1]
    assert re.search(r'"at": "20\d\d-\d\d-\d\dT', line)
    (found,) = plan_locks(Ledger(study.ledger))
    plan = load_plan(study)
    assert plan is not None
    assert (found.version, found.sha256) == (1, plan.digest)
    assert found.content == plan.content
    assert standing_of(study, Ledger(study.ledger)).is_in_force


def test_comments_and_order_of_keys_are_no_change(study: Study) -> None:
    lock(study)
    write(study, "# reread in May\n" + PLAN)
    assert standing_of(study, Ledger(study.ledger)).is_in_force
    assert lock_plan(study, Ledger(study.ledger), require_plan(study)) is None


def test_a_locked_plan_that_was_edited_says_what_changed(study: Study) -> None:
    lock(study)
    write(study, PLAN.replace("effect = 3.0", "effect = 5.0"))
    standing = standing_of(study, Ledger(study.ledger))
    assert not standing.is_in_force
    assert standing.changes == ('outcome "core_10.total@end": smallest_effect was 3.0, is 5.0',)
    lock(study)
    assert standing_of(study, Ledger(study.ledger)).version == 2


def test_hypotheses_locked_before_outcomes_were_shown_are_in_time(study: Study) -> None:
    lock(study)
    finish(study)
    assert standing_of(study, Ledger(study.ledger)).late == frozenset()


def test_hypotheses_that_came_after_outcomes_are_late_and_the_others_are_not(study: Study) -> None:
    lock(study)
    finish(study)
    write(study, PLAN + SECOND)
    lock(study)
    assert standing_of(study, Ledger(study.ledger)).late == {"slope"}


def test_a_changed_smallest_effect_makes_its_hypothesis_late(study: Study) -> None:
    lock(study)
    finish(study)
    write(study, PLAN.replace("effect = 3.0", "effect = 5.0"))
    lock(study)
    assert standing_of(study, Ledger(study.ledger)).late == {"end"}


def late_after(study: Study, before: str, after: str) -> frozenset[str]:
    """Lock a plan, show outcomes, lock it as it is afterwards, and return what is late."""
    write(study, before)
    lock(study)
    finish(study)
    write(study, after)
    lock(study)
    return standing_of(study, Ledger(study.ledger)).late


def test_what_is_left_of_a_family_is_late_where_members_went_after_outcomes(study: Study) -> None:
    """A smaller family is adjusted for less, so whoever saw the outcomes could make it small."""
    assert late_after(study, PLAN + SECOND, PLAN) == {"end"}
    write(study, PLAN + SECOND)
    assert standing_of(study, Ledger(study.ledger)).late == frozenset()


def test_what_went_from_another_family_or_before_outcomes_spoils_nothing(study: Study) -> None:
    other = SECOND.replace('family = "distress"', 'family = "second"')
    both = PLAN + other + '\n[[family]]\nid = "second"\n'
    assert late_after(study, both, PLAN) == frozenset()


def test_members_that_went_before_outcomes_were_shown_spoil_nothing(study: Study) -> None:
    write(study, PLAN + SECOND)
    lock(study)
    write(study, PLAN)
    lock(study)
    finish(study)
    assert standing_of(study, Ledger(study.ledger)).late == frozenset()


def test_a_member_that_is_changed_after_outcomes_makes_its_family_late(study: Study) -> None:
    changed = PLAN + SECOND.replace("question =", 'predictor = "independence"\nquestion =')
    assert late_after(study, PLAN + SECOND, changed) == {"end", "slope"}


def test_outcomes_seen_under_one_version_give_no_choice_among_earlier_ones(study: Study) -> None:
    lock(study)
    assert late_after(study, PLAN + SECOND, PLAN) == {"end"}


# A lock as an earlier release wrote it into the ledger.
OLD_LOCK = {
    "version": 1,
    "sha256": "0" * 64,
    "file_sha256": "0" * 64,
    "content": {
        "plan": {"title": "Dependency", "alpha": 0.05, "power": 0.8},
        "presentation": {
            "rule": "attachment", "dependence": "ecr.anxiety", "independence": "ecr.avoidance",
            "interdependence": None, "cut": [3.55, 3.05], "interdependence_cut": None,
            "grey_zone": [0.0, 0.0], "landmark": "intake", "complete_only": False,
        },
        "outcome": [{
            "scale": "core_10.total", "attribute": None, "occasion": "end", "smallest_effect": 3.0,
            "primary": True, "label": None, "covariates": [],
        }],
        "family": [{"id": "distress", "adjust": "holm"}],
        "hypothesis": [
            {
                "id": name, "says": says, "question": question, "outcome": "core_10.total@end",
                "family": "distress", "contrast": ["overdependent", "overindependent"],
                "predictor": "dependence", "method": "welch", "shape": "log",
            }
            for name, says, question in (
                ("end", "They differ in distress at the end.", "groups"),
                ("slope", "Dependence goes with distress.", "dependence"),
            )
        ],
        "exclusion": [],
    },
}  # fmt: skip


def test_a_lock_of_an_earlier_release_is_as_much_in_time_as_it_was(study: Study) -> None:
    Ledger(study.ledger).append("plan_locked", **OLD_LOCK)
    finish(study)
    write(study, PLAN + SECOND)
    assert standing_of(study, Ledger(study.ledger)).late == frozenset()


def test_a_run_that_showed_no_outcomes_spoils_nothing(study: Study) -> None:
    finish(study, shown=False)
    lock(study)
    assert standing_of(study, Ledger(study.ledger)).late == frozenset()


def test_a_plan_locked_after_an_exploratory_run_is_late(study: Study) -> None:
    finish(study)
    lock(study)
    assert standing_of(study, Ledger(study.ledger)).late == {"end"}


def test_the_run_depends_on_the_plan_and_on_its_lock(study: Study) -> None:
    def run_id() -> str:
        return identify_run(study, [], standing_of(study, Ledger(study.ledger))).run_id

    before = run_id()
    lock(study)
    locked = run_id()
    write(study, PLAN + SECOND)
    assert len({before, locked, run_id()}) == 3
    write(study, PLAN)
    assert run_id() == locked


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ('"core_10.total"', '"core_10.totl"', "E_PLAN_SCALE", 'Did you mean "core_10.total"?'),
        ('occasion = "end"', 'occasion = "ending"', "E_PLAN_OCCASION", 'Did you mean "end"?'),
        ("effect = 3.0", "effect = 41", "E_PLAN_BOUND", "Scores go from 0 to 40 here."),
        ("effect = 3.0", "effect = -1", "E_PLAN_VALUE", "greater than 0"),
        ("title =", "titel = \"x\"\ntitle =", "E_PLAN_KEY", 'Did you mean "title"?'),
        ('title = "', 'title = ', "E_PLAN_TOML", "not valid TOML"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_used_gets_one_sentence(
    study: Study, old: str, new: str, code: str, says: str
) -> None:
    write(study, PLAN.replace(old, new).replace('"core_10.totl@', '"core_10.total@'))
    with pytest.raises(PlanError) as caught:
        invoke("check", str(study.folder))
    assert caught.value.code == code
    assert says in str(caught.value)
    assert "study.toml" not in str(caught.value)


def test_the_scope_of_a_plan_is_what_the_study_file_declares(study: Study) -> None:
    known = known_study(study, [])
    assert known.scales["core_10.total"].occasions == ("intake", "month_3", "end", "session")
    assert (known.scales["core_10.total"].low, known.scales["core_10.total"].high) == (0, 40)
    assert known.scales["rpt.healthy_dependency"].high is None
    assert known.attributes["age"] == "number"


def test_check_says_in_words_what_will_be_done(study: Study) -> None:
    code, said = invoke("check", str(study.folder))
    assert code == 0
    assert "not locked" in said
    assert "Compares overdependent with overindependent clients on core_10.total@end" in said
    assert "A difference of less than 3 points counts as none" in said
    assert "2 tests at 0.05 together, adjusted by Holm" in said
    assert "No export was accepted yet" in said
    assert "Everything else that a run computes is exploratory." in said


def test_lock_says_the_version_and_what_changed(study: Study) -> None:
    assert "Locked as version 1" in invoke("lock", str(study.folder))[1]
    code, said = invoke("lock", str(study.folder))
    assert (code, "nothing changed" in said) == (5, True)
    write(study, PLAN.replace("effect = 3.0", "effect = 5.0"))
    assert "changed since version 1" in invoke("check", str(study.folder))[1]
    said = invoke("lock", str(study.folder))[1]
    assert "Locked as version 2" in said
    assert "smallest_effect was 3.0, is 5.0" in said


def test_lock_says_what_stays_exploratory(study: Study) -> None:
    finish(study)
    said = invoke("lock", str(study.folder))[1]
    assert "Outcomes had been shown before any plan was locked" in said
    assert "end" in said
    assert "it is exploratory" in invoke("check", str(study.folder))[1]


def test_a_begun_plan_holds_what_the_study_declares_and_passes_its_check(study: Study) -> None:
    (study.folder / "plan.toml").unlink()
    code, told = invoke("new", str(study.folder))
    assert code == 0, told
    plan, declared = require_plan(study), study.file
    assert plan.presentation == declared.presentation
    assert declared.outcome
    assert set(plan.outcome) <= set(declared.outcome)
    assert {one.outcome for one in plan.hypothesis} == {one.name for one in plan.outcome}
    # The continuous question comes before that of the groups.
    assert [one.question for one in plan.hypothesis[:2]] == ["dependence", "groups"]
    assert invoke("check", str(study.folder))[0] == 0


def test_a_begun_plan_says_which_outcomes_it_cannot_have(study: Study) -> None:
    (study.folder / "plan.toml").unlink()
    declared = (study.folder / "study.toml").read_text(encoding="utf-8")
    every_outcome_is_primary = declared.replace("primary = false", "")
    (study.folder / "study.toml").write_text(every_outcome_is_primary, encoding="utf-8")
    invoke("new", str(study.folder))
    text = (study.folder / "plan.toml").read_text(encoding="utf-8")
    assert '# Left out: ecr.anxiety@end. "ecr.anxiety" is part of the presentation rule.' in text


def test_a_plan_that_is_there_is_not_begun_again(study: Study) -> None:
    with pytest.raises(RunError, match="E_FILE_EXISTS"):
        invoke("new", str(study.folder))
    assert (study.folder / "plan.toml").read_text(encoding="utf-8") == PLAN
