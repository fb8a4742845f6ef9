"""Ask peers in processes of their own, in the environment each needs, two at once on two cores.

Law: the clock starts when a process is ready, so that importing counts for nobody; whoever overruns by more than a
third and ten seconds is ended. A peer that fails has said nothing, and is named; Doorstep may not fail.
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
from bench.solver.peers.memory import Watch
from bench.solver.peers.plain import expressible, plain
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
    tokens_said
        Whether it is asked about the problem as it is, and answers in tokens.
    """

    name: str
    environment: str
    script: str
    processes: int = 2
    everything: bool = False
    tokens_said: bool = False

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
        if self.tokens_said:
            return problem
        if self.environment:
            return plain(problem)
        return problem, plain(problem) if expressible(problem) else None

    def tokens(self, problem: Problem, routes: Sequence[Any]) -> list[tuple[int, list[int]]]:
        """Return its routes as tokens."""
        if self.tokens_said or not expressible(problem):
            return [(number, list(tokens)) for number, tokens in routes]
        return [(number, list(tokens)) for number, tokens in loaded_once(routes)]


DOORSTEP = Peer("Doorstep", "", "bench.solver.peers.doorstep", processes=1, everything=True, tokens_said=True)
PEERS = (
    Peer("OR-Tools", "", "bench.solver.peers.ortools_alone", everything=True),
    Peer("PyVRP 0.12.2", ".venv-peers-0.12", "pyvrp_alone.py"),
    Peer("PyVRP 0.14.1", ".venv-peers-0.14", "pyvrp_alone.py"),
    Peer("VROOM", ".venv-peers-0.12", "vroom_alone.py", processes=1),
)


@dataclass(frozen=True)
class Asked:
    """A peer's best answer, seconds from being ready to it and to its first lawful routes, and the most memory.

    Who says so itself is believed about the first routes and, where reading the question costs much, about the rest.
    `fault`: what a process ended with instead of an answer.
    """

    answer: Answer
    seconds: float
    first_s: float
    peak_mb: float
    fault: str | None = None


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
        with Watch(process.pid for process in running) as watch:
            for number, process in enumerate(running):
                _send(process, (question, seconds, seed * peer.processes + number))
            said = [_heard(process, began + seconds * 4 / 3 + 10) for process in running]
        took_s = time.perf_counter() - began
    finally:
        for process in running:
            process.kill()
            process.communicate()
    fault = next((each["fault"] for each in said if "fault" in each), None)
    if fault is not None and peer is DOORSTEP:
        raise RuntimeError(f"Doorstep failed: {fault}")
    answers = [judged(problem, peer.tokens(problem, each["routes"])) for each in said]
    best = min(answers, key=lambda answer: answer.objective)
    return Asked(
        best,
        max(each.get("seconds", took_s) for each in said),
        min(each.get("first_s", took_s) for each in said),
        max(each.get("peak_mb", watch.peak_mb) for each in said),
        fault,
    )


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


def _heard(process: subprocess.Popen[bytes], by: float) -> dict[str, Any]:
    """Return what was said; no routes where nothing is said in time, or the process fails."""
    try:
        said, wrong = process.communicate(timeout=max(0.1, by - time.perf_counter()))
    except subprocess.TimeoutExpired:
        return {"routes": []}
    if process.returncode:
        return {"routes": [], "fault": wrong.decode(errors="replace").strip().rpartition("\n")[2]}
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found
