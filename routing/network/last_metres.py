"""The last metres where no vehicle gets: where to leave it, and the way on foot from there to the door.

Law: every metre of the way lies on streets open on foot in both directions, on legal ground, and so does the straight
piece between street and pin; where there is no such way within the limit there is none, and nothing else is made up.
Whether a door is reached so is decided by the map alone (`needs_walk`); by which way, by the map and the law.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from routing.network.legal import LegalArea, LegalGround, line_or_point, lines_or_points
from routing.network.projection import Floats
from routing.network.snapping import Snap, snap
from routing.network.speeds import speed_table
from routing.network.street_arrays import Bools, ModeStreets, Streets, spans
from routing.network.travel import StreetPiece

# A door so near the vehicle's street is walked to straight, whatever footways are drawn beside the street.
STRAIGHT_M = 30.0

Points = tuple[tuple[float, float], ...]
Stretch = tuple[int, int, float, float]
"""(index of the stretch, node at which the walk comes to it, from fraction, to fraction), fractions as walked."""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A way on foot from a parked vehicle to a door.

    Attributes
    ----------
    parking
        Where the vehicle stands; its pin is the point itself.
    walk_s
        Seconds, with the straight piece between street and pin.
    walk_m
        Metres likewise.
    streets, coordinates
        From the vehicle to where the door's street is left.
    """

    parking: Snap
    walk_s: int
    walk_m: float
    streets: tuple[StreetPiece, ...]
    coordinates: Points


def needs_walk(streets: Streets, mode: str, by_vehicle: Snap | None, on_foot: Snap | None) -> bool:
    """Whether a door is reached on foot: its own street is not open to the vehicle, and none that is runs by it."""
    if mode == "foot" or on_foot is None:
        return False
    farther = by_vehicle is None or by_vehicle.walk_m > max(STRAIGHT_M, on_foot.walk_m)
    return farther and not any(streets.of(mode).opens(on_foot.chain))


