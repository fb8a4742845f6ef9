"""The junction at which the way to a door begins. Law: nothing here returns a door, a home, or a point beside one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from routing.domain.places import Location, Position
from routing.domain.plan import Leg
from routing.network.extract import Extract
from routing.network.projection import haversine_m

MEETING = 3  # so many stretches of street make a junction


class Junctions:
    """Where streets of an extract meet."""

    def __init__(self, extract: Extract) -> None:
        self._nodes = extract.nodes
        arms: Counter[int] = Counter()
        for way in extract.ways.values():
            for tail, head in pairwise(way.nodes):
                arms[tail] += 1
                arms[head] += 1
        self._meeting = {node for node, count in arms.items() if count >= MEETING and node in extract.nodes}
        nodes = sorted(self._meeting) or sorted(extract.nodes)
        self._positions = np.array([extract.nodes[node] for node in nodes], np.float64).reshape(-1, 2)

    def last_on(self, leg: Leg | None, location: Location) -> Position:
        """Return the last junction of the way to a place, or the one nearest to it where the way passes none."""
        passed = [node for node in _passed(leg) if node in self._meeting]
        return self._nodes[passed[-1]] if passed else self._nearest(location)

    def between(self, leg: Leg | None) -> tuple[Position, ...]:
        """Return the line of a way from its first junction to its last, without its two ends."""
        nodes = [node for node in _passed(leg) if node in self._nodes]
        meets = [index for index, node in enumerate(nodes) if node in self._meeting]
        return tuple(self._nodes[node] for node in nodes[meets[0] : meets[-1] + 1]) if meets else ()

    def _nearest(self, location: Location) -> Position:
        lon, lat = self._positions.T
        nearest = int(np.argmin(haversine_m(lon, lat, location.lon, location.lat)))
        return float(lon[nearest]), float(lat[nearest])


def _passed(leg: Leg | None) -> Sequence[int]:
    """Return the nodes that a way reaches or leaves whole: the ends of pieces driven in part are not passed."""
    streets = leg.streets if leg else ()
    passed: list[int] = []
    for _, tail, head, first, last in streets:
        if first == 0.0:
            passed.append(tail)
        if last == 1.0:
            passed.append(head)
    return list(dict.fromkeys(passed))
