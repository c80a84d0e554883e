"""Citations of instruments, which definitions write in APA style, as entries of a BibTeX file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from reports.render.views.table_latex import escape_latex

_HEAD = re.compile(r"(?P<authors>.+?) \((?P<year>\d{4})\)\. (?P<rest>.+)\.")
_ARTICLE = re.compile(
    r"(?P<title>.+)\. (?P<journal>[^.]+), (?P<volume>\d+)(?:\((?P<number>[^)]+)\))?, "
    r"(?P<pages>[\d-]+)"
)
_CHAPTER = re.compile(
    r"(?P<title>.+)\. In (?P<editor>.+) \(Eds?\.\), (?P<booktitle>.+) \(pp\. (?P<pages>[\d-]+)\)\. "
    r"(?P<publisher>[^.]+)"
)
_OTHER = re.compile(r"(?P<title>.+)\. (?P<howpublished>[^.]+)")
_PUBLISHER = re.compile(r"\b(?:Press|Publish\w+|Verlag|Books)\b")
# A surname with what belongs to it, and initials; editors have these the other way round.
_AUTHOR = re.compile(r"(?P<surname>[^,&]+?), (?P<initials>(?:[A-Z]\.[- ]?)+)(?:, (?:& )?|$)")
_EDITOR = re.compile(r"(?P<initials>(?:[A-Z]\. )+)(?P<surname>[^,&]+?)(?:,? & |, |$)")
_RANGE = re.compile(r"(?<=\d)-(?=\d)")


class Entry(NamedTuple):
    """One entry: its kind, its key, and its fields as BibTeX has them."""

    kind: str
    key: str
    fields: tuple[tuple[str, str], ...]

    @property
    def bibtex(self) -> str:
        """The entry as text."""
        lines = [f"  {name} = {{{text}}}," for name, text in self.fields if text]
        return f"@{self.kind}{{{self.key},\n" + "\n".join(lines) + "\n}\n"


def cite_in_print(citation: str, doi: str) -> str:
    """Return a citation as a reference list prints it, with its address.

    >>> cite_in_print("Doe, J. (2001). A scale. A Journal, 3(1), 4-9.", "10.1/x")
    'Doe, J. (2001). A scale. A Journal, 3(1), 4–9. https://doi.org/10.1/x'
    """
    address = f" https://doi.org/{doi}" if doi else ""
    return f"{_RANGE.sub('–', citation)}{address}"


def read_citation(citation: str, doi: str, name: str) -> Entry:
    """Return the entry of a citation; one that is in no known form is a title as a whole.

    ``name`` is what its key is made of where it has no author.
    """
    head = _HEAD.fullmatch(citation)
    found = next(_readings(head["rest"]), None) if head else None
    if head is None or found is None:
        return Entry("misc", key_of(name), _with_doi(_whole(citation), doi))
    kind, parts = found
    authors = _people(head["authors"], _AUTHOR)
    fields = (
        ("author", authors),
        ("title", f"{{{escape_latex(parts.pop('title'))}}}"),
        ("year", head["year"]),
        *((field, _field(field, text)) for field, text in parts.items() if text),
    )
    surname = authors.partition(",")[0] or name
    return Entry(kind, f"{key_of(surname)}{head['year']}", _with_doi(fields, doi))


def _whole(citation: str) -> tuple[tuple[str, str], ...]:
    return (("title", f"{{{escape_latex(citation.removesuffix('.'))}}}"),)


def _readings(rest: str) -> Iterator[tuple[str, dict[str, str]]]:
    for kind, pattern in (("article", _ARTICLE), ("incollection", _CHAPTER), ("misc", _OTHER)):
        found = pattern.fullmatch(rest)
        if found is None:
            continue
        parts = found.groupdict()
        if kind == "misc" and _PUBLISHER.search(parts["howpublished"]):
            yield "book", {"title": parts["title"], "publisher": parts["howpublished"]}
        else:
            yield kind, parts


def _field(name: str, text: str) -> str:
    if name == "editor":
        return _people(text, _EDITOR)
    if name in ("pages", "number"):
        return text.replace("-", "--")
    return escape_latex(text)


def _people(text: str, pattern: re.Pattern[str]) -> str:
    """Return names as BibTeX wants them: "Doe, J. and Roe, R. and others"."""
    named, is_cut = text.removesuffix("et al.").rstrip(), text.endswith("et al.")
    people = [
        f"{found['surname'].strip()}, {found['initials'].strip()}"
        for found in pattern.finditer(named.removesuffix(","))
    ]
    return escape_latex(" and ".join([*people, *(["others"] if is_cut else [])]))


def _with_doi(fields: tuple[tuple[str, str], ...], doi: str) -> tuple[tuple[str, str], ...]:
    return (*fields, ("doi", doi)) if doi else fields


def key_of(name: str) -> str:
    """Return a name as a key: small letters and digits of the first alphabet.

    >>> key_of("van der Hart"), key_of("Löwe"), key_of("CORE-10")
    ('vanderhart', 'lowe', 'core10')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())


def name_apart(entries: Iterable[Entry], taken: Collection[str] = ()) -> tuple[Entry, ...]:
    """Return entries sorted by key, each once; other ones of the same key have a letter more.

    ``taken`` are keys that are given already.
    """
    by_key: dict[str, list[Entry]] = {}
    for entry in dict.fromkeys(entries):
        by_key.setdefault(entry.key, []).append(entry)
    return tuple(
        entry._replace(key=f"{key}{chr(ord('a') + place)}" if place else key)
        for key in sorted(by_key)
        for place, entry in enumerate(by_key[key], start=int(key in taken))
    )
