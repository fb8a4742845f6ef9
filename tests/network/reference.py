"""An independent reference: SciPy's Dijkstra on graphs built anew.

It shares with the engine what defines the question (which chains there are, who may drive them, what a metre costs,
which turns are forbidden, what ground is legal) and nothing that answers it: no order, no hierarchy, no labels, no
seeds.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.network import MODES, LegalArea, Snap, Streets
from routing.network.legal import LegalGround
from routing.network.speeds import speed_table
from routing.network.street_arrays import DISTANCE_BITS, INFINITE
from routing.network.street_engine import MAX_TRAVEL_MS

LIMIT = float(MAX_TRAVEL_MS << DISTANCE_BITS)
Arc = tuple[int, bool]  # chain, against its way


class Reference:
    """The streets of one mode."""

    def __init__(self, streets: Streets, mode: str) -> None:
        assert all(len(sequence) == 2 for sequence in streets.forbidden), "longer sequences are tested by hand"
        self.streets, self.mode, self.row = streets, mode, MODES.index(mode)
        self.view = streets.of(mode)
        sides = ((False, streets.forward), (True, streets.backward))
        self.arcs = {(c, against): 0 for against, open_ in sides for c in np.flatnonzero(open_[self.row]).tolist()}
        chains = np.array([chain for chain, _ in self.arcs], np.int64)
        self.arcs = dict(zip(self.arcs, self.view.weigh(chains, streets.chain_m[chains]).tolist(), strict=True))
        self.nodes = [streets.chain_nodes(chain).tolist() for chain in range(len(streets.chain_way))]
        self.starting, self.ending, self.meeting = defaultdict(list), defaultdict(list), defaultdict(set)
        for arc in self.arcs:
            self.starting[self.ends(arc)[0]].append(arc)
            self.ending[self.ends(arc)[1]].append(arc)
        self.ends_at = defaultdict(int)
        for chain, nodes in enumerate(self.nodes):
            for node in (nodes[0], nodes[-1]):
                self.meeting[node].add(chain)
                self.ends_at[node] += 1
        self.along_m = np.concatenate([[0.0], np.cumsum(streets.stretch_m)])
        self.turns = {} if mode == "foot" else dict(self._turns())
        self.turning_into = defaultdict(list)
        for (before, after), turn in self.turns.items():
            self.turning_into[after].append((before, turn))

    def ends(self, arc: Arc) -> tuple[int, int]:
        first, last = self.nodes[arc[0]][0], self.nodes[arc[0]][-1]
        return (last, first) if arc[1] else (first, last)

    def _turns(self) -> Iterator[tuple[tuple[Arc, Arc], int]]:
        """Yield permitted turns with their packed cost."""
        costs = speed_table().modes[self.mode].turns
        for a in self.arcs:
            node = self.ends(a)[1]
            for b in self.starting[node]:
                back = a == (b[0], not b[1])
                barred = self.streets.blocked[self.row, node] and not back
                forbidden = self.streets.forbidden.get((2 * a[0] + a[1], 2 * b[0] + b[1]), 0) >> self.row & 1
                if barred or forbidden:
                    continue
                seconds = 0.0
                if costs is not None:
                    onward = self.ends_at[node] == 2
                    seconds = costs.u_turn_s if back else 0.0 if onward else float(costs.seconds(self._angle(a, b)))
                yield (a, b), round(seconds * 1000) << DISTANCE_BITS

    def _angle(self, a: Arc, b: Arc) -> float:
        """Return the degrees turned; nodes at one spot show no direction, and so no turn."""
        into, out = _distinct(self._points(a)), _distinct(self._points(b))
        if len(into) < 2 or len(out) < 2:
            return 0.0
        turned = math.degrees(math.atan2(*(out[1] - out[0])[::-1]) - math.atan2(*(into[-1] - into[-2])[::-1]))
        return (turned + 180) % 360 - 180

    def _points(self, arc: Arc) -> np.ndarray:
        xy = self.streets.node_xy[self.nodes[arc[0]]]
        return xy[::-1] if arc[1] else xy

    def weights(
        self, area: LegalArea, sources: list[int], places: list[Snap | None], place_legal: np.ndarray
    ) -> np.ndarray:
        """Return packed weights of shape [sources, places]; `INFINITE` where there is no way."""
        question = _Question(self, LegalGround(area, self.streets.projection))
        for i, place in enumerate(places):
            if place is not None and place_legal[i]:
                question.hang_in(i, place)
        return question.answer(sources, len(places))


class _Question:
    def __init__(self, reference: Reference, ground: LegalGround) -> None:
        self.reference, self.ground = reference, ground
        self.legal = ground.covers(reference.streets.chain_lines)
        self.number: dict[object, int] = {}
        self.edges: dict[tuple[int, int], int] = {}
        self.on_chain: dict[int, list[tuple[int, float]]] = defaultdict(list)
        if reference.mode == "foot":
            for arc, cost in reference.arcs.items():
                if self.legal[arc[0]]:
                    start, end = reference.ends(arc)
                    self.add(self.node(start, arc[0]), self.node(end, arc[0]), cost)
        else:
            for (a, b), turn in reference.turns.items():
                if self.legal[b[0]]:
                    self.add(a, b, turn + reference.arcs[b])

    def node(self, node: int, chain: int) -> object:
        """A barrier is reached along a chain and left along the same."""
        return ("node", node, chain) if self.reference.streets.blocked[self.reference.row, node] else ("node", node)

    def add(self, tail: object, head: object, weight: int) -> None:
        key = (self.number.setdefault(tail, len(self.number)), self.number.setdefault(head, len(self.number)))
        self.edges[key] = min(weight, self.edges.get(key, weight))

    def part(self, chain: int, start: float, end: float) -> int | None:
        """Return the packed weight of a drive on a chain, None if it is not legal."""
        streets, (low, high) = self.reference.streets, sorted((start, end))
        xy = streets.node_xy[self.reference.nodes[chain]]
        points = np.array([_at(xy, low), *xy[math.floor(low) + 1 : math.ceil(high)], _at(xy, high)])
        line = shapely.Point(points[0]) if (points == points[0]).all() else shapely.LineString(points)
        if not self.ground.covers(np.array([line], np.object_))[0]:
            return None
        metres = abs(self._metres(chain, end) - self._metres(chain, start))
        return int(self.reference.view.weigh(np.array([chain]), np.array([metres]))[0])

    def _metres(self, chain: int, position: float) -> float:
        stretch = min(int(position), len(self.reference.nodes[chain]) - 2)
        index = self.reference.streets.chain_first[chain] + stretch
        return self.reference.along_m[index] + (position - stretch) * self.reference.streets.stretch_m[index]

    def hang_in(self, i: int, place: Snap) -> None:
        """Join a place to what its chain leads to and comes from."""
        nodes = self.reference.nodes[place.chain]
        length = float(len(nodes) - 1)
        node = nodes[0] if place.position == 0 else nodes[-1]
        barred = self.reference.streets.blocked[self.reference.row, node]
        if self.reference.mode == "foot":
            self._hang_in_walker(i, place, length)
        elif place.position in (0.0, length) and not barred:
            self._hang_in_at_node(i, place, node)
        else:
            self._hang_in_inside(i, place, length)

    def _hang_in_walker(self, i: int, place: Snap, length: float) -> None:
        self.on_chain[place.chain].append((i, place.position))
        for against, far in ((False, length), (True, 0.0)):
            weight, standing = self.part(place.chain, place.position, far), far == place.position
            if weight is None:
                continue
            node = self.node(self.reference.ends((place.chain, against))[1], place.chain)
            if standing or (place.chain, against) in self.reference.arcs:
                self.add(("source", i), node, weight)
            if standing or (place.chain, not against) in self.reference.arcs:
                self.add(node, ("sink", i), weight)

    def _hang_in_inside(self, i: int, place: Snap, length: float) -> None:
        self.on_chain[place.chain].append((i, place.position))
        for against, far, near in ((False, length, 0.0), (True, 0.0, length)):
            arc = (place.chain, against)
            out, into = (self.part(place.chain, *run) for run in ((place.position, far), (near, place.position)))
            if out is not None and arc in self.reference.arcs:
                self.add(("source", i), arc, out)
            for before, turn in self.reference.turning_into[arc] if into is not None else ():
                self.add(before, ("sink", i), turn + into)

    def _hang_in_at_node(self, i: int, place: Snap, node: int) -> None:
        """Who stands at a node has come along any legal street that leads there, and may go back along the own."""
        for arc in self.reference.ending[node]:
            if self.legal[arc[0]]:
                self.add(("source", i), arc, 0)
                self.add(arc, ("sink", i), 0)
        away = (place.chain, place.position > 0)
        if away in self.reference.arcs and self.legal[place.chain]:
            self.add(("source", i), away, self.reference.arcs[away])
        for chain in self.reference.meeting[node]:
            if not {(chain, False), (chain, True)} & self.reference.arcs.keys():
                continue
            along = self.reference.nodes[chain]
            ends = {0.0} if along[0] == node else set()
            ends |= {float(len(along) - 1)} if along[-1] == node else set()
            self.on_chain[chain].extend((i, position) for position in sorted(ends))

    def _direct(self) -> Iterator[tuple[int, int, int]]:
        for chain, group in self.on_chain.items():
            for i, one in group:
                for j, other in group:
                    open_ = one == other or (chain, one > other) in self.reference.arcs
                    weight = self.part(chain, one, other) if i != j and open_ else None
                    if weight is not None:
                        yield i, j, weight

    def answer(self, sources: list[int], places: int) -> np.ndarray:
        answer = np.full((len(sources), places), INFINITE, np.int64)
        if self.edges:
            tails, heads = zip(*self.edges, strict=True)
            size = len(self.number)
            # SciPy may take a weight of zero for no edge: count one more an edge, in units that edges cannot reach
            weight = np.array(list(self.edges.values()), np.float64)
            assert weight.min() >= 0
            graph = csr_array((weight, (tails, heads)), shape=(size, size))
            for row, i in enumerate(sources):
                if ("source", i) in self.number:
                    found = dijkstra(graph, indices=self.number["source", i], limit=LIMIT)
                    for j in range(places):
                        k = self.number.get(("sink", j))
                        if k is not None and np.isfinite(found[k]):
                            answer[row, j] = int(found[k])
        for i, j, weight in self._direct():
            if i in sources:
                answer[sources.index(i), j] = min(answer[sources.index(i), j], weight)
        for row, i in enumerate(sources):
            answer[row, i] = 0
        return answer


def _distinct(xy: np.ndarray) -> np.ndarray:
    return xy[np.append(True, (xy[1:] != xy[:-1]).any(axis=1))]


def _at(xy: np.ndarray, position: float) -> np.ndarray:
    stretch = min(int(position), len(xy) - 2)
    return xy[stretch] + (position - stretch) * (xy[stretch + 1] - xy[stretch])
