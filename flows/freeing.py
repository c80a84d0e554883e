"""A decision about rows of the last file, carried out without building the store again."""

from __future__ import annotations

from flows.books import AcceptedFile, accepted_files, decisions_digest
from flows.intake import batch_facts, judge_archive
from flows.ledger import Ledger
from flows.open_store import OpenStore
from flows.quarantine import write_held_rows
from flows.study import Study
from sql.freeing import count_freed
from sql.gateway import transaction
from sql.publishing import publish_more, stage_forms
from sql.results import forget_results, remember


def carry_on(study: Study, ledger: Ledger, store: OpenStore) -> bool:
    """Bring a store that was in line before the last decision in line with it.

    Return False, leaving the store as it was, where it must be built again: where the rows are of
    an earlier file, which later ones may have amended, or where the decision takes out or changes
    what the store holds.
    """
    accepted = accepted_files(ledger)
    decision = ledger.entries()[-1]
    last = accepted[-1]
    if decision.facts.get("sha256") != last.sha256:
        return False
    return _publish_freed(study, store, last, decisions_digest(accepted))


def _publish_freed(study: Study, store: OpenStore, file: AcceptedFile, decisions: str) -> bool:
    connection = store.connection
    with judge_archive(study, connection, file, store.scratch) as (layout, validation):
        if validation.refusal is not None:
            return False
        forms = stage_forms(connection, layout, file.sha256)
        counts = count_freed(connection, layout, forms, file.sha256)
        if counts is None:
            return False
        with transaction(connection):
            publish_more(connection, layout, forms, batch_facts(file, counts))
            forget_results(connection)
            remember(connection, "decisions", decisions)
        write_held_rows(study, connection, file.sha256)
    return True
