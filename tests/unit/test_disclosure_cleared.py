"""Cleared values: only the gate makes them, only they are rendered, and files carry a seal."""

from __future__ import annotations

import ast
import copy
import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from instruments.errors import GateError, RunError
from reports.disclosure import cleared as cleared_module
from reports.disclosure.cleared import (
    Cleared,
    ClearedNumber,
    ClearedTable,
    ClearedText,
    Withheld,
    load_cleared,
    require_cleared,
    write_cleared,
)
from reports.disclosure.counts import gate_counts
from reports.disclosure.figures import gate_points
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.texts import gate_texts

REPOSITORY = Path(__file__).resolve().parents[2]
POLICY = DisclosurePolicy()


def a_table(policy: DisclosurePolicy = POLICY) -> ClearedTable:
    frame = pd.DataFrame({"kind": ["a", "b"], "n": [40, 52]})
    table = gate_counts(frame, policy, by=["kind"])
    assert isinstance(table, ClearedTable)
    return table


def a_withheld() -> Withheld:
    points = gate_points(pd.DataFrame({"group": ["a"], "x": [1.0], "y": [2.0]}), POLICY)
    assert isinstance(points, Withheld)
    return points


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (ClearedNumber, {"value": 3.0}),
        (ClearedText, {"text": "client 3"}),
        (Withheld, {"kind": "counts", "reason": "x"}),
        (ClearedTable, {"kind": "counts", "content": pd.DataFrame()}),
        (Cleared, {}),
    ],
)
def test_nobody_builds_a_cleared_value_by_hand(
    kind: type[Cleared], facts: dict[str, object]
) -> None:
    for token in (None, object(), "token"):
        with pytest.raises(GateError, match="E_GATE_BYPASS"):
            kind(policy_digest="x", token=token, **facts)


def test_a_forged_value_is_not_in_the_register() -> None:
    forged = object.__new__(ClearedNumber)
    object.__setattr__(forged, "policy_digest", POLICY.digest)
    object.__setattr__(forged, "value", 3.0)
    with pytest.raises(GateError, match="E_GATE_CONTEXT"):
        require_cleared({"n": forged})


def test_cleared_values_are_neither_copied_nor_altered_nor_pickled() -> None:
    table = a_table()
    with pytest.raises(GateError, match="E_GATE_BYPASS"):
        replace(table, content=pd.DataFrame({"n": [3]}))
    for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="does not travel"):
            duplicate(table)
    with pytest.raises(AttributeError):
        table.kind = "flow"  # type: ignore[misc]


def test_changing_a_frame_that_was_handed_out_changes_nothing() -> None:
    table = a_table()
    handed_out = table.frame
    handed_out.loc[0, "n"] = 3
    handed_out["id"] = "client 7"
    assert table.frame["n"].tolist() == [40, 50, 90]
    assert "id" not in table.frame


def test_only_the_gate_reaches_for_what_issues_cleared_values() -> None:
    """Rendering, analyses and flows must not name the makers of cleared values, nor the token."""
    secret = {"_TOKEN", "_ISSUED", "_issue_table", "_issue_withheld", "_cleared_table"}
    found = {
        path.relative_to(REPOSITORY).as_posix()
        for folder in ("instruments", "sql", "reports", "flows")
        for path in (REPOSITORY / folder).rglob("*.py")
        if secret & names_in(path)
    }
    assert "reports/disclosure/cleared.py" in found
    assert {name for name in found if not name.startswith("reports/disclosure/")} == set()
    assert all(hasattr(cleared_module, name) for name in secret)


