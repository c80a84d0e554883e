"""What the disclosure rules do to numbers of clients, said in the same words everywhere."""

from __future__ import annotations

from reports.render.run_view import Run


def counts_are_rounded(run: Run) -> str:
    """Return the sentence on rounding, an empty text where counts are exact."""
    base = rounding_base(run)
    if base == 1:
        return ""
    return f"Numbers of clients are rounded to multiples of {base}, so sums may differ by a step."


def rounding_base(run: Run) -> int:
    """Return the number that counts are multiples of."""
    return int(run.provenance("disclosure").get("round_to", "1"))
