"""From a declared source and a file's header to the columns of the stage."""

from __future__ import annotations

from typing import Any

import pytest

from flows.declarations import Source
from flows.layout import lay_out
from instruments.catalog import load_catalog
from instruments.errors import ExportError, InterdepError, StudyError
from instruments.layout import FIRST_TEXT_CODE, Layout

CATALOG = load_catalog()
ITEMS = tuple(f"d{n}" for n in range(1, 6))


def declared(**changes: Any) -> Source:
    base: dict[str, Any] = {
        "id": "weekly",
        "kind": "csv",
        "files": "*.csv",
        "columns": {"client": "id", "session": "no"},
        "form": [{"instrument": "dar_5", "columns": "d{n}"}],
    }
    return Source.model_validate(base | changes)


def layout_of(source: Source, *header: str) -> Layout:
    return lay_out(source, header or ("id", "no", *ITEMS), CATALOG)


def fault_of(source: Source, *header: str) -> InterdepError:
    with pytest.raises(InterdepError) as caught:
        layout_of(source, *header)
    return caught.value


def test_every_admitted_column_stands_once_under_its_name_in_the_stage() -> None:
    layout = layout_of(declared(), "note", "no", "d5", "d4", "d3", "d2", "d1", "id")
    assert [(column.name, column.source) for column in layout] == [
        ("client", "id"),
        ("session", "no"),
        *((f"dar_5__item_{n}", f"d{n}") for n in range(1, 6)),
    ]


def test_columns_are_found_whatever_their_case_and_spaces() -> None:
    layout = layout_of(declared(), "ID", " No", "D1", "D2", "D 3".replace(" ", ""), "d4", "d5")
    assert layout.roles["client"].source == "ID"
    assert layout.placements[0].columns["item_1"].source == "D1"


def test_a_list_names_the_items_in_the_order_of_the_form() -> None:
    form = {"instrument": "dar_5", "columns": ["e", "d", "c", "b", "a"]}
    layout = layout_of(declared(form=[form]), "id", "no", "a", "b", "c", "d", "e")
    sources = {item: column.source for item, column in layout.placements[0].columns.items()}
    assert sources == {"item_1": "e", "item_2": "d", "item_3": "c", "item_4": "b", "item_5": "a"}


def test_a_missing_column_is_told_with_the_nearest_name() -> None:
    fault = fault_of(declared(), "id", "no", "d1", "d2", "d3", "d4", "d55")
    assert isinstance(fault, ExportError)
    assert fault.code == "E_COLUMN_MISSING"
    assert '"d5"' in fault.what
    assert fault.fix.startswith('Did you mean "d5')


def test_the_declared_range_counts_for_items_and_steps() -> None:
    own = layout_of(declared()).placements[0]
    assert (own.low, own.high) == (CATALOG["dar_5"].response.min, CATALOG["dar_5"].response.max)
    form = {"instrument": "dar_5", "columns": "d{n}", "range": (0, 10)}
    wide = layout_of(declared(form=[form])).placements[0]
    assert wide.columns["item_1"].allowed == tuple(range(11))


def test_missing_codes_of_source_and_form_come_together() -> None:
    form = {"instrument": "dar_5", "columns": "d{n}", "missing": {"NASK": "not asked"}}
    source = declared(form=[form], missing={"-99": "refused", "NA": "unknown"})
    column = layout_of(source).placements[0].columns["item_1"]
    assert column.missing == {"-99": "refused", "NA": "unknown", "NASK": "not asked"}
    staged = column.staged_codes
    assert staged["-99"] == -99
    assert {staged["NA"], staged["NASK"]} == {FIRST_TEXT_CODE, FIRST_TEXT_CODE - 1}


def test_two_dates_become_one_day() -> None:
    columns = {"client": "id", "date": "seen", "intake_date": "began"}
    source = declared(columns=columns, date_format="%d.%m.%Y")
    layout = layout_of(source, "id", "seen", "began", *ITEMS)
    assert layout.roles["day"].source == "seen"
    assert layout.roles["date"].date_format == "%d.%m.%Y"


