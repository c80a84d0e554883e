"""core.missing: one row for each unanswered item, with the reason that its own codes give."""

from __future__ import annotations

from pathlib import Path

from sql.form_tables import prepare_store
from sql.gateway import fill, open_gateway, rows
from tests.sql.chain import IN_MEMORY

# Items of one form may have codes of their own, as REDCap writes them for each field.
CODES = {
    "item_1": [(-8, "skipped"), (-9, "unknown")],
    "item_2": [(9, "refused")],
    "item_3": [],
    "item_4": [(-8, "skipped"), (-9, "unknown")],
}
ROWS = "(1, 3, 2, 1, 3), (2, -8, 9, NULL, 2), (3, 9, -8, 4, -9), (4, NULL, 1, 1, 1)"


def test_each_item_has_the_reasons_of_its_own_codes(tmp_path: Path) -> None:
    items = [
        {"name": name, "column": f"cell_{name}", "codes": codes} for name, codes in CODES.items()
    ]
    cells = ", ".join(f"cell_{name}" for name in CODES)
    with open_gateway(IN_MEMORY, tmp_path) as connection:
        prepare_store(connection)
        connection.execute(
            f"CREATE TABLE forms AS FROM (VALUES {ROWS}) AS t(administration_id, {cells})"
        )
        connection.execute(fill("missing_insert", items=items, fresh="forms"))
        assert rows(connection, "FROM store.core.missing ORDER BY ALL") == [
            (2, "item_1", "skipped"),
            (2, "item_2", "refused"),
            (2, "item_3", "blank"),
            (3, "item_4", "unknown"),
            (4, "item_1", "blank"),
        ]
