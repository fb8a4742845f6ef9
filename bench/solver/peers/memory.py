"""The most memory that processes and all their children hold at once, read from Linux's /proc.

Law: a page that several processes share is counted once (proportional set size).
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

EVERY_S = 0.2
PROC = Path("/proc")


class Watch:
    """Watches processes in a thread from `with` to its end; `peak_mb` is the most they held."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = tuple(pids)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.peak_mb = 0.0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(EVERY_S):
            self.peak_mb = max(self.peak_mb, sum(held_mb(pid) for pid in family(self._pids)))


def family(pids: Iterable[int]) -> set[int]:
    """Return processes with all who descend from them."""
    parents = dict(_parents())
    found = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def held_mb(pid: int) -> float:
    """Return what a process holds; nothing if it has ended."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _parents() -> Iterator[tuple[int, int]]:
    for name in os.listdir(PROC):  # noqa: PTH208 - thousands of times, and names are enough
        if name.isdecimal():
            with contextlib.suppress(OSError):
                stat = (PROC / name / "stat").read_text(encoding="utf-8", errors="replace")
                yield int(name), int(stat.rsplit(")", 1)[1].split()[1])
