"""From a matrix entry back to the way: climb again noting where from, then open every edge to what lies below it.

Law: the way found weighs exactly what the matrix says; it is not searched anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.network.compiled import compiled
from routing.network.customizing import Metric
from routing.network.elimination import Hierarchy, Ints32
from routing.network.labels import Rows
from routing.network.street_arrays import INFINITE, Ints


@dataclass(frozen=True, eq=False)
class Climb:
    """A row's label with its history, by depth: shape [height] each.

    Attributes
    ----------
    weight
        The label.
    vertex
        The ancestor (rank) of the row at each depth, -1 below it.
    origin
        The rank that the best way to an ancestor comes from; -1 - k where that is seed k, counted over all rows.
    """

    weight: Ints
    vertex: Ints
    origin: Ints

    def path(self, depth: int, depths: Ints32) -> tuple[int, list[int]]:
        """Return the seed and the ranks from it up to the ancestor at `depth`."""
        ranks = [int(self.vertex[depth])]
        while self.origin[depth] >= 0:
            ranks.append(int(self.origin[depth]))
            depth = int(depths[ranks[-1]])
        return -1 - int(self.origin[depth]), ranks[::-1]


def climb(hierarchy: Hierarchy, weight: Ints, rows: Rows, row: int) -> Climb:
    """Climb from one row, as `labels.row_labels` does for all."""
    seeds = slice(rows.first[row], rows.first[row + 1])
    begin = int(rows.first[row])
    found = Climb(*(np.full(max(hierarchy.height, 1), fill, np.int64) for fill in (INFINITE, -1, -1)))
    tree = (hierarchy.first, hierarchy.up, hierarchy.parent, hierarchy.depth)
    _climb(begin, rows.rank[seeds], rows.weight[seeds], *tree, weight, found.weight, found.vertex, found.origin)
    return found


def meeting(one: Climb, other: Climb) -> tuple[int, int]:
    """Return (weight, depth) of the best meeting; the highest of equal ones."""
    weight = np.where((one.vertex == other.vertex) & (one.vertex >= 0), one.weight + other.weight, 2 * INFINITE)
    depth = int(weight.argmin())
    return int(weight[depth]), depth


def unpack(hierarchy: Hierarchy, given: Metric, metric: Metric, ranks: Ints) -> Ints:
    """Open a walk on chordal edges to one on edges of the topology; both are ranks, first and last the same."""
    down_first, down_low, down_slot = hierarchy.down
    return _unpack(
        ranks, hierarchy.first, hierarchy.up, down_first, down_low, down_slot,
        given.upward, given.downward, metric.upward, metric.downward,
    )  # fmt: skip


@compiled
def _climb(
    begin: int,
    seed_rank: Ints,
    seed_weight: Ints,
    first: Ints32,
    up: Ints32,
    parent: Ints32,
    depth: Ints32,
    weight: Ints,
    label: Ints,
    vertex: Ints,
    origin: Ints,
) -> None:
    x = np.int64(seed_rank.min())
    for seed in range(len(seed_rank)):
        at = depth[seed_rank[seed]]
        if seed_weight[seed] < label[at]:
            label[at] = seed_weight[seed]
            origin[at] = -1 - begin - seed
    while x >= 0:
        so_far = label[depth[x]]
        vertex[depth[x]] = x
        if so_far < INFINITE:
            for slot in range(first[x], first[x + 1]):
                at = depth[up[slot]]
                if so_far + weight[slot] < label[at]:
                    label[at] = so_far + weight[slot]
                    origin[at] = x
        x = np.int64(parent[x])


@compiled
def _slot(first: Ints32, up: Ints32, low: int, high: int) -> int:
    """Return the slot of an edge, -1 where there is none."""
    begin, end = first[low], first[low + 1]
    stop = end
    while begin < end:
        middle = (begin + end) // 2
        if up[middle] < high:
            begin = middle + 1
        else:
            end = middle
    return begin if begin < stop and up[begin] == high else -1


@compiled
def _unpack(
    ranks: Ints,
    first: Ints32,
    up: Ints32,
    down_first: Ints32,
    down_low: Ints32,
    down_slot: Ints32,
    given_up: Ints,
    given_down: Ints,
    up_weight: Ints,
    down_weight: Ints,
) -> Ints:
    todo = ranks[::-1].copy()  # a stack: the walk still to be opened, its next vertex on top
    size = len(todo)
    walk = np.empty(2 * len(ranks) + 16, np.int64)
    walk[0] = ranks[0]
    count = 1
    size -= 1
    while size:
        x, y = walk[count - 1], todo[size - 1]
        low, high = min(x, y), max(x, y)
        slot = _slot(first, up, low, high)
        weight = up_weight[slot] if x < y else down_weight[slot]
        below = np.int64(-1)
        if weight != (given_up[slot] if x < y else given_down[slot]):
            for k in range(down_first[low], down_first[low + 1]):
                z = down_low[k]
                other = _slot(first, up, z, high)
                if other >= 0:
                    to_x, to_y = (down_slot[k], other) if x < y else (other, down_slot[k])
                    if down_weight[to_x] + up_weight[to_y] == weight:
                        below = z
                        break
        if below >= 0:
            if size == len(todo):
                todo = np.concatenate((todo, np.empty(len(todo) + 16, np.int64)))
            todo[size] = below
            size += 1
        else:
            if count == len(walk):
                walk = np.concatenate((walk, np.empty(len(walk), np.int64)))
            walk[count] = y
            count += 1
            size -= 1
    return walk[:count].copy()
