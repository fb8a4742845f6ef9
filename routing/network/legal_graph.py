"""The graph of one question: legal arcs, and the places hung into them.

Law: an arc is here only if all of it is legal; a place reaches an end of its chain only over a legal interval and
in a permitted direction. Whatever path is found in this graph is therefore lawful, whoever searches it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array

from routing.network.legal import LegalGround, line_or_point
from routing.network.projection import Floats
from routing.network.runs import Run, as_array, as_rows, chain_length, legal_runs, run_delays_s, weigh_runs
from routing.network.snapping import Snap
from routing.network.street_arrays import DISTANCE_BITS, Bools, Ints, ModeStreets, Streets

_SECOND = 1000 << DISTANCE_BITS
PLACE_EDGE = 1 << DISTANCE_BITS
"""One millisecond added to every edge of a place, since scipy takes a zero for no edge; a path holds two."""


@dataclass(frozen=True, eq=False)
class LegalGraph:
    """What may be driven in one mode over one legal area between n places.

    Attributes
    ----------
    graph
        Packed weights as float64. Vertices: the mode's own, then n sources, then n sinks.
    first_source, first_sink
        Where those begin.
    place_legal
        Shape [n].
    direct
        (i, j) -> drive on the chain both places share; its packed weight is in `direct_weight`.
    edge_key, edge_run
        Sorted `tail * vertices + head`, and for each the chain and positions driven, shape [E, 3].
    """

    graph: csr_array[np.float64]
    first_source: int
    first_sink: int
    place_legal: Bools
    direct: dict[tuple[int, int], Run]
    direct_weight: dict[tuple[int, int], int]
    edge_key: Ints
    edge_run: Floats
    ground: LegalGround

    def run(self, tail: int, head: int) -> Run:
        """Return the drive behind an edge of the graph."""
        size = self.first_sink + len(self.place_legal)
        chain, start, end = self.edge_run[np.searchsorted(self.edge_key, tail * size + head)]
        return Run(int(chain), float(start), float(end))


def build_legal_graph(view: ModeStreets, ground: LegalGround, places: Sequence[Snap | None]) -> LegalGraph:
    """Mask the mode's arcs by the ground and hang the places in."""
    streets = view.streets
    chain_legal = np.zeros(len(streets.chain_way), np.bool_)
    chain_legal[view.chains] = ground.covers(streets.chain_lines[view.chains])
    place_legal = _legal_places(streets, ground, places)
    legal = [(i, place) for i, place in enumerate(places) if place is not None and place_legal[i]]
    first_source = view.arcs.vertices
    first_sink = first_source + len(places)
    tails, heads, runs = _place_edges(view, ground, chain_legal, legal, first_source, first_sink)
    direct = _direct_runs(view, ground, chain_legal, legal)
    arcs = _arc_edges(view, chain_legal)
    chain_delay = np.zeros(len(streets.chain_way), np.int64)
    chain_delay[view.chains] = ground.delay_s(streets.chain_lines[view.chains]) * _SECOND
    edges = (
        np.concatenate([arcs[0], np.array(tails, np.int64)]),
        np.concatenate([arcs[1], np.array(heads, np.int64)]),
        np.concatenate(
            [
                arcs[2] + chain_delay[arcs[3][:, 0].astype(np.int64)],
                weigh_runs(view, runs) + PLACE_EDGE + run_delays_s(streets, ground, runs) * _SECOND,
            ]
        ),
        np.concatenate([arcs[3], as_rows(runs)]),
    )
    graph, edge_key, edge_run = _best_edges(*edges, size=first_sink + len(places))
    weigh = weigh_runs(view, direct.values()) + run_delays_s(streets, ground, direct.values()) * _SECOND
    weights = dict(zip(direct, weigh.tolist(), strict=True))
    return LegalGraph(graph, first_source, first_sink, place_legal, direct, weights, edge_key, edge_run, ground)


