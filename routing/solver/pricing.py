"""The cheapest relaxed route of a vehicle, to proof: labels that grow from the start and dominate each other.

Law: what is returned as the least is no more than the cost of any lawful route. A label is left aside only where
another one can go on in every way that it can, no later, no fuller and no dearer; where the cheapest continuation
(`completions`) cannot bring it below the threshold; or where the routes are declared unproved.

Long because the two kernels cannot be divided without being slower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.network.compiled import compiled
from routing.solver.completions import NEVER, Completions, complete
from routing.solver.relaxed import NEAR, Flags, Numbers, Relaxed

# Costs are whole numbers of this part of a second, so that no rounding of floats can touch a proof.
PARTS = 1024
SLOTS = 64
ALL_BITS = -1
RULES_ONLY = ~((1 << NEAR + 1) - 1)  # without what is remembered of jobs near by
MOST_ROUTES = 40
COMPARISONS_A_LABEL = 1000  # beyond so many on average, the rest would take too long


@dataclass(frozen=True, kw_only=True)
class Priced:
    """What pricing found.

    Attributes
    ----------
    least
        A lower bound on the cost of every lawful route in parts of a second, the threshold at most; None: not proved.
    routes
        Nodes of cheap relaxed routes, start and end left out, with their cost; cheapest first.
    labels
        How many were made: a count of the work.
    """

    least: int | None
    routes: tuple[tuple[int, tuple[int, ...]], ...]
    labels: int


def arc_costs(net: Relaxed, worth: Numbers, per_visit: int = 0, per_second: int = 0) -> Numbers:
    """Return the cost of each arc [m, m] in parts of a second.

    Parameters
    ----------
    worth
        What each visit is worth, by node.
    per_visit, per_second
        What the people on the vehicle are charged for a visit, and for a second of travel or at a stop; 0 or more.
    """
    costs = net.travel * (PARTS + per_second) + net.service * per_second
    costs[:, : len(net.jobs)] += per_visit - worth
    return costs


def price(
    net: Relaxed,
    arc_cost: Numbers,
    threshold: int = 0,
    most_labels: int = 500_000,
    *,
    bits: int = ALL_BITS,
    gridded: bool = False,
) -> Priced:
    """Return the cheapest routes.

    Parameters
    ----------
    arc_cost
        Of `arc_costs`.
    threshold
        Routes of that cost and above are of no interest; at most 0.
    bits
        Which bits of a state count when labels are compared: `RULES_ONLY` is faster and proves nothing.
    gridded
        Round times down to the grid of the continuations: looser, with fewer labels.
    """
    ahead = complete(net, arc_cost)
    grid_s = max(1, ahead.grid_s) if gridded else 1
    made, last, cost, node, parent, dearest = _labels(net, arc_cost, ahead, threshold, most_labels, bits, grid_s)
    routes = _read(last, cost, node, parent)
    if made < 0:
        return Priced(least=None, routes=routes, labels=most_labels)
    return Priced(least=min(threshold, dearest) if bits == ALL_BITS else None, routes=routes, labels=made)


def price_coarsely(net: Relaxed, arc_cost: Numbers, threshold: int = 0) -> Priced:
    """Return a lower bound from the continuations alone, and routes that reach it: loose, and sure to be quick."""
    ahead = complete(net, arc_cost)
    if ahead.grid_s == 0:
        return Priced(least=None, routes=(), labels=0)
    source = net.nodes - 2
    onward = [
        (int(arc_cost[source, after]) + ahead.cost(net, source, after), int(after)) for after in net.after(source)
    ]
    cheap = sorted(entry for entry in onward if entry[0] < threshold)[:MOST_ROUTES]
    found = ((cost, ahead.route(net, arc_cost, after)) for cost, after in cheap)
    routes = tuple((cost, route) for cost, route in found if route is not None)
    return Priced(least=min([threshold, *(cost for cost, _ in cheap)]), routes=routes, labels=ahead.best.size)


def _labels(
    net: Relaxed, arc_cost: Numbers, ahead: Completions, threshold: int, most_labels: int, bits: int, grid_s: int
) -> tuple[int, Numbers, Numbers, Numbers, Numbers, int]:
    """Run the kernel; the least cost is that of the cheapest route."""
    made, last, cost, node, parent = _grow(
        net.travel, arc_cost, net.successors, net.successor_from, net.opens, net.closes, net.window_from,
        net.service, net.demand, net.loads, net.capacity, net.most_stops,
        net.forbidding, net.adding, net.keeping, net.seen, net.moved,
        net.begin, net.span[0], net.span[1], len(net.jobs),
        ahead.best, ahead.first, ahead.second, ahead.grid_s,
        threshold, most_labels, bits, grid_s,
    )  # fmt: skip
    ended = last[last >= 0]
    return made, last, cost, node, parent, int(cost[ended].min()) if len(ended) else NEVER


def _read(last: Numbers, cost: Numbers, node: Numbers, parent: Numbers) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return the cheapest route by last node, some of them."""
    ended = sorted((int(cost[label]), int(label)) for label in last if label >= 0)[:MOST_ROUTES]
    found = []
    for price_, label in ended:
        nodes = []
        at = int(parent[label])
        while parent[at] >= 0:
            nodes.append(int(node[at]))
            at = int(parent[at])
        found.append((price_, tuple(reversed(nodes))))
    return tuple(found)


