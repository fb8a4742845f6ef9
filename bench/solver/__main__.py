"""`python -m bench solver TABLE [--seconds S] [--runs N] [--data FOLDER] …`: the search beside other engines.

Peers that have not been installed (`make peers`) are left out, and named.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.solver.days import posed_day
from bench.solver.instances import HOMBERGER, OPTIMA, PEERS_BEST, SOLOMON, named
from bench.solver.made_up.programme import KINDS
from bench.solver.measuring import Course, Said
from bench.solver.peers.processes import DOORSTEP, PEERS, Peer
from bench.solver.tables import days_table, first_table, gaps_table, longer_table
from routing.solver.problem import Problem

TABLES = ("solomon", "homberger", "days", "everything", "longer", "first", "pose")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one table, or pose days ahead."""
    asked = _parser().parse_args(arguments)
    quiet = Console(stderr=True, highlight=False)
    for peer in PEERS:
        if not peer.there:
            quiet.print(f"{peer.name} is not installed (make peers): left out")
    if asked.table == "pose":
        for kind in KINDS:
            _days(kind, asked)
        return
    Console(width=200).print(_measured(asked, quiet.print))


def _measured(asked: argparse.Namespace, said: Said) -> Table:
    course = Course(asked.seconds, [asked.seed + number for number in range(asked.runs)])
    there = [peer for peer in PEERS if peer.there]
    everything = [peer for peer in there if peer.everything]
    if asked.table in {"solomon", "homberger"}:
        names = asked.instance or (SOLOMON if asked.table == "solomon" else tuple(PEERS_BEST))
        peers: list[Peer] = [DOORSTEP, *there]
        return gaps_table(course, peers, {name: named(name) for name in names}, OPTIMA | PEERS_BEST, said)
    if asked.table == "days":
        return days_table(course, there, _days("simple", asked), said)
    if asked.table == "everything":
        return days_table(course, everything, _days("everything", asked), said)
    if asked.table == "longer":
        return longer_table(course, _days("everything", asked), said)
    return first_table(course, _days("everything", asked), said)


def _days(kind: str, asked: argparse.Namespace) -> dict[str, Problem]:
    return {
        f"{kind} {clients} #{seed}": posed_day(kind, clients, seed, asked.data)
        for clients in asked.clients
        for seed in asked.day
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench solver", description=__doc__)
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each question")
    parser.add_argument("--runs", type=int, default=5, help="so many seeds")
    parser.add_argument("--seed", type=int, default=1, help="the first of them")
    parser.add_argument("--instance", action="append", choices=(*SOLOMON, *HOMBERGER), help="may be repeated")
    parser.add_argument("--clients", type=int, nargs="+", default=[50, 100], help="sizes of days")
    parser.add_argument("--day", type=int, nargs="+", default=[0, 1, 2], help="seeds of days")
    parser.add_argument("--data", type=Path, help="folder with delhi_central_east.osm.pbf, for more than 100 clients")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
