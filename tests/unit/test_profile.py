"""What `interdep profile` proposes for exports that nobody declared."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from flows.profiling import propose_study
from flows.profiling.families import find_families
from flows.simulation.demonstration import write_demonstration
from flows.study import load_study
from instruments.errors import ExportError
from tests.property.export_mutations import good_exports
from tests.unit.nasty.desk import check
from tests.unit.nasty.survey_writers import as_limesurvey
from tests.unit.profiling_tables import CATALOG, CORE, answers, forms_of, ids, propose, write


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demonstration")
    write_demonstration(folder, is_ecr_reversed=False)
    return folder


def test_the_demonstration_is_proposed_as_its_author_declared_it(
    demonstration: Path, tmp_path: Path
) -> None:
    declared = load_study(demonstration)
    files = sorted((demonstration / "exports").iterdir())
    proposed, text = propose(*files, folder=tmp_path)
    by_kind = {(s.kind, s.files[:5]): s for s in proposed.sources}
    assert set(by_kind) == {("csv", "intak"), ("csv", "month"), ("redcap", "redca")}
    for source in declared.sources:
        found = by_kind[source.kind, source.files[:5]]
        assert [(f.instrument, f.columns) for f in found.form] == [
            (f.instrument, f.columns) for f in source.form
        ]
        assert not any(form.already_reversed for form in found.form)
        assert found.columns.client == source.columns.client
        assert found.columns.session == source.columns.session
        assert found.columns.day == source.columns.day
        assert found.columns.therapist == source.columns.therapist
        assert found.columns.clinic == source.columns.clinic
        assert found.occasion == source.occasion
    assert dict(by_kind["redcap", "redca"].occasions) == dict(declared.sources[2].occasions)
    assert proposed.file.presentation.scales == ("ecr.anxiety", "ecr.avoidance")
    assert "contact_email" in text


def test_an_export_of_the_demonstration_passes_as_with_their_own_study_file(
    demonstration: Path, tmp_path: Path
) -> None:
    declared = load_study(demonstration)
    files = sorted((demonstration / "exports").iterdir())
    proposed, _ = propose(*files, folder=tmp_path)
    path = demonstration / "exports" / "intake.csv"
    counts = [
        check(path, source, tmp_path / "scratch").counts
        for study in (declared, proposed)
        for source in study.sources
        if path.match(source.files)
    ]
    assert counts[0] == counts[1]
    assert counts[0].quarantined > 0


def test_items_that_were_reversed_already_are_noticed(tmp_path: Path) -> None:
    write_demonstration(tmp_path / "demo", is_ecr_reversed=True, with_mistakes=False)
    proposed, text = propose(tmp_path / "demo" / "exports" / "intake.csv", folder=tmp_path)
    reversed_ = {form[0] for form in forms_of(proposed) if form[3]}
    assert reversed_ == {"ecr"}
    assert "item-rest correlations" in text


@pytest.mark.shared
def test_the_real_answers_to_the_ecr_are_proposed_as_they_are(
    shared_data: Path, tmp_path: Path
) -> None:
    proposed, text = propose(shared_data / "ecr" / "data.csv", folder=tmp_path)
    (source,) = proposed.sources
    assert source.a_row_is == "person"
    assert forms_of(proposed) == [("ecr", "Q{n}", (1, 5), False)]
    assert set(source.form[0].missing) == {"0"}
    assert set(source.attributes) == {"age", "gender", "country"}
    assert "Nobody answered above 5" in text


@pytest.mark.shared
def test_items_of_no_known_form_are_not_forced_into_one(shared_data: Path) -> None:
    text = propose_study([shared_data / "oracles" / "psych__bfi.csv"], CATALOG)
    assert "[[source.form]]" not in text
    assert '"N{n}": 5 items' in text


@pytest.mark.parametrize("kind", list(good_exports()))
def test_every_kind_is_recognised_and_its_proposal_loads(kind: str, tmp_path: Path) -> None:
    export = good_exports()[kind]
    for name, content in export.files.items():
        (tmp_path / name).write_bytes(content)
    proposed, _ = propose(tmp_path / export.name, folder=tmp_path)
    (source,) = proposed.sources
    assert source.kind == export.source.kind
    assert (source.columns.client, source.columns.day) == ("client_id", "day")
    assert [(f.instrument, f.columns) for f in source.form] == [("core_10", "core_{n}")]
    assert source.dictionary == export.source.dictionary
    checked = check(tmp_path / export.name, source, tmp_path / "scratch")
    assert (checked.counts.rows_in, checked.counts.loaded) == (12, 12)


def test_delimiter_encoding_and_decimal_sign_are_found(tmp_path: Path) -> None:
    count = 60
    table = {"code": ids(), "größe": ["1,75"] * count, **answers(CORE, 0, 4)}
    path = write(tmp_path / "a.csv", table, delimiter=";", encoding="cp1252")
    proposed, text = propose(path, folder=tmp_path)
    (source,) = proposed.sources
    assert (source.delimiter, source.encoding, source.decimal) == (";", "cp1252", ",")
    assert "# ? Byte" in text


def test_rows_before_the_header_are_a_doubt_in_text_and_a_key_in_a_workbook(tmp_path: Path) -> None:
    table = {"client_id": ids(), **answers(CORE, 0, 4)}
    path = write(tmp_path / "a.csv", table)
    path.write_text("Export of clinic\n\n" + path.read_text("utf-8"), encoding="utf-8")
    assert "1 rows stand before the header" in propose_study([path], CATALOG)
    made = openpyxl.Workbook()
    for row in (["Export"], [], list(table), *zip(*table.values(), strict=True)):
        made.active.append(list(row))
    made.create_sheet("Empty")
    made.save(tmp_path / "b.xlsx")
    (source,) = propose(tmp_path / "b.xlsx", folder=tmp_path)[0].sources
    assert (source.header_row, source.sheet) == (3, "Sheet")


def test_whole_answers_with_decimal_commas_are_answers(tmp_path: Path) -> None:
    told = {name: [f"{cell},0" for cell in cells] for name, cells in answers(CORE, 0, 4).items()}
    path = write(tmp_path / "intake.csv", {"client": ids(), **told}, delimiter=";")
    study, _ = propose(path, folder=tmp_path)
    assert forms_of(study)[0][0] == "core_10"
    assert check(path, study.sources[0], tmp_path / "s").counts.loaded == 60


def test_answer_codes_of_letters_are_mapped(tmp_path: Path) -> None:
    table = answers([f"core[SQ{n:03}]" for n in range(1, 11)], 0, 4)
    names = ["id", "submitdate", "lastpage", "seed", "token", *table]
    rows = [["1", "2026-01-01", "2", "9", token, *(f"A{int(table[n][k]) + 1}" for n in table)]
            for k, token in enumerate(ids())]  # fmt: skip
    path = tmp_path / "results-survey123456.csv"
    path.write_bytes(as_limesurvey(names, rows, separator=";"))
    (source,) = propose(path, folder=tmp_path)[0].sources
    assert (source.kind, source.files) == ("limesurvey", "results-survey*.csv")
    assert source.form[0].columns == "core[SQ{n:03}]"
    assert dict(source.form[0].codes) == {f"A{n}": n - 1 for n in range(1, 6)}
    assert check(path, source, tmp_path / "s").counts.loaded == 60


def test_missing_codes_are_told_from_answers_and_from_slips(tmp_path: Path) -> None:
    table = {"client_id": ids(), **answers(CORE, 0, 4)}
    table["core_1"][:3] = ["-99", "-99", "44"]
    table["core_2"][:2] = ["NASK", "N/A"]
    proposed, text = propose(write(tmp_path / "a.csv", table), folder=tmp_path)
    missing = proposed.sources[0].form[0].missing
    assert dict(missing) == {
        "-99": "reason not known",
        "N/A": "not applicable",
        "NASK": "not asked",
    }
    assert "1 cell is neither answer nor missing code; its row is held back." in text


@pytest.mark.parametrize(
    ("instrument", "size", "coded", "proposed"),
    [
        ("phq_9", 9, (1, 4), (1, 4)),
        ("core_10", 10, (1, 5), (1, 5)),
        ("des_ii", 28, (1, 11), (1, 11)),
        ("ecr", 36, (0, 6), (0, 6)),
        ("sdq_20", 20, (0, 4), (0, 4)),
    ],
)
def test_answers_that_count_from_another_number_are_moved_with_a_doubt(
    instrument: str, size: int, coded: tuple[int, int], proposed: tuple[int, int], tmp_path: Path
) -> None:
    table = answers([f"{instrument}_{n}" for n in range(1, size + 1)], *coded)
    study, text = propose(write(tmp_path / "intake.csv", {"client": ids(), **table}),
                          folder=tmp_path)  # fmt: skip
    (form,) = study.sources[0].form
    assert (form.instrument, form.range, dict(form.missing)) == (instrument, proposed, {})
    assert "the answers seem to count" in text
    assert "held back" not in text


@pytest.mark.parametrize(
    ("instrument", "size", "used", "doubt"),
    [
        ("phq_9", 9, (1, 3), "# ? Nobody answered 0:"),
        ("ecr", 36, (1, 5), "# ? Nobody answered 7:"),
        ("core_10", 10, (0, 3), "# ? Nobody answered 4:"),
    ],
)
def test_an_end_of_the_range_that_nobody_used_is_doubted(
    instrument: str, size: int, used: tuple[int, int], doubt: str, tmp_path: Path
) -> None:
    table = answers([f"{instrument}_{n}" for n in range(1, size + 1)], *used, count=50)
    path = write(tmp_path / "intake.csv", {"client": ids(50), **table})
    study, text = propose(path, folder=tmp_path)
    assert study.sources[0].form[0].instrument == instrument
    assert doubt in text


def test_zeros_outside_the_range_are_doubted_where_all_of_it_is_used(tmp_path: Path) -> None:
    table = answers([f"sdq_{n}" for n in range(1, 21)], 1, 5)
    table["sdq_3"][:9] = ["0"] * 9
    path = write(tmp_path / "intake.csv", {"client": ids(), **table})
    study, text = propose(path, folder=tmp_path)
    (form,) = study.sources[0].form
    assert (form.range, "0" in form.missing) == ((1, 5), True)
    assert "# ? 0 is taken for a missing code" in text


def test_a_form_that_is_not_named_so_is_doubted(tmp_path: Path) -> None:
    turned = {"q_2", "q_3"}
    table = answers([f"q_{n}" for n in range(1, 11)], 0, 4)
    table = {name: [str(4 - int(c)) for c in cells] if name in turned else cells
             for name, cells in table.items()}  # fmt: skip
    study, text = propose(write(tmp_path / "intake.csv", {"client": ids(), **table}),
                          folder=tmp_path)  # fmt: skip
    assert study.sources[0].form[0].instrument == "core_10"
    assert "# ? The columns are not named so" in text


def test_codes_that_several_forms_share_belong_to_the_source(tmp_path: Path) -> None:
    phq = [f"phq9_{n}" for n in range(1, 10)]
    table = {"client_id": ids(), **answers(CORE, 0, 4), **answers(phq, 0, 3, seed=2)}
    for name in ("core_1", "phq9_1"):
        table[name][0] = "-99"
    (source,) = propose(write(tmp_path / "a.csv", table), folder=tmp_path)[0].sources
    assert set(source.missing) == {"-99"}
    assert [dict(form.missing) for form in source.form] == [{}, {}]


def test_a_name_cannot_break_out_of_its_line(tmp_path: Path) -> None:
    odd = 'core"]\n[study]\nid = "x'
    columns = [f"{odd}_{n}" for n in range(1, 11)]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        table = answers(columns, 0, 4)
        writer.writerow(["client_id", *table])
        writer.writerows([i, *row] for i, row in zip(ids(), zip(*table.values(), strict=True),
                                                     strict=True))  # fmt: skip
    proposed, _ = propose(path, folder=tmp_path)
    assert proposed.file.study.id == "my_study"


def test_an_spss_file_says_what_is_missing_itself(tmp_path: Path) -> None:
    frame = pd.DataFrame({"client_id": ids(), **answers(CORE, 0, 4)}).astype(
        dict.fromkeys(CORE, float)
    )
    frame.loc[0, "core_1"] = 99.0
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, str(path), missing_ranges={"core_1": [99]})
    proposed, text = propose(path, folder=tmp_path)
    assert "User-missing values" in text
    assert "held back" not in text
    assert "99" not in text
    assert check(path, proposed.sources[0], tmp_path / "s").counts.loaded == 60


def test_an_spss_file_says_what_its_codes_mean(tmp_path: Path) -> None:
    frame = pd.DataFrame({"client_id": ids(), "sex": [1.0, 2.0] * 30})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, str(path), variable_value_labels={"sex": {1: "woman", 2: "man"}})
    text = propose_study([path], CATALOG)
    assert 'values = { "1" = "woman", "2" = "man" }' in text
    assert "Say what the codes mean" not in text


def test_the_dictionary_that_is_named_like_an_export_is_its_own(tmp_path: Path) -> None:
    export = good_exports()["redcap"]
    table, dictionary = export.files.values()
    for name in ("aa_dictionary.csv", "clinic_dictionary.csv", "zz_dictionary.csv"):
        (tmp_path / name).write_bytes(dictionary)
    (tmp_path / "clinic_data.csv").write_bytes(table)
    text = propose_study([tmp_path / "clinic_data.csv"], CATALOG)
    assert 'dictionary = "clinic_dictionary.csv"' in text
    assert "# ? 3 data dictionaries describe it" in text


def test_a_dictionary_alone_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_bytes(good_exports()["redcap"].files["d.csv"])
    with pytest.raises(ExportError, match="E_NO_ROWS"):
        propose_study([tmp_path / "d.csv"], CATALOG)


def test_rows_that_nothing_parts_are_doubted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a b c\n1 2 3\n4 5 6\n")
    assert "# ? Every row is one cell" in propose_study([path], CATALOG)


@pytest.mark.parametrize(
    ("names", "patterns"),
    [
        (["Q1", "Q2", "Q3", "Q5"], [("Q{n}", 3)]),
        (["a01", "a02", "a03"], [("a{n:02}", 3)]),
        ([f"e{n:02}" for n in range(1, 12)], [("e{n:02}", 11)]),
        (["t1_x_1", "t1_x_2", "t1_x_3"], [("t1_x_{n}", 3)]),
        (["Q1_a", "Q2_a", "Q3_a", "Q1_b", "Q2_b", "Q3_b"], [("Q{n}_a", 3), ("Q{n}_b", 3)]),
        (["Q2", "Q3", "Q4", "x"], []),
    ],
)
def test_numbered_columns_are_families(names: list[str], patterns: list[tuple[str, int]]) -> None:
    assert [(f.pattern, f.size) for f in find_families(names)] == patterns
