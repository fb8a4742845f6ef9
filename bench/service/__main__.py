"""`python -m bench service [--seconds N] [--users N] [--think S] [--alone]`: the service under load.

Two plans of the Denpasar day are being solved meanwhile, at the lowest priority, as the service's own jobs are.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.service.load import MIX, THINKS_S, Measured, measure
from bench.service.running import Running, people

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
        persons = people(running, asked.users)
        with _solving(0 if asked.alone else PLANS, asked.seconds + 30, Path(folder)):
            measured = measure(persons, asked.seconds, asked.think)
            running.stop()
            restarted_s = running.start()
    console = Console(width=120)
    console.print(_table(measured, asked.users))
    console.print(f"restarted and serving after {restarted_s:.1f} s; {len(measured.faults)} requests failed")
    for fault in measured.faults[:5]:
        console.print(fault, markup=False)


@contextmanager
def _solving(count: int, seconds: int, folder: Path) -> Iterator[None]:
    """Have plans solved meanwhile, which give way to everybody else."""
    words = ("-m", "api", "plan", "denpasar", "--time-limit", str(seconds), "--no-remedies")
    processes = [
        subprocess.Popen(  # noqa: S603
            ["nice", "-n", "19", sys.executable, *words, "--out", str(folder / f"plan-{number}")],  # noqa: S607
            env={**os.environ, "DOORSTEP_HOME": str(folder / "plans")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for number in range(count)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


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
