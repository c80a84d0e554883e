"""A study's own definitions: begun from an export, checked, used like those that ship."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.desk.new_definition import TO_DO, draft_definition
from instruments.catalog import SHIPPED, load_catalog, load_definition
from instruments.errors import DefinitionError, RunError
from instruments.vector_check import missed_vectors, untested_scores
from tests.flows import small_study
from tests.flows.studies import export, write_study

CATALOG = load_catalog()
REVERSED = (2, 5)


def own_rows(count: int = 80, *, seed: int = 3) -> list[dict[str, object]]:
    """Return the answers to a form of eight items that nobody knows, two of them reversed."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for k in range(count):
        trait = rng.normal()
        marks = [
            int(np.clip(round(3 + (-1 if n in REVERSED else 1) * trait + rng.normal(0, 0.7)), 1, 5))
            for n in range(1, 9)
        ]
        row: dict[str, object] = {"client_id": f"C{k:03d}"}
        rows.append(row | {f"wellness_{n}": mark for n, mark in enumerate(marks, 1)})
    return rows


def fill_in(text: str) -> str:
    """Return a draft as a person would complete it."""
    return (
        text.replace(TO_DO, "Smith (2010)")
        .replace("reverse = [] ", "reverse = [2, 5] ")
        .replace('id = "wellness"', 'id = "wellness_scale"')
    )


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = write_study(tmp_path / "study")
    export(folder, "intake.csv", own_rows())
    return folder


@pytest.fixture
def draft(study: Path) -> str:
    return draft_definition(study / "exports" / "intake.csv", None, CATALOG)


