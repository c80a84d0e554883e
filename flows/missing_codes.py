"""A source's missing codes: where they hold, and where they would hide what was answered."""

from __future__ import annotations

import math
from collections.abc import Collection

from flows.declarations import FormBlock, Source
from instruments.errors import StudyError
from instruments.layout import number_of


def codes_beside(
    source: Source, *, values: Collection[str] = (), first: float = math.inf
) -> dict[str, str]:
    """Return a source's missing codes that a column with these values cannot mean otherwise.

    Codes are declared for answers: 99 may be a session, and the 99th day of a treatment, so numbers
    from the ``first`` on are none. That many days before intake are rarer than the code.
    """
    numbers = {code: number_of(code) for code in source.missing}
    return {
        code: source.missing[code]
        for code, number in numbers.items()
        if code not in values and (number is None or number < first)
    }


def refuse_codes_within(
    source: Source, form: FormBlock, ends: tuple[float, float], meaning: str
) -> None:
    """Refuse a code of the source that also means something in a form: it would be lost in silence.

    A form that names the code itself means it.

    Raises
    ------
    StudyError
        ``E_STUDY_MISSING_CODE``.
    """
    for code in sorted(source.missing.keys() - form.missing.keys()):
        number = number_of(code)
        if number is not None and ends[0] <= number <= ends[1]:
            raise StudyError(
                "E_STUDY_MISSING_CODE",
                f'The missing code "{code}" is {meaning} {ends[0]:g} to {ends[1]:g}',
                fix='Declare the code under "missing" of the forms that use it alone.',
            )
