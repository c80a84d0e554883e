"""A fault of the study file is one sentence: the line, the wrong name, the nearest right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.commands.init import init_study
from flows.simulation.demonstration import write_demonstration
from flows.study import load_study
from flows.toml_places import line_of
from instruments.errors import InterdepError, StudyError
from tests.conftest import REPOSITORY
from tests.flows.small_study import STUDY

BAD_SHAPE = 'max = 99\n\n[source.attributes.sex]\ncolumn = "sex"\ntype = "code"\nshape = "["'


def fault_of(folder: Path, text: str) -> StudyError:
    (folder / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(folder)
    assert "\n" not in str(caught.value)
    assert caught.value.fix
    return caught.value


def changed(before: str, after: str) -> str:
    assert before in STUDY
    return STUDY.replace(before, after, 1)


def line_in(text: str, wrong: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if wrong in line)


def test_the_mark_that_windows_editors_put_before_a_text_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8-sig")
    assert load_study(tmp_path).text == STUDY


@pytest.mark.parametrize(
    ("before", "after", "wrong", "right"),
    [
        ("ignore =", "ignroe =", "ignroe", "ignore"),
        ("therapist =", "therapsit =", "therapsit", "therapist"),
        ("min = 18", "minimum = 18", "minimum", "min"),
        ("[[outcome]]", "[[outcomes]]", "outcomes", "outcome"),
        ("[presentation]", "[presentaton]", "presentaton", "presentation"),
        ("[study]", "[studdy]", "studdy", "study"),
        ('instrument = "dar_5"', 'instrment = "dar_5"', "instrment", "instrument"),
        ("smallest_effect", "smallest_efect", "smallest_efect", "smallest_effect"),
        ("[source.attributes.age]", "[source.atributes.age]", "atributes", "attributes"),
        ("[presentation]", "[disclosure]\ntreshold = 9\n\n[presentation]", "treshold", "threshold"),
    ],
)
def test_an_unknown_key_is_told_with_its_line_and_the_nearest_known(
    tmp_path: Path, before: str, after: str, wrong: str, right: str
) -> None:
    text = changed(before, after)
    fault = fault_of(tmp_path, text)
    assert fault.code == "E_STUDY_KEY"
    assert f'"{wrong}"' in fault.what
    assert fault.where == f"study.toml, line {line_in(text, wrong)}"
    assert fault.fix == f'Did you mean "{right}"?'


@pytest.mark.parametrize(
    ("before", "after", "code", "wrong", "right"),
    [
        ('instrument = "dar_5"', 'instrument = "dar5"', "E_STUDY_INSTRUMENT", "dar5", "dar_5"),
        ("ecr_rs.anxiety", "ecr_rs.anxeity", "E_STUDY_SCALE", "ecr_rs.anxeity", "ecr_rs.anxiety"),
        ("dar_5.total", "core_10.total", "E_STUDY_SCALE", "core_10.total", "dar_5.total"),
        ('landmark = "intake"', 'landmark = "inatke"', "E_STUDY_OCCASION", "inatke", "intake"),
        ('rule = "attachment"', 'rule = "atachment"', "E_STUDY_VALUE", "atachment", "attachment"),
    ],
)
def test_an_unknown_name_is_told_with_its_line_and_the_nearest_known(
    tmp_path: Path, before: str, after: str, code: str, wrong: str, right: str
) -> None:
    text = changed(before, after)
    fault = fault_of(tmp_path, text)
    assert fault.code == code
    assert fault.where == f"study.toml, line {line_in(text, wrong)}"
    assert fault.fix == f'Did you mean "{right}"?'


@pytest.mark.parametrize(
    ("before", "after", "code", "line_holds"),
    [
        ("smallest_effect = 2.0", "smallest_effect = -1", "E_STUDY_VALUE", "smallest_effect"),
        ('kind = "csv"', 'kind = "sas"', "E_STUDY_VALUE", '"sas"'),
        ('type = "number"', 'type = "text"', "E_STUDY_VALUE", 'type = "text"'),
        ("max = 99\n", "", "E_STUDY_VALUE", "[source.attributes.age]"),
        ("max = 99", BAD_SHAPE, "E_STUDY_VALUE", "shape ="),
        ('session = "session"', "session = 3", "E_STUDY_VALUE", "session = 3"),
        ('columns = "dar_{n}"', 'columns = "dar_n"', "E_STUDY_PATTERN", "dar_n"),
        ('columns = "dar_{n}"', 'columns = ["a"]', "E_STUDY_PATTERN", '["a"]'),
        ('"ecr_rs"', '"ecr_rs"\nrange = [7, 1]', "E_STUDY_VALUE", "range"),
        ('"ecr_rs"', '"ecr_rs"\nmin_answered = 0', "E_STUDY_VALUE", "min_answered"),
        ('"-99" = "refused", "N', '"3" = "refused", "N', "E_STUDY_MISSING_CODE", "[[source.form]]"),
        ('instrument = "ecr_rs"', 'instrument = "icb"', "E_STUDY_RANGE", '"icb"'),
        ('"small"', '"Small Study"', "E_STUDY_VALUE", "Small Study"),
        ('title = "A', "title = A", "E_STUDY_TOML", "title = A"),
        ('date_format = "%d/%m/%Y"\n', "", "E_STUDY_VALUE", ""),
        ('kind = "csv"\n', "", "E_STUDY_MISSING_KEY", ""),
    ],
)
def test_a_value_that_cannot_be_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, code: str, line_holds: str
) -> None:
    text = changed(before, after)
    fault = fault_of(tmp_path, text)
    assert fault.code == code
    assert fault.where.startswith("study.toml, line ")
    if line_holds:
        line = int(fault.where.rpartition(" ")[2])
        assert line_holds in text.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("max = 99\n", "", "max"),
        ("max = 99", BAD_SHAPE, "shape"),
        ('intake_date = "began"\n', "", "intake_date"),
        ('date_format = "%d/%m/%Y"\n', "", "date_format"),
        ('client = "client_id"\n', "", "client"),
        ('kind = "csv"', 'kind = "redcap"', "dictionary"),
        ('kind = "csv"', 'kind = "csv"\nheader_row = 2', "header_row"),
        ('id = "weekly"', 'id = "intake"', "id"),
        ("[presentation]", "[disclosure]\nmin_bin = 3\n\n[presentation]", "min_bin"),
        ('landmark = "intake"', 'interdependence = "a.b"', "interdependence_cut"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_its_key(
    tmp_path: Path, before: str, after: str, key: str
) -> None:
    assert fault_of(tmp_path, changed(before, after)).what.startswith(f'"{key}": ')


@pytest.mark.parametrize("says", ["ci_level = 0.9", "alpha = 0.1"])
def test_tests_of_another_level_than_the_intervals_are_told(tmp_path: Path, says: str) -> None:
    text = changed("[presentation]", f"[comparison]\n{says}\n\n[presentation]")
    fault = fault_of(tmp_path, text)
    assert fault.code == "E_STUDY_LEVEL"
    assert fault.where == f"study.toml, line {line_in(text, says)}"
    assert "Write alpha = 0." in fault.fix
    both = text.replace(says, "ci_level = 0.9\nalpha = 0.1")
    (tmp_path / "study.toml").write_text(both, encoding="utf-8")
    assert load_study(tmp_path).file.comparison.ci_level == 0.9


def test_the_same_form_twice_in_a_source_is_told(tmp_path: Path) -> None:
    twice = '[[source.form]]\ninstrument = "ecr_rs"\ncolumns = "other_{n}"\n\n'
    text = changed('[[source]]\nid = "weekly"', f'{twice}[[source]]\nid = "weekly"')
    assert fault_of(tmp_path, text).code == "E_STUDY_FORM_TWICE"
    (tmp_path / "study.toml").write_text(text.replace('other_{n}"', 'other_{n}"\ntarget = "two"'))
    assert len(load_study(tmp_path).sources[0].form) == 3


def test_an_attribute_has_one_type_in_all_sources(tmp_path: Path) -> None:
    coded = '\n[source.attributes.age]\ncolumn = "a"\ntype = "code"\nvalues = { "1" = "old" }\n'
    text = changed("\n[presentation]", f"{coded}\n[presentation]")
    fault = fault_of(tmp_path, text)
    assert fault.code in ("E_STUDY_VALUE", "E_STUDY_KEY")
    assert '"age"' in fault.what


def test_two_sources_of_one_name_are_told(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, changed('id = "weekly"', 'id = "intake"'))
    assert "two sources have the same id" in fault.what.lower()


@pytest.mark.parametrize("content", [b"\xff\xfe[study]", b"\xc3\x28"])
def test_a_study_file_that_is_no_text_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "study.toml").write_bytes(content)
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path)
    assert caught.value.code == "E_STUDY_UNREADABLE"


def test_a_folder_without_a_study_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path)
    assert caught.value.code == "E_STUDY_MISSING"
    assert "interdep init" in caught.value.fix


def test_a_study_under_a_question_mark_is_told_before_anything_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "what?"
    folder.mkdir()
    assert fault_of(folder, STUDY).code == "E_STUDY_FOLDER"
    assert [path.name for path in folder.iterdir()] == ["study.toml"]


def test_the_file_that_init_writes_loads_and_tells_every_section(tmp_path: Path) -> None:
    assert init_study(tmp_path / "new") == 0
    study = load_study(tmp_path / "new")
    assert [source.id for source in study.sources] == ["intake", "end"]
    assert (tmp_path / "new" / "exports").is_dir()
    assert study.file.outcome
    for section in ("[study]", "[[source]]", "[[source.form]]", "[presentation]", "[[outcome]]",
                    "[comparison]", "[disclosure]"):  # fmt: skip
        assert section in study.text


def test_what_init_comments_out_can_be_switched_on(tmp_path: Path) -> None:
    init_study(tmp_path / "new")
    path = tmp_path / "new" / "study.toml"
    text = path.read_text()
    gender = text[text.index("# [source.attributes.gender]") : text.index("[[source.form]]")]
    switched = "\n".join(line.removeprefix("# ") for line in gender.splitlines())
    path.write_text(text.replace(gender, f"{switched}\n\n"))
    assert "gender" in load_study(path.parent).sources[0].attributes


def test_init_leaves_a_study_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY)
    with pytest.raises(InterdepError) as caught:
        init_study(tmp_path)
    assert caught.value.code == "E_STUDY_EXISTS"
    assert (tmp_path / "study.toml").read_text() == STUDY


def test_the_studies_that_ship_load(tmp_path: Path) -> None:
    for path in sorted((REPOSITORY / "tests" / "studies").glob("*.toml")):
        folder = tmp_path / path.stem
        folder.mkdir()
        (folder / "study.toml").write_bytes(path.read_bytes())
        assert load_study(folder).sources
    write_demonstration(tmp_path / "demo", 1)
    assert load_study(tmp_path / "demo").sources


def test_a_study_may_bring_its_own_instruments(tmp_path: Path) -> None:
    own = (REPOSITORY / "instruments" / "definitions" / "dar_5.toml").read_text()
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "rage.toml").write_text(
        own.replace('id = "dar_5"', 'id = "rage"', 1)
    )
    (tmp_path / "study.toml").write_text(STUDY.replace("dar_5", "rage"))
    assert "rage" in load_study(tmp_path).catalog


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("study", "title"), 3),
        (("source", 0, "columns", "clinic"), 16),
        (("source", 0, "attributes", "age", "min"), 22),
        (("source", 0, "form", 1, "columns"), 31),
        (("source", 1, "columns", "session"), 43),
        (("source", 1), 33),
        (("outcome", 0, "smallest_effect"), 60),
        (("nothing",), 1),
    ],
)
def test_a_place_has_its_line(place: tuple[str | int, ...], line: int) -> None:
    assert line_of(STUDY, place) == line


def test_a_dotted_key_has_its_line() -> None:
    text = '[[form]]\nscores.bond = "b"\nscores.goal = "g"\n'
    assert line_of(text, ("form", 0, "scores", "goal", "min")) == 3
    assert line_of(text, ("form", 0, "scores")) == 2
