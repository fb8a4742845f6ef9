"""Several engines at work on one problem, each in a process that can be killed.

Law: an engine that raises, hangs, dies or is missing costs its own share and nothing else; nothing is left running.
While they search, their routes are pooled, the pool is recombined now and then, and a plan that is better than any is
sent to all. With a count of iterations nothing is exchanged and the pool is recombined once, whatever came first.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path

from routing.solver.line import Met, Plan, Task, Word, send
from routing.solver.matrices import in_a_block
from routing.solver.plain import has_many_jobs
from routing.solver.plans import plan_of, planned
from routing.solver.pool import Pool
from routing.solver.problem import Problem
from routing.solver.recombining import recombine
from routing.solver.solution import Solution

GENETIC = "routing.solver.genetic"
RUINS = "routing.solver.ruins"
ITERATED = "routing.solver.iterated"
# One process a core: more of them take turns and gain nothing.
PROCESSES = 2
# Its first argument is where we find modules: our own paths may come from elsewhere than the environment.
WORKER = (
    "import os, sys; sys.path[:] = sys.argv.pop(1).split(os.pathsep); "
    "from routing.solver.worker import main; main(sys.argv[1:])"
)
OVERTIME_S = 0.5
WARM_S = 60.0
Found = Callable[[Solution], None]
Stop = Callable[[], bool]


def never() -> bool:
    """Never stop."""
    return False


@dataclass
class _Worker:
    """A process and our end of its line."""

    process: subprocess.Popen[bytes]
    line: Connection
    ready: bool = False
    busy: bool = False

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def say(self, word: Word, what: object = None) -> None:
        with contextlib.suppress(OSError):  # it died; its silence will be noticed
            self.line.send((word, what))

    def ask(self, task: Task) -> None:
        self.busy = True
        with contextlib.suppress(OSError):
            send(self.line, self.process.pid, task)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.line.close()


@dataclass(frozen=True)
class Share:
    """What became of an engine's share: its process, routes given, the kind of fault."""

    engine: str
    process_id: int
    routes: int
    fault: str | None


@dataclass
class Outcome:
    """The best plan, the pool, and how each engine fared."""

    best: Solution
    pool: Pool
    shares: list[Share] = field(default_factory=list)