@compiled
def _dominated(
    now: int, load: int, stops: int, cost: int, word: int, slot: int,
    times: Numbers, loads: Numbers, counts: Numbers, costs: Numbers, words: Numbers,
    heads: Numbers, cheapest: Numbers, following: Numbers, bits: int, compared: Numbers,
) -> bool:  # fmt: skip
    """Whether a label of the same node (its slots in `heads`) can do all that this one can, for no more."""
    for earlier in range(slot + 1):
        if cheapest[earlier] > cost:
            continue
        label = heads[earlier]
        while label >= 0:
            compared[0] += 1
            if (
                costs[label] <= cost
                and (bits != ALL_BITS or times[label] <= now)
                and (bits != ALL_BITS or (loads[label] <= load and counts[label] <= stops))
                and (words[label] & ~word & bits) == 0
            ):
                return True
            label = following[label]
    return False


@compiled
def _weed(
    now: int, load: int, stops: int, cost: int, word: int, slot: int,
    times: Numbers, loads: Numbers, counts: Numbers, costs: Numbers, words: Numbers,
    heads: Numbers, following: Numbers, alive: Numbers, bits: int, compared: Numbers,
) -> None:  # fmt: skip
    """Take out the labels of a node that a new one dominates."""
    for later in range(slot, len(heads)):
        before, label = -1, heads[later]
        while label >= 0:
            compared[0] += 1
            after = following[label]
            if (
                costs[label] >= cost
                and (bits != ALL_BITS or times[label] >= now)
                and (bits != ALL_BITS or (loads[label] >= load and counts[label] >= stops))
                and (word & ~words[label] & bits) == 0
            ):
                alive[label] = 0
                if before < 0:
                    heads[later] = after
                else:
                    following[before] = after
            else:
                before = label
            label = after


