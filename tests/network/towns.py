"""Small made-up towns with everything in them that streets can do, and a search that knows nothing of hierarchies.

Law: the search shares with the engine what defines the question (chains, who may drive them, what a metre costs, which
sequences are forbidden) and nothing that answers it. Its state is the last arcs driven: no automaton, no copies.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import strategies as st

from routing.network import MODES, LegalArea, Snap, Streets, compile_streets
from routing.network.extract import Extract, Restriction, Way
from routing.network.legal import LegalGround
from routing.network.speeds import speed_table
from routing.network.street_arrays import DISTANCE_BITS, INFINITE
from routing.network.street_engine import MAX_TRAVEL_MS

LIMIT = MAX_TRAVEL_MS << DISTANCE_BITS
SECOND = 1000 << DISTANCE_BITS
SIDE = 3
STEP = 0.001
REMEMBERED = 4  # arcs; restrictions over one way make sequences of three

TAGS = (
    {"highway": "residential"}, {"highway": "residential"}, {"highway": "residential"},
    {"highway": "residential", "oneway": "yes"}, {"highway": "footway"}, {"highway": "service", "maxspeed": "7"},
)  # fmt: skip
VALUES = ("no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "only_straight_on", "only_right_turn")


@st.composite
def extracts(draw) -> Extract:
    """A crooked grid, its sides left out or doubled; bends, rings, dead ends, barriers, turn restrictions."""
    nodes = {
        1 + x + SIDE * y: (x * STEP + y * STEP / 9, y * STEP - x * STEP / 7) for x in range(SIDE) for y in range(SIDE)
    }
    crossings = list(nodes)
    sides = [(n, n + 1) for n in crossings if n % SIDE] + [(n, n + SIDE) for n in crossings if n + SIDE <= SIDE**2]
    ways: dict[int, Way] = {}

    def add(refs) -> None:
        way_id = len(ways) + 1
        ways[way_id] = Way(way_id, tuple(refs), dict(draw(st.sampled_from(TAGS))))

    def node(lon: float, lat: float) -> int:
        nodes[len(nodes) + 1] = (lon, lat)
        return len(nodes)

    kept = draw(st.lists(st.sampled_from(sides), min_size=1, max_size=len(sides) + 3))
    for a, b in kept:
        (west, south), (east, north) = nodes[a], nodes[b]
        shape = draw(st.sampled_from(["straight", "bend", "upon", "long"]))
        if shape == "straight" and not any({a, b} == {way.nodes[0], way.nodes[-1]} for way in ways.values()):
            add((a, b))
        elif shape == "upon":  # a second node at the place of the first
            add((a, node(west, south), b))
        else:
            bend = draw(st.floats(0.05, 0.3))
            middle = node((west + east) / 2 + bend * (north - south), (south + north) / 2 - bend * (east - west))
            add((a, middle, node(*nodes[middle]), b) if shape == "long" else (a, middle, b))
    for at in draw(st.lists(st.sampled_from(crossings), max_size=2)):
        lon, lat = nodes[at]
        add((at, node(lon + STEP / 4, lat + STEP / 9), node(lon + STEP / 9, lat + STEP / 4), at))
    for at in draw(st.lists(st.sampled_from(crossings), max_size=2)):
        lon, lat = nodes[at]
        add((at, node(lon - STEP / 3, lat - STEP / 5)))
    tagged = {n: {"barrier": "bollard"} for n in draw(st.lists(st.sampled_from(list(nodes)), max_size=2))}
    used = {ref for way in ways.values() for ref in way.nodes}
    nodes = {n: point for n, point in nodes.items() if n in used}
    lon, lat = zip(*nodes.values(), strict=True)
    bounds = min(lon), min(lat), max(lon), max(lat)
    return Extract(nodes, tagged, ways, "0" * 64, bounds, draw(restrictions(ways)))


@st.composite
def restrictions(draw, ways: Mapping[int, Way]) -> tuple[Restriction, ...]:
    """Relations over one node, or one way between."""
    at = defaultdict(list)
    for way in ways.values():
        for end in dict.fromkeys((way.nodes[0], way.nodes[-1])):
            at[end].append(way.way_id)
    found = []
    for number in range(draw(st.integers(0, 6))):
        node = draw(st.sampled_from(sorted(at)))
        one = draw(st.sampled_from(at[node]))
        other, between = draw(st.sampled_from(at[node])), [("n", "via", node)]
        if draw(st.booleans()) and other != one:
            far = next((ref for ref in (ways[other].nodes[0], ways[other].nodes[-1]) if ref != node), node)
            between, other = [("w", "via", other)], draw(st.sampled_from(at[far]))
        tags = {"type": "restriction", "restriction": draw(st.sampled_from(VALUES))}
        found.append(Restriction(number + 1, tags, (("w", "from", one), *between, ("w", "to", other))))
    return tuple(found)


@st.composite
def shapes(draw, streets: Streets):
    """A star, or a disc around a node, in degrees."""
    if draw(st.booleans()):
        lon, lat = streets.node_lon_lat[draw(st.integers(0, len(streets.node_id) - 1))]
        return shapely.Point(lon, lat).buffer(draw(st.floats(1e-5, STEP / 3)))
    x, y = draw(st.floats(-STEP, 3 * STEP)), draw(st.floats(-STEP, 3 * STEP))
    radii = np.array([draw(st.floats(0.2, 2.0)) for _ in range(6)]) * STEP
    angles = np.arange(6) * np.pi / 3
    return shapely.Polygon(np.column_stack([x + radii * np.cos(angles), y + radii * np.sin(angles)]))


@st.composite
def areas(draw, streets: Streets) -> LegalArea:
    allowed = None
    if draw(st.booleans()):
        allowed = shapely.union_all([draw(shapes(streets)) for _ in range(draw(st.integers(1, 3)))])
    zones = tuple(draw(shapes(streets)) for _ in range(draw(st.integers(0, 2))))
    delays = tuple((draw(shapes(streets)), draw(st.integers(1, 60))) for _ in range(draw(st.integers(0, 2))))
    return LegalArea(allowed, zones, delays)


@st.composite
def places(draw, streets: Streets, mode: str) -> list[Snap | None]:
    """Places anywhere on the mode's streets, many of them at nodes, several on one street."""
    chains = streets.of(mode).chains.tolist()
    found: list[Snap | None] = []
    for _ in range(draw(st.integers(2, 7)) if chains else 0):
        chain = draw(st.sampled_from(chains))
        length = int(streets.chain_length(chain))
        stretch = draw(st.integers(0, length))
        fraction = draw(st.sampled_from([0.0, 0.0, 0.5, 0.25, 0.9])) if stretch < length else 0.0
        if stretch == length:
            stretch, fraction = length - 1, 1.0
        found.append(snap_at(streets, mode, chain, stretch, fraction))
    return found


