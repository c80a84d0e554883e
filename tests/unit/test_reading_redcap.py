"""A REDCap export is read with its data dictionary, which decides what may be read."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from flows.declarations import Source
from flows.sources import Export, read_export
from flows.sources.redcap_dictionary import checkbox_blocks, parse_choices, read_dictionary
from instruments.errors import ExportError
from tests.unit.nasty.cases import cells_of

HEADER = (
    "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels",Field Note,'
    "Text Validation Type OR Show Slider Number,Identifier?"
)
AGREE = '"1, Disagree | 2, Neutral <b>or</b> so | 3, Agree, fully"'
FIELDS = (
    "record_id,base,,text,Record ID,,,,",
    "reach,base,,text,How to reach you,,,phone,",
    "insured,base,,text,Policy,,,integer,y",
    "born,base,,text,Date of birth,,,date_ymd,",
    "story,base,,notes,Your story,,,,",
    f"ecr_1,ecr,,radio,I worry,{AGREE},,,",
    f"ecr_2,ecr,,dropdown,I like it,{AGREE},,,",
    "ecr_3,ecr,,yesno,I mind,,,,",
    'help,base,,checkbox,Helped by,"1, Friends | -9, Nobody | b, Books",,,',
    "intro,base,,descriptive,Welcome,,,,",
)
COLUMNS = (
    "record_id,redcap_event_name,redcap_survey_identifier,reach,story,base_complete,"
    "ecr_1,ecr_2,ecr_3,ecr_timestamp,help___1,help____9,help___b"
)
DATA = (
    COLUMNS,
    'Kx01q,intake_arm_1,,(020) 555-0101,"One\nlong, story",2,1,3,0,2026-01-01,1,0,0',
    "Kx02q,intake_arm_1,,(020) 555-0102,,2,2,,1,2026-01-02,0,0,0",
)


def redcap_source(**changes: Any) -> Source:
    declared: dict[str, Any] = {
        "id": "redcap",
        "kind": "redcap",
        "files": "*_data.csv",
        "dictionary": "*_dictionary.csv",
        "columns": {"client": "record_id", "occasion": "redcap_event_name"},
        "occasions": {"intake_arm_1": "intake"},
        "form": [{"instrument": "ecr", "columns": "ecr_{n}"}],
    }
    return Source.model_validate(declared | changes)


def read(
    folder: Path,
    data: tuple[str, ...] = DATA,
    fields: tuple[str, ...] = FIELDS,
    **changes: Any,
) -> Export:
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "scratch").mkdir(exist_ok=True)
    path = folder / "exports" / "a_data.csv"
    path.write_text("\n".join(data) + "\n", encoding="utf-8")
    (folder / "exports" / "a_dictionary.csv").write_text(
        "\n".join((HEADER, *fields)) + "\n", encoding="utf-8"
    )
    return read_export(path, redcap_source(**changes), folder / "scratch")


def refusal(folder: Path, **given: Any) -> ExportError:
    with pytest.raises(ExportError) as caught:
        read(folder, **given)
    assert not list((folder / "scratch").iterdir())
    content = (folder / "exports" / "a_data.csv").read_bytes().partition(b"\n")[2]
    assert not [cell for cell in cells_of(content) if cell in str(caught.value)]
    return caught.value


def replaced(rows: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(row.replace(old, new) for row in rows)


def test_columns_are_described_by_the_dictionary(tmp_path: Path) -> None:
    export = read(tmp_path)
    assert export.rows == 2
    assert set(export.fields) == set(export.header)
    assert export.fields["ecr_1"].choices == {
        "1": "Disagree",
        "2": "Neutral or so",
        "3": "Agree, fully",
    }
    assert export.fields["ecr_3"].choices == {"1": "Yes", "0": "No"}
    assert export.fields["base_complete"].type == "status"
    assert export.fields["ecr_timestamp"].type == "system"
    assert export.fields["redcap_event_name"].is_known
    assert export.fields["redcap_survey_identifier"].is_identifier


def test_a_checkbox_block_is_one_field_in_several_columns(tmp_path: Path) -> None:
    export = read(tmp_path)
    assert checkbox_blocks(export.fields) == {"help": ("help___1", "help____9", "help___b")}
    choices = [export.fields[column].choice for column in checkbox_blocks(export.fields)["help"]]
    assert choices == ["1", "-9", "b"]


def test_stories_phones_and_dates_stay_out_of_the_copy(tmp_path: Path) -> None:
    export = read(tmp_path)
    with export.readable.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["record_id"] for row in rows] == ["Kx01q", "Kx02q"]
    assert [row["ecr_1"] for row in rows] == ["1", "2"]
    assert {row[name] for row in rows for name in ("reach", "story", "ecr_timestamp")} == {""}


def test_the_digest_of_the_dictionary_is_a_fact_of_the_export(tmp_path: Path) -> None:
    first = read(tmp_path).dictionary_sha256
    second = read(tmp_path, fields=replaced(FIELDS, "Neutral", "Between")).dictionary_sha256
    assert first is not None
    assert first != second


@pytest.mark.parametrize("label", ["Neutral or so", "agree, fully", " Disagree "])
def test_labels_instead_of_codes_are_refused(label: str, tmp_path: Path) -> None:
    data = (*DATA[:2], f'Kx02q,intake_arm_1,,,,2,"{label}",,1,,0,0,0')
    error = refusal(tmp_path, data=data)
    assert error.code == "E_LABELS"
    assert 'column "ecr_1", record 2' in error.where
    assert label.strip() not in str(error)


def test_labels_far_below_empty_rows_are_refused(tmp_path: Path) -> None:
    empty = tuple(f"Kx{n}q,intake_arm_1,,,,2,,,,,0,0,0" for n in range(1500))
    error = refusal(tmp_path, data=(DATA[0], *empty, "Kx,intake_arm_1,,,,2,,,Yes,,0,0,0"))
    assert (error.code, "record 1501" in error.where) == ("E_LABELS", True)


def test_a_label_that_is_also_a_code_is_no_sign_of_labels(tmp_path: Path) -> None:
    fields = replaced(FIELDS, AGREE, '"1, 3 | 2, 2 | 3, 1"')
    assert read(tmp_path, fields=fields).rows == 2


def test_labels_in_checkboxes_of_a_form_are_refused(tmp_path: Path) -> None:
    form = [
        {"instrument": "ecr", "columns": "ecr_{n}"},
        {"instrument": "core_10", "columns": ["help___1", "help____9"]},
    ]
    data = replaced(DATA, "2026-01-02,0,0,0", "2026-01-02,Unchecked,Checked,Unchecked")
    assert refusal(tmp_path, data=data, form=form).code == "E_LABELS"
    assert read(tmp_path, form=form).rows == 2


def test_a_header_of_labels_is_refused_as_labels(tmp_path: Path) -> None:
    labels = "Record ID,Event Name,How to reach you,Your story,I worry,I like it,I mind"
    error = refusal(tmp_path, data=(labels, "Kx01q,intake,,,1,1,1"))
    assert error.code == "E_LABELS"


def test_a_header_that_is_neither_is_refused_as_header(tmp_path: Path) -> None:
    assert refusal(tmp_path, data=("a,b,c", "Kx01q,1,2")).code == "E_HEADER"


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("insured", "E_IDENTIFIER"),
        ("reach", "E_IDENTIFIER"),
        ("born", "E_IDENTIFIER"),
        ("story", "E_FREE_TEXT"),
        ("redcap_survey_identifier", "E_IDENTIFIER"),
    ],
)
def test_a_declared_field_that_points_to_a_person_is_refused(
    column: str, code: str, tmp_path: Path
) -> None:
    attribute = {"column": column, "type": "code", "shape": "[a-z]{1,8}"}
    data = replaced(DATA, "record_id,redcap_event", "record_id,born,insured,redcap_event")
    data = replaced(data, ",intake_arm_1", ",2001-01-01,99887766,intake_arm_1")
    error = refusal(tmp_path, data=data, attributes={"fact": attribute})
    assert error.code == code
    assert f'"{column}"' in error.what


def test_a_declared_column_that_the_dictionary_does_not_know_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, fields=tuple(row for row in FIELDS if "ecr_2" not in row))
    assert error.code == "E_DICTIONARY"
    assert '"ecr_2"' in error.what


def test_an_export_without_its_dictionary_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, dictionary="*_metadata.csv")
    assert (error.code, error.where) == ("E_DICTIONARY", "a_data.csv")


def test_two_dictionaries_are_one_too_many(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "exports" / "b_dictionary.csv").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match="2 data dictionaries") as caught:
        read_export(tmp_path / "exports" / "a_data.csv", redcap_source(), tmp_path / "scratch")
    assert caught.value.code == "E_DICTIONARY"


def test_a_dictionary_is_sought_beside_the_export_only(tmp_path: Path) -> None:
    read(tmp_path)
    path = tmp_path / "exports" / "a_data.csv"
    for pattern in ("../*.csv", "sub/a.csv", "a\\b.csv"):
        # The study file refuses such a pattern itself; the reader does not rely on it.
        declared = redcap_source().model_copy(update={"dictionary": pattern})
        with pytest.raises(ExportError) as caught:
            read_export(path, declared, tmp_path / "scratch")
        assert caught.value.code == "E_DICTIONARY"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a,b\n1,2\n", "E_DICTIONARY"),
        (HEADER + "\n", "E_DICTIONARY"),
        (HEADER + "\nrecord_id,base\n", "E_DICTIONARY"),
        (HEADER + '\nrecord_id,"base\n', "E_DICTIONARY"),
        ("", "E_EMPTY"),
        ("\0", "E_NUL"),
    ],
)
def test_what_is_no_dictionary_is_refused_with_its_own_name(
    content: str, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "a_dictionary.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ExportError) as caught:
        read_dictionary(path, "utf-8")
    assert caught.value.code == code
    assert caught.value.where.startswith("a_dictionary.csv")


def test_a_dictionary_of_the_interface_reads_as_one_of_the_designer(tmp_path: Path) -> None:
    names = (
        "field_name,form_name,section_header,field_type,field_label,select_choices_or_calculations,"
        "field_note,text_validation_type_or_show_slider_number,identifier"
    )
    written = io.StringIO()
    rows = [*csv.reader(io.StringIO("\n".join(FIELDS)))]
    csv.writer(written).writerows([[cell or "NA" for cell in row] for row in rows])
    path = tmp_path / "meta.csv"
    path.write_text(names + "\n" + written.getvalue(), encoding="utf-8")
    read(tmp_path)
    designer = read_dictionary(tmp_path / "exports" / "a_dictionary.csv", "utf-8")
    assert read_dictionary(path, "utf-8").fields == designer.fields


@pytest.mark.parametrize(
    ("written", "choices"),
    [
        ("1, one|2, two", {"1": "one", "2": "two"}),
        ("a, A, or a | -9, < 5 or > 9", {"a": "A, or a", "-9": "< 5 or > 9"}),
        ("", {}),
        ("Very sad | Very happy", {}),
        ('1, <span class="x">Yes</span>', {"1": "Yes"}),
    ],
)
def test_choices_are_taken_apart(written: str, choices: dict[str, str]) -> None:
    assert parse_choices(written) == choices
