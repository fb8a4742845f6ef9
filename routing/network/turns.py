"""Turns from arc to arc: which there are, which are forbidden, how sharp they are.

Law: turn restrictions come as sequences of arcs that no vehicle of some modes may drive in this order. A sequence of
two arcs forbids a turn; a longer one needs copies of the arcs within it, which know how they were reached (an automaton
of Aho and Corasick: the state is the longest run of arcs just driven that begins a forbidden sequence).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from routing.network.access import MODES
from routing.network.projection import Floats
from routing.network.street_arrays import Bools, Ints, ModeStreets, Streets, spans

Modes = npt.NDArray[np.uint8]
Sequence = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Turns:
    """Turns between vertices (ends of arcs, and copies of them).

    Attributes
    ----------
    vertex_arc
        Shape [V]: the arc at whose end a vertex is; the plain vertices first, one an arc, then the copies.
    tail, head
        Shape [E].
    closed_to
        Shape [E]: bit `m` is set if mode `m` may not make the turn.
    angle
        Shape [E]: degrees from -180 to 180, positive to the left; 0 where the street goes on without a choice, or has
        no direction, all its nodes lying at one spot.
    is_back
        Shape [E]: whether the turn leads back along the same chain.
    """

    vertex_arc: Ints
    tail: Ints
    head: Ints
    closed_to: Modes
    angle: npt.NDArray[np.float32]
    is_back: Bools

    def sorted_by(self, order: Ints) -> Turns:
        """Return the same turns in another order."""
        return replace(
            self,
            tail=self.tail[order],
            head=self.head[order],
            closed_to=self.closed_to[order],
            angle=self.angle[order],
            is_back=self.is_back[order],
        )


def turns_of(streets: Streets, arcs: Ints) -> Turns:
    """Return all turns between `arcs` (increasing) and copies of them."""
    start, end = arc_nodes(streets, arcs)
    tail, head = _joined(start, end)
    is_back = arcs[tail] ^ 1 == arcs[head]
    closed_to = np.where(is_back, 0, _closed_nodes(streets.blocked)[end[tail]]).astype(np.uint8)
    angle = _angles(_headings(streets, arcs), tail, head)
    angle[~is_back & (_meeting(streets)[end[tail]] == 2)] = 0.0
    plain = Turns(arcs, tail, head, closed_to, angle.astype(np.float32), is_back)
    return _with_copies(plain, _Automaton(_usable(streets.forbidden, set(arcs.tolist()))))


def vehicle_arcs(streets: Streets) -> Ints:
    """Return the arcs that some vehicle may drive, increasing."""
    opened = [ModeStreets(streets, row).open_arcs for row, mode in enumerate(MODES) if mode != "foot"]
    return np.flatnonzero(np.any(opened, axis=0))


def arc_nodes(streets: Streets, arcs: Ints) -> tuple[Ints, Ints]:
    """Return the nodes at which arcs begin and end."""
    first, last = (nodes[arcs >> 1] for nodes in streets.chain_nodes_at_ends)
    against = arcs & 1 == 1
    return np.where(against, last, first), np.where(against, first, last)


def _joined(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return all (i, j), i increasing, such that arc j begins where arc i ends."""
    by_start = np.argsort(start, kind="stable")
    tail, found = spans(*(np.searchsorted(start[by_start], end, side=side) for side in ("left", "right")))
    return tail, by_start[found]


def _closed_nodes(blocked: Bools) -> Modes:
    """Return, of shape [N], the modes that may not pass a node, as bits."""
    bits = (1 << np.arange(len(blocked))).astype(np.uint8)
    return np.asarray((blocked * bits[:, None]).sum(axis=0), np.uint8)


def _meeting(streets: Streets) -> Ints:
    """Return, of shape [N], how many chains meet at a node; a chain that ends where it began counts twice."""
    return np.bincount(np.concatenate(streets.chain_nodes_at_ends), minlength=len(streets.node_id))


def _headings(streets: Streets, arcs: Ints) -> tuple[Floats, Floats]:
    """Return the directions, in radians, in which arcs leave their first node and reach their last.

    NaN where all nodes of an arc lie at one spot.
    """
    step = streets.node_xy[streets.stretch_head] - streets.node_xy[streets.stretch_tail]
    along = np.where(step.any(axis=1), np.arctan2(step[:, 1], step[:, 0]), np.nan)
    first, last = (ends[arcs >> 1] for ends in _telling_stretches(streets, ~np.isnan(along)))
    against = arcs & 1 == 1
    return np.where(against, along[last] + np.pi, along[first]), np.where(against, along[first] + np.pi, along[last])


def _telling_stretches(streets: Streets, telling: Bools) -> tuple[Ints, Ints]:
    """Return the first and the last telling stretch of every chain; where it has none, one of the others."""
    first, last = streets.chain_first[:-1], streets.chain_first[1:] - 1
    if not len(first):
        return first, last
    number = np.arange(len(telling))
    lowest = np.minimum.reduceat(np.where(telling, number, len(telling)), first)
    highest = np.maximum.reduceat(np.where(telling, number, -1), first)
    return np.minimum(lowest, last), np.maximum(highest, first)