def snap_at(streets: Streets, mode: str, chain: int, stretch: int, fraction: float) -> Snap:
    nodes = streets.chain_nodes(chain)
    start, end = streets.node_lon_lat[nodes[stretch : stretch + 2]]
    lon, lat = (round(float(each), 7) for each in start + fraction * (end - start))
    return Snap(
        mode=mode, chain=chain, stretch=stretch, fraction=fraction, lon=lon, lat=lat, walk_m=0.0, pin=(lon, lat)
    )


@st.composite
def questions(draw):
    """Return streets, mode, area and places."""
    streets = compile_streets(draw(extracts()))
    mode = draw(st.sampled_from(MODES))
    return streets, mode, draw(areas(streets)), draw(places(streets, mode))


class Town:
    """The streets of one mode on one legal area, searched one arc after another."""

    def __init__(self, streets: Streets, mode: str, area: LegalArea) -> None:
        self.streets, self.mode, self.row, self.view = streets, mode, MODES.index(mode), streets.of(mode)
        self.ground = LegalGround(LegalArea(area.allowed, area.blocked), streets.projection)
        self.delays = [(streets.projection.geometry_to_m(shape), seconds) for shape, seconds in area.delays]
        self.nodes = [streets.chain_nodes(chain).tolist() for chain in range(len(streets.chain_way))]
        self.ends_at = np.bincount(np.concatenate(streets.chain_nodes_at_ends), minlength=len(streets.node_id))
        self.weight = {
            arc: weight
            for arc in np.flatnonzero(self.view.open_arcs).tolist()
            if (weight := self.part(arc >> 1, *self.along(arc))) is not None
        }
        self.open = set(np.flatnonzero(self.view.open_arcs).tolist())

    # geometry

    def along(self, arc: int) -> tuple[float, float]:
        length = float(len(self.nodes[arc >> 1]) - 1)
        return (length, 0.0) if arc & 1 else (0.0, length)

    def node(self, arc: int, *, end: bool) -> int:
        return self.nodes[arc >> 1][0 if bool(arc & 1) is end else -1]

    def part(self, chain: int, start: float, end: float) -> int | None:
        """Return the packed weight of a drive on a chain, None if it is not legal; who does not move waits nowhere."""
        low, high = sorted((start, end))
        xy = self.streets.node_xy[self.nodes[chain]]
        points = np.array([_at(xy, low), *xy[math.floor(low) + 1 : math.ceil(high)], _at(xy, high)])
        line = shapely.Point(points[0]) if (points == points[0]).all() else shapely.LineString(points)
        if not self.ground.covers(np.array([line], np.object_))[0]:
            return None
        if start == end:
            return 0
        waits_s = sum(seconds for shape, seconds in self.delays if shape.intersects(line))
        metres = abs(self._metres(chain, end) - self._metres(chain, start))
        return int(self.view.weigh(np.array([chain]), np.array([metres]))[0]) + waits_s * SECOND

    def waits_s(self, chain: int, start: float, end: float) -> int:
        part = self.part(chain, start, end)
        metres = abs(self._metres(chain, end) - self._metres(chain, start))
        return (part - int(self.view.weigh(np.array([chain]), np.array([metres]))[0])) // SECOND

    def _metres(self, chain: int, position: float) -> float:
        stretch = min(int(position), len(self.nodes[chain]) - 2)
        index = self.streets.chain_first[chain] + stretch
        return self.streets.along_m[index] + (position - stretch) * self.streets.stretch_m[index]

    def at_node(self, place: Snap) -> int | None:
        """Return the node a place is at, None on the street, or at a barrier (which is only an end of its street)."""
        nodes = self.nodes[place.chain]
        node = {0.0: nodes[0], float(len(nodes) - 1): nodes[-1]}.get(place.position)
        if node is not None and self.mode != "foot" and self.streets.blocked[self.row, node]:
            return None
        return node

    # turns

    def turn(self, driven: tuple[int, ...], arc: int) -> int | None:
        """Return the packed cost of driving on into an arc, None where that is forbidden."""
        last, bit = driven[-1], 1 << self.row
        node, back = self.node(last, end=True), last ^ 1 == arc
        if self.streets.blocked[self.row, node] and not back:
            return None
        run = (*driven, arc)
        forbidden = {sequence for sequence, modes in self.streets.forbidden.items() if modes & bit}
        if any(run[-len(sequence) :] == sequence for sequence in forbidden):
            return None
        if back:  # within a sequence that is under way one may not turn round
            begun = {sequence[:n] for sequence in self.streets.forbidden for n in range(2, len(sequence))}
            under_way = next((driven[k:] for k in range(len(driven)) if driven[k:] in begun), ())
            if under_way and any(sequence[: len(under_way)] == under_way for sequence in forbidden):
                return None
        costs = speed_table().modes[self.mode].turns
        if costs is None:
            return 0
        if back:
            return round(costs.u_turn_s * 1000) << DISTANCE_BITS
        if self.ends_at[node] == 2:
            return 0
        out, into = self._heading(arc, end=False), self._heading(last, end=True)
        turned = math.degrees(out - into) if out is not None and into is not None else 0.0
        return round(float(costs.seconds((turned + 180) % 360 - 180)) * 1000) << DISTANCE_BITS

    def _heading(self, arc: int, *, end: bool) -> float | None:
        """Return the direction at an arc's start or end, by its first or last two points that are apart."""
        xy = self.streets.node_xy[self.nodes[arc >> 1]]
        xy = xy[::-1] if arc & 1 else xy
        steps = [b - a for a, b in pairwise(xy) if (a != b).any()]
        return math.atan2(*steps[-1 if end else 0][::-1]) if steps else None

    # searching

    def matrix(self, found: list[Snap | None], lawful: np.ndarray) -> np.ndarray:
        """Return packed weights of shape [n, n]; `INFINITE` where there is no way."""
        answer = np.full((len(found), len(found)), INFINITE, np.int64)
        usable = [i for i, place in enumerate(found) if place is not None and lawful[i]]
        for i in usable:
            reached = self._walk(found[i]) if self.mode == "foot" else self._drive(found[i])
            for j in usable:
                ends = self._walked if self.mode == "foot" else self._driven
                best = min([*ends(reached, found[j]), *self._direct(found[i], found[j])], default=INFINITE)
                answer[i, j] = best if best <= LIMIT else INFINITE
        np.fill_diagonal(answer, 0)
        return answer

    def spots(self, place: Snap) -> list[tuple[int, float]]:
        node = self.at_node(place)
        if node is None:
            return [(place.chain, place.position)]
        if self.mode == "foot" and self.streets.blocked[self.row, node]:
            return [(place.chain, place.position)]
        return [
            (chain, position)
            for chain, nodes in enumerate(self.nodes)
            for position, there in ((0.0, nodes[0]), (float(len(nodes) - 1), nodes[-1]))
            if there == node
        ]

    def _direct(self, one: Snap, other: Snap) -> Iterator[int]:
        for chain, start in self.spots(one):
            for other_chain, end in self.spots(other):
                if chain == other_chain and (start == end or 2 * chain + (start > end) in self.open):
                    weight = self.part(chain, start, end)
                    if weight is not None:
                        yield weight

    def _drive(self, place: Snap) -> dict[tuple[int, ...], int]:
        node = self.at_node(place)
        starts = []
        if node is not None:
            starts = [(0, (arc,)) for arc in self.weight if self.node(arc, end=True) == node]
            away = 2 * place.chain + (place.position > 0)
            starts += [(self.weight[away], (away,))] if away in self.weight else []
        else:
            for arc in {2 * place.chain, 2 * place.chain + 1} & self.open:
                weight = self.part(place.chain, place.position, self.along(arc)[1])
                starts += [(weight, (arc,))] if weight is not None else []
        return _dijkstra(starts, self._onward)

    def _onward(self, driven: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...]]]:
        for arc in self.weight:
            if self.node(arc, end=False) == self.node(driven[-1], end=True):
                turn = self.turn(driven, arc)
                if turn is not None:
                    yield turn + self.weight[arc], (*driven, arc)[-REMEMBERED:]

    def _driven(self, reached: dict[tuple[int, ...], int], place: Snap) -> Iterator[int]:
        node = self.at_node(place)
        if node is not None:
            yield from (so_far for driven, so_far in reached.items() if self._whole_to(driven[-1], node))
            return
        for arc in {2 * place.chain, 2 * place.chain + 1} & self.open:
            into = self.part(place.chain, self.along(arc)[0], place.position)
            for driven, so_far in reached.items() if into is not None else ():
                if self.node(driven[-1], end=True) == self.node(arc, end=False):
                    turn = self.turn(driven, arc)
                    if turn is not None:
                        yield so_far + turn + into

    def _whole_to(self, arc: int, node: int) -> bool:
        return arc in self.weight and self.node(arc, end=True) == node

    def corner(self, arc: int, *, end: bool) -> tuple[int, ...]:
        """A barrier is reached along a chain and left along the same."""
        node = self.node(arc, end=end)
        at_last = bool(arc & 1) is not end
        return (node, arc >> 1, at_last) if self.streets.blocked[self.row, node] else (node,)

    def _walk(self, place: Snap) -> dict[tuple[int, ...], int]:
        starts = []
        for arc in (2 * place.chain, 2 * place.chain + 1):
            far = self.along(arc)[1]
            weight = self.part(place.chain, place.position, far)
            if weight is not None and (arc in self.open or far == place.position):
                starts.append((weight, self.corner(arc, end=True)))
        return _dijkstra(
            starts,
            lambda corner: (
                (weight, self.corner(arc, end=True))
                for arc, weight in self.weight.items()
                if self.corner(arc, end=False) == corner
            ),
        )

    def _walked(self, reached: dict[tuple[int, ...], int], place: Snap) -> Iterator[int]:
        for arc in (2 * place.chain, 2 * place.chain + 1):
            near = self.along(arc)[0]
            weight = self.part(place.chain, near, place.position)
            corner = self.corner(arc, end=False)
            if weight is not None and (arc in self.open or near == place.position) and corner in reached:
                yield reached[corner] + weight


def _dijkstra(starts, onward) -> dict[tuple[int, ...], int]:
    done: dict[tuple[int, ...], int] = {}
    heap = list(starts)
    heapq.heapify(heap)
    while heap:
        so_far, state = heapq.heappop(heap)
        if state not in done:
            done[state] = so_far
            for weight, following in onward(state):
                if following not in done:
                    heapq.heappush(heap, (so_far + weight, following))
    return done


def _at(xy: np.ndarray, position: float) -> np.ndarray:
    stretch = min(int(position), len(xy) - 2)
    return xy[stretch] + (position - stretch) * (xy[stretch + 1] - xy[stretch])
