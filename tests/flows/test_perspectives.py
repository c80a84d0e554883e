"""One form about several people, or by several: each of its scales is compared on its own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any

import pandas as pd
import pytest

from flows.amendments import moved_presentations
from flows.books import accepted_files
from flows.ledger import Ledger
from flows.plan_scope import known_study
from flows.study import load_study
from flows.study_data import load_study_data
from instruments.errors import StudyError
from reports.render.run_view import load_run
from reports.study_data import StudyData
from sql.gateway import open_gateway
from tests.flows.small_study import STUDY, Row, intake_rows, run, take_in, write_export, write_study

FORM = '[[source.form]]\ninstrument = "ecr_rs"\ncolumns = "ecr_{n}"\n'
DAR = '[[source.form]]\ninstrument = "dar_5"\ncolumns = "dar_{n}"\n'
ABOUT = "".join(
    FORM.replace("ecr_{n}", f"{about}_{{n}}") + f'target = "{about}"\n'
    for about in ("partner", "therapist")
)
BY = DAR + DAR.replace("dar_{n}", "seen_{n}") + 'rater = "therapist"\n'
ITEMS = range(1, 10)


def several(dependence: str = "ecr_rs.anxiety:partner") -> str:
    """The study with a form about two people and one by two, its outcome about the therapist."""
    text = STUDY.replace(FORM, ABOUT).replace(DAR, BY, 1)
    text = text.replace('dependence = "ecr_rs.anxiety"', f'dependence = "{dependence}"')
    text = text.replace('"ecr_rs.avoidance"', '"ecr_rs.avoidance:partner"')
    return text.replace('scale = "dar_5.total"', 'scale = "ecr_rs.anxiety:therapist"')


def table(count: int = 60, seed: int = 3) -> list[Row]:
    rng = random.Random(seed)  # noqa: S311
    return [
        {name: value for name, value in row.items() if not name.startswith("ecr_")}
        | {f"{about}_{n}": rng.randint(1, 7) for about in ("partner", "therapist") for n in ITEMS}
        | {f"seen_{n}": rng.randint(1, 5) for n in range(1, 6)}
        for row in intake_rows(count)
    ]


@contextmanager
def data_of(folder: Path) -> Iterator[StudyData]:
    with open_gateway(folder / "store.duckdb") as connection:
        yield load_study_data(
            load_study(folder), connection, accepted_files(Ledger(folder / "ledger.jsonl"))
        )


def by_hand(rows: list[Row], about: str) -> dict[str, float]:
    return {row["client_id"]: fmean(row[f"{about}_{n}"] for n in (7, 8, 9)) for row in rows}


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_study(tmp_path_factory.mktemp("several") / "study", several())
    write_export(folder, "intake.csv", table())
    take_in(folder)
    return folder


def test_each_has_scores_answers_and_a_name_of_its_own(taken_in: Path) -> None:
    with data_of(taken_in) as data:
        for about in ("partner", "therapist"):
            name, expected = f"ecr_rs.anxiety:{about}", pytest.approx(by_hand(table(), about))
            assert dict(data.values_at(name, "intake")) == expected
            assert data.items(name, "intake").mean(axis=1).to_dict() == expected
            assert data.measures[name].label.endswith(f", {about}")
        assert "ecr_rs.anxiety" not in data.measures


def test_the_usual_rater_needs_no_name(taken_in: Path) -> None:
    with data_of(taken_in) as data:
        own, seen = (data.values_at(f"dar_5.total{by}", "intake") for by in ("", ":by_therapist"))
    rows = table()
    assert own["K001"] == sum(rows[0][f"dar_{n}"] for n in range(1, 6))
    assert seen["K001"] == sum(rows[0][f"seen_{n}"] for n in range(1, 6))


def test_a_scale_that_does_not_say_about_whom_is_refused_with_those_there_are(
    tmp_path: Path,
) -> None:
    write_study(tmp_path / "study", several("ecr_rs.anxiety"))
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path / "study")
    assert caught.value.code == "E_STUDY_SCALE"
    assert "ecr_rs.anxiety:partner" in caught.value.fix


def test_one_person_alone_needs_no_name(tmp_path: Path) -> None:
    one = STUDY.replace(FORM, FORM + 'target = "partner"\n')
    write_study(tmp_path / "study", one)
    assert "ecr_rs.anxiety" in known_study(load_study(tmp_path / "study"), []).scales


def test_a_plan_may_name_each(taken_in: Path) -> None:
    known = known_study(load_study(taken_in), accepted_files(Ledger(taken_in / "ledger.jsonl")))
    scale = known.scales["ecr_rs.anxiety:therapist"]
    assert (scale.occasions, scale.low, scale.high) == (("intake",), 1, 7)
    assert "dar_5.total:by_therapist" in known.scales


def test_groups_by_one_are_compared_on_another(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study", several())
    write_export(folder, "intake.csv", table(200))
    outcome = run(folder)
    assert outcome.run_folder is not None
    estimates = load_run(outcome.run_folder).estimates
    own = estimates[estimates["outcome"] == "ecr_rs.anxiety:therapist@intake"]
    difference = own[own["term"] == "difference"].iloc[0]
    assert "circular" not in str(difference["note"])
    assert pd.notna(difference["estimate"])
    described = set(estimates.loc[estimates["analysis"] == "measures", "outcome"])
    assert {"ecr_rs.anxiety:partner@intake", "dar_5.total:by_therapist@intake"} <= described


def test_a_correction_moves_the_presentation_of_its_own_person_alone(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study", several())
    rows = table()
    write_export(folder, "intake_1.csv", rows)
    take_in(folder)
    turned = _with(rows[0], "partner", rows), _with(rows[1], "therapist", rows)
    write_export(folder, "intake_2.csv", [*turned, *rows[2:]])
    take_in(folder)
    study, ledger = load_study(folder), Ledger(folder / "ledger.jsonl")
    with open_gateway(folder / "store.duckdb") as connection:
        moved = moved_presentations(study, ledger, connection, 2)
    assert [one.client_id for one in moved] == ["K001"]


def _with(row: Row, about: str, rows: list[Row]) -> dict[str, Any]:
    """Return a client whose anxiety about somebody is on the other side of the middle."""
    high = by_hand(rows, about)[row["client_id"]] > 4
    return row | {f"{about}_{n}": 1 if high else 7 for n in (7, 8, 9)}
