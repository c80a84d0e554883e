"""The clients of an export whom the store knows are found by the case of their ids or another."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from flows.layout import lay_out
from sql.clients import meet_clients
from sql.form_tables import prepare_store
from sql.gateway import open_gateway, open_stage, rows
from tests.sql.chain import CATALOG, IN_MEMORY, source_of

LETTERS = {"ascii": "aAbBiIzZ09_-", "any": "aAiIİıéÉßẞ0żŻ"}


@pytest.mark.parametrize("alphabet", LETTERS.values(), ids=LETTERS)
@pytest.mark.parametrize("seed", range(20))
def test_they_are_those_that_differ_in_case_at_most(
    tmp_path: Path, alphabet: str, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311
    held, staged = (
        {"".join(draw.choices(letters, k=draw.randint(1, 3))) for _ in range(count)}
        for letters, count in ((LETTERS["any"] + LETTERS["ascii"], 400), (alphabet, 4))
    )
    layout = lay_out(source_of(), ("client",), CATALOG)
    with open_gateway(IN_MEMORY) as connection, open_stage(connection, 0, tmp_path):
        prepare_store(connection)
        connection.execute("CREATE TABLE stage.rows (client VARCHAR)")
        connection.executemany("INSERT INTO stage.rows VALUES (?)", [[name] for name in staged])
        connection.executemany(
            "INSERT INTO store.core.client (client_id) VALUES (?)", [[name] for name in held]
        )
        alike = rows(
            connection,
            "SELECT client_id FROM store.core.client "
            "WHERE lower(client_id) IN (SELECT lower(client) FROM stage.rows) ORDER BY 1",
        )
        meet_clients(connection, layout)
        assert rows(connection, "SELECT client_id FROM stage.known_client ORDER BY 1") == alike
