"""From weights to an exact matrix: labels along the elimination tree, and their best meeting.

Law: a *row* is one set of starts (or ends) that lie on one path to the root, each with the weight to it. Its label
holds, for every ancestor, the weight of the best way that only climbs. Two rows meet at their common ancestors; the
best of these meetings is the shortest way.

Source: "Customizable Contraction Hierarchies" (see `elimination`), section 8.2, the elimination-tree query.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from routing.network.compiled import compiled, cores, side_by_side
from routing.network.elimination import Hierarchy, Ints32
from routing.network.street_arrays import INFINITE, Ints


@dataclass(frozen=True, eq=False)
class Rows:
    """Starts or ends, row by row.

    Attributes
    ----------
    place
        Shape [R]: whose row it is, not decreasing; a place may have several rows, or none.
    first
        Shape [R + 1]: the seeds of row r are `first[r]` to `first[r + 1] - 1`; no row is empty.
    rank, weight
        Shape [seeds].
    """

    place: Ints
    first: Ints
    rank: Ints
    weight: Ints

    def of(self, place: int) -> range:
        """Return the rows of one place."""
        return range(*(int(np.searchsorted(self.place, place, side=side)) for side in ("left", "right")))

    @cached_property
    def lowest(self) -> Ints:
        """Shape [R]: the lowest rank of each row; the others are its ancestors."""
        return np.minimum.reduceat(self.rank, self.first[:-1]) if len(self.place) else np.empty(0, np.int64)


def row_labels(hierarchy: Hierarchy, weight: Ints, rows: Rows) -> Ints:
    """Return labels of shape [R, height], by depth; `weight` is one direction of a metric."""
    labels = np.empty((len(rows.place), max(hierarchy.height, 1)), np.int64)
    lowest = rows.lowest
    seeds = (rows.first, rows.rank, rows.weight)
    tree = (hierarchy.first, hierarchy.up, hierarchy.parent, hierarchy.depth)
    side_by_side(
        [
            lambda begin=begin, end=end: _climb(begin, end, *seeds, lowest, *tree, weight, labels)  # type: ignore[misc]
            for begin, end in _shares(np.arange(len(rows.place) + 1))
        ]
    )
    return labels


def meet(hierarchy: Hierarchy, sources: Rows, source_labels: Ints, sinks: Rows, sink_labels: Ints, places: int) -> Ints:
    """Return packed weights of shape [places, places]; `INFINITE` where nothing meets."""
    answer = np.full((places, places), INFINITE, np.int64)
    if not len(sources.place) or not len(sinks.place):
        return answer
    order = np.argsort(sinks.lowest, kind="stable")
    rank = sinks.lowest[order]
    sink_labels = sink_labels[order]
    shared = np.empty(len(rank), np.int64)  # of each with the next
    _common_depths(rank[:-1], rank[1:], hierarchy.parent, hierarchy.depth, shared)
    ends = np.flatnonzero(np.append(np.diff(sources.place) != 0, True)) + 1
    lowest = sources.lowest
    side_by_side(
        [
            lambda begin=begin, end=end: _meet(  # type: ignore[misc]
                begin, end, sources.place, lowest, source_labels, sinks.place[order], rank, sink_labels, shared,
                hierarchy.parent, hierarchy.depth, answer,
            )
            for begin, end in _shares(np.append(0, ends))
        ]
    )  # fmt: skip
    return answer


def _shares(bounds: Ints) -> list[tuple[int, int]]:
    """Cut rows into one share a processor, at `bounds` only (a place's rows stay together)."""
    cuts = np.unique(bounds[np.linspace(0, len(bounds) - 1, cores() + 1).astype(np.int64)])
    return list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))


@compiled
def _climb(
    begin: int,
    end: int,
    row_first: Ints,
    seed_rank: Ints,
    seed_weight: Ints,
    lowest: Ints,
    first: Ints32,
    up: Ints32,
    parent: Ints32,
    depth: Ints32,
    weight: Ints,
    labels: Ints,
) -> None:
    for row in range(begin, end):
        label = labels[row]
        label[:] = INFINITE
        for seed in range(row_first[row], row_first[row + 1]):
            at = depth[seed_rank[seed]]
            label[at] = min(label[at], seed_weight[seed])
        x = np.int64(lowest[row])
        while x >= 0:
            so_far = label[depth[x]]
            if so_far < INFINITE:
                for slot in range(first[x], first[x + 1]):
                    at = depth[up[slot]]
                    label[at] = min(label[at], so_far + weight[slot])
            x = np.int64(parent[x])


@compiled
def _common_depth(a: np.int64, b: np.int64, parent: Ints32, depth: Ints32) -> np.int64:
    """Return the depth of the lowest common ancestor, -1 if there is none. Ranks are a postorder: the lower climbs."""
    while a != b:
        if a > b:
            a, b = b, a
        a = np.int64(parent[a])
        if a < 0:
            return a
    return np.int64(depth[a])


@compiled
def _common_depths(left: Ints, right: Ints, parent: Ints32, depth: Ints32, shared: Ints) -> None:
    for i in range(len(left)):
        shared[i] = _common_depth(left[i], right[i], parent, depth)


@compiled
def _best_meeting(one: Ints, other: Ints, depth: np.int64) -> np.int64:
    best = np.int64(INFINITE)
    for at in range(depth + 1):
        best = min(best, one[at] + other[at])
    return best


@compiled
def _meet(
    begin: int,
    end: int,
    source_place: Ints,
    source_rank: Ints,
    source_labels: Ints,
    sink_place: Ints,
    sink_rank: Ints,
    sink_labels: Ints,
    shared: Ints,
    parent: Ints32,
    depth: Ints32,
    answer: Ints,
) -> None:
    """Sinks are sorted by rank, so common depths only fall going away from a source's own place among them."""
    sinks = len(sink_rank)
    for row in range(begin, end):
        label, place = source_labels[row], source_place[row]
        middle = np.searchsorted(sink_rank, source_rank[row])
        common = np.int64(1 << 30)
        for j in range(middle, sinks):
            if j == middle:
                common = _common_depth(source_rank[row], sink_rank[j], parent, depth)
            else:
                common = min(common, shared[j - 1])
            best = _best_meeting(label, sink_labels[j], common)
            answer[place, sink_place[j]] = min(answer[place, sink_place[j]], best)
        for j in range(middle - 1, -1, -1):
            if j == middle - 1:
                common = _common_depth(source_rank[row], sink_rank[j], parent, depth)
            else:
                common = min(common, shared[j])
            best = _best_meeting(label, sink_labels[j], common)
            answer[place, sink_place[j]] = min(answer[place, sink_place[j]], best)
