"""Where ways between places begin and end in a topology.

Law: every number is an exact packed weight. A place starts along its own chain, in each direction that is open and
legal from there to the chain's end; it is reached along its chain likewise. A place at the very end of a chain, at a
node, belongs to every street there: with vehicles it starts and ends at the end of each arc that leads to the node, and
may start back along its own chain without turning round.

On foot a seed is a node. With vehicles it is the end of an arc: a start is there when the arc has been driven, so that
the turn is judged; an end is there *less* what is not driven of the arc. That one row of seeds serves all starts of a
vehicle, except where it would allow too little or too much: from an arc that is not wholly legal nothing leads on in
the metric, and at an arc on which another place lies the seed would meet that place's without having gone there. Such
starts begin *after* the turn, with a row for every arc they may turn into.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.network.elimination import Ints32
from routing.network.labels import Rows
from routing.network.legal_streets import LegalStreets
from routing.network.projection import Floats
from routing.network.runs import Run
from routing.network.street_arrays import INFINITE, Bools, Ints, pairs_alike, spans


@dataclass(frozen=True, eq=False)
class Seeds:
    """Seeds of rows, shape [K] each, rows in increasing order of place.

    Attributes
    ----------
    row
        Which row a seed belongs to; not decreasing.
    place, vertex, weight
        Whose it is, where it stands, and what lies between.
    arc
        The arc at whose end, or on which, the place lies.
    at_node
        Whether it lies at the end, so that nothing of the arc is driven at the place.
    after_turn
        Whether the vertex is the end of the arc turned into, not of `arc`.
    """

    row: Ints
    place: Ints
    vertex: Ints
    weight: Ints
    arc: Ints
    at_node: Bools
    after_turn: Bools

    def rows(self, rank: Ints32) -> Rows:
        """Return the rows for labelling; `rank` is that of every vertex."""
        first = np.flatnonzero(np.append(True, np.diff(self.row) != 0)[: len(self.row)])
        return Rows(self.place[first], np.append(first, len(self.row)), rank[self.vertex].astype(np.int64), self.weight)


@dataclass(frozen=True, eq=False)
class Spots:
    """Places on chains, shape [n] each; a place at a node is on every chain there.

    Attributes
    ----------
    place, chain, position
        Which place, on which chain, how far along.
    at_node
        Whether the position is an end of the chain, at a node that may be passed.
    own
        Whether it is the chain the place was joined to.
    """

    place: Ints
    chain: Ints
    position: Floats
    at_node: Bools
    own: Bools

    def where(self, kept: Bools) -> Spots:
        """Return some of the spots."""
        return Spots(*(getattr(self, name)[kept] for name in ("place", "chain", "position", "at_node", "own")))


@dataclass(frozen=True, eq=False)
class _Ends:
    """Drives between places and an end of their chain that are open and legal, shape [k].

    `at_node` says of a drive that it is none, since the place lies at that end; `inside`, that the place is at no node.
    """

    place: Ints
    arc: Ints
    weight: Ints
    at_node: Bools
    inside: Bools


def spots_of(legal: LegalStreets, place: Ints, chain: Ints, position: Floats) -> Spots:
    """Put places where they are: on the chain they were joined to, or on all chains at a node."""
    streets = legal.streets
    length = np.diff(streets.chain_first)[chain]
    first, last = streets.chain_nodes_at_ends
    node = np.where(position == 0, first[chain], last[chain])
    at_node = ((position == 0) | (position == length)) & ~streets.blocked[legal.view.row, node]
    reaching, arcs = streets.arcs_reaching
    at = np.flatnonzero(at_node)
    row, found = spans(reaching[node[at]], reaching[node[at] + 1])
    usable = legal.view.open_arcs[arcs[found]] | legal.view.open_arcs[arcs[found] ^ 1]
    row, arc = row[usable], arcs[found][usable]
    there = np.where(arc & 1 == 1, 0.0, np.diff(streets.chain_first)[arc >> 1])
    inside = np.flatnonzero(~at_node)
    return Spots(
        np.concatenate([place[inside], place[at][row]]),
        np.concatenate([chain[inside], arc >> 1]),
        np.concatenate([position[inside], there]),
        np.arange(len(inside) + len(row)) >= len(inside),
        np.concatenate([np.ones(len(inside), np.bool_), (arc >> 1 == chain[at][row]) & (there == position[at][row])]),
    )


def source_seeds(legal: LegalStreets, spots: Spots) -> Seeds:
    """Return where ways from the places start."""
    ends = _ends(legal, spots, leaving=True)
    if legal.topology.turns is None:
        return _sorted(ends, np.arange(len(ends.arc)), _chain_end(legal, ends.arc), ends.weight)
    inside = np.bincount(spots.chain[~spots.at_node], minlength=len(legal.chain_legal))[ends.arc >> 1]
    at_once = legal.chain_legal[ends.arc >> 1] & (inside == ends.inside)
    first, vertices = legal.topology.arc_vertices
    vertex = vertices[first[ends.arc]]  # the plain one: nothing is known of what was driven before
    return _merged(
        _sorted(ends, kept := np.flatnonzero(at_once), vertex[kept], ends.weight[kept]),
        _after_turns(legal, ends, np.flatnonzero(~at_once), vertex),
    )


def sink_seeds(legal: LegalStreets, spots: Spots) -> Seeds:
    """Return where ways to the places end."""
    ends = _ends(legal, spots, leaving=False)
    if legal.topology.turns is None:
        return _sorted(ends, np.arange(len(ends.arc)), _chain_end(legal, ends.arc ^ 1), ends.weight)
    first, vertices = legal.topology.arc_vertices
    k, found = spans(first[ends.arc], first[ends.arc + 1])
    return _sorted(ends, k, vertices[found], (ends.weight - legal.arc_weight[ends.arc])[k])


@dataclass(frozen=True, eq=False)
class Direct:
    """Drives between two places on one chain that stay on it, shape [k]: from place i to place j."""

    i: Ints
    j: Ints
    chain: Ints
    start: Floats
    end: Floats
    weight: Ints

    def best(self, i: int, j: int) -> tuple[int, Run | None]:
        """Return the least weight from i to j and its drive; `INFINITE` and None where there is no such drive."""
        found = np.flatnonzero((self.i == i) & (self.j == j))
        if not len(found):
            return INFINITE, None
        k = found[self.weight[found].argmin()]
        return int(self.weight[k]), Run(int(self.chain[k]), float(self.start[k]), float(self.end[k]))


def direct_drives(legal: LegalStreets, spots: Spots) -> Direct:
    """Return the drives on one chain; two places at one street point are at no distance, whichever way it runs."""
    one, other = pairs_alike(spots.chain)
    chain, start, end = spots.chain[one], spots.position[one], spots.position[other]
    open_ = legal.view.open_arcs[2 * chain + (start > end)] | (start == end)
    kept = np.flatnonzero(open_ & (spots.place[one] != spots.place[other]))
    kept = kept[legal.are_legal(chain[kept], start[kept], end[kept])]
    drives = chain[kept], start[kept], end[kept]
    return Direct(spots.place[one[kept]], spots.place[other[kept]], *drives, legal.weigh(*drives))


def _ends(legal: LegalStreets, spots: Spots, *, leaving: bool) -> _Ends:
    """Return the drives from places to the ends of their chains, or from there to them."""
    on_foot = legal.topology.turns is None
    if on_foot:
        spots = spots.where(spots.own)
    length = np.diff(legal.streets.chain_first)[spots.chain].astype(np.float64)
    found = []
    for against in (False, True):
        arc = 2 * spots.chain + against
        toward = np.zeros(len(length)) if against else length
        # Along the way one leaves towards the chain's end and is reached from its start.
        other = toward if leaving else length - toward
        open_ = legal.view.open_arcs[arc]
        at_node = spots.at_node & (spots.position == toward) & (not on_foot)
        if on_foot:  # who stands at the node itself need not walk the street
            open_ = open_ | (other == spots.position)
        else:  # who stands there has come along all of an arc, and may go back along the place's own
            open_ = np.where(spots.at_node, np.where(at_node, legal.through[arc], open_ & spots.own & leaving), open_)
        kept = np.flatnonzero(open_)
        chain, here, there = spots.chain[kept], spots.position[kept], other[kept]
        start, end = (here, there) if leaving else (there, here)
        lawful = legal.are_legal(chain, start, end)
        kept = kept[lawful]
        weight = legal.weigh(chain[lawful], start[lawful], end[lawful])
        found.append((spots.place[kept], arc[kept], weight, at_node[kept], ~spots.at_node[kept]))
    return _Ends(*(np.concatenate(pair) for pair in zip(*found, strict=True)))


def _chain_end(legal: LegalStreets, arc: Ints) -> Ints:
    """Return the nodes' vertices at which arcs end."""
    first, last, _ = legal.view.ends
    return np.asarray(np.where(arc & 1 == 1, first[arc >> 1], last[arc >> 1]), np.int64)


