"""Order the vertices of a graph for elimination by nested dissection.

Law: the order decides how fast answers come, never what they are. Vertices that separate the graph go last, and so
within each part: METIS finds such separators; where it has no wheel, halving the map at its median does, less well.

Source: A. George, "Nested dissection of a regular finite element mesh", SIAM J. Numer. Anal. 10 (1973).
"""

from __future__ import annotations

import numpy as np

from routing.network.projection import Floats
from routing.network.street_arrays import Bools, Ints

try:
    import pymetis
except ImportError:  # arm64, Windows
    _METIS = False
else:
    _METIS = True

# Parts of so few vertices are eliminated as they come.
_SMALL = 6


def nested_dissection(tail: Ints, head: Ints, xy: Floats) -> Ints:
    """Return the rank of every vertex, shape [V]; 0 is eliminated first.

    Parameters
    ----------
    tail, head
        Edges, shape [E], in any direction; parallel edges and loops do no harm.
    xy
        Where the vertices lie, shape [V, 2]; only the order of coordinates counts.
    """
    first, neighbour = adjacency(len(xy), tail, head)
    if not _METIS or not len(neighbour):
        return dissect_map(tail, head, xy)
    graph = pymetis.CSRAdjacency(first.astype(np.int32), neighbour.astype(np.int32))
    _, rank = pymetis.nested_dissection(graph)
    return np.asarray(rank, np.int64)


def adjacency(vertices: int, tail: Ints, head: Ints) -> tuple[Ints, Ints]:
    """Return the undirected neighbours of every vertex as (first, neighbour), without loops, each once."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    key = np.unique((low * vertices + high)[low != high])
    ends = np.concatenate([key // vertices, key % vertices])
    others = np.concatenate([key % vertices, key // vertices])
    order = np.lexsort((others, ends))
    first = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=vertices))])
    return first.astype(np.int64), others[order]


def dissect_map(tail: Ints, head: Ints, xy: Floats) -> Ints:
    """Order by halving the map again and again; the vertices on a cut go after both halves."""
    rank = np.empty(len(xy), np.int64)
    loop = tail == head
    tail, head = tail[~loop], head[~loop]
    # (vertices, edges among them, last rank they may take)
    parts = [(np.arange(len(xy)), np.arange(len(tail)), len(xy))]
    while parts:
        vertices, edges, end = parts.pop()
        if len(vertices) <= _SMALL:
            rank[vertices] = np.arange(end - len(vertices), end)
            continue
        left = _left_half(xy[vertices])
        side = np.zeros(len(xy), np.int8)
        side[vertices] = np.where(left, 1, 2)
        crossing = side[tail[edges]] != side[head[edges]]
        cut = np.unique(np.where(side[tail[edges]] == 1, tail[edges], head[edges])[crossing])
        rank[cut] = np.arange(end - len(cut), end)
        side[cut] = 0
        end -= len(cut)
        for which in (1, 2):
            inside = vertices[side[vertices] == which]
            kept = edges[(side[tail[edges]] == which) & (side[head[edges]] == which)]
            parts.append((inside, kept, end))
            end -= len(inside)
    return rank


def _left_half(xy: Floats) -> Bools:
    """Say which half of the points lies left of (or below) the median along the longer side."""
    axis = int(np.argmax(np.ptp(xy, axis=0)))
    left = np.zeros(len(xy), np.bool_)
    left[np.argsort(xy[:, axis], kind="stable")[: len(xy) // 2]] = True
    return left
