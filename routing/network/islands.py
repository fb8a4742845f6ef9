"""Leave out the streets from which a mode could not come back.

Law: of each mode, the largest part in which every arc leads to every other stays, by metres; passes play no part here.
Vehicles are judged with their turn restrictions: an arc that can only be left by a forbidden turn is an island.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from routing.network.access import MODES
from routing.network.projection import Floats
from routing.network.street_arrays import Bools, Ints, ModeStreets, Streets
from routing.network.turns import Turns, turns_of, vehicle_arcs


def without_islands(streets: Streets) -> Streets:
    """Return the streets without each mode's islands, and with the count of what was left out."""
    turns = turns_of(streets, vehicle_arcs(streets))
    kept = np.array(
        [
            _kept_by_walkers(streets, row) if mode == "foot" else _kept_by_drivers(streets, row, turns)
            for row, mode in enumerate(MODES)
        ]
    )
    opened = np.array([ModeStreets(streets, row).open_arcs for row in range(len(MODES))])
    lost = opened & ~kept
    arc_m = np.repeat(streets.chain_m, 2) if len(streets.chain_way) else np.zeros(0)
    return replace(
        streets,
        forward=np.ascontiguousarray(kept[:, 0::2]),
        backward=np.ascontiguousarray(kept[:, 1::2]),
        dropped_arcs=lost.sum(axis=1),
        dropped_m=(lost * arc_m).sum(axis=1),
        topologies={},
    )


def _kept_by_walkers(streets: Streets, row: int) -> Bools:
    """Say of every arc whether it lies between two nodes of the largest part."""
    view = ModeStreets(streets, row)
    first, last, vertices = view.ends
    kept = view.open_arcs.copy()
    arc = np.flatnonzero(kept)
    chain, against = arc >> 1, arc & 1 == 1
    tail, head = np.where(against, last[chain], first[chain]), np.where(against, first[chain], last[chain])
    part = _parts(tail, head, vertices)
    within = part[tail] == part[head]
    kept[arc] = within & (part[tail] == _largest(part[tail[within]], streets.chain_m[chain[within]]))
    return kept


def _kept_by_drivers(streets: Streets, row: int, turns: Turns) -> Bools:
    """Say of every arc whether its end, or a copy of it, lies in the largest part."""
    opened = ModeStreets(streets, row).open_arcs
    usable = opened[turns.vertex_arc]
    edges = (turns.closed_to >> row & 1 == 0) & usable[turns.tail] & usable[turns.head]
    part = _parts(turns.tail[edges], turns.head[edges], len(turns.vertex_arc))
    kept = np.zeros_like(opened)
    main = _largest(part[usable], streets.chain_m[turns.vertex_arc[usable] >> 1])
    kept[turns.vertex_arc[usable & (part == main)]] = True
    return kept


def _parts(tail: Ints, head: Ints, vertices: int) -> Ints:
    """Return the strongly connected part of every vertex."""
    # Costs a fifth of a second, and streets from the cache have no need of it.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if not vertices:
        return np.empty(0, np.int64)
    graph = csr_array((np.ones(len(tail)), (tail, head)), shape=(vertices, vertices))
    return np.asarray(connected_components(graph, directed=True, connection="strong")[1], np.int64)


def _largest(part: Ints, metres: Floats) -> int:
    """Return the part with the most metres, -1 if there is none."""
    return int(np.bincount(part, metres).argmax()) if len(part) else -1