@compiled
def _grow(  # noqa: C901 - a kernel in one piece
    travel: Numbers, arc_cost: Numbers, successors: Numbers, successor_from: Numbers,
    opens: Numbers, closes: Numbers, window_from: Numbers,
    service: Numbers, demand: Numbers, is_load: Flags, capacity: int, most_stops: int,
    forbidding: Numbers, adding: Numbers, keeping: Numbers, seen: Numbers, moved: Numbers,
    begin_word: int, start_s: int, end_s: int, jobs: int,
    best: Numbers, first: Numbers, second: Numbers, ahead_s: int,
    threshold: int, most_labels: int, bits: int, grid_s: int,
) -> tuple[int, Numbers, Numbers, Numbers, Numbers]:  # fmt: skip
    """Grow labels in order of time.

    Returns how many were made (negative: too many, or too many comparisons, so nothing is proved), the cheapest
    finished label by the node before the end (-1: none), and cost, node and parent by label.
    """
    nodes = len(service)
    source, sink = nodes - 2, nodes - 1
    near = moved.shape[2]
    memory = (1 << near) - 1
    width = (end_s - start_s) // SLOTS + 1
    times, loads, counts = (
        np.empty(most_labels, np.int64),
        np.empty(most_labels, np.int64),
        np.empty(most_labels, np.int64),
    )
    costs, words, node_of = (
        np.empty(most_labels, np.int64),
        np.empty(most_labels, np.int64),
        np.empty(most_labels, np.int64),
    )
    parents, following = np.empty(most_labels, np.int64), np.empty(most_labels, np.int64)
    queued, alive = np.empty(most_labels, np.int64), np.ones(most_labels, np.int64)
    heads = np.full((nodes, SLOTS), -1, np.int64)
    cheapest = np.full((nodes, SLOTS), NEVER, np.int64)
    queue, tail = np.full(SLOTS, -1, np.int64), np.full(SLOTS, -1, np.int64)
    last = np.full(nodes, -1, np.int64)
    times[0], loads[0], counts[0], costs[0], words[0] = start_s, 0, 0, 0, begin_word
    node_of[0], parents[0], following[0], queued[0] = source, -1, -1, -1
    queue[0], tail[0] = 0, 0
    compared = np.zeros(1, np.int64)
    made = 1
    for turn in range(SLOTS):
        label = queue[turn]
        while label >= 0:
            if alive[label] == 1:
                node, word = node_of[label], words[label]
                for at in range(successor_from[node], successor_from[node + 1]):
                    after = successors[at]
                    if word & (forbidding[after] | seen[node, after]) != 0:
                        continue
                    load = 0 if is_load[after] else loads[label] + demand[after]
                    stops = counts[label] + 1 if most_stops >= 0 and after < jobs else counts[label]
                    if (capacity >= 0 and load > capacity) or (most_stops >= 0 and stops > most_stops):
                        continue
                    arrival = times[label] + travel[node, after]
                    now = arrival - 1
                    for window in range(window_from[after], window_from[after + 1]):
                        if max(arrival, opens[window]) <= closes[window]:
                            now = max(arrival, opens[window])
                            break
                    if now < arrival:
                        continue
                    cost = costs[label] + arc_cost[node, after]
                    if after == sink:
                        if cost < threshold and (last[node] < 0 or cost < costs[last[node]]):
                            if made == most_labels:
                                return -1, last, costs, node_of, parents
                            costs[made], node_of[made], parents[made] = cost, sink, label
                            last[node] = made
                            made += 1
                        continue
                    now += service[after]
                    now -= (now - start_s) % grid_s
                    then = word & memory
                    new_word = (word & ~memory & keeping[after]) | adding[after]
                    bit = 0
                    while then != 0:
                        if then & 1 != 0:
                            new_word |= moved[node, after, bit]
                        then >>= 1
                        bit += 1
                    if after < jobs:
                        new_word |= seen[after, after]
                    if ahead_s > 0:
                        slot = (now - start_s) // ahead_s
                        onward = best[after, stops, slot]
                        following_job = first[after, stops, slot]
                        if following_job >= 0 and (new_word & seen[after, following_job]) != 0:
                            onward = second[after, stops, slot]
                        if cost + onward >= threshold:
                            continue
                    slot = (now - start_s) // width
                    if _dominated(
                        now, load, stops, cost, new_word, slot, times, loads, counts, costs, words,
                        heads[after], cheapest[after], following, bits, compared,
                    ):  # fmt: skip
                        continue
                    _weed(
                        now, load, stops, cost, new_word, slot, times, loads, counts, costs, words,
                        heads[after], following, alive, bits, compared,
                    )  # fmt: skip
                    if made == most_labels or compared[0] > COMPARISONS_A_LABEL * most_labels:
                        return -1, last, costs, node_of, parents
                    times[made], loads[made], counts[made] = now, load, stops
                    costs[made], words[made], node_of[made] = cost, new_word, after
                    parents[made], queued[made] = label, -1
                    following[made] = heads[after, slot]
                    heads[after, slot] = made
                    cheapest[after, slot] = min(cheapest[after, slot], cost)
                    if queue[slot] < 0:
                        queue[slot] = made
                    else:
                        queued[tail[slot]] = made
                    tail[slot] = made
                    made += 1
            label = queued[label]
    return made, last, costs, node_of, parents