def _angles(headings: tuple[Floats, Floats], tail: Ints, head: Ints) -> Floats:
    """Return degrees turned, positive to the left; 0 where a direction is not known."""
    leaving, reaching = headings
    turned = np.nan_to_num(np.degrees(leaving[head] - reaching[tail]))
    return np.asarray((turned + 180.0) % 360.0 - 180.0, np.float64)


def _usable(forbidden: Mapping[Sequence, int], arcs: set[int]) -> dict[Sequence, int]:
    return {sequence: modes for sequence, modes in forbidden.items() if arcs.issuperset(sequence)}


class _Automaton:
    """What a run of arcs just driven forbids next, and which of it need be remembered."""

    def __init__(self, forbidden: Mapping[Sequence, int]) -> None:
        self._forbidden = forbidden
        self.remembered = sorted(
            {sequence[:length] for sequence in forbidden for length in range(2, len(sequence))},
            key=lambda prefix: (len(prefix), prefix),
        )
        self._remembered = frozenset(self.remembered)

    @property
    def pairs(self) -> set[tuple[int, int]]:
        """Turns from one arc to the next that are forbidden, or have to be remembered."""
        runs = [run for run in (*self._forbidden, *self.remembered) if len(run) == 2]
        return {(run[0], run[1]) for run in runs}

    def closed_to(self, driven: Sequence, arc: int) -> int:
        """Return the modes, as bits, that may not drive `arc` after `driven`."""
        run = (*driven, arc)
        modes = 0
        for begin in range(len(driven)):
            modes |= self._forbidden.get(run[begin:], 0)
        return modes

    def following(self, driven: Sequence) -> int:
        """Return the modes, as bits, that some forbidden sequence beginning with `driven` binds."""
        modes = 0
        for sequence, bound in self._forbidden.items():
            modes |= bound if sequence[: len(driven)] == driven else 0
        return modes

    def after(self, driven: Sequence, arc: int) -> Sequence:
        """Return the longest end of the run that is remembered, or the arc alone."""
        run = (*driven, arc)
        return next((run[begin:] for begin in range(len(driven)) if run[begin:] in self._remembered), (arc,))


def _with_copies(plain: Turns, automaton: _Automaton) -> Turns:
    """Close forbidden turns, and add the copies through which longer sequences are followed."""
    arcs = plain.vertex_arc
    vertex: dict[Sequence, int] = {}
    if automaton.pairs:
        vertex = {(arc,): number for number, arc in enumerate(arcs.tolist())}
    vertex |= {prefix: len(arcs) + number for number, prefix in enumerate(automaton.remembered)}
    closed_to, head = plain.closed_to.copy(), plain.head.copy()
    for before, after in automaton.pairs:
        turn = _edges_from(plain, vertex[before,])
        turn = turn[plain.head[turn] == vertex[after,]]
        closed_to[turn] |= automaton.closed_to((before,), after)
        head[turn] = vertex[automaton.after((before,), after)]
    grown = [replace(plain, closed_to=closed_to, head=head)]
    grown += [_turns_of_copy(grown[0], plain, automaton, vertex, prefix) for prefix in automaton.remembered]
    copied = np.array([prefix[-1] for prefix in automaton.remembered], np.int64)
    return _joined_turns(np.concatenate([arcs, copied]), grown)


def _turns_of_copy(
    closed: Turns, plain: Turns, automaton: _Automaton, vertex: Mapping[Sequence, int], prefix: Sequence
) -> Turns:
    """Return the turns from a copy: those of its arc, with what the arcs before it forbid.

    Nor may one turn round there: to come again as if from elsewhere would make nothing of the restriction.
    """
    edges = _edges_from(plain, vertex[prefix[-1],])
    next_arcs = plain.vertex_arc[plain.head[edges]].tolist()
    closed_to = closed.closed_to[edges] | np.array([automaton.closed_to(prefix, arc) for arc in next_arcs], np.uint8)
    closed_to[plain.is_back[edges]] |= automaton.following(prefix)
    head = np.array([vertex[automaton.after(prefix, arc)] for arc in next_arcs], np.int64)
    tail = np.full(len(edges), vertex[prefix], np.int64)
    return Turns(plain.vertex_arc, tail, head, closed_to, plain.angle[edges], plain.is_back[edges])


def _edges_from(turns: Turns, vertex: int) -> Ints:
    first, stop = (int(np.searchsorted(turns.tail, vertex, side=side)) for side in ("left", "right"))
    return np.arange(first, stop)


def _joined_turns(vertex_arc: Ints, parts: list[Turns]) -> Turns:
    return Turns(
        vertex_arc,
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("tail", "head", "closed_to", "angle", "is_back")
        ),
    )
