"""Which rules follow from a layout."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import sql
from flows.declarations import Source
from flows.layout import lay_out
from flows.validation.statements import is_outside, joint_query, offending_sql
from instruments.catalog import load_catalog
from instruments.layout import Layout, StageColumn
from instruments.rules import Rule, derive_rules

CHECKS = Path(str(sql.__file__)).parent / "checks"
ROLES = {
    "client": "id",
    "occasion": "wave",
    "session": "no",
    "date": "seen_on",
    "intake_date": "began_on",
    "therapist": "th",
    "clinic": "place",
    "rater": "by",
    "target": "about",
}


def lay(form: dict[str, Any] | None = None, **changes: Any) -> Layout:
    """Return the layout of one form with a column of every kind."""
    declared: dict[str, Any] = {
        "id": "waves",
        "kind": "csv",
        "files": "*.csv",
        "columns": ROLES,
        "date_format": "%Y-%m-%d",
        "occasions": {"T0": "intake", "T1": "end"},
        "missing": {"-99": "refused"},
        "attributes": {
            "age": {"column": "age", "type": "number", "min": 18, "max": 99},
            "sex": {"column": "sex", "type": "code", "values": {"F": "female"}},
        },
        "form": [{"instrument": "core_10", "columns": "q{n}", **(form or {})}],
    }
    source = Source.model_validate(declared | changes)
    header = [*source.columns.by_role().values(), "age", "sex", *(f"q{n}" for n in range(1, 37))]
    return lay_out(source, header, load_catalog())


def rule_of(layout: Layout, rule_id: str) -> Rule:
    """Return one rule by its id."""
    return {rule.id: rule for rule in derive_rules(layout)}[rule_id]


def test_a_layout_gives_the_same_rules_every_time() -> None:
    assert derive_rules(lay()) == derive_rules(lay())


def test_rules_have_ids_of_their_own() -> None:
    counts = Counter(rule.id for rule in derive_rules(lay()))
    assert [name for name, times in counts.items() if times > 1] == []


def test_every_rule_says_what_is_wrong_and_how_to_mend_it() -> None:
    for rule in derive_rules(lay()):
        assert rule.code.startswith("E_")
        for sentence in (rule.says, rule.fix):
            assert sentence[0].isupper(), rule.id
            assert sentence.endswith("."), rule.id
            assert "None" not in sentence, rule.id


def test_the_range_of_an_item_is_that_of_the_export() -> None:
    rule = rule_of(lay({"range": [1, 5]}), "core_10__item_1.in_set")
    assert rule.check.given["values"] == (1, 2, 3, 4, 5, -99)
    assert (rule.code, rule.category, rule.severity) == ("E_RANGE", "conformance", "error")


def test_marks_on_a_line_are_judged_by_bounds() -> None:
    layout = lay({"instrument": "srs", "columns": "q{n}"})
    rule = rule_of(layout, "srs__item_1.range")
    assert (rule.check.given["low"], rule.check.given["high"]) == (0, 10)


def test_errors_hold_back_and_attributes_are_only_set_aside() -> None:
    severities = {rule.id: rule.severity for rule in derive_rules(lay())}
    assert severities["client.shape"] == "error"
    assert severities["clinic.shape"] == "error"
    assert severities["rater.in_set"] == "error"
    assert severities["attr__age.range"] == "warning"
    assert severities["attr__sex.in_set"] == "warning"


def test_dates_are_judged_as_dates_and_as_days() -> None:
    rules = {rule.id: rule for rule in derive_rules(lay())}
    assert rules["date.date_format"].code == "E_DATE_AMBIGUOUS"
    assert rules["intake_date.date_type"].code == "E_DATE_TYPE"
    assert rules["day.before_intake"].columns[0].source == "seen_on"


@pytest.mark.parametrize(
    ("form", "operator", "value"),
    [
        ({}, ">", 0),
        ({"range": [1, 5]}, ">", 1),
        ({"range": [0, 8]}, ">", 0),
        ({"already_reversed": True}, ">", 0),
    ],
)
def test_a_safety_threshold_is_in_the_units_of_the_export(
    form: dict[str, Any], operator: str, value: float
) -> None:
    rule = rule_of(lay(form), "core_10.safety_6")
    assert rule.check.given == {"operator": operator, "value": value}
    assert (rule.category, rule.severity) == ("safety", "warning")


def test_a_safety_threshold_of_a_mirrored_item_is_mirrored() -> None:
    definition = load_catalog()["core_10"]
    mirrored = definition.safety[0].model_copy(update={"item": 2, "value": 1.0, "op": ">="})
    placement = lay({"already_reversed": True}).placements[0]
    changed = definition.model_copy(update={"safety": (mirrored,)})
    layout = lay()
    object.__setattr__(placement, "definition", changed)
    object.__setattr__(layout, "placements", (placement,))
    rule = rule_of(layout, "core_10.safety_2")
    assert rule.check.given == {"operator": "<=", "value": 3.0}


def test_short_forms_without_reversed_items_cannot_show_straight_lines() -> None:
    ids = {
        form: {rule.id for rule in derive_rules(lay({"instrument": form}))}
        for form in ("gad_7", "ecr_rs", "core_10", "dar_5")
    }
    assert "gad_7.straight_line" not in ids["gad_7"]
    assert "dar_5.straight_line" not in ids["dar_5"]
    assert "ecr_rs.straight_line" in ids["ecr_rs"]
    assert "core_10.straight_line" in ids["core_10"]


def test_a_fixed_occasion_is_no_key_of_a_row() -> None:
    def keys(layout: Layout) -> list[str]:
        pairs: Any = rule_of(layout, f"{layout.placements[0].alias}.conflict").check.given["keys"]
        return [column.name for column, _ in pairs]

    assert keys(lay()) == ["client", "occasion", "session", "rater", "target"]
    assert keys(lay({"occasion": "end"})) == ["client", "session", "rater", "target"]


def test_where_a_row_is_a_person_there_are_no_keys() -> None:
    ids = {rule.id for rule in derive_rules(lay(a_row_is="person", columns={}, occasion="intake"))}
    assert "file.same_person" in ids
    assert not {"file.known_row", "core_10.conflict", "client.required"} & ids


@pytest.mark.parametrize("path", sorted(CHECKS.glob("*.sql")), ids=lambda path: path.stem)
def test_every_check_opens_with_its_name_what_it_counts_and_its_parameters(path: Path) -> None:
    name, *lines = path.read_text(encoding="utf-8").splitlines()
    comment = " ".join(line for line in lines if line.startswith("--"))
    assert re.fullmatch(rf"-- {path.stem}: .+\.", name)
    assert "-- Counts " in comment
    assert "-- Parameters: table; columns" in comment


def test_every_check_is_used_by_a_rule() -> None:
    layouts = [
        lay(),
        lay({"instrument": "srs"}),
        lay({"total": "age"}),
        lay(a_row_is="person", columns={}, occasion="intake"),
        lay(columns={"client": "id", "session": "no"}, occasions={}),
        lay(columns={"client": "id", "occasion": "wave"}, missing={}),
        lay(event={"all_are": "crisis", "day": "age"}),
    ]
    used = {rule.check.name for layout in layouts for rule in derive_rules(layout)}
    assert {path.stem for path in CHECKS.glob("*.sql")} == used


def test_a_set_with_gaps_admits_nothing_between() -> None:
    column = StageColumn("q1", "Q1", "item", 1, 4)
    assert is_outside(column, (1, 2, 4, 3, -99)) == (
        '"q1" NOT BETWEEN -99 AND -99 AND "q1" NOT BETWEEN 1 AND 4'
    )


def test_a_statement_holds_names_and_labels_as_they_are() -> None:
    label = 'it\'s {batch}: "T:0"'
    layout = lay(occasions={label: "intake"})
    rule = rule_of(layout, "occasion.in_set")
    assert """'it''s {batch}: "T:0"'""" in offending_sql(rule)
    query = joint_query([rule_of(layout, "core_10.conflict")])
    assert """'it''s {{batch}}: "T\\:0"'""" in query
    assert "FROM {batch}" in query
