"""Ask peers in processes of their own, in the environment each needs, two at once on two cores.

Law: the clock starts when a process is ready, so that importing counts for nobody; whoever overruns by more than a
third and ten seconds is ended.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.solver.peers.answers import Answer, judged, loaded_once
from bench.solver.peers.plain import InexpressibleError, plain
from routing.solver.problem import Problem

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@dataclass(frozen=True)
class Peer:
    """An engine.

    Attributes
    ----------
    environment
        Folder of the environment it lives in; empty: Doorstep's own.
    script
        The file, or module, that speaks to it.
    processes
        How many are asked at once, each with a seed of its own; the best answer counts.
    everything
        Whether it can be asked about days with everything.
    """

    name: str
    environment: str
    script: str
    processes: int = 2
    everything: bool = False

    @property
    def there(self) -> bool:
        """Whether its environment has been made (`make peers`)."""
        return not self.environment or self._python.exists()

    @property
    def command(self) -> list[str]:
        """Return how its process is started."""
        if not self.environment:
            return [sys.executable, "-m", self.script]
        return [str(self._python), str(HERE / self.script)]

    @property
    def _python(self) -> Path:
        return ROOT / self.environment / "bin/python"

    def question(self, problem: Problem) -> Any:
        """Return what it is asked; raise `InexpressibleError` where it cannot be."""
        if self.environment:
            return plain(problem)
        try:
            return problem, plain(problem)
        except InexpressibleError:
            return problem, None

    def tokens(self, problem: Problem, routes: Sequence[Any]) -> list[tuple[int, list[int]]]:
        """Return its routes as tokens."""
        if not self.environment and self.question(problem)[1] is None:
            return [(number, list(tokens)) for number, tokens in routes]
        return [(number, list(tokens)) for number, tokens in loaded_once(routes)]


PEERS = (
    Peer("OR-Tools", "", "bench.solver.peers.ortools_alone", everything=True),
    Peer("PyVRP 0.12.2", ".venv-peers-0.12", "pyvrp_alone.py"),
    Peer("PyVRP 0.14.1", ".venv-peers-0.14", "pyvrp_alone.py"),
    Peer("VROOM", ".venv-peers-0.12", "vroom_alone.py", processes=1),
)


@dataclass(frozen=True)
class Asked:
    """A peer's best answer and how long it took, from being ready."""

    answer: Answer
    seconds: float


def ask(peer: Peer, problem: Problem, seconds: float, seed: int) -> Asked:
    """Ask a peer about a day; its processes run at the same time.

    Raises
    ------
    InexpressibleError
        The day has a rule that the peer does not know.
    """
    question = peer.question(problem)
    running = [_started(peer) for _ in range(peer.processes)]
    try:
        began = time.perf_counter()
        for number, process in enumerate(running):
            _send(process, (question, seconds, seed * peer.processes + number))
        said = [_heard(process, began + seconds * 4 / 3 + 10) for process in running]
        took_s = time.perf_counter() - began
    finally:
        for process in running:
            process.kill()
            process.communicate()
    answers = [judged(problem, peer.tokens(problem, routes)) for routes in said]
    return Asked(min(answers, key=lambda answer: answer.objective), took_s)


def _started(peer: Peer) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603
        peer.command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None  # noqa: S101
    if process.stdout.readline().strip() != b"ready":
        raise RuntimeError(f"{peer.name} did not start: {process.communicate()[1].decode(errors='replace')[-2000:]}")
    return process


def _send(process: subprocess.Popen[bytes], message: Any) -> None:
    assert process.stdin is not None  # noqa: S101
    process.stdin.write(pickle.dumps(message))
    process.stdin.close()
    process.stdin = None


def _heard(process: subprocess.Popen[bytes], by: float) -> Sequence[Any]:
    """Return the routes said; none where nothing is said in time."""
    try:
        said, wrong = process.communicate(timeout=max(0.1, by - time.perf_counter()))
    except subprocess.TimeoutExpired:
        return ()
    if process.returncode:
        raise RuntimeError(f"a peer failed: {wrong.decode(errors='replace')[-2000:]}")
    found: Sequence[Any] = json.loads(said.splitlines()[-1])["routes"]
    return found