def call(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_a_draft_knows_what_the_columns_say(draft: str) -> None:
    facts = tomllib.loads(draft)
    assert (facts["id"], facts["n_items"]) == ("wellness", 8)
    assert facts["response"] == {"min": 1, "max": 5}
    assert facts["reverse"] == []
    assert "# In this export items 2, 5 go against the others" in draft
    assert [v["expect"]["total"] for v in facts["vectors"]] == [1, 3, 5]


def test_a_draft_is_a_definition_and_says_what_is_to_be_filled_in(
    draft: str, tmp_path: Path
) -> None:
    path = tmp_path / "wellness.toml"
    path.write_text(draft)
    assert load_definition(path).n_items == 8
    code, told = call("instruments", "check", path)
    assert code == 3
    assert told.startswith("WRONG: wellness.toml")
    for key in ("name", "citation", "scales[1].label", "key_source"):
        assert f"{key} is still to be filled in." in told


def test_a_wrong_vector_is_told_with_both_numbers(draft: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(fill_in(draft))
    code, told = call("instruments", "check", path)
    assert code == 3
    assert 'With every item at its floor, "total" comes to 2; the vector says 1.' in told, (
        "two of eight items are reversed: (6 x 1 + 2 x 5) / 8"
    )
    right = (
        fill_in(draft)
        .replace("{ total = 1 }", "{ total = 2 }")
        .replace("{ total = 5 }", "{ total = 4 }")
    )
    path.write_text(right)
    code, told = call("instruments", "check", path)
    assert code == 4
    assert told.startswith("GOOD, with doubts: own.toml")
    assert "reversed 2, 5" in told
    assert "key is unverified" in told


def test_a_file_that_is_no_definition_says_where_it_fails(draft: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(draft.replace('method = "mean"', 'method = "median"'))
    with pytest.raises(DefinitionError) as caught:
        call("instruments", "check", path)
    assert "method" in caught.value.where


def test_the_id_of_a_form_that_ships_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "core_10.toml"
    path.write_text((SHIPPED / "core_10.toml").read_text())
    code, told = call("instruments", "check", path)
    assert code == 3
    assert 'A form called "core_10" ships with the program' in told


@pytest.mark.parametrize("definition", CATALOG.values(), ids=lambda definition: definition.id)
def test_every_shipped_definition_passes(definition: Any) -> None:
    assert missed_vectors(definition) == ()


def test_a_vector_that_is_left_out_is_told() -> None:
    core = CATALOG["core_10"]
    shorter = core.model_copy(update={"vectors": core.vectors[:2]})
    assert untested_scores(core) == ()
    assert untested_scores(shorter) == ("ceiling of total",)


def test_columns_of_known_forms_are_passed_over_unless_named(tmp_path: Path) -> None:
    folder = write_study(tmp_path)
    rows = [
        row | {f"phq_{n}": (n + k) % 4 for n in range(1, 10)} for k, row in enumerate(own_rows())
    ]
    path = export(folder, "intake.csv", rows)
    assert 'id = "wellness"' in draft_definition(path, None, CATALOG)
    assert "n_items = 9" in draft_definition(path, "phq_{n}", CATALOG)
    with pytest.raises(RunError) as caught:
        draft_definition(path, "phg_{n}", CATALOG)
    assert 'Did you mean "phq_{n}"?' in caught.value.fix


def test_a_draft_has_an_id_that_no_form_has_yet(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = ["client_id,pitq_1,pitq_2,pitq_3", *(f"Kx{n:03d},{n % 4},1,2" for n in range(40))]
    path.write_text("\n".join(lines) + "\n")
    assert 'id = "pitq_own"' in draft_definition(path, "pitq_{n}", CATALOG)


def test_a_definition_is_written_once(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.toml"
    words = ("instruments", "new", study / "exports" / "intake.csv", "--out", out)
    assert call(*words)[0] == 0
    with pytest.raises(RunError) as caught:
        call(*words)
    assert caught.value.code == "E_FILE_EXISTS"


OWN = """
[[source.form]]
instrument = "wellness_scale"
columns = "wellness_{n}"

[[source]]
id = "weekly"
"""


@pytest.fixture
def own_study(tmp_path: Path, draft: str) -> Path:
    """A study whose intake holds a form that it brings the definition of."""
    text = small_study.WITHOUT_OUTCOME.replace('\n[[source]]\nid = "weekly"\n', OWN)
    folder = small_study.write_study(tmp_path / "own", text)
    own = own_rows(40)
    rows = [row | one | row for row, one in zip(small_study.intake_rows(40), own, strict=True)]
    small_study.write_export(folder, "intake.csv", rows)
    (folder / "instruments").mkdir()
    (folder / "instruments" / "own.toml").write_text(fill_in(draft))
    return folder


OWN_SCORES = (
    "SELECT client_id, score FROM store.core.score INNER JOIN store.core.administration "
    "USING (administration_id) WHERE form_id = 'wellness_scale' ORDER BY 1"
)


def own_scores(reversed_: tuple[int, ...]) -> list[tuple[str, float]]:
    return [
        (f"K{k:03d}", sum(6 - a if n in reversed_ else a for n, a in answers.items()) / 8)
        for k, row in enumerate(own_rows(40), start=1)
        for answers in ({n: int(str(row[f"wellness_{n}"])) for n in range(1, 9)},)
    ]


def test_a_study_runs_on_its_own_instruments(own_study: Path) -> None:
    assert small_study.run(own_study).ending == "published"
    assert small_study.ask(own_study, OWN_SCORES) == own_scores(REVERSED)
    code, told = call("instruments", "list", "-s", own_study)
    assert code == 0
    assert "wellness_scale" in told


def test_a_corrected_key_scores_everything_anew(own_study: Path) -> None:
    own = own_study / "instruments" / "own.toml"
    right = own.read_text()
    own.write_text(right.replace("reverse = [2, 5]", "reverse = [2]"))
    small_study.take_in(own_study)
    assert small_study.ask(own_study, OWN_SCORES) == own_scores((2,))
    own.write_text(right)
    small_study.take_in(own_study)
    assert small_study.ask(own_study, OWN_SCORES) == own_scores(REVERSED)
