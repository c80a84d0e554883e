"""One spelling for one id: full-width letters and the like become what they stand for."""

from __future__ import annotations

import unicodedata

from instruments.layout import Layout
from sql.gateway import Connection, rows
from sql.names import identifier
from sql.staging import find_repeated


def normalise_ids(connection: Connection, layout: Layout) -> None:
    """Bring the ids of `stage.rows` to Unicode's compatibility form (NFKC).

    Letters of other alphabets and letters without width stay what they are: no shape admits them.
    """
    has_changed = False
    for column in (column for column in layout if column.kind == "id"):
        name = identifier(column.name)
        odd = (
            f"SELECT DISTINCT {name} FROM stage.rows WHERE NOT regexp_full_match({name}, '[ -~]*')"  # noqa: S608
        )
        for (written,) in sorted(rows(connection, odd)):
            plain = unicodedata.normalize("NFKC", written).strip()
            if plain != written:
                update = f"UPDATE stage.rows SET {name} = ? WHERE {name} = ?"  # noqa: S608
                connection.execute(update, [plain, written])
                has_changed = True
    if has_changed and "client" in layout.roles:
        find_repeated(connection)
