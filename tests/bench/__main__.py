"""`make bench`: every benchmark in a process of its own, printed as one table.

Ratios are against a reference that ran in the same process; a busy machine slows both.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

KINDS = ("csv", "redcap", "redcap_labels", "redcap_eav", "qualtrics", "limesurvey", "sav", "zsav",
         "excel")  # fmt: skip


def main() -> int:
    """Run what is named on the command line, or everything; return how many limits were missed."""
    rows = list(_rows(sys.argv[1:]))
    width = max(len(name) for name, *_ in rows)
    for name, seen, limit, is_met in rows:
        mark = "" if is_met else "  MISSED"
        sys.stdout.write(f"{name:{width}}  {seen:>10}  {limit}{mark}\n")
    return sum(not is_met for *_, is_met in rows)


def _rows(chosen: list[str]) -> Iterator[tuple[str, str, str, bool]]:
    measures = {"ingest": _ingest, "check": _check, "readers": _readers, "commands": _commands,
                "identifiers": _identifiers, "mutations": _mutations, "reports": _reports,
                "memory": _memory, "analyses": _analyses}  # fmt: skip
    for name, measured in measures.items():
        if not chosen or name in chosen:
            yield from measured()


def _ingest() -> Iterator[tuple[str, str, str, bool]]:
    million = _run("ingest", "1000000")
    yield _row("1,000,000 ECR forms, bare load", million["bare_s"], "s")
    yield _row("  read, check, archive, store, score", million["chain_s"], "s")
    yield _row("  ratio to the bare load", million["ratio"], "x", most=4)
    yield _row("  peak memory", million["peak_mb"], "MB", most=2000)
    yield _row("  one more file of 1 %", million["added_s"], "s")
    yield _row("  its share of the whole", million["added_share"], "%", most=5)
    yield _row("  of it for what the store holds", million["added_for_store_share"], "%", most=2)
    tenth = _run("ingest", "100000")
    yield _row("  time against a tenth of the rows", million["chain_s"] / tenth["chain_s"], "x", 11)


def _check() -> Iterator[tuple[str, str, str, bool]]:
    seen = _run("check")
    yield _row(f"check of 100,000 x 40, {seen['rules']:.0f} rules", seen["check_s"], "s")
    yield _row("  ratio to one hand-written query", seen["ratio"], "x", most=5)


def _readers() -> Iterator[tuple[str, str, str, bool]]:
    seen = _run("readers")
    for ending in ("sav", "zsav", "xlsx"):
        yield _row(f"reading .{ending} of 50,000 x 40", seen[f"{ending}_s"], "s")
        yield _row("  ratio to its library alone", seen[f"{ending}_ratio"], "x", most=2)


def _identifiers() -> Iterator[tuple[str, str, str, bool]]:
    seen = _run("identifiers")
    planted, clean = f"{seen['planted']:,.0f}", f"{seen['clean']:,.0f}"
    yield _row(f"{planted} identifying values, found", seen["recall"], "%", least=99.5)
    yield _row(f"  {clean} clean cells, taken for such", seen["alarms"], "%", most=0.5)


def _mutations() -> Iterator[tuple[str, str, str, bool]]:
    seen = _run("mutations")
    yield _row(
        f"{seen['each']:.0f} mutations of each kind, ended badly", seen["broken"], "", most=0
    )


def _memory() -> Iterator[tuple[str, str, str, bool]]:
    for kind in KINDS:
        seen = _run("memory", kind)
        name = f"check of {seen['size_mb']:.1f} MB of {kind}, {seen['rows']:,.0f} rows"
        yield _row(f"{name}, above imports", seen["peak_mb"], "MB", most=300)


def _commands() -> Iterator[tuple[str, str, str, bool]]:
    seen = _run("commands")
    yield _row("interdep --help", seen["help_s"], "s", most=0.4)
    yield _row("interdep figure forest", seen["figure_s"], "s", most=2)
    yield _row("interdep demo, first in a Prefect home", seen["demo_first_s"], "s", most=60)
    yield _row("interdep demo again", seen["demo_again_s"], "s")
    yield _row("  the same study without Prefect", seen["demo_without_prefect_s"], "s")
    yield _row("Prefect's server alone, first in a home", seen["server_first_s"], "s")
    yield _row("  again", seen["server_again_s"], "s")


def _reports() -> Iterator[tuple[str, str, str, bool]]:
    seen = _run("reports")
    yield _row("the demonstration's report as page, Word and PDF", seen["report_s"], "s", most=15)
    yield _row("  of it the page with its figures", seen["page_s"], "s")


def _analyses() -> Iterator[tuple[str, str, str, bool]]:
    seen = _run("analyses")
    yield _row("the demonstration's analyses", seen["analyses_s"], "s", most=20)
    yield _row("  ratio of the blocks to the libraries' fits in them", seen["ratio"], "x", most=1.3)
    yield _row("  ratio of the whole step, with the store", seen["ratio_of_step"], "x")
    growth = _run("growth")
    yield _row("growth of 2,000 clients x 40 sessions", growth["growth_s"], "s")
    share = 100 * growth["growth_s"] / growth["statsmodels_s"]
    yield _row("  its share of a simpler model in statsmodels", share, "%")
    yield _row("  memory that it adds", growth["memory_mb"], "MB")


def _run(module: str, *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def _row(
    name: str, seen: float, unit: str, most: float | None = None, least: float | None = None
) -> tuple[str, str, str, bool]:
    limits = {"at most": most, "at least": least}
    limit = ", ".join(f"{how} {end:g} {unit}" for how, end in limits.items() if end is not None)
    is_met = (most is None or seen <= most) and (least is None or seen >= least)
    return name, f"{seen:.2f} {unit}", limit, is_met


if __name__ == "__main__":
    sys.exit(main())
