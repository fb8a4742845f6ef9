"""Other engines on the plain graph: scipy, igraph, pandana, networkx. Law: each gets the same arcs and does its best.

An engine is made ready once (`prepare`), then asked for the milliseconds from some vertices to others. They search from
one source after another, so they are asked for a few sources, and the time for all is told in proportion.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import igraph
import networkx as nx
import numpy as np
import pandana
import pandas as pd
from scipy.sparse.csgraph import dijkstra

from bench.street_graph import Floats, Ints, PlainGraph

Ask = Callable[[Ints, Ints], Floats]


@dataclass(frozen=True)
class Peer:
    """An engine: how it is made ready, and from how many sources it is asked at a time."""

    name: str
    prepare: Callable[[PlainGraph], Ask]
    sources: int


def _scipy(graph: PlainGraph) -> Ask:
    matrix = graph.matrix()
    return lambda sources, targets: dijkstra(matrix, indices=sources)[:, targets]


def _igraph(graph: PlainGraph) -> Ask:
    made = igraph.Graph(n=len(graph.node_id), edges=np.column_stack([graph.tail, graph.head]), directed=True)
    weights = graph.weight_ms.tolist()

    def ask(sources: Ints, targets: Ints) -> Floats:
        found = made.distances(sources.tolist(), targets.tolist(), weights, mode="out", algorithm="dijkstra")
        return np.array(found, np.float64)

    return ask


def _pandana(graph: PlainGraph) -> Ask:
    """Seconds, of which pandana keeps thousandths: given milliseconds, its contraction never ends."""
    with _silence():
        made = pandana.Network(
            pd.Series(graph.lon_lat[:, 0]),
            pd.Series(graph.lon_lat[:, 1]),
            pd.Series(graph.tail),
            pd.Series(graph.head),
            pd.DataFrame({"s": graph.weight_ms / 1000}),
            twoway=False,
        )

    def ask(sources: Ints, targets: Ints) -> Floats:
        pairs = np.repeat(sources, len(targets)), np.tile(targets, len(sources))
        seconds = np.array(made.shortest_path_lengths(*pairs), np.float64)
        return seconds.reshape(len(sources), len(targets)) * 1000

    return ask


def _networkx(graph: PlainGraph) -> Ask:
    made = nx.DiGraph()
    made.add_weighted_edges_from(zip(graph.tail.tolist(), graph.head.tolist(), graph.weight_ms.tolist(), strict=True))

    def ask(sources: Ints, targets: Ints) -> Floats:
        found = [nx.single_source_dijkstra_path_length(made, source) for source in sources.tolist()]
        return np.array([[row.get(target, np.inf) for target in targets.tolist()] for row in found])

    return ask


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Swallow what C++ prints while it contracts."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123  # a device, not a file
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


PEERS = (
    Peer("scipy, Dijkstra", _scipy, 20),
    Peer("igraph, Dijkstra", _igraph, 20),
    Peer("pandana, contracted", _pandana, 20),
    Peer("networkx, Dijkstra", _networkx, 2),
)
