"""The Denpasar day from the command line: seconds and memory of the whole process, cold and with streets cached.

Cold: an empty cache folder, so that the extract is compiled. The operating system's own file cache is warm in
both. Each run is a fresh process; its children's peak memory is read from the operating system.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

TIME_LIMIT_S = 3


@dataclass(frozen=True)
class Run:
    """One process: wall seconds, peak memory in megabytes, clients served."""

    wall_s: float
    peak_mb: float
    served: int


def day_table(runs: int) -> Table:
    """Return the table of medians (smallest – largest)."""
    table = Table(
        title=f"doorstep plan denpasar --time-limit {TIME_LIMIT_S} --no-remedies, {runs} runs: "
        "median (smallest – largest)"
    )
    for heading in ("streets", "seconds", "peak memory, MB", "clients served"):
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as folder:
        cold = [_plan(Path(folder) / f"cold-{number}", Path(folder) / f"out-{number}") for number in range(runs)]
        home = Path(folder) / "warm"
        _plan(home, Path(folder) / "first")
        warm = [_plan(home, Path(folder) / f"warm-{number}") for number in range(runs)]
    table.add_row("compiled anew", *_row(cold))
    table.add_row("from the cache", *_row(warm))
    return table


def _row(runs: list[Run]) -> list[str]:
    return [
        _spread([run.wall_s for run in runs], 1),
        _spread([run.peak_mb for run in runs], 0),
        _spread([float(run.served) for run in runs], 0),
    ]


def _spread(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} – {max(values):.{digits}f})"


def _plan(home: Path, out: Path) -> Run:
    command = [
        *(sys.executable, "-m", "api", "plan", "denpasar"),
        *("--time-limit", str(TIME_LIMIT_S), "--no-remedies", "--out", str(out)),
    ]
    environment = {**os.environ, "DOORSTEP_HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"doorstep plan ended with {os.waitstatus_to_exitcode(status)}")
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    return Run(wall_s, usage.ru_maxrss / 1024, plan["summary"]["clients_served"])