class LastMetres:
    """Finds ways on foot for one mode on one legal ground."""

    def __init__(self, streets: Streets, mode: str, area: LegalArea) -> None:
        self._streets = streets
        self._mode = mode
        self._ground = LegalGround(LegalArea(area.allowed, area.blocked), streets.projection)
        self._foot = streets.of("foot")
        self._parking = _parking_nodes(streets.of(mode), self._ground)

    def walk(self, door: Snap, limit_m: float) -> Walk | None:
        """Return the quickest way on foot, at most `limit_m` long, to a door snapped on foot; None: there is none."""
        pin_m = door.walk_m
        straight = self._streets.projection.to_m([door.pin, (door.lon, door.lat)])
        if pin_m > limit_m or not self._covers(straight):
            return None
        found = self._search(door, limit_m - pin_m)
        if found is None:
            return None
        node, path, length_m, time_s = found
        spot = snap(self._streets, self._mode, *(float(each) for each in self._streets.node_lon_lat[node]))
        if spot is None:
            return None
        return Walk(
            parking=replace(spot, pin=(spot.lon, spot.lat), walk_m=0.0),
            walk_s=math.ceil(time_s + pin_m * 3.6 / speed_table().last_metres_kph),
            walk_m=length_m + pin_m,
            streets=tuple(self._pieces(path)),
            coordinates=self._line(node, path, door),
        )

    def _search(self, door: Snap, limit_m: float) -> tuple[int, list[Stretch], float, float] | None:
        """Search from the door outwards; return parking node, stretches from there to the door, metres, seconds."""
        graph = self._around(door, limit_m)
        queue: list[tuple[float, float, int]] = []
        came: dict[int, tuple[float, float, Stretch, int | None]] = {}
        for node, stretch, metres, seconds in self._first_steps(door):
            _reach(queue, came, node, (seconds, metres, stretch, None))
        done: set[int] = set()
        while queue:
            seconds, metres, node = heapq.heappop(queue)
            if node in done or metres > limit_m:
                continue
            done.add(node)
            if self._parking[node]:
                return node, list(_path(came, node)), metres, seconds
            if self._foot.streets.blocked[self._foot.row, node]:
                continue
            for neighbour, index, more_m, more_s in graph[node]:
                if neighbour not in done:
                    _reach(
                        queue, came, neighbour, (seconds + more_s, metres + more_m, (index, neighbour, 0.0, 1.0), node)
                    )
        return None

    def _first_steps(self, door: Snap) -> Iterator[tuple[int, Stretch, float, float]]:
        """Yield the ends of the door's stretch, with the piece walked from there to the door, metres and seconds."""
        index = int(self._streets.chain_first[door.chain]) + door.stretch
        tail, head = int(self._streets.stretch_tail[index]), int(self._streets.stretch_head[index])
        at, length_m = door.fraction, float(self._streets.stretch_m[index])
        here = self._streets.projection.to_m([(door.lon, door.lat)])
        if not self._both_ways(door.chain):
            return
        for node, share, stretch in (
            (tail, at, (index, tail, 0.0, at)),
            (head, 1.0 - at, (index, head, 0.0, 1.0 - at)),
        ):
            if self._covers(np.vstack([here, self._streets.node_xy[[node]]])):
                yield node, stretch, share * length_m, share * length_m / self._mps(door.chain)

    def _around(self, door: Snap, limit_m: float) -> dict[int, list[tuple[int, int, float, float]]]:
        """Return, by node, the lawful stretches on foot near a door: neighbour, stretch, metres, seconds."""
        streets = self._streets
        x, y = streets.projection.to_m([(door.lon, door.lat)])[0]
        near = streets.tree.query(shapely.box(x - limit_m, y - limit_m, x + limit_m, y + limit_m))
        chains = np.array(sorted(int(each) for each in near if self._both_ways(int(each))), np.int64)
        row, index = spans(streets.chain_first[chains], streets.chain_first[chains + 1])
        tail, head, metres = streets.stretch_tail[index], streets.stretch_head[index], streets.stretch_m[index]
        lawful = self._ground.covers(lines_or_points(streets.node_xy[tail], streets.node_xy[head]))
        seconds = metres * 3.6 / streets.kph[self._foot.row, chains[row]]
        graph: dict[int, list[tuple[int, int, float, float]]] = defaultdict(list)
        for k in np.flatnonzero(lawful & (metres <= limit_m)).tolist():
            step = int(index[k]), float(metres[k]), float(seconds[k])
            graph[int(tail[k])].append((int(head[k]), *step))
            graph[int(head[k])].append((int(tail[k]), *step))
        return graph

    def _both_ways(self, chain: int) -> bool:
        return all(self._foot.opens(chain))

    def _mps(self, chain: int) -> float:
        return float(self._streets.kph[self._foot.row, chain]) / 3.6

    def _covers(self, xy: Floats) -> bool:
        shapes = np.empty(1, np.object_)
        shapes[0] = line_or_point(xy)
        return bool(self._ground.covers(shapes)[0])

    def _pieces(self, path: list[Stretch]) -> Iterator[StreetPiece]:
        streets = self._streets
        for index, start, first, last in path:
            tail, head = int(streets.stretch_tail[index]), int(streets.stretch_head[index])
            other = head if start == tail else tail
            way_id = int(streets.chain_way[np.searchsorted(streets.chain_first, index, side="right") - 1])
            if round(first, 6) < round(last, 6):
                nodes = int(streets.node_id[start]), int(streets.node_id[other])
                yield way_id, *nodes, round(first, 6), round(last, 6)

    def _line(self, node: int, path: list[Stretch], door: Snap) -> Points:
        nodes = [node, *(start for _, start, _, _ in path[1:])]
        points = [tuple(round(float(each), 7) for each in self._streets.node_lon_lat[each]) for each in nodes]
        points.append((door.lon, door.lat))
        return tuple(dict.fromkeys((lon, lat) for lon, lat in points))


def _reach(
    queue: list[tuple[float, float, int]],
    came: dict[int, tuple[float, float, Stretch, int | None]],
    node: int,
    by: tuple[float, float, Stretch, int | None],
) -> None:
    """Note a way to a node if it is the quickest so far."""
    if node not in came or by[:2] < came[node][:2]:
        came[node] = by
        heapq.heappush(queue, (by[0], by[1], node))


def _path(came: dict[int, tuple[float, float, Stretch, int | None]], node: int | None) -> Iterator[Stretch]:
    """Yield the stretches from a node to the door."""
    while node is not None:
        _, _, stretch, node = came[node]
        yield stretch


def _parking_nodes(view: ModeStreets, ground: LegalGround) -> Bools:
    """Say of every node whether it lies on a street that is open to a vehicle and lawful from end to end."""
    streets = view.streets
    chosen = ground.legal_chains(streets) & (streets.forward[view.row] | streets.backward[view.row])
    stretches = np.repeat(chosen, np.diff(streets.chain_first))
    nodes = np.zeros(len(streets.node_id), np.bool_)
    nodes[streets.stretch_tail[stretches]] = True
    nodes[streets.stretch_head[stretches]] = True
    return nodes


def walks_of(
    streets: Streets, mode: str, area: LegalArea, doors: Sequence[Snap | None], limit_m: float
) -> list[Walk | None]:
    """Return the ways on foot to doors (snapped on foot; None: no walk is asked for)."""
    if not any(doors):
        return [None] * len(doors)
    found = LastMetres(streets, mode, area)
    return [None if door is None else found.walk(door, limit_m) for door in doors]
