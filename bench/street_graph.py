"""The streets as a plain graph for other engines: a vertex for each OpenStreetMap node, nothing contracted.

Law: made from the extract alone, by the same tags and speeds but none of the street engine's code, so that what it
finds can be held against the engine. Weights are milliseconds, not rounded: the engine rounds up once a street, so it
may say a little more, never less.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from routing.network.access import directions, passable
from routing.network.extract import Extract, Way
from routing.network.projection import haversine_m
from routing.network.speeds import street_kph

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlainGraph:
    """A directed graph, the largest strongly connected part of it.

    Attributes
    ----------
    node_id, lon_lat
        OpenStreetMap ids of shape [n], degrees of shape [n, 2].
    tail, head, weight_ms
        Arcs, each pair once; shape [m].
    ends_there
        Shape [n]: the mode may reach the node, but not pass it (a locked gate).
    """

    node_id: Ints
    lon_lat: Floats
    tail: Ints
    head: Ints
    weight_ms: Floats
    ends_there: npt.NDArray[np.bool_]

    def matrix(self) -> csr_array[np.float64]:
        """Return the arcs as a sparse matrix."""
        size = len(self.node_id)
        return csr_array((self.weight_ms, (self.tail, self.head)), shape=(size, size))


def plain_graph(extract: Extract, mode: str) -> PlainGraph:
    """Build the graph of a mode that knows no turns."""
    arcs = np.array([arc for way in extract.ways.values() for arc in _arcs(way, extract, mode)], np.float64)
    ids, ends = np.unique(arcs[:, :2].astype(np.int64), return_inverse=True)
    tail, head = ends.reshape(-1, 2).T
    lon_lat = np.array([extract.nodes[node] for node in ids.tolist()], np.float64)
    metres = haversine_m(*lon_lat[tail].T, *lon_lat[head].T)
    weight_ms = np.maximum(metres * 3600 / arcs[:, 2], 1e-6)  # scipy takes a weight of zero for no arc
    closed = np.array([not passable(extract.node_tags.get(node, {}), mode) for node in ids.tolist()], np.bool_)
    kept = ~closed[tail]  # into a locked gate, and not on
    return _largest_part(PlainGraph(ids, lon_lat, *_once(tail[kept], head[kept], weight_ms[kept]), closed))


def _arcs(way: Way, extract: Extract, mode: str) -> list[tuple[int, int, float]]:
    """Return (from, to, km/h) between neighbours of a way."""
    forward, backward = directions(way.tags, mode)
    kph = street_kph(way.tags, mode)
    pairs = [(a, b) for a, b in pairwise(way.nodes) if a in extract.nodes and b in extract.nodes and a != b]
    return [(a, b, kph) for a, b in pairs if forward] + [(b, a, kph) for a, b in pairs if backward]


def _once(tail: Ints, head: Ints, weight_ms: Floats) -> tuple[Ints, Ints, Floats]:
    """Keep the quickest of parallel arcs; a sparse matrix would add them up."""
    order = np.lexsort((weight_ms, head, tail))
    tail, head, weight_ms = tail[order], head[order], weight_ms[order]
    first = np.append(True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1]))
    return tail[first], head[first], weight_ms[first]


def _largest_part(graph: PlainGraph) -> PlainGraph:
    """Keep the strongly connected part with the most nodes, and the locked gates that it reaches."""
    _, part = connected_components(graph.matrix(), directed=True, connection="strong")
    kept = part == np.bincount(part).argmax()
    kept[graph.head[kept[graph.tail] & graph.ends_there[graph.head]]] = True
    index = np.cumsum(kept) - 1
    arc = kept[graph.tail] & kept[graph.head]
    return PlainGraph(
        graph.node_id[kept],
        graph.lon_lat[kept],
        index[graph.tail[arc]],
        index[graph.head[arc]],
        graph.weight_ms[arc],
        graph.ends_there[kept],
    )
