"""References: which methods of a run cite what, in APA style and as BibTeX."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from reports.render.views.table_latex import escape_latex

SOURCE = Path(__file__).with_name("references.toml")


@dataclass(frozen=True)
class Reference:
    """One article. Authors are written ``Surname, I.``; a name prefix belongs to the surname."""

    key: str
    authors: tuple[str, ...]
    year: int
    title: str
    journal: str
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""

    @property
    def cited(self) -> str:
        """How a text cites it: "Brunner & Munzel, 2000"."""
        names = [author.partition(",")[0] for author in self.authors]
        written = " & ".join(names) if len(names) < 3 else f"{names[0]} et al."
        return f"{written}, {self.year}"

    @property
    def apa(self) -> str:
        """The entry of a reference list."""
        *first, last = self.authors
        authors = f"{', '.join(first)}, & {last}" if first else last
        issue = f"({self.issue})" if self.issue else ""
        where = ", ".join(filter(None, (self.journal, f"{self.volume}{issue}", self.pages)))
        doi = f" https://doi.org/{self.doi}" if self.doi else ""
        return f"{authors} ({self.year}). {self.title}. {where.replace('-', '–')}.{doi}"

    @property
    def bibtex(self) -> str:
        """The entry of a BibTeX file."""
        fields = {
            "author": " and ".join(self.authors),
            "title": f"{{{escape_latex(self.title)}}}",
            "journal": escape_latex(self.journal),
            "year": str(self.year),
            "volume": self.volume,
            "number": self.issue.replace("-", "--"),
            "pages": self.pages.replace("-", "--"),
            "doi": self.doi,
        }
        lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text]
        return f"@article{{{self.key},\n" + "\n".join(lines) + "\n}\n"


class Sentence(NamedTuple):
    """A sentence of the methods text, and the part of a method's name that makes it true."""

    when: str
    text: str
    cites: tuple[str, ...]


@cache
def read_references() -> Mapping[str, Reference]:
    """Return every known reference by its key."""
    listed = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["reference"]
    made = [Reference(**(one | {"authors": tuple(one["authors"])})) for one in listed]
    return {one.key: one for one in made}


@cache
def read_sentences() -> tuple[Sentence, ...]:
    """Return the sentences of the methods text, in their order."""
    listed = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["sentence"]
    return tuple(Sentence(one["when"], one["text"], tuple(one["cites"])) for one in listed)


def sentences_of(methods: Iterable[str]) -> tuple[Sentence, ...]:
    """Return the sentences that the methods of a run make true."""
    names = set(methods)
    return tuple(s for s in read_sentences() if any(s.when in name for name in names))


def references_of(methods: Iterable[str]) -> tuple[Reference, ...]:
    """Return what the methods text of a run cites, sorted as a reference list is."""
    keys = {key for sentence in sentences_of(methods) for key in sentence.cites}
    return tuple(sorted((read_references()[key] for key in keys), key=lambda one: one.apa))
