"""Ask engines in turn about the same problems. Law: A, B, C, A, B, C, so that what loads the machine loads all."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.solver.peers.processes import Asked, Peer, ask
from routing.solver.problem import Problem
from routing.solver.solution import Objective

Results = Mapping[str, Mapping[str, Sequence[Asked]]]
"""Engine -> problem -> its answers, one a seed."""
Said = Callable[[str], None]


@dataclass(frozen=True)
class Course:
    """How engines are asked: for so many seconds, with these seeds."""

    seconds: float
    seeds: Sequence[int]

    def run(self, peers: Sequence[Peer], problems: Mapping[str, Problem], said: Said) -> Results:
        """Ask everybody about everything, in turn."""
        results: dict[str, dict[str, list[Asked]]] = {peer.name: {} for peer in peers}
        for seed in self.seeds:
            for name, problem in problems.items():
                for peer in peers:
                    found = ask(peer, problem, self.seconds, seed)
                    results[peer.name].setdefault(name, []).append(found)
                    what = found.fault or told(found.answer.objective)
                    said(f"{name}, seed {seed}, {peer.name}: {what} in {found.seconds:.1f} s")
        return results


def lost(objective: Objective) -> Objective:
    """Return what is compared before travel: locks, then tiers."""
    return objective[:-2]


def travel_s(objective: Objective) -> int:
    """Return seconds of travel (tenths of the unit, in the literature's instances)."""
    return objective[-2]


def told(objective: Objective) -> str:
    """Write a vector: what is lost by tier, then travel."""
    return f"{' '.join(str(weight) for weight in lost(objective)[1:])} | {travel_s(objective)}"


def middle(answers: Sequence[Asked]) -> Objective:
    """Return the median vector (the worse of the middle two)."""
    return statistics.median_high(answer.answer.objective for answer in answers)


def gap_percent(found: Objective, best: int) -> float | None:
    """Return by how much travel exceeds the best known; None where somebody is not served."""
    return None if any(lost(found)) else 100 * (travel_s(found) - best) / best


def shorter_percent(mine: Objective, other: Objective) -> float | None:
    """Return by how much less travel is mine; None where what is lost differs: then travel says nothing."""
    if lost(mine) != lost(other) or not travel_s(other):
        return None
    return 100 * (travel_s(other) - travel_s(mine)) / travel_s(other)
