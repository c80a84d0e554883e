"""What the steps of one run share. Tasks receive its key, never a connection or data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flows.files import require_writable
from flows.identity import Provenance
from flows.inbox import InboxFile
from flows.intake import Intake
from flows.ledger import Ledger
from flows.open_store import OpenStore
from flows.reading import Reading
from flows.study import Study, load_study
from flows.takeover import clear_leftovers, clear_scratch, hold_study
from flows.validation import Validation
from flows.withdrawal import finish_withdrawals
from instruments.errors import InterdepError
from reports.analyses import Analysis
from sql.gateway import Connection
from sql.publishing import RowCounts

Tell = Callable[[str], None]


@dataclass(frozen=True)
class FileReport:
    """What became of one file: its counts and findings, or its refusal."""

    name: str
    source_id: str
    counts: RowCounts | None = None
    validation: Validation | None = None
    refusal: InterdepError | None = None


@dataclass
class FileOnBench:
    """The file that is being taken in: what its steps have made so far."""

    file: InboxFile
    stack: ExitStack
    reading: Reading | None = None
    intake: Intake | None = None


@dataclass
class Workbench:
    """One run of one study, from lock to release."""

    study: Study
    ledger: Ledger
    scratch: Path
    tell: Tell
    store: OpenStore
    files: list[InboxFile] = field(default_factory=list)
    reports: list[FileReport] = field(default_factory=list)
    current: FileOnBench | None = None
    provenance: Provenance | None = None
    analysis: Analysis | None = None
    has_begun: bool = False

    @property
    def connection(self) -> Connection:
        """The connection to the store, opened when it is first needed."""
        return self.store.connection

    def begin(self) -> None:
        """Write to the ledger, once, that this run changes the study."""
        if not self.has_begun:
            self.ledger.append("run_started", study_sha256=self.study.digest)
            self.has_begun = True

    @property
    def has_only_refusals(self) -> bool:
        """Whether files came in and none of this study was ever accepted."""
        return bool(self.reports) and not self.ledger.entries("file_accepted")

    @property
    def run_folder(self) -> Path:
        """Where this run is published."""
        return self.study.runs / self.require_provenance().run_id

    def require_provenance(self) -> Provenance:
        """Return the identity of this run, known once all files are in."""
        if self.provenance is None:
            raise RuntimeError("the run is identified after its files were taken in")
        return self.provenance

    def require_current(self) -> FileOnBench:
        """Return the file that is being taken in."""
        if self.current is None:
            raise RuntimeError("no file is being taken in")
        return self.current


_OPEN: dict[str, Workbench] = {}


def workbench(key: str) -> Workbench:
    """Return an open workbench by its key."""
    return _OPEN[key]


@contextmanager
def open_workbench(folder: Path, tell: Tell) -> Iterator[str]:
    """Load a study, hold it, clear what a killed run left, and yield the key of its workbench."""
    study = load_study(folder)
    key = str(study.folder)
    with hold_study(study):
        clear_leftovers(study)
        for place in (study.archive, study.runs):
            require_writable(place)
        scratch = clear_scratch(study)
        store = OpenStore(study.store, scratch)
        bench = Workbench(study, Ledger(study.ledger), scratch, tell, store)
        if finish_withdrawals(study, bench.ledger):
            tell("finished a withdrawal that was interrupted")
        _OPEN[key] = bench
        try:
            yield key
        finally:
            store.close()
            del _OPEN[key]
            clear_leftovers(study)
