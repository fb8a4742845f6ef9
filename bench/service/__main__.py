"""`python -m bench service [--seconds N] [--users N] [--think S] [--alone]`: the service under load.

Two plans of the Denpasar day are being made by the service meanwhile, in its processes of the lowest priority.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.service.load import MIX, PROGRAMME, THINKS_S, Measured, measure
from bench.service.running import Person, Running, people

PLANS = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench service", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--think", type=float, default=THINKS_S, help="seconds between two requests of one user")
    parser.add_argument("--alone", action="store_true", help="without plans being solved")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Running(Path(folder)) as running:
        persons = people(running, asked.users + 1)
        with _solving(persons[0], 0 if asked.alone else PLANS, asked.seconds + 60):
            measured = measure(persons[1:], asked.seconds, asked.think)
        running.stop()
        restarted_s = running.start()
    console = Console(width=120)
    console.print(_table(measured, asked.users))
    console.print(f"restarted and serving after {restarted_s:.1f} s; {len(measured.faults)} requests failed")
    for fault in measured.faults[:5]:
        console.print(fault, markup=False)


@contextmanager
def _solving(person: Person, count: int, seconds: int) -> Iterator[None]:
    """Have plans made by the service meanwhile, which give way to everybody else."""
    plans = [person.ask("POST", f"{PROGRAMME}/plans", _asked(seconds))["plan_id"] for _ in range(count)]
    while any(person.ask("GET", f"{PROGRAMME}/plans/{one}")["state"] == "queued" for one in plans):
        time.sleep(0.2)
    try:
        yield
    finally:
        still = [person.ask("POST", f"{PROGRAMME}/plans/{one}/cancel")["state"] for one in plans]
    if still != ["cancelled"] * count:
        raise RuntimeError("a plan was made before the measurement ended")


def _asked(seconds: int) -> dict[str, object]:
    return {"date": "2026-11-23", "time_limit_s": seconds, "remedies_s": 0}


def _table(measured: Measured, users: int) -> Table:
    title = f"{users} users, {measured.lasted_s:.0f} s: {measured.rate():.1f} requests a second"
    table = Table(title=title)
    for heading in ("what", "of 100", "p50, ms", "p95, ms", "p99, ms"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for name, weight, _ in MIX:
        table.add_row(name, str(weight), *(f"{measured.quantile_ms(one, name):.0f}" for one in (50, 95, 99)))
    table.add_section()
    table.add_row("all", "100", *(f"{measured.quantile_ms(one):.0f}" for one in (50, 95, 99)))
    return table


if __name__ == "__main__":
    main()
