"""The table model: what is printed, and what is said of what is not."""

from __future__ import annotations

import pandas as pd
import pytest

from reports.render.numbers import write_interval, write_number, write_p
from reports.render.table import (
    LEFT_OUT_NOTE,
    MARGINS,
    Cell,
    Column,
    Row,
    Spanner,
    Table,
    interval_of,
    number_of,
)

NBSP = "\N{NO-BREAK SPACE}"


def a_table(*values: object, **facts: object) -> Table:
    columns = (Column("Outcome"), Column("n", "count"), Column("p", "p"))
    rows = tuple(Row((Cell(str(v)), Cell(v), Cell(0.0001)), group=str(v)) for v in values)  # type: ignore[arg-type]
    return Table("t", "Title", columns, rows, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "kind", "printed"),
    [
        (75.0, "count", "75"),
        (1240.0, "count", "1,240"),
        (None, "count", "[c]"),
        (0.0312, "p", ".031"),
        (0.9999, "p", f">{NBSP}.999"),
        (0.00001, "p", f"<{NBSP}.001"),
        (0.125, "percent", "12%"),
        (None, "percent", "[c]"),
        (-1.5, "number", "−1.50"),
        (None, "number", "–"),
        (float("nan"), "number", "–"),
        ("different", "number", "different"),
        (None, "text", "–"),
    ],
)
def test_a_value_is_printed_as_its_column_says(value: object, kind: str, printed: str) -> None:
    assert Column("x", kind).write(value) == printed  # type: ignore[arg-type]


def test_a_bounded_statistic_has_no_leading_zero() -> None:
    assert write_number(0.88, is_bounded=True) == ".88"
    assert write_number(-0.04, is_bounded=True) == "−.04"
    assert write_number(1.0, is_bounded=True) == "1.00"
    assert write_number(0.88) == "0.88"


def test_a_number_that_rounds_to_nothing_has_no_sign() -> None:
    assert write_number(-0.001) == "0.00"


def test_an_interval_stays_on_one_line() -> None:
    assert write_interval(-0.5, 1.2) == f"[−0.50,{NBSP}1.20]"
    assert " " not in write_p(0.0001)


def test_the_note_on_left_out_numbers_stands_where_one_is_left_out() -> None:
    assert a_table(75.0).all_notes == ()
    assert a_table(75.0, None).all_notes == (LEFT_OUT_NOTE,)
    assert a_table(None, notes=("first",)).all_notes[0] == "first"


def test_rows_of_one_group_stand_together() -> None:
    assert [group for group, _ in a_table(1.0, 1.0, 2.0).groups] == ["1.0", "2.0"]


def test_heads_fill_the_whole_width() -> None:
    table = a_table(1.0, spanners=(Spanner("Both", 1, 2),))
    assert table.heads == (("", 1), ("Both", 2))
    assert a_table(1.0, spanners=(Spanner("First", 0, 1),)).heads == (("First", 1), ("", 2))
    assert a_table(1.0).heads == ()


def test_a_cell_knows_the_estimate_it_comes_from() -> None:
    estimates = pd.DataFrame(
        {"estimate": [1.0, 2.0], "ci_low": [0.0, None], "ci_high": [2.0, None]}, index=[4, 9]
    )
    assert number_of(estimates.loc[9], "estimate") == Cell(2.0, 9)
    assert interval_of(estimates.loc[4]) == Cell((0.0, 2.0), 4)
    assert interval_of(estimates.loc[9]) == Cell(None)
    assert number_of(None, "estimate") == Cell(None)


SENTENCE = "Two rows hold a form of one client and time with other answers, and neither is taken."


def a_listing(*texts: str) -> Table:
    rows = tuple(Row((Cell(text), Cell(75.0))) for text in texts)
    return Table("t", "Title", (Column("Rule"), Column("n", "count")), rows)


def test_what_is_left_of_a_line_goes_to_the_longest_text() -> None:
    short, count = a_listing("one", "two").weights(60)
    wordy, same = a_listing("one", SENTENCE).weights(60)
    assert count == same
    assert short < wordy < len(SENTENCE)
    assert wordy + same == pytest.approx(60)


def test_no_word_and_no_number_is_broken_where_a_line_is_too_short() -> None:
    widths = a_listing("one", SENTENCE).weights(10)
    assert widths == (MARGINS + len("answers,"), MARGINS + len("75"))


def test_short_texts_stand_in_one_line_beside_sentences() -> None:
    rows = (Row((Cell(SENTENCE), Cell("the last 14 days"), Cell(SENTENCE))),)
    table = Table("t", "Title", (Column("Rule"), Column("asks about"), Column("note")), rows)
    first, short, last = table.weights(100)
    assert short == MARGINS + len("the last 14 days")
    assert first == last == pytest.approx((100 - short) / 2)


def test_a_column_is_as_wide_as_the_head_that_stands_over_it_alone() -> None:
    table = a_table(1.0, spanners=(Spanner("Independence", 0, 1),))
    assert table.weights()[0] > len("Independence")


def test_capitals_are_given_more_room() -> None:
    capitals, letters = (a_listing(word).weights()[0] for word in ("E_DUP_ROW", "e_dup_row"))
    assert capitals > letters


def test_a_table_with_sentences_as_heads_of_rows_is_wordy() -> None:
    assert a_listing(SENTENCE).is_wordy
    assert not a_listing("one").is_wordy