def test_a_form_on_two_targets_has_two_names() -> None:
    forms = [
        {"instrument": "dar_5", "columns": "d{n}"},
        {"instrument": "dar_5", "columns": "e{n}", "target": "partner"},
        {"instrument": "dar_5", "columns": "f{n}", "rater": "therapist"},
    ]
    header = ("id", "no", *(f"{letter}{n}" for letter in "def" for n in range(1, 6)))
    layout = layout_of(declared(form=forms), *header)
    assert [p.alias for p in layout.placements] == ["dar_5", "dar_5_partner", "dar_5_therapist"]
    assert [(p.rater, p.target) for p in layout.placements] == [
        ("client", ""), ("client", "partner"), ("therapist", "")
    ]  # fmt: skip


def test_the_same_form_twice_needs_something_that_tells_them_apart() -> None:
    form = {"instrument": "dar_5", "columns": "d{n}"}
    fault = fault_of(declared(form=[form, form]))
    assert isinstance(fault, StudyError)
    assert fault.code == "E_STUDY_FORM_TWICE"


def subscales(pattern: Any = "c_{scale}_{n}") -> Source:
    return declared(form=[{"instrument": "cats", "columns": pattern, "range": (1, 5)}])


def test_a_form_addressed_by_subscale_has_the_items_that_the_header_has() -> None:
    header = ("id", "no", "c_secure_2", "c_secure_1", "c_avoidant_fearful_1", "c_secure_3")
    placement = layout_of(subscales(), *header).placements[0]
    assert placement.counts == {"secure": 3, "avoidant_fearful": 1, "preoccupied_merger": 0}
    assert [column.source for column in placement.columns.values()] == [
        "c_secure_1", "c_secure_2", "c_secure_3", "c_avoidant_fearful_1"
    ]  # fmt: skip


def test_a_missing_item_is_not_met_with_the_column_of_another_item() -> None:
    header = ("id", "no", "d1", "d2", "d3", "d5")
    assert "Did you mean" not in (fault_of(declared(), *header).fix or "")
    assert 'Did you mean "d_4"?' in (fault_of(declared(), *header, "d_4").fix or "")


def test_a_gap_in_the_items_of_a_subscale_refuses_the_file_and_names_what_is_missing() -> None:
    fault = fault_of(subscales(), "id", "no", "c_secure_2", "c_secure_5", "c_avoidant_fearful_1")
    assert fault.code == "E_COLUMN_MISSING"
    assert 'lacks "c_secure_1", "c_secure_3", "c_secure_4"' in fault.what


def test_two_columns_of_one_item_of_a_subscale_refuse_the_file() -> None:
    fault = fault_of(subscales("c_{scale}_{n:02}"), "id", "no", "c_secure_1", "c_secure_01")
    assert fault.code == "E_DUP_HEADER"
    assert '"c_secure_01" and "c_secure_1"' in fault.what


def test_a_pattern_of_subscales_that_matches_nothing_refuses_the_file() -> None:
    fault = fault_of(subscales(), "id", "no", "c_secur_1")
    assert isinstance(fault, ExportError)
    assert fault.code == "E_COLUMN_MISSING"
    assert "c_{scale}_{n}" in fault.what


@pytest.mark.parametrize("pattern", ["c_{n}", ["c_1", "c_2"]])
def test_a_form_addressed_by_subscale_needs_a_pattern_that_says_so(pattern: Any) -> None:
    assert fault_of(subscales(pattern), "id", "no", "c_1", "c_2").code == "E_STUDY_PATTERN"


def test_a_form_without_a_published_range_needs_a_declared_one() -> None:
    assert CATALOG["icb"].response.min is None
    form = {"instrument": "icb", "columns": "c_{scale}_{n}"}
    assert fault_of(declared(form=[form]), "id", "no", "c_x_1").code == "E_STUDY_RANGE"


def test_labels_of_occasions_and_endings_are_kept_for_the_store() -> None:
    source = declared(
        columns={"client": "id", "occasion": "visit"},
        occasions={"T0": "intake", "T1": "end"},
        ending={"reason": "why", "reasons": {"1": "planned", "2": "dropout"}, "session": "last"},
    )
    layout = layout_of(source, "id", "visit", "why", "last", *ITEMS)
    assert layout.occasions == {"T0": "intake", "T1": "end"}
    assert layout.roles["occasion"].values == ("T0", "T1")
    assert layout.endings == {"1": "planned", "2": "dropout"}
    assert layout.roles["ending_session"].kind == "whole"
