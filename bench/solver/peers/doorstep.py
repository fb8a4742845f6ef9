"""Doorstep's search in a worker that is warm: it has solved a small day before. Run as a module.

Law: goes in by the same door as a plan of a day, and tells when the first lawful routes were there, and what all its
processes held at most from then to the end. Reading the question is none of it: a plan's travel is made where it stays.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import time

from bench.solver.instances import SMALLEST
from bench.solver.peers.memory import Watch
from routing.solver import Effort, Portfolio, solve, warming
from routing.solver.matrices import in_a_block
from routing.solver.problem import Problem

Said = dict[str, object]


def answered(problem: Problem, seconds: float, seed: int, portfolio: Portfolio) -> Said:
    """Return the routes, the seconds to the first ones and to the last, and the most memory."""
    began = time.perf_counter()
    first: list[float] = []

    def progress(stage: str, _figures: object) -> None:
        if stage == "routes" and not first:
            first.append(time.perf_counter() - began)

    with Watch([os.getpid()]) as watch:
        found = solve(problem, Effort(seconds=seconds, seed=seed), progress, portfolio=portfolio)
    took_s = time.perf_counter() - began
    routes = sorted(found.routes.items(), key=lambda route: route[1][1].start_s)
    return {
        "routes": [(number, tokens) for number, (tokens, _) in routes],
        "first_s": (first or [took_s])[0],
        "seconds": took_s,
        "peak_mb": watch.peak_mb,
    }


def _asked() -> tuple[Problem, float, int]:
    """Read the question; travel goes where posing a day puts it."""
    problem, seconds, seed = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    return in_a_block(problem), seconds, seed


def main() -> None:
    """Answer one question."""
    with Portfolio() as portfolio:
        portfolio.warm()
        warming.warm_up()
        answered(SMALLEST, 1.0, 1, portfolio)
        print("ready", flush=True)  # noqa: T201
        problem, seconds, seed = _asked()
        print(json.dumps(answered(problem, seconds, seed, portfolio)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
