"""The process that makes one plan, called with the descriptor of its line and the most memory it may take.

Law: it opens no database, writes nothing but the cache of compiled streets, and outlives neither its task nor its
parent. What it is told comes by the line alone: no argument, setting or file of its own holds anything of a client.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from routing.domain.errors import DoorstepError

NICE = 10
LOOKS_EVERY_S = 0.25
Said = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Get ready, do the task that comes, and end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption means
    os.nice(NICE)
    line = Line(Connection(int(arguments[0])), int(arguments[1]))
    _warm()
    line.say({"word": "ready"})
    task = line.task()
    if task is None:
        return
    line.say(_done(task, line))


class Line:
    """Our end of the line, which a thread of its own listens to."""

    def __init__(self, connection: Connection, most_bytes: int) -> None:
        self._connection = connection
        self._most_bytes = most_bytes
        self._talking = threading.Lock()
        self._came = threading.Event()
        self._task: Said | None = None
        self.stopped = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def say(self, what: Mapping[str, object]) -> None:
        """Tell the parent; where it is gone, end."""
        try:
            with self._talking:
                self._connection.send_bytes(json.dumps(what, default=str).encode())
        except OSError:
            os._exit(1)

    def task(self) -> Said | None:
        """Wait for what is to be done."""
        self._came.wait()
        return self._task

    def _listen(self) -> None:
        """Take in what is said; end the process when the line is cut, or memory is used up."""
        while True:
            try:
                if not self._connection.poll(LOOKS_EVERY_S):
                    self._refuse_too_large()
                    continue
                told = json.loads(self._connection.recv_bytes())
            except (EOFError, OSError):
                os._exit(1)
            if told["word"] == "stop":
                self.stopped.set()
            else:
                self._task = told
                self._came.set()

    def _refuse_too_large(self) -> None:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        if most > self._most_bytes:
            self.say({"word": "failed", "code": "job_too_large", "message": "making it takes more memory than allowed"})
            os._exit(1)


def _warm() -> None:
    from routing.network import warming as street_kernels
    from routing.solver import warming as search_kernels

    street_kernels.warm_up()
    search_kernels.warm_up()


def _done(task: Said, line: Line) -> Said:
    """Make what is asked for; a fault is an answer, whose text names nobody unless it is one of ours."""
    from routing.domain.plan import dump_plan

    def progress(stage: str, figures: Mapping[str, object]) -> None:
        line.say({"word": "progress", "stage": stage, "figures": dict(figures)})

    try:
        plan = _made(task, progress, line)
    except DoorstepError as error:
        return {"word": "failed", "code": error.code, "message": error.message, "where": error.where}
    except MemoryError:
        return {"word": "failed", "code": "job_too_large", "message": "making it takes more memory than allowed"}
    except Exception as error:
        return {"word": "failed", "code": "job_broke", "message": type(error).__name__}
    return {"word": "done", "plan": dump_plan(plan).decode()}


def _made(task: Said, progress: Any, line: Line) -> Any:
    from api.plans.making import Wanted, make_plan
    from routing.domain.loading import load_programme
    from routing.plan_day import Budget

    asked = task["asked"]
    budget = Budget(
        time_limit_s=asked["time_limit_s"], iterations=asked.get("iterations"), seed=asked["seed"], bound=asked["bound"]
    )
    wanted = Wanted(budget=budget, remedies_s=asked["remedies_s"], resilience=asked["resilience"])
    programme = load_programme(task["programme"].encode())
    on = date.fromisoformat(task["date"])
    paths = Path(task["extract"]), Path(task["cache"])
    plan, _ = make_plan(programme, on, *paths, wanted, progress, line.stopped.is_set)
    return plan


if __name__ == "__main__":
    main(sys.argv[1:])
