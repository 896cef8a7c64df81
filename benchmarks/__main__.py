"""`python -m benchmarks`."""

import argparse
import os
import platform
import sys

from benchmarks import cache
from benchmarks.processes import Failed
from benchmarks.rounds import Row, say
from benchmarks.suite import SUITE, Size

_LINE = "{:12} {:26} {:24} {:>10}  {}"


def main() -> None:
    """Measure what was asked for, then print one table."""
    asked, size = _arguments()
    rows: list[tuple[str, Row]] = []
    cache.prepare()
    try:
        for name in asked:
            say(name)
            rows += ((name, row) for row in SUITE[name](size))
    except Failed as error:
        sys.exit(f"benchmarks: {name}: {error}")
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{size.documents} machines, {size.rounds} rounds, {python}, {os.cpu_count()} processors.")
    print(
        "Medians of the ratios within a round, with the least and the greatest; units are named where it is no ratio.\n"
    )
    print(_LINE.format("", "measured", "against", "median", "spread"))
    for name, row in rows:
        print(_LINE.format(name, row.measured, row.against, *_figures(row)))


def _figures(row: Row) -> tuple[str, str]:
    digits = 1 if row.unit else 2
    spread = f"{min(row.figures):.{digits}f} to {max(row.figures):.{digits}f}"
    return f"{row.middle:.{digits}f}", f"{spread} {row.unit}".rstrip()


def _arguments() -> tuple[list[str], Size]:
    parser = argparse.ArgumentParser("python -m benchmarks", description="What azscheck costs, as ratios.")
    parser.add_argument("--documents", type=int, default=100_000, metavar="N", help="machines [default: 100000]")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each is run [default: 5]")
    parser.add_argument("--only", default="", metavar="NAMES", help=f"of {','.join(SUITE)} [default: all]")
    given = parser.parse_args()
    asked = given.only.split(",") if given.only else list(SUITE)
    for name in asked:
        if name not in SUITE:
            parser.error(f"--only: {name!r} is not one of {', '.join(SUITE)}")
    if given.documents < 100 or given.rounds < 1:
        parser.error("there must be a hundred machines and one round at least")
    return asked, Size(given.documents, given.rounds)


if __name__ == "__main__":
    main()
