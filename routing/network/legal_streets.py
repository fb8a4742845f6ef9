"""The streets of one question: what one mode may drive on one legal area, and what it costs.

Law: an arc that is not legal from end to end can be driven *into* (a place may lie in its legal part) but never *out
of*: the gate of every edge is the arc left behind. A place is entered or left only over a legal interval and in a
permitted direction. Whatever way is found is therefore lawful, whoever searches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from routing.network.customizing import Metric, customize, scatter_weights
from routing.network.legal import LegalArea, LegalGround
from routing.network.projection import Floats
from routing.network.runs import run_shapes, weigh_runs
from routing.network.speeds import speed_table
from routing.network.street_arrays import DISTANCE_BITS, INFINITE, Bools, Ints, ModeStreets, Streets
from routing.network.topology import Topology, topology_of

_MS = 1000 << DISTANCE_BITS


@dataclass(frozen=True, eq=False)
class LegalStreets:
    """One mode on one legal area.

    Attributes
    ----------
    chain_legal
        Shape [C]: whether all of a chain is legal.
    chain_delay_s
        Shape [C]: what checkpoints on it cost.
    """

    view: ModeStreets
    topology: Topology
    ground: LegalGround
    chain_legal: Bools
    chain_delay_s: Ints

    @property
    def streets(self) -> Streets:
        """The streets of all modes."""
        return self.view.streets

    @cached_property
    def arc_weight(self) -> Ints:
        """Shape [2C]: packed weights of arcs, checkpoints included, legal or not."""
        return self.view.arc_weight + np.repeat(self.chain_delay_s * _MS, 2)

    @cached_property
    def through(self) -> Bools:
        """Shape [2C]: arcs that may be driven to their end."""
        return self.view.open_arcs & np.repeat(self.chain_legal, 2)

    @cached_property
    def extra(self) -> Ints:
        """Shape [E]: what every edge of the topology costs beside its arc."""
        return edge_extra(self.view, self.topology)

    def given(self) -> Metric:
        """Return the weights of the topology's own edges, by slot."""
        topology = self.topology
        metric = Metric(*(np.full(len(topology.hierarchy.up), INFINITE, np.int64) for _ in range(2)))
        scatter_weights(
            topology.arc, topology.gate, topology.slot, topology.is_down,
            self.arc_weight, self.through, self.extra, metric.upward, metric.downward,
        )  # fmt: skip
        return metric

    def metric(self) -> Metric:
        """Return the customized weights."""
        return customize(self.topology.hierarchy, self.given())

    def are_legal(self, chain: Ints, start: Floats, end: Floats) -> Bools:
        """Say of drives on chains whether all of each is legal; those of wholly legal chains need no cutting."""
        legal = self.chain_legal[chain]
        doubtful = np.flatnonzero(~legal)
        if len(doubtful):
            drives = chain[doubtful], start[doubtful], end[doubtful]
            legal[doubtful] = self.ground.covers(run_shapes(self.streets, *drives))
        return legal

    def delays_s(self, chain: Ints, start: Floats, end: Floats) -> Ints:
        """Return what checkpoints cost on drives on chains; who stays where they are is not held up."""
        seconds = np.where(start == end, 0, self.chain_delay_s[chain])
        length = np.diff(self.streets.chain_first)[chain]
        parts = np.flatnonzero((seconds > 0) & (np.abs(end - start) < length))
        if len(parts):
            drives = chain[parts], start[parts], end[parts]
            seconds[parts] = self.ground.delay_s(run_shapes(self.streets, *drives))
        return seconds

    def weigh(self, chain: Ints, start: Floats, end: Floats) -> Ints:
        """Return packed weights of drives on chains, each rounded once, checkpoints included."""
        return weigh_runs(self.view, chain, start, end) + self.delays_s(chain, start, end) * _MS

    def arcs_between(self, vertices: Ints) -> list[int]:
        """Return the best legal arcs from vertex to vertex of a walk in which each is an edge."""
        return [self._best_arc(int(tail), int(head)) for tail, head in pairwise(vertices)]

    def _best_arc(self, tail: int, head: int) -> int:
        first = self.topology.out_first
        edges = np.arange(first[tail], first[tail + 1])
        arcs = self.topology.arc[edges[self.topology.head[edges] == head]]
        arcs = arcs[self.through[arcs]]
        return int(arcs[self.arc_weight[arcs].argmin()])


def legal_streets(streets: Streets, mode: str, area: LegalArea) -> LegalStreets:
    """Cut the streets of a mode by a legal area."""
    ground = LegalGround(area, streets.projection)
    return LegalStreets(
        streets.of(mode),
        topology_of(streets, mode),
        ground,
        ground.legal_chains(streets),
        ground.chain_delay_s(streets),
    )


def edge_extra(view: ModeStreets, topology: Topology) -> Ints:
    """Return what every edge costs beside its arc: the turn's time, or `INFINITE` where it is forbidden."""
    turns = topology.turns
    if turns is None:
        return np.zeros(len(topology.arc), np.int64)
    costs = speed_table().modes[view.mode].turns
    seconds = (
        np.where(turns.is_back, costs.u_turn_s, costs.seconds(turns.angle)) if costs else np.zeros(len(turns.tail))
    )
    extra = np.rint(seconds * 1000).astype(np.int64) << DISTANCE_BITS
    return np.where(turns.closed_to >> view.row & 1, INFINITE, extra)
