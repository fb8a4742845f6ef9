"""`python -m bench [NAME] [--runs N]`: measure, and print a table for the README."""

from __future__ import annotations

import argparse

from rich.console import Console

from bench.continuity import continuity_table
from bench.day import day_table
from bench.sheets import sheets_table

BENCHES = {"continuity": continuity_table, "day": day_table, "sheets": sheets_table}


def main() -> None:
    """Run one bench, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES), help="all, if left out")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    for name in [asked.name] if asked.name else sorted(BENCHES):
        Console(width=120).print(BENCHES[name](asked.runs))


if __name__ == "__main__":
    main()
