"""Papers set in a process of its own, one after the other. Law: whatever setting a paper costs, it costs that paper.

The process has a limit of memory, and one of time for each paper. It gets words by its line and nothing else: neither
keys nor streets. It ends when its parent does, or when nobody has printed for a while.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection

from api.jobs.process import start_child
from api.manners.errors import UnavailableError, UnprocessableError

MOST_BYTES = 1024**3  # of addresses; a sheet of two hundred stops takes a sixth
MOST_S = 20.0  # of processor
WAITS_S = 60.0  # for one paper, where others keep the processor busy
IDLE_S, MOST_PAPERS = 300.0, 200  # until a fresh child takes over
# One thread, one arena: addresses are counted, and more of either would be more of them on larger machines.
_SMALL = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
_FAILED = b""
TRIES = 3
Words = Mapping[str, object]


class Press:
    """Sets papers in a child that stays warm. For one caller at a time."""

    def __init__(self, most_bytes: int = MOST_BYTES, most_s: float = MOST_S, waits_s: float = WAITS_S) -> None:
        self._limits = str(most_bytes), str(int(most_s))
        self._waits_s = waits_s
        self._child: tuple[subprocess.Popen[bytes], Connection] | None = None

    @property
    def process_id(self) -> int | None:
        """The child, if there is one."""
        return None if self._child is None else self._child[0].pid

    def warm_up(self) -> None:
        """Start the child, if there is none."""
        if self._child is None or self._child[0].poll() is not None:
            self.close()
            self._child = start_child("api.plans.press", *self._limits, environment=_SMALL)

    def pdf_of(self, paper: str, words: Words) -> bytes:
        """Return a paper as PDF.

        Raises
        ------
        UnprocessableError
            `paper_not_made`.
        UnavailableError
            `busy`: somebody else ends the processes.
        """
        # A child that was idle for long, or has done enough, ends just now; one killed from outside has done no wrong.
        for _ in range(TRIES):
            made, is_to_blame = self._asked(paper, words)
            if made:
                return made
            if is_to_blame:
                raise UnprocessableError(
                    "paper_not_made",
                    "setting the paper takes more memory or time than is allowed, or cannot be done",
                    remedy="shorten what is printed there, names and hints above all, or split the route",
                )
        raise UnavailableError("busy", "what sets papers was ended from outside", remedy="try again in a moment")

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            process, line = self._child
            self._child = None
            process.kill()
            process.wait()
            line.close()

    def _asked(self, paper: str, words: Words) -> tuple[bytes, bool]:
        """Return what the child has made, and whether it is the paper's fault if that is nothing."""
        self.warm_up()
        assert self._child is not None  # noqa: S101 - just started
        process, line = self._child
        try:
            line.send_bytes(json.dumps({"paper": paper, "words": words}).encode())
            if line.poll(self._waits_s):
                return line.recv_bytes(), True
        except (EOFError, OSError):
            status = process.wait()
            self.close()
            return _FAILED, status not in {0, -signal.SIGKILL}
        self.close()
        return _FAILED, True


def main(arguments: Sequence[str]) -> None:
    """Be the child: limit oneself, set papers until nobody wants any."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption means
    line, most_bytes, most_s = Connection(int(arguments[0])), int(arguments[1]), int(arguments[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it dies of leaves no words on the disk
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    try:
        for _ in range(MOST_PAPERS):
            if not line.poll(IDLE_S):
                return
            asked = json.loads(line.recv_bytes())
            _allow(most_s)
            line.send_bytes(_made(asked["paper"], asked["words"]))
    except (EOFError, OSError):
        os._exit(1)


def _allow(seconds: int) -> None:
    """Let the process run so much longer."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def _made(paper: str, words: dict[str, object]) -> bytes:
    from routing.sheets.printing.sheet_size import typeset_sheet
    from routing.sheets.printing.typesetting import typeset

    try:
        return typeset_sheet(words) if paper == "sheet" else typeset(paper, words)
    except Exception:
        return _FAILED


if __name__ == "__main__":
    main(sys.argv[1:])
