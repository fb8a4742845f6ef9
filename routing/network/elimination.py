"""The chordal graph of an elimination order: what a contraction hierarchy is before it knows any weight.

Law: built once from the topology alone. Whatever the weights of the day, a shortest way climbs from its start and
from its end along edges of this graph, each to a vertex eliminated later, and all vertices so met lie on one path to
the root of the elimination tree.

Source: J. Dibbelt, B. Strasser, D. Wagner, "Customizable Contraction Hierarchies", ACM JEA 21 (2016), sections 3-6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from routing.network.compiled import compiled
from routing.network.ordering import adjacency, nested_dissection
from routing.network.projection import Floats
from routing.network.street_arrays import Ints

Ints32 = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A chordal graph in elimination order; vertices are named by their rank.

    Attributes
    ----------
    rank
        Shape [V]: vertex of the topology -> rank. Ranks are a postorder of the elimination tree, so that vertices
        near each other in it are near each other in memory.
    first, up
        The slots (edges) of rank r are `first[r]` to `first[r + 1] - 1`; `up` holds their upper ends, increasing.
    parent, depth
        Shape [V], by rank: the lowest upper neighbour (-1 at a root), and the number of ancestors.
    """

    rank: Ints32
    first: Ints32
    up: Ints32
    parent: Ints32
    depth: Ints32

    @cached_property
    def height(self) -> int:
        """Vertices on the longest path to a root."""
        return int(self.depth.max(initial=-1)) + 1

    @cached_property
    def vertex(self) -> Ints:
        """Shape [V]: rank -> vertex of the topology."""
        vertex = np.empty(len(self.rank), np.int64)
        vertex[self.rank] = np.arange(len(self.rank))
        return vertex

    @cached_property
    def down(self) -> tuple[Ints32, Ints32, Ints32]:
        """The same slots by their upper end: (first, lower end, slot), lower ends increasing."""
        low = np.repeat(np.arange(len(self.parent), dtype=np.int32), np.diff(self.first))
        order = np.lexsort((low, self.up)).astype(np.int32)
        counts = np.bincount(self.up, minlength=len(self.parent))
        return _read_only(np.concatenate([[0], np.cumsum(counts)])), frozen(low[order]), frozen(order)

    def slots(self, low: Ints, high: Ints) -> Ints:
        """Return the slots of edges between ranks, -1 for a rank and itself; raise ValueError for what is no edge."""
        found = np.full(len(low), -1, np.int64)
        apart = np.flatnonzero(low != high)
        slots = np.empty(len(apart), np.int64)
        _find_slots(self.first, self.up, low[apart], high[apart], slots)
        stop = self.first[low[apart] + 1]
        if (slots >= stop).any() or not np.array_equal(self.up[slots], high[apart]):
            raise ValueError("a pair of ranks is no edge of the hierarchy")
        found[apart] = slots
        return found


def build_hierarchy(tail: Ints, head: Ints, xy: Floats) -> Hierarchy:
    """Order a graph's vertices and fill in its chordal graph; arguments as for `nested_dissection`."""
    rank = nested_dissection(tail, head, xy)
    rank = _postorder(_eliminate(*_upward(rank, tail, head))[2])[rank]
    first, up, parent = _eliminate(*_upward(rank, tail, head))
    depth = np.empty(len(parent), np.int32)
    _depths(parent, depth)
    return Hierarchy(_read_only(rank), _read_only(first), _read_only(up), _read_only(parent), frozen(depth))


def frozen(array: npt.NDArray[np.int32]) -> Ints32:
    """Make an array read-only, as arrays from a mapped file are: kernels are compiled for one kind."""
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array


def _read_only(array: npt.NDArray[np.integer]) -> Ints32:
    return frozen(array.astype(np.int32))


def _upward(rank: Ints, tail: Ints, head: Ints) -> tuple[Ints, Ints]:
    """Return every rank's higher neighbours in the input graph."""
    first, neighbour = adjacency(len(rank), rank[tail], rank[head])
    low = np.repeat(np.arange(len(rank)), np.diff(first))
    higher = neighbour > low
    counts = np.bincount(low[higher], minlength=len(rank))
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), neighbour[higher]


@compiled
def _eliminate(first: Ints, higher: Ints) -> tuple[Ints, Ints, Ints]:
    """Fill in: the upper neighbours of a vertex are its own and those of its children in the tree, itself left out."""
    vertices = len(first) - 1
    parent = np.full(vertices, -1, np.int64)
    child = np.full(vertices, -1, np.int64)  # the last child found, and the one before it
    sibling = np.full(vertices, -1, np.int64)
    mark = np.full(vertices, -1, np.int64)
    found = np.empty(vertices, np.int64)
    filled_first = np.zeros(vertices + 1, np.int64)
    filled = np.empty(4 * len(higher) + 16, np.int64)
    size = 0
    for x in range(vertices):
        count = 0
        for e in range(first[x], first[x + 1]):
            mark[higher[e]] = x
            found[count] = higher[e]
            count += 1
        below = child[x]
        while below != -1:
            for e in range(filled_first[below], filled_first[below + 1]):
                y = filled[e]
                if y != x and mark[y] != x:
                    mark[y] = x
                    found[count] = y
                    count += 1
            below = sibling[below]
        if size + count > len(filled):
            grown = np.empty(2 * len(filled) + count, np.int64)
            grown[:size] = filled[:size]
            filled = grown
        filled[size : size + count] = np.sort(found[:count])
        size += count
        filled_first[x + 1] = size
        if count:
            parent[x] = filled[filled_first[x]]
            sibling[x] = child[parent[x]]
            child[parent[x]] = x
    return filled_first, filled[:size].copy(), parent


@compiled
def _postorder(parent: Ints) -> Ints:
    """Return each vertex's place in a walk that leaves children before their parent."""
    vertices = len(parent)
    size = np.ones(vertices, np.int64)
    for x in range(vertices):  # children have lower ranks than their parents
        if parent[x] >= 0:
            size[parent[x]] += size[x]
    place = np.empty(vertices, np.int64)
    next_free = np.zeros(vertices + 1, np.int64)  # where the next subtree of a vertex begins; the last: of the forest
    for x in range(vertices - 1, -1, -1):
        above = parent[x] if parent[x] >= 0 else vertices
        begin = next_free[above]
        next_free[above] += size[x]
        next_free[x] = begin
        place[x] = begin + size[x] - 1
    return place


@compiled
def _depths(parent: Ints, depth: Ints32) -> None:
    for x in range(len(parent) - 1, -1, -1):
        depth[x] = depth[parent[x]] + 1 if parent[x] >= 0 else 0


@compiled
def _find_slots(first: Ints32, up: Ints32, low: Ints, high: Ints, found: Ints) -> None:
    for i in range(len(low)):
        begin, end = first[low[i]], first[low[i] + 1]
        while begin < end:
            middle = (begin + end) // 2
            if up[middle] < high[i]:
                begin = middle + 1
            else:
                end = middle
        found[i] = begin