class Portfolio:
    """Warm processes for engines; use it in a `with` or close it.

    Parameters
    ----------
    processes
        How many, one an engine.
    """

    def __init__(self, processes: int = PROCESSES) -> None:
        self._processes = processes
        self._workers: list[_Worker] = []

    def __enter__(self) -> Portfolio:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the processes that are missing; they import what they need while we go on."""
        for worker in [one for one in self._workers if one.busy or not one.alive]:
            worker.kill()
            self._workers.remove(worker)
        while len(self._workers) < self._processes:
            self._workers.append(_started())

    def warm(self) -> None:
        """Start the processes, and wait until they have imported what they need."""
        self.start()
        for worker in self._workers:
            if not worker.ready and worker.line.poll(WARM_S):
                with contextlib.suppress(EOFError):  # it died; a search will say so
                    worker.line.recv()
                    worker.ready = True

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.kill()
        self._workers = []

    @property
    def process_ids(self) -> list[int]:
        """The processes, the oldest first."""
        return [worker.process.pid for worker in self._workers]

    def search(
        self,
        start: Solution,
        engines: Sequence[str] = (GENETIC, GENETIC),
        *,
        seconds: float | None = None,
        iterations: int | None = None,
        seed: int = 1,
        found: Found = lambda _: None,
        stop: Stop = never,
    ) -> Outcome:
        """Search from a plan (it may be empty), and return the best that was met.

        Parameters
        ----------
        engines
            Modules with a function `run(task, line)`, one a process.
        seconds, iterations
            One of them: when to be back, or how many iterations each engine makes.
        found
            Called with each plan that is better than all before.
        stop
            Asked many times a second; once it says so, the best so far is returned at once.
        """
        self.start()
        workers = self._workers[: len(engines)]
        run = _Run(start, workers, seconds, found, stop)
        problem = in_a_block(start.problem)
        for at, (engine, worker) in enumerate(zip(engines, workers, strict=True)):
            plans = [plan_of(start)] if start.routes else []
            task = Task(
                engine=engine,
                problem=problem,
                seed=1000 * seed + at,
                end=run.engines_end,
                iterations=iterations,
                plans=plans,
            )
            worker.ask(task)
        run.listen()
        outcome = run.outcome(engines)
        self.start()  # what hangs or died is replaced, so that the next search is warm too
        return outcome


class _Run:
    """One search: listens to the lines, recombines in between."""

    # When the pool is first recombined, and how long it then rests. A day of many jobs gains more from a search that
    # is left alone: recombining takes a core from it.
    # The last share of the time belongs to the last recombination.
    first_share, pause_share, last_share = 0.25, 0.12, 0.06
    of_many = (0.6, 0.3, 0.14)
    longest_share = 0.1

    def __init__(
        self, start: Solution, workers: Sequence[_Worker], seconds: float | None, found: Found, stop: Stop
    ) -> None:
        self._problem: Problem = start.problem
        self._workers = workers
        self._began = time.monotonic()
        self._seconds = seconds
        self._found, self._stop = found, stop
        self.best = start
        self.pool = Pool(start.problem)
        self._met: dict[int, list[Met]] = {at: [] for at in range(len(workers))}
        self._plans: dict[int, list[Plan]] = {at: [] for at in range(len(workers))}
        self._faults: dict[int, str] = {}
        self._thread = ThreadPoolExecutor(1)
        self._recombining: Future[Solution] | None = None
        few = (self.first_share, self.pause_share, self.last_share)
        self._next, self._pause, self._last = self.of_many if has_many_jobs(start.problem) else few

    @property
    def engines_end(self) -> float | None:
        """When engines end, by the monotonic clock: the last share of the time is for the last recombination."""
        return None if self._seconds is None else self._began + self._seconds * (1 - self._last)

    def listen(self) -> None:
        """Take in what comes until all are done, time is up, or we are asked to stop."""
        while any(worker.busy for worker in self._workers) and not self._late():
            if self._stop():
                break
            lines = {worker.line: at for at, worker in enumerate(self._workers) if worker.busy}
            for line in wait(list(lines), timeout=0.02):
                self._hear(lines[line])  # type: ignore[index]
            if self._seconds is not None:
                self._recombine_meanwhile()
        self._finish()

    def _late(self) -> bool:
        """Whether an engine's time is over by so much that we no longer wait for it."""
        return self._seconds is not None and self._passed() > 1 - self._last + OVERTIME_S / self._seconds

    def _passed(self) -> float:
        return (time.monotonic() - self._began) / self._seconds if self._seconds else 0.0

    def _hear(self, at: int) -> None:
        worker = self._workers[at]
        try:
            word, what = worker.line.recv()
        except (EOFError, OSError):
            worker.busy, self._faults[at] = False, "died"
            worker.process.kill()
            return
        if word == Word.ROUTES:
            self._met[at] += what
            if self._seconds is not None:
                self._pool(what)
        elif word == Word.PLAN:
            self._plans[at].append(what)
            if self._seconds is not None:
                self._consider(planned(self._problem, what))
        elif word == Word.READY:
            worker.ready = True
        else:
            worker.busy = False
            if word == Word.FAILED:
                self._faults[at] = what

    def _pool(self, met: Sequence[Met]) -> None:
        for number, tokens, cost, worth in met:
            self.pool.add(number, tokens, cost, worth)

    def _consider(self, solution: Solution) -> None:
        if solution.objective < self.best.objective:
            self.best = solution
            self._found(solution)

    def _recombine_meanwhile(self) -> None:
        if self._recombining is not None and self._recombining.done():
            better = self._recombining.result()
            self._recombining = None
            if better.objective < self.best.objective:
                self._consider(better)
            self._exchange()
        # None begins so late that the last one would have to wait for it.
        until = 1 - self._last - self.longest_share
        if self._recombining is None and self._next <= self._passed() < until and self.best.routes:
            self._next = self._passed() + self._pause
            left = self._seconds or 0.0
            self._recombining = self._thread.submit(recombine, self.pool, self.best, self.longest_share * left)

    def _exchange(self) -> None:
        plan = plan_of(self.best)
        for worker in self._workers:
            if worker.busy:
                worker.say(Word.PLAN, plan)

    def _finish(self) -> None:
        for worker in self._workers:
            if worker.busy:
                worker.say(Word.STOP)
        if self._recombining is not None:
            self._consider(self._recombining.result())
        if self._seconds is None:
            for at in sorted(self._met):
                self._pool(self._met[at])
                for plan in self._plans[at]:
                    self._consider(planned(self._problem, plan))
            self._consider(recombine(self.pool, self.best))
        else:
            left = self._began + self._seconds - time.monotonic()
            if left > 0 and not self._stop():
                self._consider(recombine(self.pool, self.best, left, workers=2))
        self._thread.shutdown()

    def outcome(self, engines: Sequence[str]) -> Outcome:
        """Return the best plan and how each engine fared."""
        shares = [
            Share(
                engine,
                worker.process.pid,
                len(self._met[at]),
                self._faults.get(at, "late" if worker.busy else None),
            )
            for at, (engine, worker) in enumerate(zip(engines, self._workers, strict=True))
        ]
        return Outcome(self.best, self.pool, shares)


def _started() -> _Worker:
    """Start a process with its end of a line; it finds our modules where we do."""
    ours, theirs = Pipe()
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-c", WORKER, paths, str(theirs.fileno()), GENETIC, RUINS, ITERATED],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    theirs.close()
    return _Worker(process, ours)
