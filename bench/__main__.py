"""`python -m bench [NAME] [--runs N] [--extract FILE …]`: measure, and print a table for the README.

`python -m bench solver …` has a page of its own (docs/benchmarks.md): it takes an hour, and is left out of all.
`python -m bench service …` puts the service under load (docs/benchmarks.md); it is left out, too.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console, RenderableType

from bench.continuity import continuity_table
from bench.day import day_table
from bench.replanning import replanning_table
from bench.service.__main__ import main as measure_service
from bench.sheets import sheets_table
from bench.solver.__main__ import main as measure_solver
from bench.streets import streets_tables

NAMES = ("continuity", "day", "replanning", "sheets", "streets")


def measured(name: str, runs: int, extracts: list[Path]) -> RenderableType:
    """Run one bench."""
    if name == "streets":
        return streets_tables(runs, extracts)
    tables = {"continuity": continuity_table, "day": day_table, "replanning": replanning_table, "sheets": sheets_table}
    return tables[name](runs)


def main() -> None:
    """Run one bench, or all."""
    if sys.argv[1:2] == ["solver"]:
        measure_solver(sys.argv[2:])
        return
    if sys.argv[1:2] == ["service"]:
        measure_service(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, help="all, if left out")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--extract", type=Path, action="append", default=[], help="for streets; may be repeated")
    asked = parser.parse_args()
    for name in [asked.name] if asked.name else NAMES:
        Console(width=120).print(measured(name, asked.runs, asked.extract))


if __name__ == "__main__":
    main()
