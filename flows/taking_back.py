"""Say of an export what it takes back, or brings again, of earlier ones of its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.books import archive_path
from flows.sources.names import show_file
from flows.study import Study
from flows.validation import Finding
from instruments.layout import Layout
from sql.gateway import Connection, rows
from sql.publishing import RowCounts, StagedForm
from sql.taking_back import AbsentRows, count_contradicted, find_absent_rows, find_older_values

# An export takes the place of an earlier one where it has more than this share of its rows. Files
# of other clients or sessions have none, and are not expected to have any.
REPLACED = 0.5
# Of the same clients' forms few change from export to export, and few answers of each. A file that
# changes most of its forms, so many at least, and more than this part of their answers, may be of
# others.
FEWEST_CONTRADICTED, CONTRADICTED = 10, 1 / 3
# So many rows are named.
NAMED = 5
SAYS_ABSENT = "Rows of an earlier export of this source are not in this one; what is held stays."
FIX_LEFT_OUT = (
    "If they were left out by mistake, export again; a client who withdrew is taken out with "
    "interdep withdraw."
)
FIX_ABSENT = (
    f"{{absent}} of the {{before}} rows of {{name}} are not here (there {{rows}}). {FIX_LEFT_OUT}"
)
SAYS_OLDER = "Values go back to what they were before a correction."
FIX_OLDER = (
    "Likely an older export came again. Leave it out; once a run took it in, take its rows out "
    "with interdep quarantine reject."
)
SAYS_AGAIN = "Persons of an earlier export seem to come again, and would count twice."
FIX_NO_IDS = (
    "No id tells who they are, so nothing is left out: export those alone who are new, or take the "
    "rows of one of the files out with interdep quarantine reject."
)
FIX_AGAIN = (
    "{here} of the {before} rows of {name} are here too, alike in every answer. " + FIX_NO_IDS
)
SAYS_CONTRADICTS = "Most forms that the store holds of these clients are answered otherwise here."
FIX_CONTRADICTS = (
    "Make sure that these are the same clients, not others who go by the same ids: the answers "
    "here take the place of those held. Others need ids of their own: leave the file out; once a "
    "run took it in, take its rows out with interdep quarantine reject."
)

# What a report says of these findings, by rule: category, what it is and what to do, without the
# rows, which are the data manager's.
TOLD = {
    "file.older_values": ("plausibility", SAYS_OLDER, FIX_OLDER),
    "file.rows_absent": (
        "completeness",
        SAYS_ABSENT,
        FIX_LEFT_OUT,
    ),
    "file.contradicts": ("plausibility", SAYS_CONTRADICTS, FIX_CONTRADICTS),
    "file.persons_again": ("plausibility", SAYS_AGAIN, FIX_NO_IDS),
}


def judge_against_earlier(
    study: Study,
    connection: Connection,
    layout: Layout,
    source_id: str,
    forms: Sequence[StagedForm],
    counts: RowCounts,
) -> tuple[Finding, ...]:
    """Return what a staged export takes back of what the store holds.

    A file without a row that the store knows has nothing to do with an earlier one. Of a file
    without ids the store knows none, so its persons are looked for among those of earlier ones.
    """
    if layout.a_row_is == "person":
        return tuple(_persons_again(study, connection, layout, source_id, counts.rows_in))
    if not counts.known and not any(form.changed_count for form in forms):
        return ()
    return (
        *_contradictions(connection, forms, counts.known),
        *_older_values(connection, layout, forms),
        *_absent_rows(study, connection, layout, source_id),
    )


def _contradictions(
    connection: Connection, forms: Sequence[StagedForm], known: int
) -> Iterator[Finding]:
    if sum(form.changed_count for form in forms) < FEWEST_CONTRADICTED:
        return
    found = count_contradicted(connection, forms)
    is_most = found.records > REPLACED * (found.records + known)
    if is_most and found.otherwise > CONTRADICTED * found.answered:
        yield Finding(
            "file.contradicts", "E_CONTRADICTS", "plausibility", "warning",
            found.records, SAYS_CONTRADICTS, FIX_CONTRADICTS,
        )  # fmt: skip


def _older_values(
    connection: Connection, layout: Layout, forms: Sequence[StagedForm]
) -> Iterator[Finding]:
    found = find_older_values(connection, layout, forms)
    if found.changed and found.older == found.changed:
        yield Finding(
            "file.older_values", "E_OLDER_VALUES", "plausibility", "warning",
            found.older, SAYS_OLDER, FIX_OLDER, _in_words(found.records, len(found.records)),
        )  # fmt: skip


def _absent_rows(
    study: Study, connection: Connection, layout: Layout, source_id: str
) -> Iterator[Finding]:
    """Compare with the last earlier export that this one takes the place of."""
    for name, found in _earlier(study, connection, layout, source_id):
        if found.absent < (1 - REPLACED) * found.before:
            if found.absent:
                named = _in_words(found.records, found.absent)
                fix = FIX_ABSENT.format(
                    absent=found.absent, before=found.before, name=name, rows=named
                )
                yield Finding(
                    "file.rows_absent", "E_ROWS_ABSENT", "completeness", "warning",
                    found.absent, SAYS_ABSENT, fix,
                )  # fmt: skip
            return


def _persons_again(
    study: Study, connection: Connection, layout: Layout, source_id: str, count: int
) -> Iterator[Finding]:
    """Name the earlier export that shares most rows, if they are most of one of the two."""
    shared = [
        (found.before - found.absent, found.before, name)
        for name, found in _earlier(study, connection, layout, source_id)
    ]
    here, before, name = max(shared, key=lambda one: one[0], default=(0, 0, ""))
    if here > REPLACED * min(before, count):
        fix = FIX_AGAIN.format(here=here, before=before, name=name)
        yield Finding(
            "file.persons_again", "E_PERSONS_AGAIN", "plausibility", "warning",
            here, SAYS_AGAIN, fix,
        )  # fmt: skip


def _earlier(
    study: Study, connection: Connection, layout: Layout, source_id: str
) -> Iterator[tuple[str, AbsentRows]]:
    """Yield the earlier exports of the source, the last one first, and what a staged one lacks."""
    accepted = rows(
        connection,
        "SELECT name, sha256 FROM store.meta.source_file WHERE source_id = ? ORDER BY batch DESC",
        source_id,
    )
    for name, sha256 in accepted:
        archive = archive_path(study, sha256)
        if archive.exists():
            yield show_file(name), find_absent_rows(connection, layout, archive, NAMED)


def _in_words(records: Sequence[int], count: int) -> str:
    named = list(records[:NAMED])
    more = f" and {count - len(named)} more" if count > len(named) else ""
    return f"{'row' if count == 1 else 'rows'} {', '.join(map(str, named))}{more}" if named else ""
