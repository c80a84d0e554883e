"""What rows of one file say of each other, and what forms say as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from flows.commands.wording import describe_findings
from flows.declarations import Source
from flows.sources.identifiers import UnknownColumn
from instruments.errors import StudyError

Row = dict[str, str]
ITEMS = [f"core_{n}" for n in range(1, 11)]
WAVES = {"T0": "intake", "start": "intake", "T1": "month_3", "T2": "end"}


def make_source(**changes: Any) -> Source:
    """Return a source of repeated forms."""
    declared: dict[str, Any] = {
        "id": "waves",
        "kind": "csv",
        "files": "*.csv",
        "columns": {"client": "client_id", "occasion": "wave", "clinic": "clinic_id"},
        "occasions": WAVES,
        "missing": {"-9": "refused"},
        "form": [{"instrument": "core_10", "columns": "core_{n}"}],
    }
    return Source.model_validate(declared | changes)


def answers(seed: int) -> Row:
    """Return varied answers without an endorsed risk item."""
    return {f"core_{n}": "0" if n == 6 else str((n * n + seed) % 5) for n in range(1, 11)}


def row(client: str, wave: str = "T0", clinic: str = "north", seed: int = 0) -> Row:
    """Return one filled-in form."""
    return {"client_id": client, "wave": wave, "clinic_id": clinic, **answers(seed)}


def others(count: int = 10) -> list[Row]:
    """Return rows of other clients, with nothing to say about."""
    return [row(f"Z{k:03d}", seed=k) for k in range(count)]


def alike(answer: str, names: Iterable[str] = ITEMS) -> Row:
    """Return the same answer to several items."""
    return dict.fromkeys(names, answer)


def test_the_same_submission_twice_is_kept_once(judge: Callable[..., Any]) -> None:
    judged = judge(make_source(), [*others(), row("A01"), row("A01"), row("A01")])
    assert judged.placed() == [("E_DUP_ROW", 12, None), ("E_DUP_ROW", 13, None)]
    assert judged.quarantined == ()
    assert judged.validation.known == 2


def test_other_answers_to_the_same_form_hold_back_both_rows(judge: Callable[..., Any]) -> None:
    judged = judge(make_source(), [*others(), row("A01", seed=1), row("A01", seed=2)])
    assert judged.placed() == [("E_DUP_CONFLICT", 11, None), ("E_DUP_CONFLICT", 12, None)]
    assert judged.quarantined == (11, 12)
    assert judged.validation.known == 0


def test_an_answer_and_a_blank_are_a_conflict(judge: Callable[..., Any]) -> None:
    blank = row("A01") | {"core_4": ""}
    judged = judge(make_source(), [*others(), row("A01"), blank])
    assert [code for code, _, _ in judged.placed()] == ["E_DUP_CONFLICT"] * 2


def test_two_labels_of_one_occasion_are_one_occasion(judge: Callable[..., Any]) -> None:
    table = [*others(), row("A01", "T0", seed=1), row("A01", "start", seed=2)]
    assert judge(make_source(), table).quarantined == (11, 12)


def test_the_same_client_at_two_occasions_is_no_conflict(judge: Callable[..., Any]) -> None:
    table = [*others(), row("A01", "T0", seed=1), row("A01", "T1", seed=2)]
    assert judge(make_source(), table).placed() == []


def test_the_same_client_in_two_clinics_is_told(judge: Callable[..., Any]) -> None:
    table = [*others(), row("A01", "T0", "north"), row("A01", "T1", "south")]
    judged = judge(make_source(), table)
    assert judged.placed() == [
        ("E_TWO_CLINICS", 11, "clinic_id"),
        ("E_TWO_CLINICS", 12, "clinic_id"),
    ]
    assert judged.quarantined == ()


def test_rows_without_a_client_are_not_each_others_copies(judge: Callable[..., Any]) -> None:
    judged = judge(make_source(), [*others(), row(""), row("", seed=3), row("")])
    assert [code for code, _, _ in judged.placed()] == ["E_ID_MISSING"] * 3


def test_a_copy_whose_cell_could_not_be_read_is_no_copy(judge: Callable[..., Any]) -> None:
    broken, blank = row("A01") | {"core_4": "often"}, row("A01") | {"core_4": ""}
    judged = judge(make_source(), [*others(), broken, blank])
    assert judged.placed() == [("E_TYPE", 11, "core_4")]
    assert judged.validation.known == 0


def test_forms_of_one_client_may_stand_in_separate_rows(judge: Callable[..., Any]) -> None:
    source = make_source(
        form=[
            {"instrument": "core_10", "columns": "core_{n}"},
            {"instrument": "gad_7", "columns": "gad_{n}"},
        ]
    )
    gad = {f"gad_{n}": str(n % 4) for n in range(1, 8)}
    both = [one | gad for one in others()]
    first, second = row("A01") | dict.fromkeys(gad, ""), row("A01") | alike("") | gad
    judged = judge(source, [*both, first, second])
    assert judged.placed("error", "warning") == []
    assert judged.placed("note") == [("E_FORM_EMPTY", 12, None), ("E_FORM_EMPTY", 11, None)]


GAD = {f"gad_{n}": str(n % 4) for n in range(1, 8)}
TWO_FORMS = [
    {"instrument": "core_10", "columns": "core_{n}"},
    {"instrument": "gad_7", "columns": "gad_{n}"},
]


def test_a_form_that_is_not_due_at_an_occasion_is_not_missed(judge: Callable[..., Any]) -> None:
    intake = [one | GAD for one in others()]
    later = [row(f"Z{k:03d}", "T1", seed=k) | dict.fromkeys(GAD, "") for k in range(9)]
    assert judge(make_source(form=TWO_FORMS), [*intake, *later]).placed() == []
    later[3] |= GAD
    judged = judge(make_source(form=TWO_FORMS), [*intake, *later])
    assert {code for code, _, _ in judged.placed()} == {"E_FORM_EMPTY"}
    assert [record for _, record, _ in judged.placed()] == [11, 12, 13, 15, 16, 17, 18, 19]


def test_a_row_of_another_kind_lacks_no_form(judge: Callable[..., Any]) -> None:
    visit = row("Z001") | alike("") | dict.fromkeys(GAD, "")
    judged = judge(make_source(form=TWO_FORMS), [*(one | GAD for one in others()), visit, visit])
    assert judged.placed() == []
    assert judged.validation.known == 0


def test_a_skipped_occasion_is_noted(judge: Callable[..., Any]) -> None:
    met = [row("A01", wave, seed=k) for k, wave in enumerate(("T0", "T1", "T2"))]
    skipped = [row("B01", "T0", seed=1), row("B01", "T2", seed=2)]
    judged = judge(make_source(), [*others(), *met, *skipped])
    assert judged.placed() == [("E_WAVE_SKIPPED", 15, "wave")]


def test_an_occasion_that_nobody_has_is_not_skipped(judge: Callable[..., Any]) -> None:
    table = [*others(), row("A01", "T0", seed=1), row("A01", "T2", seed=2)]
    assert judge(make_source(), table).placed() == []


def test_one_answer_throughout_is_told(judge: Callable[..., Any]) -> None:
    judged = judge(make_source(), [*others(), row("A01") | alike("0")])
    assert judged.placed() == [("E_STRAIGHT_LINE", 11, None)]
    assert judged.quarantined == ()


def test_one_answer_throughout_but_for_a_blank_is_not_told(judge: Callable[..., Any]) -> None:
    table = [*others(), row("A01") | alike("0") | {"core_3": ""}]
    assert judge(make_source(), table).placed() == []


def test_straight_lines_are_seen_where_reversed_items_came_mirrored(
    judge: Callable[..., Any],
) -> None:
    source = make_source(
        form=[{"instrument": "core_10", "columns": "core_{n}", "already_reversed": True}]
    )
    line = row("A01") | alike("0") | alike("4", ("core_2", "core_3"))
    judged = judge(source, [*others(), row("A02") | alike("0"), line])
    assert judged.placed() == [("E_STRAIGHT_LINE", 12, None)]


@pytest.mark.parametrize("answer", ["", "-9"])
def test_a_form_without_an_answer_is_noted(judge: Callable[..., Any], answer: str) -> None:
    judged = judge(make_source(), [*others(), row("A01") | alike(answer)])
    assert judged.placed() == [("E_FORM_EMPTY", 11, None)]
    assert not judged.validation.has_warnings


def test_the_risk_item_is_told_in_the_units_of_the_export(judge: Callable[..., Any]) -> None:
    source = make_source(form=[{"instrument": "core_10", "columns": "core_{n}", "range": [1, 5]}])
    table = [one | {name: str(int(one[name]) + 1) for name in ITEMS} for one in others()]
    table[3]["core_6"] = "2"
    assert judge(source, table).placed() == [("E_SAFETY", 4, "core_6")]


def test_findings_say_which_form_and_where(judge: Callable[..., Any]) -> None:
    again = {"instrument": "core_10", "columns": "core_{n}", "target": "again"}
    table = others(12)
    for k in (2, 3, 5, 7, 8):
        table[k]["core_6"] = "1"
    table[9]["core_1"] = "9"
    judged = judge(make_source(form=[TWO_FORMS[0], again]), table)
    told = {(one.says.partition(" asks")[0], one.where) for one in judged.validation.findings}
    assert told >= {
        ("The answer to item 6 of CORE-10", 'column "core_6", rows 3, 4, 6 and 2 more'),
        ("The answer to item 6 of CORE-10 (again)", 'column "core_6", rows 3, 4, 6 and 2 more'),
        ("An answer is outside 0 to 4 and no missing code.", 'column "core_1", row 10'),
    }
    lines = {line for line in describe_findings(judged.validation.findings) if "E_SAFETY" in line}
    assert sum('(column "core_6", rows 3, 4, 6 and 2 more)' in line for line in lines) == 2


def test_a_contradiction_names_its_form_and_its_rows(judge: Callable[..., Any]) -> None:
    judged = judge(make_source(), [*others(), row("A01", seed=1), row("A01", seed=2)])
    (finding,) = judged.validation.findings
    assert finding.says.startswith("Two rows hold CORE-10 of one client")
    assert finding.where == "rows 11, 12"


@pytest.mark.parametrize(
    ("shown", "where"), [("colour", 'column "colour"'), (None, "column 14")], ids=["name", "place"]
)
def test_a_column_whose_name_may_be_a_value_is_named_by_its_place(
    judge: Callable[..., Any], shown: str | None, where: str
) -> None:
    judged = judge(make_source(), others(), UnknownColumn(14, shown, "E_UNKNOWN_COLUMN"))
    assert [finding.where for finding in judged.validation.findings] == [where]


def test_answers_that_leap_across_the_range_are_told(judge: Callable[..., Any]) -> None:
    best = row("A01", "T0") | alike("0") | alike("4", ("core_2", "core_3"))
    worst = row("A01", "T1") | alike("4") | alike("0", ("core_2", "core_3"))
    calm = [row("B01", "T0", seed=1), row("B01", "T1", seed=3)]
    judged = judge(make_source(), [*others(), worst, best, *calm])
    assert judged.placed() == [("E_SAFETY", 11, "core_6"), ("E_JUMP", 11, None)]


@pytest.mark.parametrize("unanswered", [6, 11])
def test_an_item_mostly_unanswered_is_told_once_for_the_file(
    judge: Callable[..., Any], unanswered: int
) -> None:
    table = others(11)
    for one in table[:unanswered]:
        one["core_9"] = ""
    assert judge(make_source(), table).placed() == [("E_ITEM_MISSING", None, "core_9")]


def test_half_of_the_answers_missing_is_not_yet_told(judge: Callable[..., Any]) -> None:
    table = others(12)
    for one in table[:6]:
        one["core_9"] = "-9"
    assert judge(make_source(), table).placed() == []


def test_forms_that_were_not_given_do_not_count_as_missing(judge: Callable[..., Any]) -> None:
    empty = [row(f"E{k:03d}") | alike("") for k in range(30)]
    judged = judge(make_source(), [*others(10), *empty])
    assert {code for code, _, _ in judged.placed()} == {"E_FORM_EMPTY"}


@pytest.mark.parametrize(("count", "codes"), [(29, []), (30, ["E_RANGE_UNUSED"])])
def test_a_range_of_which_the_top_is_unused_is_told(
    judge: Callable[..., Any], count: int, codes: list[str]
) -> None:
    table = [one | {n: str(int(one[n]) % 3) for n in ITEMS} for one in others(count)]
    assert [code for code, _, _ in judge(make_source(), table).placed()] == codes


def test_a_rare_topmost_answer_is_no_reason_to_doubt_the_range(judge: Callable[..., Any]) -> None:
    table = [one | {n: str(int(one[n]) % 4) for n in ITEMS} for one in others(40)]
    assert judge(make_source(), table).placed() == []


def test_where_a_row_is_a_person_equal_rows_are_told_and_kept(judge: Callable[..., Any]) -> None:
    source = make_source(a_row_is="person", columns={}, occasions={}, occasion="intake")
    table = [answers(seed) for seed in (1, 2, 3, 1)] + [alike(""), alike("")]
    judged = judge(source, table)
    assert judged.placed() == [
        ("E_FORM_EMPTY", 5, None),
        ("E_FORM_EMPTY", 6, None),
        ("E_DUP_ROW", 4, None),
    ]
    assert judged.quarantined == ()
    assert judged.validation.known == 0


def test_a_row_that_does_not_say_when_is_held_back(judge: Callable[..., Any]) -> None:
    columns = {"client": "client_id", "session": "session_no"}
    source = make_source(columns=columns, occasions={})
    table = [
        {"client_id": f"A{k:02d}", "session_no": str(k or ""), **answers(k)} for k in range(10)
    ]
    assert judge(source, table).placed() == [("E_OCCASION", 1, "session_no")]


TOTALLED = [{"instrument": "core_10", "columns": "core_{n}", "total": "core_sum"}]


def total_of(one: Row, *, is_mean: bool = False) -> str:
    """Return the total of a form as an export brings it: items 2 and 3 count backwards."""
    answered = [4 - int(one[i]) if i in ("core_2", "core_3") else int(one[i]) for i in ITEMS]
    return f"{sum(answered) / 10:.1f}" if is_mean else str(sum(answered))


@pytest.mark.parametrize("is_mean", [False, True])
def test_a_total_unlike_its_items_is_told(judge: Callable[..., Any], is_mean: bool) -> None:
    table = [one | {"core_sum": total_of(one, is_mean=is_mean)} for one in others()]
    table[4]["core_sum"] = str(float(table[4]["core_sum"]) + 1)
    table[5]["core_sum"] = ""
    table[6]["core_sum"] = "-9"
    table[7]["core_3"] = ""  # how a total is made of nine answers is anybody's choice
    judged = judge(make_source(form=TOTALLED), table)
    assert judged.placed() == [("E_TOTAL", 5, "core_sum")]
    assert judged.quarantined == ()


def test_a_total_that_forgot_to_reverse_is_told(judge: Callable[..., Any]) -> None:
    table = [one | {"core_sum": str(sum(int(one[i]) for i in ITEMS))} for one in others()]
    table[0] |= {"core_2": "2", "core_3": "2", "core_sum": "0"}
    table[0]["core_sum"] = total_of(table[0])
    told = judge(make_source(form=TOTALLED), table).placed()
    assert ("E_TOTAL", 1, "core_sum") not in told
    assert len(told) > 5


def test_a_total_of_one_of_several_scales_is_named(judge: Callable[..., Any]) -> None:
    items = {f"ecr_{n}": "4" if n % 2 else "3" for n in range(1, 37)}
    form = {"instrument": "ecr", "columns": "ecr_{n}", "total": {"anxiety": "ecr_anx"}}
    table = [{"client_id": f"Z{k:03d}", **items, "ecr_anx": "3.1"} for k in range(10)]
    table[2]["ecr_anx"] = "4.2"
    source = make_source(
        columns={"client": "client_id"}, occasions={}, occasion="intake", form=[form]
    )
    assert judge(source, table).placed() == [("E_TOTAL", 3, "ecr_anx")]
    with pytest.raises(StudyError) as caught:
        judge(
            source.model_copy(
                update={"form": (source.form[0].model_copy(update={"total": "ecr_anx"}),)}
            ),
            table,
        )
    assert caught.value.code == "E_STUDY_TOTAL"
