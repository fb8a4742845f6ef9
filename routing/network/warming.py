"""Have the engine's kernels ready before a clock runs: a new machine compiles them, which takes some seconds once."""

from __future__ import annotations

from functools import cache

from routing.network.extract import Extract, Way
from routing.network.legal import LegalArea
from routing.network.snapping import snap_all
from routing.network.street_engine import StreetEngine
from routing.network.streets import compile_streets


@cache
def warm_up() -> None:
    """Answer a question on a street of three nodes, once a process; every kernel is used."""
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.001, 0.001)}
    ways = {1: Way(1, (1, 2), {"highway": "residential"}), 2: Way(2, (2, 3), {"highway": "residential"})}
    streets = compile_streets(Extract(nodes, {}, ways, "", (0.0, 0.0, 0.001, 0.001)))
    for mode in ("foot", "car"):
        places = snap_all(streets, mode, [(0.0005, 0.0), (0.001, 0.0005)])
        StreetEngine(streets).travel(mode, LegalArea(), places, [None, None]).leg(0, 1)
