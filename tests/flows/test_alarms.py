"""What the answers of a file say together about its key, its range and its unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from flows.declarations import Source
from instruments.alarm_rules import alarm_rules
from instruments.catalog import load_catalog

ECR = {"instrument": "ecr", "columns": "ecr_{n}"}
Table = list[dict[str, Any]]


def make_source(*forms: dict[str, Any], **changes: Any) -> Source:
    declared: dict[str, Any] = {
        "id": "intake",
        "kind": "csv",
        "files": "*.csv",
        "occasion": "intake",
        "columns": {"client": "client_id"},
        "form": list(forms) or [ECR],
    }
    return Source.model_validate(declared | changes)


def answers(instrument: str, pattern: str, count: int = 80, *, seed: int = 1) -> Table:
    """Return filled-in forms that follow the key: one trait per scale, items with noise."""
    definition = load_catalog()[instrument]
    low, high = definition.response.min or 0, definition.response.max or 0
    rng = np.random.default_rng(seed)
    table: Table = [{"client_id": f"K{k:03d}"} for k in range(count)]
    for scale in definition.scales:
        trait = rng.normal(size=count)
        for number in scale.items:
            sign = -1 if number in scale.reversed_items(definition) else 1
            raw = sign * trait + rng.normal(scale=0.8, size=count)
            marks = np.clip(np.rint((low + high) / 2 + raw * (high - low) / 6), low, high)
            for row, mark in zip(table, marks.astype(int).tolist(), strict=True):
                row[pattern.replace("{n}", str(number))] = mark
    return table


def flip(table: Table, columns: list[str], ends: int = 8) -> Table:
    return [row | {name: ends - row[name] for name in columns} for row in table]


def alarms(judged: Any) -> list[tuple[str, str | None]]:
    return [
        (rule, column)
        for rule, code, _, severity, _, column, _ in judged.findings
        if code in ("E_REVERSE_KEY", "E_NORM") and severity == "warning"
    ]


def says(judged: Any, rule: str) -> tuple[str, str]:
    (found,) = (f for f in judged.validation.findings if f.rule == rule)
    return found.says, found.fix


REVERSED = [f"ecr_{n}" for n in load_catalog()["ecr"].reverse]


def test_answers_that_follow_the_key_raise_no_alarm(judge: Callable[..., Any]) -> None:
    assert alarms(judge(make_source(), answers("ecr", "ecr_{n}"))) == []


def test_data_that_came_reversed_are_named_as_such(judge: Callable[..., Any]) -> None:
    judged = judge(make_source(), flip(answers("ecr", "ecr_{n}"), REVERSED))
    assert alarms(judged) == [("ecr.looks_reversed", None)]
    told, fix = says(judged, "ecr.looks_reversed")
    assert told.startswith("The data look already reversed: the reverse-keyed items of ECR")
    assert told.endswith("at intake.")
    assert "already_reversed = true" in fix
    assert judged.quarantined == ()


def test_data_that_were_said_to_be_reversed_and_are_not_are_named_too(
    judge: Callable[..., Any],
) -> None:
    source = make_source(ECR | {"already_reversed": True})
    judged = judge(source, answers("ecr", "ecr_{n}"))
    assert alarms(judged) == [("ecr.looks_reversed", None)]
    told, fix = says(judged, "ecr.looks_reversed")
    assert told.startswith("The data do not look reversed")
    assert "already_reversed = false" in fix
    right = flip(answers("ecr", "ecr_{n}"), REVERSED)
    assert alarms(judge(source, right)) == []


def test_one_item_that_goes_against_its_scale_is_named_by_its_column(
    judge: Callable[..., Any],
) -> None:
    judged = judge(make_source(), flip(answers("ecr", "ecr_{n}"), ["ecr_5", "ecr_8"]))
    assert alarms(judged) == [("ecr.item_key", "ecr_5"), ("ecr.item_key", "ecr_8")]


@pytest.mark.parametrize("shift", [-1, 1])
def test_an_export_on_a_range_one_point_off_is_named_though_most_of_its_rows_fit(
    judge: Callable[..., Any], shift: int
) -> None:
    dar = {"instrument": "dar_5", "columns": "dar_{n}"}
    # Nobody ticked the end that lies outside, but one; nobody can tick the other.
    table = [{"client_id": f"K{k:03d}", **{f"dar_{n}": 3 + (k + n) % 3 - 1 for n in range(1, 6)}}
             for k in range(80)]  # fmt: skip
    table[7]["dar_2"] = 0 if shift < 0 else 6
    judged = judge(make_source(dar), table)
    (told,) = [rule for rule, code, *_ in judged.findings if code == "E_OTHER_RANGE"]
    assert told == "dar_5.other_range"
    assert "Declare the range" in says(judged, told)[1]
    table[8]["dar_1"] = 5 if shift < 0 else 1
    assert not [code for _, code, *_ in judge(make_source(dar), table).findings
                if code == "E_OTHER_RANGE"]  # fmt: skip


def test_a_missing_code_beyond_the_range_is_no_answer_of_another_range(
    judge: Callable[..., Any],
) -> None:
    dar = {"instrument": "dar_5", "columns": "dar_{n}", "missing": {"0": "not asked"}}
    table = [{"client_id": f"K{k:03d}", **{f"dar_{n}": 2 + (k + n) % 3 for n in range(1, 6)}}
             for k in range(80)]  # fmt: skip
    table[7]["dar_2"] = 0
    assert not [code for _, code, *_ in judge(make_source(dar), table).findings
                if code == "E_OTHER_RANGE"]  # fmt: skip


@pytest.mark.parametrize(("role", "others"), [("target", "mother"), ("rater", "therapist")])
def test_a_column_that_tells_of_several_says_whom_analyses_take(
    judge: Callable[..., Any], role: str, others: str
) -> None:
    own = {"target": "partner", "rater": "client"}[role]
    dar = {"instrument": "dar_5", "columns": "dar_{n}"}
    source = make_source(dar, columns={"client": "client_id", role: "whose"})
    table = [{"client_id": f"K{k:03d}", "whose": own if k % 2 else others,
              **{f"dar_{n}": 1 + (k + n) % 5 for n in range(1, 6)}} for k in range(12)]  # fmt: skip
    judged = judge(source, table)
    told, fix = says(judged, f"file.several_{role}s")
    assert "several" in told
    assert f"say {role} in their [[source.form]]" in fix
    assert not judged.validation.has_warnings
    alone = judge(source, [row | {"whose": own} for row in table])
    assert f"file.several_{role}s" not in [rule for rule, *_ in alone.findings]


def test_a_handful_of_forms_raises_no_alarm(judge: Callable[..., Any]) -> None:
    few = flip(answers("ecr", "ecr_{n}", 49), REVERSED)
    assert alarms(judge(make_source(), few)) == []


def test_noise_is_no_wrong_key_but_no_alpha_either(judge: Callable[..., Any]) -> None:
    rng = np.random.default_rng(5)
    for count in (60, 300):
        table = [
            {
                "client_id": f"K{k:03d}",
                **{f"ecr_{n}": int(rng.integers(1, 8)) for n in range(1, 37)},
            }
            for k in range(count)
        ]
        told = [rule for rule, _ in alarms(judge(make_source(), table))]
        assert told == ["ecr.norm_avoidance_alpha", "ecr.norm_anxiety_alpha"]


def test_each_occasion_is_looked_at_by_itself(judge: Callable[..., Any]) -> None:
    first = [row | {"wave": "T0"} for row in answers("ecr", "ecr_{n}")]
    later = [row | {"wave": "T1"} for row in flip(answers("ecr", "ecr_{n}", seed=2), REVERSED)]
    source = make_source(
        columns={"client": "client_id", "occasion": "wave"},
        occasion=None,
        occasions={"T0": "intake", "T1": "end"},
    )
    judged = judge(source, [*first, *later])
    assert alarms(judged) == [("ecr.looks_reversed@end", None)]
    assert says(judged, "ecr.looks_reversed@end")[0].endswith("at end.")


def test_a_mean_outside_what_was_published_is_told(judge: Callable[..., Any]) -> None:
    form = {"instrument": "core_10", "columns": "core_{n}"}
    table = answers("core_10", "core_{n}")
    assert alarms(judge(make_source(form), table)) == []
    ill = [
        row | {f"core_{n}": 0 if n in (2, 3) else 4 for n in range(1, 11) if n != 1}
        for row in table
    ]
    judged = judge(make_source(form), ill)
    assert ("core_10.norm_total_mean", None) in alarms(judged)


def test_in_another_range_only_alpha_is_compared(judge: Callable[..., Any]) -> None:
    form = {"instrument": "core_10", "columns": "core_{n}", "range": [1, 5]}
    table = [
        {name: mark if name == "client_id" else mark + 1 for name, mark in row.items()}
        for row in answers("core_10", "core_{n}")
    ]
    assert alarms(judge(make_source(form), table)) == []
    rng = np.random.default_rng(3)
    noise = [
        {"client_id": f"K{k:03d}", **{f"core_{n}": int(rng.integers(1, 6)) for n in range(1, 11)}}
        for k in range(200)
    ]
    assert ("core_10.norm_total_alpha", None) in alarms(judge(make_source(form), noise))


@pytest.mark.parametrize("instrument", sorted(load_catalog()))
def test_no_form_that_follows_its_key_raises_a_key_alarm(
    judge: Callable[..., Any], instrument: str
) -> None:
    definition = load_catalog()[instrument]
    is_plain = definition.addressing == "number" and definition.response.min is not None
    if not is_plain or definition.response.is_continuous or definition.response.step > 1:
        pytest.skip("addressed by subscale, or without whole answers of its own")
    source = make_source({"instrument": instrument, "columns": "q_{n}"})
    judged = judge(source, with_all_items(answers(instrument, "q_{n}", 120), definition))
    assert [rule for rule, _ in alarms(judged) if "norm" not in rule] == []


def with_all_items(table: Table, definition: Any) -> Table:
    low = definition.response.min
    return [{f"q_{n}": low for n in range(1, definition.n_items + 1)} | row for row in table]


def test_alarms_have_ids_and_words_of_their_own(judge: Callable[..., Any]) -> None:
    from flows.layout import lay_out

    source = make_source(
        ECR, {"instrument": "core_10", "columns": "core_{n}"},
        columns={"client": "client_id", "occasion": "wave"}, occasion=None,
        occasions={"T0": "intake", "T1": "end"},
    )  # fmt: skip
    items = [
        f"{name}_{n}" for name, count in (("ecr", 36), ("core", 10)) for n in range(1, count + 1)
    ]
    header = ["client_id", "wave", *items]
    rules = alarm_rules(lay_out(source, header, load_catalog()))
    assert len({rule.id for rule in rules}) == len(rules) > 6
    for rule in rules:
        assert rule.says.endswith(".")
        assert rule.fix.endswith(".")
