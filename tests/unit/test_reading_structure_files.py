"""Files that describe a survey are told apart from exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.commands.check import Wanted, check_files
from flows.sources import read_export
from flows.sources.structure_file import refuse_structure
from instruments.errors import ExportError
from tests.flows.studies import clients, export, write_study
from tests.property.export_mutations import good_exports

DESIGNED = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label"\n'
    "core_1,core_10,,radio,How\n"
)
STRUCTURES = {
    "a REDCap data dictionary": DESIGNED,
    "the structure of a LimeSurvey survey":
        '<?xml version="1.0"?>\n<document>\n <LimeSurveyDocType>Survey</LimeSurveyDocType>\n',
    "the definition of a Qualtrics survey": '{"SurveyEntry":{"SurveyID":"SV_1"}}',
}  # fmt: skip


@pytest.mark.parametrize(("what", "content"), STRUCTURES.items())
def test_a_file_that_describes_a_survey_is_named_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, content: str
) -> None:
    folder = write_study(tmp_path / "study")
    path = tmp_path / "about_the_survey.txt"
    path.write_text(content, encoding="utf-8")
    assert check_files([path], folder, None, Wanted()) == 3
    said = capsys.readouterr().out
    assert f"E_STRUCTURE: This is {what}; it holds no client's answers." in said


@pytest.mark.parametrize(
    "change",
    [
        str,
        lambda text: text.replace(
            '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label"',
            "field_name,form_name,section_header,field_type,field_label",
        ),
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    ],
    ids=["designer", "interface", "mark and Windows line ends"],
)
def test_a_dictionary_taken_for_an_export_is_refused_as_what_it_is(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    source = good_exports()["csv"].source
    path = tmp_path / "intake.csv"
    path.write_text(change(DESIGNED), encoding="utf-8", newline="")
    with pytest.raises(ExportError) as refusal:
        read_export(path, source, tmp_path)
    assert refusal.value.code == "E_STRUCTURE"
    assert "interdep profile" in refusal.value.fix


def test_an_export_describes_no_survey(tmp_path: Path) -> None:
    path = export(write_study(tmp_path), "intake_1.csv", clients())
    assert refuse_structure(path) is None
    assert refuse_structure(tmp_path / "nowhere.csv") is None


def test_of_a_file_that_is_not_there_nobody_is_asked_for_its_source(tmp_path: Path) -> None:
    folder = write_study(tmp_path)
    with pytest.raises(ExportError) as refusal:
        check_files([folder / "exports" / "follow_up.csv"], folder, None, Wanted())
    assert refusal.value.code == "E_UNREADABLE"
