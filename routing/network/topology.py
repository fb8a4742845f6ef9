"""The two graphs that ways are searched in: street nodes for walkers, street arcs for vehicles.

Law: a topology holds every edge that any of its modes may use on any day; who may use which today is a matter of
weights. An *arc* is a chain in one direction, numbered 2 * chain along its way and 2 * chain + 1 against it.

On foot a vertex is a node and an edge is an arc. With vehicles a vertex is the *end of an arc* and an edge is a turn
into the next arc, which is then driven to its end: so a turn can be forbidden, or cost time. A vertex may stand several
times: a copy remembers that the arc was reached over the first arcs of a forbidden sequence.

Source: R. Geisberger, C. Vetter, "Efficient routing in road networks with turn costs", SEA 2011.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from routing.network.access import MODES
from routing.network.elimination import Hierarchy, Ints32, build_hierarchy, frozen
from routing.network.street_arrays import Bools, Ints, ModeStreets, Streets, pairs_alike
from routing.network.turns import Turns, arc_nodes, turns_of, vehicle_arcs

FOOT = MODES.index("foot")


@dataclass(frozen=True, eq=False)
class Topology:
    """A graph with its order.

    Attributes
    ----------
    tail, head
        Shape [E]: vertices; edges are sorted by tail.
    arc
        Shape [E]: the arc driven along the edge, to its end.
    gate
        Shape [E]: the arc that must be open to its end for the edge to be used.
    slot, is_down
        Shape [E]: the edge's slot in the hierarchy, and whether it leads to the lower rank. An edge from a vertex to
        itself (a ring driven once more) has slot -1: only a way that begins on the ring can have a use for it.
    vertex_arc
        Shape [V]: the arc at whose end the vertex is; empty on foot.
    turns
        What is known of every edge as a turn; None on foot.
    """

    tail: Ints32
    head: Ints32
    arc: Ints32
    gate: Ints32
    slot: Ints32
    is_down: Bools
    vertex_arc: Ints32
    hierarchy: Hierarchy
    turns: Turns | None

    @cached_property
    def out_first(self) -> Ints:
        """The edges from vertex v are `out_first[v]` to `out_first[v + 1] - 1`."""
        return np.searchsorted(self.tail, np.arange(len(self.hierarchy.rank) + 1))

    @cached_property
    def arc_vertices(self) -> tuple[Ints, Ints]:
        """The vertices at the end of arc a, plain one first: `vertex[first[a] : first[a + 1]]`, as (first, vertex)."""
        arcs = int(self.vertex_arc.max(initial=-1)) + 1
        order = np.argsort(self.vertex_arc, kind="stable")
        return np.searchsorted(self.vertex_arc[order], np.arange(arcs + 1)), order


def topology_of(streets: Streets, mode: str) -> Topology:
    """Return the graph a mode is searched in, built at its first use."""
    kind = "foot" if mode == "foot" else "vehicle"
    if kind not in streets.topologies:
        streets.topologies[kind] = foot_topology(streets) if kind == "foot" else vehicle_topology(streets)
    return streets.topologies[kind]


def foot_topology(streets: Streets) -> Topology:
    """Return the graph of street nodes."""
    view = ModeStreets(streets, FOOT)
    first, last, vertices = view.ends
    arc = np.flatnonzero(view.open_arcs)
    chain, against = arc >> 1, arc & 1 == 1
    tail, head = np.where(against, last[chain], first[chain]), np.where(against, first[chain], last[chain])
    no_loop = tail != head  # no shortest way goes round one
    xy = np.zeros((vertices, 2))
    xy[first] = streets.node_xy[streets.stretch_tail[streets.chain_first[:-1]]]
    xy[last] = streets.node_xy[streets.stretch_head[streets.chain_first[1:] - 1]]
    tail, head, arc = tail[no_loop], head[no_loop], arc[no_loop]
    return _topology(tail, head, arc, arc, np.empty(0, np.int64), build_hierarchy(tail, head, xy), None)


def vehicle_topology(streets: Streets) -> Topology:
    """Return the graph of street arcs."""
    turns = turns_of(streets, vehicle_arcs(streets))
    vertex_arc = turns.vertex_arc
    # The two directions of a chain are made neighbours, and all arcs that lead to one node, copies included: all that a
    # place on a chain or at a node starts from or ends at then lies on one path to the root of the elimination tree.
    node = arc_nodes(streets, vertex_arc)[1]
    ties = [pairs_alike(vertex_arc >> 1), pairs_alike(node)]
    tail, head = (
        np.concatenate([ends, *pairs])
        for ends, pairs in zip((turns.tail, turns.head), zip(*ties, strict=True), strict=True)
    )
    hierarchy = build_hierarchy(tail, head, streets.node_xy[node])
    arc, gate = vertex_arc[turns.head], vertex_arc[turns.tail]
    return _topology(turns.tail, turns.head, arc, gate, vertex_arc, hierarchy, turns)


def _topology(
    tail: Ints, head: Ints, arc: Ints, gate: Ints, vertex_arc: Ints, hierarchy: Hierarchy, turns: Turns | None
) -> Topology:
    order = np.argsort(tail, kind="stable")
    tail, head, arc, gate = tail[order], head[order], arc[order], gate[order]
    rank = hierarchy.rank.astype(np.int64)
    low, high = np.minimum(rank[tail], rank[head]), np.maximum(rank[tail], rank[head])
    slot = hierarchy.slots(low, high)
    is_down = rank[tail] > rank[head]
    is_down.flags.writeable = False
    return Topology(
        tail=_frozen(tail),
        head=_frozen(head),
        arc=_frozen(arc),
        gate=_frozen(gate),
        slot=_frozen(slot),
        is_down=is_down,
        vertex_arc=_frozen(vertex_arc),
        hierarchy=hierarchy,
        turns=turns and turns.sorted_by(order),
    )


def _frozen(array: Ints) -> Ints32:
    return frozen(array.astype(np.int32))