def _legal_places(streets: Streets, ground: LegalGround, places: Sequence[Snap | None]) -> Bools:
    """Say of each place whether street point, pin and walk are legal."""
    walks = {
        i: line_or_point(streets.projection.to_m([(place.lon, place.lat), place.pin]))
        for i, place in enumerate(places)
        if place is not None
    }
    legal = np.zeros(len(places), np.bool_)
    legal[list(walks)] = ground.covers(as_array(walks.values()))
    return legal


def _place_edges(
    view: ModeStreets,
    ground: LegalGround,
    chain_legal: Bools,
    places: Sequence[tuple[int, Snap]],
    first_source: int,
    first_sink: int,
) -> tuple[list[int], list[int], list[Run]]:
    """Return tail, head and run of the edges that join places to the ends of their chains."""
    approaches = [
        (i, Run(place.chain, place.position, end), vertex)
        for i, place in places
        for end, vertex in _chain_ends(view, place.chain)
    ]
    reached = legal_runs(view.streets, ground, chain_legal, [run for _, run, _ in approaches])
    tails, heads, runs = [], [], []
    for (i, run, vertex), reaches in zip(approaches, reached, strict=True):
        forward, backward = view.opens(run.chain)
        toward_last = run.end > 0
        if run.start == run.end:  # standing at the junction itself
            forward = backward = True
        if reaches and (forward if toward_last else backward):
            tails.append(first_source + i)
            heads.append(vertex)
            runs.append(run)
        if reaches and (backward if toward_last else forward):
            tails.append(vertex)
            heads.append(first_sink + i)
            runs.append(Run(run.chain, run.end, run.start))
    return tails, heads, runs


def _chain_ends(view: ModeStreets, chain: int) -> Iterator[tuple[float, int]]:
    """Yield (position, vertex) of both ends of a chain."""
    first, last, _ = view.ends
    yield 0.0, int(first[chain])
    yield chain_length(view.streets, chain), int(last[chain])


def _direct_runs(
    view: ModeStreets, ground: LegalGround, chain_legal: Bools, places: Sequence[tuple[int, Snap]]
) -> dict[tuple[int, int], Run]:
    """Return the drives between places on one chain that stay on it."""
    by_chain: dict[int, list[tuple[int, Snap]]] = {}
    for i, place in places:
        by_chain.setdefault(place.chain, []).append((i, place))
    pairs = [pair for group in by_chain.values() for pair in combinations(group, 2)]
    runs = [Run(a.chain, a.position, b.position) for (_, a), (_, b) in pairs]
    direct = {}
    for run, ((i, _), (j, _)), legal in zip(
        runs, pairs, legal_runs(view.streets, ground, chain_legal, runs), strict=True
    ):
        forward, backward = view.opens(run.chain)
        if legal and (forward if run.start < run.end else backward or run.start == run.end):
            direct[i, j] = run
        if legal and (backward if run.start < run.end else forward or run.start == run.end):
            direct[j, i] = Run(run.chain, run.end, run.start)
    return direct


def _arc_edges(view: ModeStreets, chain_legal: Bools) -> tuple[Ints, Ints, Ints, Floats]:
    """Return tail, head, weight and run rows of the wholly legal arcs."""
    arcs = view.arcs
    open_ = chain_legal[arcs.chain]
    length = np.diff(view.streets.chain_first)[arcs.chain].astype(np.float64)
    starts, ends = np.where(arcs.forward, 0.0, length), np.where(arcs.forward, length, 0.0)
    rows = np.column_stack([arcs.chain.astype(np.float64), starts, ends])
    return arcs.tail[open_], arcs.head[open_], arcs.weight[open_], rows[open_]


def _best_edges(
    tail: Ints, head: Ints, weight: Ints, runs: Floats, size: int
) -> tuple[csr_array[np.float64], Ints, Floats]:
    """Keep the best of parallel edges (scipy would add them up) and drop loops, which no way needs."""
    order = np.lexsort((runs[:, 0], weight, head, tail))
    key = (tail * size + head)[order]
    kept = np.append(True, key[1:] != key[:-1])[: len(key)] & (tail != head)[order]
    best = order[kept]
    graph = csr_array((weight[best].astype(np.float64), (tail[best], head[best])), shape=(size, size))
    return graph, key[kept], runs[best]
