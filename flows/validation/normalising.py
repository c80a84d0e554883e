"""One spelling for one id: full-width letters and the like become what they stand for."""

from __future__ import annotations

import unicodedata

from instruments.layout import Layout
from sql.gateway import Connection, rows
from sql.names import identifier


def normalise_ids(connection: Connection, layout: Layout) -> None:
    """Bring the ids of `stage.rows` to Unicode's compatibility form (NFKC).

    Letters of other alphabets and letters without width stay what they are: no shape admits them.
    """
    for name in (identifier(column.name) for column in layout if column.kind == "id"):
        odd = (
            f"SELECT DISTINCT {name} FROM stage.rows WHERE NOT regexp_full_match({name}, '[ -~]*')"  # noqa: S608
        )
        for (written,) in sorted(rows(connection, odd)):
            plain = unicodedata.normalize("NFKC", written).strip()
            if plain != written:
                update = f"UPDATE stage.rows SET {name} = ? WHERE {name} = ?"  # noqa: S608
                connection.execute(update, [plain, written])
