"""Rows that tell of what happened: by a column that names it, or by what a table consists of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.declarations import EventKind
from flows.profiling.answers import TOLD
from flows.profiling.attributes import CODE, MOST_CODES
from flows.profiling.event_words import (
    ABSENT,
    ATTENDED,
    CLIENTS,
    JOINING,
    KINDS,
    THERAPISTS,
    kind_in,
    names_nobody,
    says_nothing_else,
)
from flows.profiling.roles import DAY, OCCASION, RolesProposal, date_formats, occasion_in
from flows.profiling.table import UnknownExport
from flows.sources.admission import REDCAP_KEYS
from flows.sources.identifiers import is_direct_identifier, split_name
from flows.sources.identifying_values import telling_cells

# Words of columns that name what happened, in the languages that clinics export in.
HAPPENED = frozenset((
    "event", "events", "eventtype", "what", "happened", "type", "kind", "status", "appointment",
    "sessiontype", "contacttype", "gebeurtenis", "soort", "afspraak", "ereignis", "ereignisart",
    "vorkommnis", "art", "termin", "terminart", "terminstatus", "evenement", "rendezvous", "genre",
    "evento", "tipo", "estado", "cita", "stato", "appuntamento",
    *ATTENDED, *ABSENT,
))  # fmt: skip
FROM = frozenset((
    "from", "start", "starts", "started", "begin", "began", "beginning", "since", "van", "vanaf",
    "von", "ab", "seit", "beginn", "debut", "depuis", "desde", "inicio", "dal", "inizio",
))  # fmt: skip
UNTIL = frozenset((
    "until", "till", "to", "end", "ends", "ended", "tot", "einde", "eind", "bis", "ende", "fin",
    "jusque", "hasta", "al", "fine", "fino", "ate", "fim",
))  # fmt: skip
AROUND = frozenset.union(*KINDS.values(), THERAPISTS, CLIENTS, JOINING, frozenset(DAY))
YES = frozenset(("1", "yes", "y", "true", "ja", "j", "oui", "si", "sì", "sí", "sim"))
NO = frozenset(("0", "no", "n", "false", "nee", "nein", "non", "não", "nao"))
LONGEST_CODE = 40
UNSURE = (
    'If every row is a session that was held, declare [source.event] with all_are = "session"; '
    "other columns may say that one was not."
)
FIRST_DAY, LAST_DAY = -365, 7300


@dataclass(frozen=True)
class EventProposal:
    """The `[source.event]` block of a source, with its reasons and doubts."""

    all_are: EventKind | None = None
    kind: str | None = None
    kinds: Mapping[str, EventKind] = field(default_factory=dict)
    day: str | None = None
    until: str | None = None
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """The columns that tell of events alone."""
        return frozenset(name for name in (self.kind, self.day, self.until) if name is not None)


def propose_event(
    export: UnknownExport, taken: frozenset[str], roles: RolesProposal, *, has_forms: bool
) -> EventProposal | None:
    """Return what rows tell of, by a column that names it or by all columns; else None.

    ``taken`` are columns of forms; ``roles`` what the other columns are if nothing happened.
    """
    if "client" not in roles.columns:
        return None
    free = [name for name in export.names if name not in taken and _is_own(export, name)
            and name != roles.columns["client"]]  # fmt: skip
    found = next(_named(export, free, has_forms=has_forms), None)
    if found is not None and has_forms:
        return found
    day, until = (_find_time(export, free, words) for words in (FROM, UNTIL))
    if found is None and not taken:
        found = _all_alike(export, roles, free, (day, until))
    if found is None:
        return None
    return replace(found, day=day, until=until)


def has_time(event: EventProposal, roles: RolesProposal) -> bool:
    """Whether something says when an event was, as a study file must."""
    return event.day is not None or bool({"session", "day", "date"} & roles.columns.keys())


def doubt_days(export: UnknownExport, event: EventProposal, roles: RolesProposal) -> EventProposal:
    """Return the proposal with a doubt on each beginning or end that is no number of days."""
    used = {*roles.columns.values(), *event.columns}
    named = [name for name in export.names if name not in used and _is_time(name, FROM | UNTIL)
             and not _are_days(export.filled(name))]  # fmt: skip
    said = [
        f'"{name}" holds {"dates" if date_formats(export.filled(name)) else "codes or texts"}, and '
        "a day of an event is a number: export days since intake, and leave unknown ones blank."
        for name in named
        if export.filled(name)
    ]
    return replace(event, doubts=(*event.doubts, *said))


def doubt_untold(export: UnknownExport, roles: RolesProposal) -> list[str]:
    """Say what would be a table of sessions, or of events, if one knew more of its columns."""
    own = [name for name in export.names if _is_own(export, name)
           and name != roles.columns.get("client")]  # fmt: skip
    for name in own:
        codes = _codes(export, name)
        if set(split_name(name)) & HAPPENED - {"type", "kind", "art", "status"} and codes:
            shown = ", ".join(code for code in codes if CODE.fullmatch(code))
            named = f" ({shown})" if shown else ""
            said = f'"{name}" may name what happened; if so, say under [source.event] what its '
            return [f"{said}codes{named} stand for."]
    if "session" in roles.columns and "client" in roles.columns:
        return [UNSURE]
    return []


def _is_own(export: UnknownExport, name: str) -> bool:
    """Whether a column is none that a program added, no box of several, and filled in."""
    told = export.fields.get(name)
    is_added = name in REDCAP_KEYS or (told is not None and (told.is_known or told.block))
    return not is_added and bool(export.filled(name))


def _named(
    export: UnknownExport, free: Sequence[str], *, has_forms: bool
) -> Iterator[EventProposal]:
    """Yield the columns whose name and codes say that they name what happened."""
    for name in free:
        if not set(split_name(name)) & HAPPENED or is_direct_identifier(name):
            continue
        codes = _codes(export, name)
        kinds, doubts = _yes_or_no(name, codes) or _kinds(export, name, codes)
        if not kinds or _names_occasions(name, codes, kinds, has_forms=has_forms):
            continue
        if 2 * _count(export, name, kinds) >= _count(export, name, codes):
            reason = f'"{name}" names what happened in {_count(export, name, kinds)} rows'
            untold = sorted(set(export.filled(name)) - kinds.keys())
            yield EventProposal(kind=name, kinds=kinds, reasons=(reason,),
                                doubts=(*doubts, *_doubt_codes(export, name, untold)))  # fmt: skip


def _codes(export: UnknownExport, name: str) -> list[str]:
    """Return the codes of a column; none where they are many or long, or point to a person."""
    codes = sorted(set(export.filled(name)) - TOLD.keys())
    is_short = len(codes) <= MOST_CODES and all(len(code) <= LONGEST_CODE for code in codes)
    return codes if is_short and not telling_cells(codes) else []


def _count(export: UnknownExport, name: str, codes: Sequence[str] | Mapping[str, EventKind]) -> int:
    return sum(cell in codes for cell in export.filled(name))


def _labels(export: UnknownExport, name: str) -> Mapping[str, str]:
    told = export.fields.get(name)
    return told.choices if told is not None else {}


def _kinds(
    export: UnknownExport, name: str, codes: Sequence[str]
) -> tuple[dict[str, EventKind], list[str]]:
    """Return what codes stand for by their words, or those of their labels in the file."""
    labels = _labels(export, name)
    said = {code: labels.get(code, code) for code in codes}
    kinds = {code: kind for code, label in said.items() if (kind := kind_in(label)) is not None
             and (code in labels or says_nothing_else(code))}  # fmt: skip
    absences = [code for code, kind in kinds.items() if kind == "client_absence"]
    doubts = []
    if any(names_nobody(said[code]) for code in absences):
        doubts.append("An absence that names nobody is taken for the client's.")
    if "assignment" in kinds.values():
        doubts.append("Transfers and assignments are taken for the beginning of the work with the "
                      "therapist of the row.")  # fmt: skip
    return kinds, doubts


def _yes_or_no(name: str, codes: Sequence[str]) -> tuple[dict[str, EventKind], list[str]] | None:
    """Return what yes and no stand for in a column such as "attended" or "no show"."""
    told = {code: code.casefold() in YES for code in codes if code.casefold() in YES | NO}
    kind = kind_in(name)
    is_attendance = says_nothing_else(name) and set(split_name(name)) & (ATTENDED | ABSENT)
    if not told or len(told) < len(codes) or not is_attendance or kind is None:
        return None
    other: EventKind = "client_absence" if kind == "session" else "session"
    doubt = f'By name alone "{name}" is taken to say yes to {kind} and no to {other}.'
    return {code: kind if is_yes else other for code, is_yes in told.items()}, [doubt]


def _names_occasions(
    name: str, codes: Sequence[str], kinds: Mapping[str, EventKind], *, has_forms: bool
) -> bool:
    """Whether codes rather say at which occasion forms were filled in."""
    others = {occasion_in(code) for code in codes if code not in kinds} - {None, "session"}
    is_session = set(kinds.values()) == {"session"} and bool(set(split_name(name)) & set(OCCASION))
    return bool(others) or (has_forms and is_session)


def _doubt_codes(export: UnknownExport, name: str, untold: Sequence[str]) -> Iterator[str]:
    if not untold:
        return
    labels = _labels(export, name)
    shown = [code for code in untold if code in {*labels, *TOLD} or CODE.fullmatch(code)]
    hidden = len(untold) - len(shown)
    parts = [", ".join(f'"{code}"' for code in shown)] if shown else []
    parts += [f"{hidden} that are too long to be shown here"] if hidden else []
    yield (
        f'Of "{name}" these codes say no kind of event: {" and ".join(parts)}. '
        f"Their {_count(export, name, untold)} rows are held back until kinds or missing names "
        "them, or the cells are blank."
    )


def _find_time(export: UnknownExport, free: Sequence[str], words: frozenset[str]) -> str | None:
    """Return the first column that is named so and holds whole numbers."""
    return next((name for name in free if _is_time(name, words)
                 and _are_days(export.filled(name))), None)  # fmt: skip


def _is_time(name: str, words: frozenset[str]) -> bool:
    """Whether a name says one of the words, and else at most day, therapist or an event."""
    said = set(split_name(name))
    numbered = said & KINDS["session"]
    return bool(said & words) and not numbered and said - words <= AROUND


def _says_when(export: UnknownExport, name: str) -> bool:
    """Whether a column holds dates, or is named for a day."""
    return _is_time(name, FROM | UNTIL | frozenset(DAY)) or bool(date_formats(export.filled(name)))


def _are_days(cells: Sequence[str]) -> bool:
    return bool(cells) and all(
        re.fullmatch(r"-?\d{1,4}(\.0+)?", cell) and FIRST_DAY <= float(cell) <= LAST_DAY
        for cell in cells
    )


def _all_alike(
    export: UnknownExport,
    roles: RolesProposal,
    free: Sequence[str],
    times: tuple[str | None, str | None],
) -> EventProposal | None:
    """Return what every row tells of, where a table has columns of who and when alone."""
    known = {*roles.columns.values(), *times}
    rest = [name for name in free if name not in known and not _says_when(export, name)]
    stem = kind_in(export.path.stem)
    if rest or "occasion" in roles.columns:
        return None
    if stem is not None:
        doubt = "By the name of the file alone every row is taken for one."
        told = () if stem == "session" and "session" in roles.columns else (doubt,)
        reason = f"its columns say who and when, its name says {stem}"
        kind: EventKind = stem
    elif "session" in roles.columns:
        kind, reason, told = "session", "it has no columns but those of clients and sessions", ()
    elif "therapist" in roles.columns and any(times):
        kind, reason, told = "assignment", "it says from when to when therapists saw clients", ()
    else:
        return None
    return EventProposal(all_are=kind, reasons=(reason,), doubts=told)