def names_in(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    nodes = list(tree)
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    names |= {
        alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    return names | {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_a_context_of_cleared_values_passes() -> None:
    table = a_table()
    require_cleared(
        {
            "table": table,
            "numbers": [table.number("n", kind="a"), (table.text("kind", kind="b"),)],
            "figures": {"one": a_withheld()},
        }
    )


@pytest.mark.parametrize(
    "value",
    ["a title", 3, 3.5, None, True, pd.DataFrame({"n": [3]}), np.int64(4), {1, 2}, b"x", object()],
)
def test_anything_else_is_refused_and_not_quoted(value: object) -> None:
    with pytest.raises(GateError, match="E_GATE_CONTEXT") as caught:
        require_cleared({"parts": [a_table(), {"inner": value}]})
    assert "parts[1].inner" in str(caught.value)
    assert "a title" not in str(caught.value)


def test_a_key_that_could_be_a_value_is_refused_and_not_quoted() -> None:
    with pytest.raises(GateError, match="E_GATE_CONTEXT") as caught:
        require_cleared({"rows": {"client 17": a_table()}})
    assert "17" not in str(caught.value)


def test_a_subclass_that_skips_the_check_is_not_cleared() -> None:
    class Forged(ClearedNumber):
        def __post_init__(self, token: object) -> None:
            """Skip the register."""

    with pytest.raises(GateError, match="E_GATE_CONTEXT"):
        require_cleared({"n": Forged(policy_digest="x", value=1.0)})


def test_a_value_that_claims_to_equal_a_cleared_one_is_not_cleared() -> None:
    real = a_table().number("n", kind="a")

    class Twin(ClearedNumber):
        def __post_init__(self, token: object) -> None:
            """Skip the register."""

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return hash(real)

    with pytest.raises(GateError, match="E_GATE_CONTEXT"):
        require_cleared({"n": Twin(policy_digest="x", value=1.0)})


def test_single_values_come_out_of_a_table() -> None:
    table = a_table()
    assert table.number("n", kind="a").value == 40
    assert table.text("kind", kind="b").text == "b"
    assert table.select(kind="a").frame["n"].tolist() == [40]
    assert table.number("share", kind="all").value == 1.0


def test_a_withheld_number_is_none() -> None:
    frame = pd.DataFrame({"kind": ["a", "b", "c"], "n": [40, 3, 52]})
    table = gate_counts(frame, DisclosurePolicy(round_to=1), by=["kind"])
    assert isinstance(table, ClearedTable)
    assert table.number("n", kind="b").value is None


@pytest.mark.parametrize("where", [{}, {"kind": "nobody"}, {"sort": "a"}])
def test_a_single_value_needs_a_single_row(where: dict[str, str]) -> None:
    with pytest.raises(GateError, match="E_GATE_CELL"):
        a_table().number("n", **where)


def test_tables_come_back_from_files_as_they_were(tmp_path: Path) -> None:
    table, withheld = a_table(), a_withheld()
    texts = gate_texts({"title": "A study"}, POLICY, declared={"A study"})
    write_cleared(tmp_path, "figures/plane", withheld)
    write_cleared(tmp_path, "counts", table)
    write_cleared(tmp_path, "texts", texts)
    loaded = load_cleared(tmp_path)
    assert list(loaded) == ["counts", "figures/plane", "texts"]
    require_cleared({"all": list(loaded.values())})
    counts, plane = loaded["counts"], loaded["figures/plane"]
    assert isinstance(counts, ClearedTable)
    pd.testing.assert_frame_equal(counts.frame, table.frame)
    assert isinstance(plane, Withheld)
    assert plane.reason == withheld.reason
    assert {item.policy_digest for item in loaded.values()} == {POLICY.digest}


def test_the_same_table_makes_the_same_bytes(tmp_path: Path) -> None:
    one = write_cleared(tmp_path / "one", "counts", a_table()).read_bytes()
    other = write_cleared(tmp_path / "other", "counts", a_table()).read_bytes()
    assert one == other


def test_writing_leaves_no_partial_file(tmp_path: Path) -> None:
    write_cleared(tmp_path, "counts", a_table())
    assert [path.name for path in tmp_path.iterdir()] == ["counts.parquet"]


def test_only_cleared_tables_are_written(tmp_path: Path) -> None:
    with pytest.raises(GateError, match="E_GATE_CONTEXT"):
        write_cleared(tmp_path, "counts", pd.DataFrame({"n": [3]}))  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../counts", "/counts", "Counts", "a/b/c", "a b", "", "counts\n"])
def test_names_stay_within_the_run(tmp_path: Path, name: str) -> None:
    with pytest.raises(GateError, match="E_GATE_NAME"):
        write_cleared(tmp_path, name, a_table())


def test_a_file_without_a_seal_is_refused(tmp_path: Path) -> None:
    pd.DataFrame({"n": [3]}).to_parquet(tmp_path / "counts.parquet")
    with pytest.raises(GateError, match="E_GATE_SEAL"):
        load_cleared(tmp_path)


def test_a_changed_value_breaks_the_seal(tmp_path: Path) -> None:
    path = write_cleared(tmp_path, "counts", a_table())
    table = pq.read_table(path)
    metadata = table.schema.metadata
    changed = table.set_column(1, "n", [[41.0, 50.0, 90.0]])
    pq.write_table(changed.replace_schema_metadata(metadata), path)
    with pytest.raises(GateError, match="E_GATE_SEAL"):
        load_cleared(tmp_path)


@pytest.mark.parametrize("field", ["policy", "kind", "reason", "sha256"])
def test_a_changed_or_missing_part_of_the_seal_breaks_it(tmp_path: Path, field: str) -> None:
    path = write_cleared(tmp_path, "counts", a_table())
    table = pq.read_table(path)
    for new in ("flow", None):
        seal = json.loads(table.schema.metadata[b"interdep.gate"])
        seal.pop(field)
        seal |= {} if new is None else {field: new}
        metadata = {**table.schema.metadata, b"interdep.gate": json.dumps(seal).encode()}
        pq.write_table(table.replace_schema_metadata(metadata), path)
        with pytest.raises(GateError, match="E_GATE_SEAL"):
            load_cleared(tmp_path)


def test_a_renamed_file_is_noticed(tmp_path: Path) -> None:
    write_cleared(tmp_path, "counts", a_table()).rename(tmp_path / "other.parquet")
    with pytest.raises(GateError, match="E_GATE_SEAL"):
        load_cleared(tmp_path)


def test_files_of_two_policies_do_not_mix(tmp_path: Path) -> None:
    write_cleared(tmp_path, "one", a_table())
    write_cleared(tmp_path, "other", a_table(DisclosurePolicy(threshold=20)))
    with pytest.raises(GateError, match="E_GATE_SEAL"):
        load_cleared(tmp_path)


@pytest.mark.parametrize("keep", [0, 10, -20])
def test_a_damaged_file_is_an_error_of_the_run(tmp_path: Path, keep: int) -> None:
    path = write_cleared(tmp_path, "counts", a_table())
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(RunError, match="E_RUN_DAMAGED"):
        load_cleared(tmp_path)


def test_a_missing_folder_is_an_error_of_the_run(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="E_RUN_ABSENT"):
        load_cleared(tmp_path / "nothing")


def test_dates_and_lists_never_reach_a_file() -> None:
    from reports.disclosure.seal import to_arrow

    for column in ([pd.Timestamp("2024-03-04")], [[1, 2]], [b"x"]):
        with pytest.raises(GateError, match="E_GATE_TYPE"):
            to_arrow(pd.DataFrame({"x": column}))


def test_an_error_says_nothing_of_a_cell(tmp_path: Path) -> None:
    pd.DataFrame({"client_17": ["secret"]}).to_parquet(tmp_path / "counts.parquet")
    with pytest.raises(GateError) as caught:
        load_cleared(tmp_path)
    assert "secret" not in str(caught.value)
