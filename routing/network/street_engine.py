"""Answer travel questions with Dijkstra's algorithm on the legal graph (scipy).

Law: exact. Weights are integers in float64; nothing is rounded between a street and a matrix. A faster engine
may take this one's place behind `TravelEngine`, and must give the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra

from routing.network.legal import LegalArea, LegalGround
from routing.network.legal_graph import PLACE_EDGE, LegalGraph, build_legal_graph
from routing.network.paths import driven_coordinates, driven_pieces
from routing.network.projection import Floats
from routing.network.runs import Run, run_delays_s
from routing.network.snapping import Snap
from routing.network.speeds import speed_table
from routing.network.street_arrays import DISTANCE_BITS, MAX_DISTANCE_DM, Bools, Ints, Streets
from routing.network.travel import UNREACHABLE, Leg

# Ways longer than this are no part of any day; and below it no sum of decimetres can reach the milliseconds:
# 12 h at 100 km/h is 1,200 km, and 24 bits hold 1,677 km.
MAX_TRAVEL_MS = 12 * 3600 * 1000
_LIMIT = float(MAX_TRAVEL_MS << DISTANCE_BITS)
# Rows of a full shortest-path answer held at once: 64 MB of float64.
_CELLS_AT_ONCE = 8_000_000


class StreetEngine:
    """A `TravelEngine` over compiled streets."""

    def __init__(self, streets: Streets) -> None:
        fastest_kph = float(streets.kph.max(initial=0.0))
        if fastest_kph / 36 * MAX_TRAVEL_MS / 100 > MAX_DISTANCE_DM:  # kph / 360 is decimetres a millisecond
            raise ValueError("the speed table is too fast for packed weights")
        self.streets = streets

    def travel(
        self, mode: str, area: LegalArea, places: Sequence[Snap | None], walk_s: Sequence[int | None]
    ) -> StreetTravel:
        """Compute travel between all places; see `TravelEngine.travel`."""
        if any(place is not None and place.mode != mode for place in places):
            raise ValueError(f"places were not snapped for {mode}")
        ground = LegalGround(area, self.streets.projection)
        graph = build_legal_graph(self.streets.of(mode), ground, places)
        return StreetTravel(self.streets, graph, places, _walks_s(places, walk_s))


class StreetTravel:
    """The `Travel` of a `StreetEngine`; ways are searched again when a leg is asked for."""

    def __init__(self, streets: Streets, graph: LegalGraph, places: Sequence[Snap | None], walk_s: Ints) -> None:
        self._streets = streets
        self._graph = graph
        self._places = tuple(places)
        self._weight = _all_weights(graph)
        self.place_legal: Bools = graph.place_legal
        self.time_s, self.distance_m = _unpack(self._weight, walk_s)

    def leg(self, i: int, j: int) -> Leg:
        """Return the way from place i to place j; raise ValueError where there is none."""
        start, end = self._places[i], self._places[j]
        if start is None or end is None or not np.isfinite(self._weight[i, j]):
            raise ValueError(f"no legal way from place {i} to place {j}")
        runs = self._runs(i, j)
        return Leg(
            travel_s=int(self.time_s[i, j]),
            distance_m=int(self.distance_m[i, j]),
            walk_m=0 if i == j else round(start.walk_m + end.walk_m),
            checkpoint_s=int(run_delays_s(self._streets, self._graph.ground, runs).sum()),
            streets=driven_pieces(self._streets, runs),
            coordinates=driven_coordinates(self._streets, runs, start, end),
        )

    def _runs(self, i: int, j: int) -> list[Run]:
        """Return the drives from i to j in order; none where both are one street point."""
        weight = self._weight[i, j]
        if weight == 0:
            return []
        if self._graph.direct_weight.get((i, j)) == weight:
            return [self._graph.direct[i, j]]
        runs = []
        before, vertex = self._predecessors(i, weight), self._graph.first_sink + j
        while vertex != self._graph.first_source + i:
            runs.append(self._graph.run(int(before[vertex]), vertex))
            vertex = int(before[vertex])
        return runs[::-1]

    def _predecessors(self, i: int, weight: float) -> npt.NDArray[np.int32]:
        """Search from a place as far as `weight` reaches: a leg's ground is a small part of a town."""
        source = self._graph.first_source + i
        limit = weight + 2 * PLACE_EDGE
        _, before = dijkstra(self._graph.graph, indices=[source], limit=limit, return_predecessors=True)
        found: npt.NDArray[np.int32] = before[0]
        return found


def _all_weights(graph: LegalGraph) -> Floats:
    """Return packed weights of shape [n, n], inf where there is no way."""
    n = len(graph.place_legal)
    weights = np.full((n, n), np.inf)
    legal = np.flatnonzero(graph.place_legal)
    for some in np.array_split(legal, math.ceil(len(legal) * graph.graph.shape[0] / _CELLS_AT_ONCE) or 1):
        found = dijkstra(graph.graph, indices=graph.first_source + some, limit=_LIMIT)
        weights[some] = found[:, graph.first_sink :] - 2 * PLACE_EDGE
    for pair, weight in graph.direct_weight.items():
        weights[pair] = min(weights[pair], weight)
    np.fill_diagonal(weights, 0.0)
    return weights


def _unpack(weights: Floats, walk_s: Ints) -> tuple[Ints, Ints]:
    """Return seconds with walks, and metres; `UNREACHABLE` where there is no way, 0 from a place to itself."""
    reached = np.isfinite(weights)
    packed = np.where(reached, weights, 0.0).astype(np.int64)
    seconds = -(-(packed >> DISTANCE_BITS) // 1000) + walk_s[:, None] + walk_s[None, :]
    metres = ((packed & (MAX_DISTANCE_DM - 1)) + 5) // 10
    np.fill_diagonal(seconds, 0)
    return np.where(reached, seconds, UNREACHABLE), np.where(reached, metres, UNREACHABLE)


def _walks_s(places: Sequence[Snap | None], walk_s: Sequence[int | None]) -> Ints:
    """Return, of shape [n], the seconds of the last metres."""
    metres_a_second = speed_table().last_metres_kph / 3.6
    walks = [
        given if given is not None else math.ceil(place.walk_m / metres_a_second) if place else 0
        for place, given in zip(places, walk_s, strict=True)
    ]
    return np.array(walks, np.int64)
