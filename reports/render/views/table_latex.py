"""A table as LaTeX: three rules, notes below, nothing but booktabs and tabularx needed."""

from __future__ import annotations

from collections.abc import Iterator

from reports.render.table import Column, Row, Table

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"$<$",
    ">": r"$>$",
    "−": r"$-$",
    "–": "--",
    "±": r"$\pm$",
    "×": r"$\times$",
    "²": r"$^2$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "\N{NO-BREAK SPACE}": "~",
    "←": r"$\leftarrow$",
    "→": r"$\rightarrow$",
    "“": "``",
    "”": "''",
}
PREAMBLE = "% needs \\usepackage{booktabs,tabularx}, and UTF-8\n"


def escape_latex(text: str) -> str:
    """Return a text that LaTeX prints as it is.

    >>> escape_latex("p < .05 & 10 %")
    'p $<$ .05 \\\\& 10 \\\\%'
    """
    return "".join(_SPECIAL.get(character, character) for character in text)


def table_to_latex(table: Table) -> str:
    """Return a table as a LaTeX ``table`` environment."""
    lines = [
        r"\begin{table}[htbp]",
        rf"\caption{{{escape_latex(table.title)}}}\label{{tab:{table.name.replace('_', '-')}}}",
        r"\small",
        rf"\begin{{tabularx}}{{\textwidth}}{{{''.join(_align(c) for c in table.columns)}}}",
        r"\toprule",
        *_heads(table),
        r"\midrule",
        *_body(table),
        r"\bottomrule",
        r"\end{tabularx}",
        *_notes(table),
        r"\end{table}",
    ]
    return PREAMBLE + "\n".join(lines) + "\n"


def _align(column: Column) -> str:
    return r">{\raggedright\arraybackslash}X" if column.kind == "text" else "r"


def _heads(table: Table) -> Iterator[str]:
    if table.heads:
        cells = [rf"\multicolumn{{{n}}}{{c}}{{{escape_latex(head)}}}" for head, n in table.heads]
        yield " & ".join(cells) + r" \\"
        yield " ".join(
            rf"\cmidrule(lr){{{s.first + 1}-{s.first + s.count}}}" for s in table.spanners
        )
    yield " & ".join(_head(column) for column in table.columns) + r" \\"


def _head(column: Column) -> str:
    text = escape_latex(column.head)
    return rf"\textit{{{text}}}" if column.is_symbol else text


def _body(table: Table) -> Iterator[str]:
    for group, rows in table.groups:
        if group:
            head = escape_latex(group)
            yield rf"\multicolumn{{{len(table.columns)}}}{{l}}{{\textbf{{{head}}}}} \\"
        for row in rows:
            yield " & ".join(_cells(table, row)) + r" \\"


def _cells(table: Table, row: Row) -> Iterator[str]:
    for place, text in enumerate(table.texts(row)):
        mark = f" ({row.plan_status})" if place == 0 and row.plan_status else ""
        yield escape_latex(f"{text}{mark}")


def _notes(table: Table) -> Iterator[str]:
    if table.all_notes:
        notes = " ".join(escape_latex(note) for note in table.all_notes)
        yield rf"\par\medskip\footnotesize\textit{{Note.}} {notes}"