def _sorted(ends: _Ends, k: Ints, vertex: Ints, weight: Ints) -> Seeds:
    """Return seeds with one row a place; `k` says to which end each belongs."""
    order = np.argsort(ends.place[k], kind="stable")
    place = ends.place[k][order]
    return Seeds(
        place,
        place,
        vertex[order],
        weight[order],
        ends.arc[k][order],
        ends.at_node[k][order],
        np.zeros(len(order), np.bool_),
    )


def _after_turns(legal: LegalStreets, ends: _Ends, which: Ints, plain: Ints) -> Seeds:
    """Return a seed, with a row of its own, for every turn from the arcs' ends."""
    topology = legal.topology
    first = topology.out_first
    row, edge = spans(first[plain[which]], first[plain[which] + 1])
    onward = legal.arc_weight[topology.arc[edge]]
    open_ = (legal.extra[edge] < INFINITE) & (onward < INFINITE)
    k, edge, onward = which[row[open_]], edge[open_], onward[open_]
    return Seeds(
        np.arange(len(k)),
        ends.place[k],
        topology.head[edge].astype(np.int64),
        ends.weight[k] + legal.extra[edge] + onward,
        ends.arc[k],
        ends.at_node[k],
        np.ones(len(k), np.bool_),
    )


def _merged(together: Seeds, apart: Seeds) -> Seeds:
    """Return both, by place: first the row that a place's seeds share, then those with a row of their own."""
    place = np.concatenate([together.place, apart.place])
    row = np.concatenate([np.full(len(together.place), -1), apart.row])
    order = np.lexsort((row, place))
    place, row = place[order], row[order]
    new = np.append(True, (np.diff(place) != 0) | (np.diff(row) != 0))[: len(row)]
    names = ("vertex", "weight", "arc", "at_node", "after_turn")
    parts = (np.concatenate([getattr(seeds, name) for seeds in (together, apart)])[order] for name in names)
    return Seeds(np.cumsum(new), place, *parts)
