"""Answer travel questions on customizable contraction hierarchies: a street network of one's own for every pass.

Law: exact. Weights are integers; nothing is rounded between a street and a matrix, and the ways written down weigh what
the matrix says. A new legal area is a new set of weights on the same topology; no street is added, no order changed.

The steps, one module each: `legal` cuts the streets, `legal_streets` weighs them, `customizing` carries the weights up
the hierarchy, `seeding` says where places start and end, `labels` fills the matrix, `unpacking` finds the ways.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from routing.network.customizing import Metric, customize
from routing.network.elimination import Ints32
from routing.network.labels import meet, row_labels
from routing.network.legal import LegalArea, lines_or_points
from routing.network.legal_streets import LegalStreets, legal_streets
from routing.network.paths import driven_coordinates, driven_pieces
from routing.network.runs import Run
from routing.network.seeding import Spots, direct_drives, sink_seeds, source_seeds, spots_of
from routing.network.snapping import Snap
from routing.network.speeds import speed_table
from routing.network.street_arrays import DISTANCE_BITS, INFINITE, MAX_DISTANCE_DM, Bools, Ints, Streets
from routing.network.travel import UNREACHABLE, Leg
from routing.network.unpacking import climb, meeting, unpack

# Ways longer than this are no part of any day; and below it no sum of decimetres can reach the milliseconds:
# 12 h at 100 km/h is 1,200 km, and 24 bits hold 1,677 km.
MAX_TRAVEL_MS = 12 * 3600 * 1000
_LIMIT = MAX_TRAVEL_MS << DISTANCE_BITS


class StreetEngine:
    """A `TravelEngine` over compiled streets."""

    def __init__(self, streets: Streets) -> None:
        fastest_kph = float(streets.kph.max(initial=0.0))
        if fastest_kph / 36 * MAX_TRAVEL_MS / 100 > MAX_DISTANCE_DM:  # kph / 360 is decimetres a millisecond
            raise ValueError("the speed table is too fast for packed weights")
        self.streets = streets
        self._awake: StreetTravel | None = None

    def travel(
        self, mode: str, area: LegalArea, places: Sequence[Snap | None], walk_s: Sequence[int | None]
    ) -> StreetTravel:
        """Compute travel between all places; see `TravelEngine.travel`."""
        if any(place is not None and place.mode != mode for place in places):
            raise ValueError(f"places were not snapped for {mode}")
        return StreetTravel(self, legal_streets(self.streets, mode, area), places, _walks_s(places, walk_s))

    def wake(self, travel: StreetTravel) -> None:
        """Let one answer alone keep its weights, those of a district weighing many megabytes."""
        if self._awake is not None and self._awake is not travel:
            self._awake.forget()
        self._awake = travel


class StreetTravel:
    """The `Travel` of a `StreetEngine`; weights are customized again when a leg is asked for."""

    def __init__(self, engine: StreetEngine, legal: LegalStreets, places: Sequence[Snap | None], walk_s: Ints) -> None:
        self._engine = engine
        self._legal = legal
        self._places = tuple(places)
        self.place_legal: Bools = _legal_places(legal, places)
        spots = _spots(legal, places, self.place_legal)
        self._sources, self._sinks = source_seeds(legal, spots), sink_seeds(legal, spots)
        rank = legal.topology.hierarchy.rank
        self._source_rows, self._sink_rows = self._sources.rows(rank), self._sinks.rows(rank)
        self._direct = direct_drives(legal, spots)
        self._metrics: tuple[Metric, Metric] | None = None
        self.time_s, self.distance_m = _unpack(self.weights(), walk_s)
        self.forget()

    def move_to(self, time_s: Ints32, distance_m: Ints32) -> None:
        """Copy both matrices into arrays of somebody else's, and keep them there."""
        time_s[:], distance_m[:] = self.time_s, self.distance_m
        self.time_s, self.distance_m = time_s, distance_m

    def forget(self) -> None:
        """Drop the weights of the streets; `leg` makes them anew."""
        self._metrics = None

    def leg(self, i: int, j: int) -> Leg:
        """Return the way from place i to place j; raise ValueError where there is none."""
        start, end = self._places[i], self._places[j]
        if start is None or end is None or self.time_s[i, j] >= UNREACHABLE:
            raise ValueError(f"no legal way from place {i} to place {j}")
        runs = [] if i == j else self._runs(i, j, start, end)
        return Leg(
            travel_s=int(self.time_s[i, j]),
            distance_m=int(self.distance_m[i, j]),
            walk_m=0 if i == j else round(start.walk_m + end.walk_m),
            streets=driven_pieces(self._legal.streets, runs),
            coordinates=driven_coordinates(self._legal.streets, runs, start, end),
            checkpoint_s=self._checkpoint_s(runs),
        )

    def _checkpoint_s(self, runs: Sequence[Run]) -> int:
        if not runs:
            return 0
        chain, start, end = (np.array(each) for each in zip(*((r.chain, r.start, r.end) for r in runs), strict=True))
        return int(self._legal.delays_s(chain, start, end).sum())

    def _given_and_metric(self) -> tuple[Metric, Metric]:
        metrics = self._metrics  # another thread's answer may have them forgotten at any moment
        if metrics is None:
            given = self._legal.given()
            self._metrics = metrics = given, customize(self._legal.topology.hierarchy, given)
            self._engine.wake(self)
        return metrics

    def weights(self) -> Ints:
        """Work out time and distance on streets, packed, without the walks: what both matrices are made from.

        Returns
        -------
        weights
            int64 [n, n]; `INFINITE` where there is no way within `MAX_TRAVEL_MS`. They are not kept.
        """
        hierarchy = self._legal.topology.hierarchy
        metric = self._given_and_metric()[1]
        sources, sinks = self._source_rows, self._sink_rows
        weights = meet(
            hierarchy,
            sources,
            row_labels(hierarchy, metric.upward, sources),
            sinks,
            row_labels(hierarchy, metric.downward, sinks),
            len(self._places),
        )
        np.minimum.at(weights, (self._direct.i, self._direct.j), self._direct.weight)
        weights[weights > _LIMIT] = INFINITE
        np.fill_diagonal(weights, 0)
        return weights

    def _runs(self, i: int, j: int, start: Snap, end: Snap) -> list[Run]:
        """Return the drives from i to j in order."""
        weight, run = self._direct.best(i, j)
        if weight == 0:
            return []
        through, source, sink, vertices = self._way(i, j)
        if run is not None and weight <= through:
            return [run]
        first, last = int(self._sources.arc[source]), int(self._sinks.arc[sink])
        if self._legal.topology.turns is None:
            whole = self._legal.arcs_between(vertices)
        else:  # the first vertex is where the start's arc ends, unless that is behind; of the last arc a part is driven
            whole = self._legal.topology.vertex_arc[vertices].tolist()[not self._sources.after_turn[source] :]
            whole = whole if self._sinks.at_node[sink] else whole[:-1]
        runs = [self._whole(arc) for arc in whole]
        if not self._sources.at_node[source]:
            runs.insert(0, Run(start.chain, start.position, self._whole(first).end))
        if not self._sinks.at_node[sink]:
            runs.append(Run(end.chain, self._whole(last).start, end.position))
        return [run for run in runs if run.start != run.end]

    def _whole(self, arc: int) -> Run:
        """Return the drive along an arc."""
        length = self._legal.streets.chain_length(arc >> 1)
        return Run(arc >> 1, length, 0.0) if arc & 1 else Run(arc >> 1, 0.0, length)

    def _way(self, i: int, j: int) -> tuple[int, int, int, Ints]:
        """Return the weight, the seeds used, as numbers among all, and the vertices from the one to the other."""
        hierarchy = self._legal.topology.hierarchy
        given, metric = self._given_and_metric()
        ups = [climb(hierarchy, metric.upward, self._source_rows, row) for row in self._source_rows.of(i)]
        downs = [climb(hierarchy, metric.downward, self._sink_rows, row) for row in self._sink_rows.of(j)]
        found = [(*meeting(up, down), up, down) for up in ups for down in downs]
        if not found:  # one of them can be left, or reached, along its own street alone
            return INFINITE, 0, 0, np.empty(0, np.int64)
        weight, depth, up, down = min(found, key=lambda meeting: meeting[0])
        source, there = up.path(depth, hierarchy.depth)
        sink, back = down.path(depth, hierarchy.depth)
        ranks = unpack(hierarchy, given, metric, np.array(there + back[-2::-1], np.int64))
        return weight, source, sink, hierarchy.vertex[ranks]


