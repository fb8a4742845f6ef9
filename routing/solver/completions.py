"""The least that it costs to go on from a node at a time: what prunes the search for the cheapest route.

Law: never more than the cost of any lawful continuation. Loads, states and all but the shortest cycles are left out,
and times are rounded down to a grid, so that one backward sweep finds all of it (q-routes without cycles of two:
Christofides, Mingozzi, Toth, Networks 11, 1981).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.network.compiled import compiled
from routing.solver.relaxed import Numbers, Relaxed

NEVER = 2**60
FINEST, COARSEST, ARCS_A_SWEEP = 512, 32, 400_000


@dataclass(frozen=True, kw_only=True)
class Completions:
    """Costs to go on from each node, with so many visits made, leaving in a slot of the grid or later.

    Attributes
    ----------
    best, first
        The least cost [m, visits, slots] (one row of visits where their number cannot bind), and the job that such a
        continuation visits next; -1: none.
    second
        The least cost among continuations that visit another job next.
    grid_s
        Seconds in a slot; 0: there is no grid, and nothing is known.
    """

    best: Numbers
    first: Numbers
    second: Numbers
    grid_s: int

    def cost(self, net: Relaxed, source: int, after: int) -> int:
        """Return the least cost after the first arc of a route."""
        return self._step(net, source, 0, 0, after)[0]

    def route(self, net: Relaxed, arc_cost: Numbers, after: int) -> tuple[int, ...] | None:
        """Return the nodes of a route of least cost that begins with an arc: its times are those of the grid.

        None where it goes round and round at no cost, as what a least cost repeats may.
        """
        before, made, slot, route = net.nodes - 2, 0, 0, [after]
        while len(route) <= 4 * net.nodes:
            left, made, slot = self._step(net, before, made, slot, after)
            before = after
            for after in map(int, net.after(before)):
                turns_back = len(route) > 1 and after == route[-2] and after < len(net.jobs)
                onward = self._step(net, before, made, slot, after)[0]
                if not turns_back and int(arc_cost[before, after]) + onward == left:
                    break
            else:
                raise ValueError("a least cost is that of some route")
            if after == net.nodes - 1:
                return tuple(route)
            route.append(after)
        return None

    def _step(self, net: Relaxed, before: int, made: int, slot: int, after: int) -> tuple[int, int, int]:
        """Return the least cost after an arc, and the visits made and the slot there."""
        begin = net.begins(after, net.span[0] + slot * self.grid_s + int(net.travel[before, after]))
        row = made + 1 if self.best.shape[1] > 1 and after < len(net.jobs) else made
        if begin is None or row == self.best.shape[1]:
            return NEVER, row, slot
        if after == net.nodes - 1:
            return 0, row, slot
        then = (begin + int(net.service[after]) - net.span[0]) // self.grid_s
        turns_back = before < len(net.jobs) and self.first[after, row, then] == before
        costs = self.second if turns_back else self.best
        return int(costs[after, row, then]), row, then


def complete(net: Relaxed, arc_cost: Numbers) -> Completions:
    """Return what it costs to go on, given the cost of each arc [m, m]."""
    grid_s = _grid_s(net)
    slots = 0 if grid_s == 0 else (net.span[1] - net.span[0]) // grid_s + 1
    best = np.full((net.nodes, max(0, net.most_stops) + 1, slots), NEVER, dtype=np.int64)
    second, first = best.copy(), np.full(best.shape, -1, dtype=np.int64)
    if slots:
        _sweep(
            *(net.travel, arc_cost, net.successors, net.successor_from, net.opens, net.closes, net.window_from),
            *(net.service, len(net.jobs), net.span[0], grid_s, best, first, second),
        )
    return Completions(best=best, first=first, second=second, grid_s=grid_s)


def _grid_s(net: Relaxed) -> int:
    """Return a grid so fine that every visit takes a slot at least, and so coarse that a sweep is short; else 0.

    Where visits are counted, they lead on by their number, and may take less than a slot.
    """
    span_s = net.span[1] - net.span[0]
    rows = max(0, net.most_stops) + 1
    slots = min(FINEST, max(COARSEST, ARCS_A_SWEEP // (rows * (len(net.successors) + 1))))
    grid_s = span_s // slots + 1
    if net.most_stops < 0:
        into = net.travel[:, : len(net.jobs)]
        grid_s = min(grid_s, int(np.where(into >= 0, into + net.service[: len(net.jobs)], NEVER).min()))
    return grid_s if grid_s > 0 and span_s // grid_s <= FINEST * COARSEST else 0


@compiled
def _sweep(  # noqa: C901 - a kernel in one piece
    travel: Numbers,
    arc_cost: Numbers,
    successors: Numbers,
    successor_from: Numbers,
    opens: Numbers,
    closes: Numbers,
    window_from: Numbers,
    service: Numbers,
    jobs: int,
    start_s: int,
    grid_s: int,
    best: Numbers,
    first: Numbers,
    second: Numbers,
) -> None:
    """Fill the costs by visits made and slot, last first.

    A visit takes a slot or more, or is counted, so jobs lead to what is filled; calls at depots may take no time, so
    within a slot they come before the jobs, once for each depot: their legs cost nothing less than 0, no cycle pays.
    """
    nodes, rows, slots = best.shape
    depots = nodes - jobs - 2
    for filling in range(rows * slots - 1, -1, -1):
        made, slot = filling // slots, filling % slots
        now = start_s + slot * grid_s
        for turn in range(depots * depots + jobs):
            node = jobs + turn % depots if turn < depots * depots else turn - depots * depots
            least, next_job, other = NEVER, -1, NEVER
            for at in range(successor_from[node], successor_from[node + 1]):
                after = successors[at]
                row = made + 1 if rows > 1 and after < jobs else made
                if row == rows:
                    continue
                arrival = now + travel[node, after]
                begin = arrival - 1
                for window in range(window_from[after], window_from[after + 1]):
                    if max(arrival, opens[window]) <= closes[window]:
                        begin = max(arrival, opens[window])
                        break
                if begin < arrival:
                    continue
                rest = 0
                if after < nodes - 1:
                    then = (begin + service[after] - start_s) // grid_s
                    turns_back = node < jobs and first[after, row, then] == node
                    rest = second[after, row, then] if turns_back else best[after, row, then]
                if rest >= NEVER:
                    continue
                cost = arc_cost[node, after] + rest
                # Continuations without a job next share the mark -1 and are not told apart: nothing excludes them.
                job = after if after < jobs else -1
                if cost < least:
                    if job != next_job or job == -1:
                        other = least
                    least, next_job = cost, job
                elif cost < other and (job != next_job or job == -1):
                    other = cost
            best[node, made, slot], first[node, made, slot], second[node, made, slot] = least, next_job, other
