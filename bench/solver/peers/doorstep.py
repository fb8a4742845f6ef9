"""Doorstep's search in a worker that is warm: it has solved a small day before. Run as a module.

Law: goes in by the same door as a plan of a day, and tells when the first lawful routes were there.
"""

from __future__ import annotations

import json
import pickle
import sys
import time

from bench.solver.instances import SMALLEST
from routing.solver import Effort, Portfolio, solve, warming
from routing.solver.problem import Problem

Said = dict[str, object]


def answered(problem: Problem, seconds: float, seed: int, portfolio: Portfolio) -> Said:
    """Return the routes, and the seconds to the first ones."""
    began = time.perf_counter()
    first: list[float] = []

    def progress(stage: str, _figures: object) -> None:
        if stage == "routes" and not first:
            first.append(time.perf_counter() - began)

    found = solve(problem, Effort(seconds=seconds, seed=seed), progress, portfolio=portfolio)
    took_s = time.perf_counter() - began
    routes = sorted(found.routes.items(), key=lambda route: route[1][1].start_s)
    return {"routes": [(number, tokens) for number, (tokens, _) in routes], "first_s": (first or [took_s])[0]}


def main() -> None:
    """Answer one question."""
    with Portfolio() as portfolio:
        portfolio.warm()
        warming.warm_up()
        answered(SMALLEST, 1.0, 1, portfolio)
        print("ready", flush=True)  # noqa: T201
        problem, seconds, seed = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
        print(json.dumps(answered(problem, seconds, seed, portfolio)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
