"""A labelled REDCap export becomes the codes of its dictionary, or is refused where it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.declarations import Source
from flows.sources import Export, read_export
from flows.sources.redcap_decoding import unique_event_name, unique_name
from instruments.errors import ExportError
from tests.unit.nasty.desk import check, copied
from tests.unit.test_reading_redcap import HEADER, redcap_source

AGREE = '"1, Not at all | 2, A little <i>bit</i> | 3, Very"'
FIELDS = (
    "record_id,base,,text,Record ID,,,,",
    'sex,base,,radio,<b>Sex</b>,"1, Woman | 2, Man",,,',
    "med,base,,yesno,Medication,,,,",
    'help,base,,checkbox,Helped by,"1, Friends | 2, Books",,,',
    f"x_1,form_a,,radio,I worry,{AGREE},,,",
    f"x_2,form_a,,radio,I trust,{AGREE},,,",
    f"y_1,form_b,,radio,I worry,{AGREE},,,",
    "age,form_b,,text,Age,,,integer,",
)
LABELS = (
    "Record ID,Event Name,Repeat Instrument,Repeat Instance,Data Access Group,Sex,Medication,"
    "Helped by (choice=Friends),Helped by (choice=Books),Complete?,I worry,I trust,Complete?,"
    "I worry,Age,Complete?"
)
ROW = (
    "Kx01q,Intake (Arm 1: All),,,Clinic North,Woman,Yes,Checked,Unchecked,Complete,"
    "Not at all,A little bit,Complete,Very,31,Complete"
)


def source(**changes: Any) -> Source:
    code = {"type": "code", "shape": "[A-Za-z0-9-]{0,6}"}
    facts = {
        name: {"column": name, **code} for name in ("sex", "med", "help___1", "x_1", "x_2", "y_1")
    }
    given: dict[str, Any] = {
        "kind": "redcap_labels",
        "columns": {
            "client": "record_id",
            "occasion": "redcap_event_name",
            "clinic": "redcap_data_access_group",
        },
        "form": [],
        "attributes": facts,
    }
    return redcap_source(**given | changes)


def read(folder: Path, *rows: str, fields: tuple[str, ...] = FIELDS, **changes: Any) -> Export:
    (folder / "a_dictionary.csv").write_text("\n".join((HEADER, *fields)) + "\n", encoding="utf-8")
    path = folder / "a_data.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "scratch").mkdir(exist_ok=True)
    return read_export(path, source(**changes), folder / "scratch")


def refusal(folder: Path, *rows: str, **given: Any) -> ExportError:
    with pytest.raises(ExportError) as caught:
        read(folder, *rows, **given)
    assert not list((folder / "scratch").iterdir())
    return caught.value


def test_header_cells_events_and_groups_become_what_a_raw_export_holds(tmp_path: Path) -> None:
    (row,) = copied(read(tmp_path, LABELS, ROW))
    assert {name: cell for name, cell in row.items() if cell} == {
        "_record": "1",
        "record_id": "Kx01q",
        "redcap_event_name": "intake_arm_1",
        "redcap_data_access_group": "clinic_north",
        "sex": "1",
        "med": "1",
        "help___1": "1",
        "x_1": "1",
        "x_2": "2",
        "y_1": "3",
    }


def test_labels_are_found_whatever_their_case_markup_and_spaces(tmp_path: Path) -> None:
    row = ROW.replace("A little bit", '"a  LITTLE <b>bit</b> "').replace("Woman", " man")
    (copy,) = copied(read(tmp_path, LABELS, row))
    assert (copy["x_2"], copy["sex"]) == ("2", "2")


def test_the_same_label_twice_is_told_apart_by_the_order_of_the_dictionary(tmp_path: Path) -> None:
    export = read(tmp_path, LABELS, ROW)
    assert export.header.index("x_1") < export.header.index("y_1")
    assert [n for n in export.header if n.endswith("_complete")] == [
        "base_complete",
        "form_a_complete",
        "form_b_complete",
    ]


def test_one_of_two_fields_with_one_label_is_refused(tmp_path: Path) -> None:
    header = LABELS.replace("Complete?,I worry,Age", "Complete?,Other,Age")
    error = refusal(tmp_path, header, ROW)
    assert error.code == "E_LABELS"
    assert '"x_1", "y_1"' in error.what


def test_names_in_the_header_and_labels_in_the_cells_are_read(tmp_path: Path) -> None:
    names = (
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,"
        "redcap_data_access_group,sex,med,help___1,help___2,base_complete,x_1,x_2,form_a_complete,"
        "y_1,age,form_b_complete"
    )
    assert copied(read(tmp_path, names, ROW)) == copied(read(tmp_path, LABELS, ROW))


def test_a_box_that_is_labelled_with_its_choice_is_ticked(tmp_path: Path) -> None:
    ticked = ROW.replace("Checked,Unchecked", "Friends,")
    other = ROW.replace("Checked,Unchecked", ",Books")
    none = ROW.replace("Checked,Unchecked", ",")
    rows = copied(read(tmp_path, LABELS, ticked, other, none))
    assert [row["help___1"] for row in rows] == ["1", "0", ""]


def test_an_unticked_block_of_labels_is_missing(tmp_path: Path) -> None:
    row = ROW.replace("Checked,Unchecked", "Unchecked,Unchecked")
    assert copied(read(tmp_path, LABELS, row))[0]["help___1"] == ""


def test_the_label_of_a_missing_data_code_becomes_the_code(tmp_path: Path) -> None:
    row = ROW.replace("A little bit", "Not asked").replace("Woman", "Not asked")
    (copy,) = copied(read(tmp_path, LABELS, row, missing={"NASK": "not asked"}))
    assert (copy["x_2"], copy["sex"]) == ("NASK", "NASK")


def test_an_unknown_label_stays_to_be_found(tmp_path: Path) -> None:
    read(tmp_path, LABELS, ROW.replace("Woman", "Neither"))
    values = {"1": "woman", "2": "man"}
    attributes = {"sex": {"column": "sex", "type": "code", "values": values}}
    checked = check(tmp_path / "a_data.csv", source(attributes=attributes), tmp_path / "scratch")
    assert ("warning", "E_CODE", 1, "sex") in checked.findings


def test_codes_instead_of_labels_are_refused_with_the_column(tmp_path: Path) -> None:
    error = refusal(tmp_path, LABELS, ROW, ROW.replace("A little bit", "2"))
    assert (error.code, 'column "x_2"' in error.where) == ("E_LABELS", True)


def test_two_answers_with_one_label_are_refused(tmp_path: Path) -> None:
    fields = tuple(line.replace("3, Very", "3, NOT at all") for line in FIELDS)
    assert refusal(tmp_path, LABELS, ROW, fields=fields).code == "E_LABELS"


def test_two_groups_that_would_become_one_are_refused(tmp_path: Path) -> None:
    other = ROW.replace("Clinic North", "Clinic North!").replace("Kx01q", "Kx02q")
    error = refusal(tmp_path, LABELS, ROW, other)
    assert error.code == "E_LABELS"
    assert "North" not in str(error)


def test_a_declared_event_label_goes_before_the_unique_name(tmp_path: Path) -> None:
    (row,) = copied(read(tmp_path, LABELS, ROW, occasions={"Intake (Arm 1: All)": "intake"}))
    assert row["redcap_event_name"] == "Intake (Arm 1: All)"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Intake", "intake_arm_1"),
        ("Month 3 (Arm 2: Drug (B))", "month_3_arm_2"),
        ("Deadline to opt out of study (Arm 2: x)", "deadline_to_opt_ou_arm_2"),
        ("Follow-up #1", "followup_1_arm_1"),
    ],
)
def test_event_labels_become_unique_names(label: str, name: str) -> None:
    assert unique_event_name(label) == name


def test_group_labels_become_unique_names() -> None:
    assert unique_name(" Clinic  of the North-East ") == "clinic_of_the_nort"