def _legal_places(legal: LegalStreets, places: Sequence[Snap | None]) -> Bools:
    """Say of each place whether street point, pin and walk are legal."""
    answer = np.array([place is not None for place in places], np.bool_)
    if answer.any() and not legal.ground.is_everywhere:
        found = [place for place in places if place is not None]
        points = [[(place.lon, place.lat) for place in found], [place.pin for place in found]]
        answer[answer] = legal.ground.covers(lines_or_points(*(legal.streets.projection.to_m(each) for each in points)))
    return answer


def _spots(legal: LegalStreets, places: Sequence[Snap | None], lawful: Bools) -> Spots:
    found = [(i, place) for i, place in enumerate(places) if place is not None and lawful[i]]
    return spots_of(
        legal,
        np.array([i for i, _ in found], np.int64),
        np.array([place.chain for _, place in found], np.int64),
        np.array([place.position for _, place in found], np.float64),
    )


def _unpack(weights: Ints, walk_s: Ints) -> tuple[Ints32, Ints32]:
    """Return seconds with walks, and metres; `UNREACHABLE` where there is no way, 0 from a place to itself."""
    reached = weights < INFINITE
    seconds = -(-(weights >> DISTANCE_BITS) // 1000) + walk_s[:, None] + walk_s[None, :]
    metres = ((weights & (MAX_DISTANCE_DM - 1)) + 5) // 10
    np.fill_diagonal(seconds, 0)
    seconds[~reached] = metres[~reached] = UNREACHABLE
    return seconds.astype(np.int32), metres.astype(np.int32)


def _walks_s(places: Sequence[Snap | None], walk_s: Sequence[int | None]) -> Ints:
    """Return, of shape [n], the seconds of the last metres."""
    metres_a_second = speed_table().last_metres_kph / 3.6
    walks = [
        given if given is not None else math.ceil(place.walk_m / metres_a_second) if place else 0
        for place, given in zip(places, walk_s, strict=True)
    ]
    return np.array(walks, np.int64)
