"""Whom and when the columns of an unknown export tell of: clients, occasions, days."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from flows.profiling import propose_study
from flows.profiling.roles import guess_occasion
from flows.study_checks import check_presentation
from tests.property.export_mutations import good_exports
from tests.unit.nasty.desk import check
from tests.unit.profiling_tables import CATALOG, CORE, answers, ids, propose, write


def test_a_landmark_after_intake_is_a_doubt(tmp_path: Path) -> None:
    ecr = answers([f"ecr_{n}" for n in range(1, 37)], 1, 7)
    late = {"client_id": ids(), "occasion": ["end"] * len(ids()), **ecr}
    _, told = propose(write(tmp_path / "late.csv", late), folder=tmp_path)
    assert 'landmark = "end"' in told
    assert "No file here is of intake" in told
    early = late | {"occasion": ["intake"] * len(ids())}
    _, told = propose(write(tmp_path / "early.csv", early), folder=tmp_path)
    assert 'landmark = "intake"' in told
    assert "No file here is of intake" not in told


def test_the_landmark_is_an_occasion_of_the_form_that_the_rule_is_made_for(tmp_path: Path) -> None:
    intake = {"client_id": ids(), "occasion": ["intake"] * len(ids()), **answers(CORE, 0, 4)}
    ecr = answers([f"ecr_{n}" for n in range(1, 37)], 1, 7)
    late = {"client_id": ids(), "occasion": ["end"] * len(ids()), **ecr}
    files = write(tmp_path / "first.csv", intake), write(tmp_path / "later.csv", late)
    study, _ = propose(*files, folder=tmp_path)
    assert study.file.presentation.dependence == "ecr.anxiety"
    assert study.file.presentation.landmark == "end"


def test_every_form_that_a_rule_takes_is_proposed_for_one(tmp_path: Path) -> None:
    table = {"client_id": ids(), **answers([f"ecrrs_{n}" for n in range(1, 10)], 1, 7)}
    study, text = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    check_presentation(study, study.file.presentation)
    assert "stand-in" not in text


@pytest.mark.parametrize(
    ("name", "labels", "meant"),
    [
        ("Messzeitpunkt", ["Aufnahme", "Entlassung"], {"intake", "end"}),
        ("meetmoment", ["voor", "na"], {"intake", "end"}),
        ("rilevazione", ["ingresso", "dimissione"], {"intake", "end"}),
    ],
)
def test_occasions_are_known_in_the_languages_of_exports(
    name: str, labels: list[str], meant: set[str], tmp_path: Path
) -> None:
    table = {"client": ids(), name: labels * 30, **answers(CORE, 0, 4)}
    study, _ = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    assert study.sources[0].columns.occasion == name
    assert set(study.sources[0].occasions.values()) == meant


def test_waves_that_are_numbered_stay_apart(tmp_path: Path) -> None:
    table = {"client": ids(), "wave": ["1", "2"] * 30, **answers(CORE, 0, 4)}
    study, _ = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    assert dict(study.sources[0].occasions) == {"1": "wave_1", "2": "wave_2"}


def test_labels_that_are_taken_for_one_occasion_are_doubted(tmp_path: Path) -> None:
    table = {"client": ids(), "wave": ["pre", "pre test"] * 30, **answers(CORE, 0, 4)}
    _, text = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    assert "# ? Several labels are taken for one occasion" in text


def test_what_an_spss_file_calls_its_waves_names_the_occasions(tmp_path: Path) -> None:
    frame = pd.DataFrame({"client_id": ids(), "meetmoment": [1.0, 2.0] * 30,
                          **answers(CORE, 0, 4)}).astype(dict.fromkeys(CORE, float))  # fmt: skip
    path = tmp_path / "a.sav"
    labels = {"meetmoment": {1: "voormeting", 2: "nameting"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
    study, _ = propose(path, folder=tmp_path)
    assert dict(study.sources[0].occasions) == {"1": "intake", "2": "end"}


def test_forms_of_one_row_at_two_occasions_are_told_apart_by_name(tmp_path: Path) -> None:
    table = {"client_id": ids()}
    for k, time in enumerate(("pre", "post", "x")):
        table |= answers([f"{time}_core_{n}" for n in range(1, 11)], 0, 4, seed=k)
    proposed, _ = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    assert [(f.columns, f.occasion) for f in proposed.sources[0].form] == [
        ("pre_core_{n}", "intake"),
        ("post_core_{n}", "end"),
        ("x_core_{n}", None),
    ]
    assert proposed.sources[0].occasion == "intake"


def test_dates_are_taken_in_pairs_and_doubted_where_day_and_month_could_be_swapped(
    tmp_path: Path,
) -> None:
    dates = {"intake_date": ["03/04/2024"] * 60, "seen": ["05/06/2024"] * 60}
    table = {"client_id": ids(), **dates, **answers(CORE, 0, 4)}
    proposed, text = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    (source,) = proposed.sources
    assert (source.columns.date, source.columns.intake_date) == ("seen", "intake_date")
    assert source.date_format == "%d/%m/%Y"
    assert "# ? Dates could also be written as %m/%d/%Y" in text


def test_bare_numbers_are_ids_with_a_doubt(tmp_path: Path) -> None:
    table = {"record_id": [str(n) for n in range(1, 61)], **answers(CORE, 0, 4)}
    path = write(tmp_path / "a.csv", table)
    proposed, text = propose(path, folder=tmp_path)
    assert "bare numbers" in text
    assert check(path, proposed.sources[0], tmp_path / "s").counts.loaded == 60


@pytest.mark.parametrize(
    "name",
    ["clientcode", "Clientnr", "patient_nummer", "Patientennummer", "deelnemersnr", "Klientencode",
     "codice_paziente"],
)  # fmt: skip
@pytest.mark.parametrize("row", ["id", "formulier_id", "patient_gender"])
def test_the_client_is_told_from_numbers_of_rows_and_from_facts(
    name: str, row: str, tmp_path: Path
) -> None:
    numbers = ["1", "2"] * 30 if row == "patient_gender" else [str(n) for n in range(1, 61)]
    clients = [f"Kx{n // 2:03d}" for n in range(60)]
    table = {row: numbers, name: clients, "dag": ["0", "90"] * 30, **answers(CORE, 0, 4)}
    study, _ = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    assert study.sources[0].columns.client == name


def test_the_number_of_a_form_is_no_client(tmp_path: Path) -> None:
    table = {"formulier_id": [str(n) for n in range(60)], **answers(CORE, 0, 4)}
    study, text = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    assert study.sources[0].columns.client is None
    assert "No column names a client" in text


def test_nothing_that_points_to_a_person_is_told(tmp_path: Path) -> None:
    count = 60
    secrets = {
        "Client name": [f"Jane Doe{n}" for n in range(count)],
        "phone": [f"+3160000{n:04d}" for n in range(count)],
        "remarks": [f"came late because of {n}" for n in range(count)],
        "born": ["1980-01-31"] * count,
        "colour": ["Salmon pink"] * count,
    }
    table = {"client_id": ids(), **secrets, **answers(CORE, 0, 4)}
    proposed, text = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    assert not [word for word in ("Jane", "+316", "late", "1980", "Salmon") if word in text]
    assert "points to a person" in text
    assert proposed.sources[0].columns.client == "client_id"


def test_the_first_field_of_a_redcap_project_is_the_client_whatever_it_is_called(
    tmp_path: Path,
) -> None:
    for name, content in good_exports()["redcap"].files.items():
        renamed = content.replace(b"client_id", b"studienr", 1)
        assert renamed != content
        (tmp_path / name).write_bytes(renamed)
    export = next(path for path in sorted(tmp_path.iterdir()) if path.name != "d.csv")
    study, text = propose(export, folder=tmp_path)
    assert study.sources[0].columns.client == "studienr"
    assert "leave it out of the export: studienr" not in text


def test_what_holds_nothing_or_days_is_told_as_such(tmp_path: Path) -> None:
    nothing = {f"mood_{n}": ["NA", ""] * 30 for n in range(1, 5)} | {"event": ["NA"] * 60}
    table = {"client_id": ids(), "seen": ["2024-01-05"] * 60, **nothing}
    text = propose_study([write(tmp_path / "a.csv", table)], CATALOG)
    assert '"mood_{n}": 4 columns without any answer.' in text
    assert "holds dates: declare date and intake_date" in text
    assert "[source.occasions]" not in text


def test_columns_that_a_program_adds_are_no_roles(tmp_path: Path) -> None:
    lines = ("V1,V20,Q1", "ResponseID,LocationAccuracy,Question", "R_1,-1,3")
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n")
    assert "clinic =" not in propose_study([path], CATALOG)


@pytest.mark.parametrize(
    ("label", "occasion"),
    [
        ("baseline_arm_1", "intake"),
        ("Month 3", "month_3"),
        ("Post treatment", "end"),
        ("After", "end"),
        ("After session 3", "session"),
        ("follow-up", "follow_up"),
        ("T7!", "t7"),
        ("1", "wave_1"),
        ("?", "other"),
    ],
)
def test_occasions_are_guessed_by_their_words(label: str, occasion: str) -> None:
    assert guess_occasion(label) == occasion


def test_the_numbered_columns_of_legacy_qualtrics_are_no_items_and_one_names_the_client(
    tmp_path: Path,
) -> None:
    """V3, V5 and V6 name persons: nobody should be told to list their cells as codes."""
    own = ["ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress",
           "IPAddress", "Status", "StartDate", "EndDate", "Finished"]  # fmt: skip
    items = answers(CORE, 0, 4)
    cells = [
        [f"R_{k:015x}", "Default", "Anonymous", f"kl{k:03d}a", "", "127.0.0.1", "0",
         "2015-03-01 10:00:00", "2015-03-01 10:05:00", "1"]
        for k in range(60)
    ]  # fmt: skip
    columns = {f"V{n}": [own[n - 1], *(row[n - 1] for row in cells)] for n in range(1, 11)}
    columns |= {name: ["Statement", *given] for name, given in items.items()}
    study, text = propose(write(tmp_path / "legacy.csv", columns), folder=tmp_path)
    (source,) = study.sources
    assert (source.kind, source.columns.client) == ("qualtrics", "V4")
    assert [form.instrument for form in source.form] == ["core_10"]
    assert "V{n}" not in text
