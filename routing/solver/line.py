"""The line between an engine's process and the portfolio. Law: an engine whose line is cut ends at once.

What goes down: the day's travel, as a block of memory that both read, and a task; plans of others, a word to stop.
What comes up: routes and plans, as vehicle numbers and tokens.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle

from routing.solver.matrices import block_of, mapped, shape_of, with_travel, without_travel
from routing.solver.problem import Problem
from routing.solver.solution import Tokens

REPORT_EVERY_S = 0.4
Plan = Mapping[int, Tokens]
# Vehicle, tokens, cost, worth: see `Pool.add`.
Met = tuple[int, Tokens, int, int]


class Word(StrEnum):
    """What a message is."""

    TRAVEL = "travel"
    TASK = "task"
    PLAN = "plan"
    READY = "ready"
    STOP = "stop"
    ROUTES = "routes"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What an engine is asked to do.

    Attributes
    ----------
    engine
        A module with a function `run(task, line)`.
    end, iterations
        How long: until the machine's monotonic clock says so, which all processes read alike; with iterations no
        clock counts and nothing is exchanged on the way.
    plans
        Plans to begin with.
    """

    engine: str
    problem: Problem
    seed: int
    end: float | None = None
    iterations: int | None = None
    plans: Sequence[Plan] = ()


def send(connection: Connection, process_id: int, task: Task) -> None:
    """Send a task down, and the block with its travel if that is in one."""
    block = block_of(task.problem)
    if block is not None:
        connection.send((Word.TRAVEL, shape_of(task.problem)))
        send_handle(connection, block.descriptor, process_id)
        task = replace(task, problem=without_travel(task.problem))
    connection.send((Word.TASK, task))


def receive(connection: Connection) -> tuple[Word, Task]:
    """Wait for what comes down: a task, as soon as it is whole."""
    word, what = connection.recv()
    if word != Word.TRAVEL:
        return word, what
    whole = mapped(recv_handle(connection), what)
    word, task = connection.recv()
    return word, replace(task, problem=with_travel(task.problem, whole))


class Line:
    """The engine's end."""

    def __init__(self, connection: Connection, task: Task) -> None:
        self._connection = connection
        self._timed = task.iterations is None
        self._end = task.end
        self._reported = time.monotonic()
        self._stopped = False
        self._plans: list[Plan] = []

    def over(self) -> bool:
        """Whether to end: time is up, or the portfolio said so."""
        self._listen()
        return self._stopped or (self._end is not None and time.monotonic() >= self._end)

    def plans(self) -> list[Plan]:
        """Return the plans that came from others since the last time."""
        self._listen()
        came, self._plans = self._plans, []
        return came

    def due(self) -> bool:
        """Whether routes should be reported now, in the midst of the search."""
        return self._timed and time.monotonic() - self._reported >= REPORT_EVERY_S

    def met(self, routes: Sequence[Met]) -> None:
        """Send routes for the pool."""
        self._reported = time.monotonic()
        if routes:
            self._connection.send((Word.ROUTES, list(routes)))

    def found(self, plan: Plan) -> None:
        """Send a plan that is the engine's best so far."""
        self._connection.send((Word.PLAN, dict(plan)))

    def _listen(self) -> None:
        while self._connection.poll():
            word, what = self._connection.recv()  # a line that was cut raises EOFError
            if word == Word.STOP:
                self._stopped = True
            elif word == Word.PLAN:
                self._plans.append(what)
