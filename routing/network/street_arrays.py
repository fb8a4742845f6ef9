"""The compiled streets: arrays, and what each mode sees of them.

Law: nothing here reads an extract or knows a tag; everything follows from the arrays, so that a network from a
warm cache behaves as the freshly compiled one does.

A *stretch* is a pair of consecutive nodes of one way, the atom that plans name. A *chain* is a run of stretches
of one way between two junctions. An *arc* is a chain in one direction, numbered 2 * chain along its way and
2 * chain + 1 against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from routing.network.access import MODES
from routing.network.projection import Floats, Projection

if TYPE_CHECKING:
    from routing.network.topology import Topology

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"

# A weight is time_ms << DISTANCE_BITS | distance_dm: one shortest-path run gives the fastest way and, among equals,
# the shortest. 24 bits of decimetres are 1,677 km.
DISTANCE_BITS = 24
MAX_DISTANCE_DM = 1 << DISTANCE_BITS
# No street counts as longer or slower than this: 12 days, and no way is a day's that takes 12 hours. So neither a node
# on the wrong side of the Earth nor `maxspeed=0.00001` makes a weight run over.
_MOST_MS = 1 << 30
INFINITE = 1 << 61
"""The weight of what is not open; two of them still fit an int64."""


@dataclass(frozen=True, eq=False)
class Streets:
    """All streets of one extract.

    Attributes
    ----------
    extract_sha256
        Digest of the file they were compiled from.
    node_id, node_lon_lat
        Shape [N] OSM ids in increasing order, [N, 2] degrees.
    stretch_tail, stretch_head, stretch_m
        Shape [S]: node indices in the way's order, and great-circle metres.
    chain_first, chain_way
        Chain c holds stretches `chain_first[c]` to `chain_first[c + 1] - 1` of way `chain_way[c]`; chains are
        in increasing order of way, then along it. Shapes [C + 1] and [C].
    forward, backward
        Shape [mode, C]: whether the chain may be driven along and against its way; islands are already out.
    kph
        Shape [mode, C].
    blocked
        Shape [mode, N]: nodes the mode may reach but not pass.
    dropped_arcs, dropped_m
        Shape [mode]: what was left out as islands.
    names
        Way id -> name, for named ways.
    forbidden
        Sequences of arcs that may not be driven one after another -> the modes they bind, bit `m` for mode `m`.
    topologies
        The graphs made of these streets so far (`topology.topology_of`).
    """

    extract_sha256: str
    node_id: Ints
    node_lon_lat: Floats
    stretch_tail: Ints
    stretch_head: Ints
    stretch_m: Floats
    chain_first: Ints
    chain_way: Ints
    forward: Bools
    backward: Bools
    kph: Floats
    blocked: Bools
    dropped_arcs: Ints
    dropped_m: Floats
    names: Mapping[int, str]
    forbidden: Mapping[tuple[int, ...], int] = field(default_factory=dict)
    topologies: dict[str, Topology] = field(default_factory=dict, compare=False, repr=False)

    attribution = ATTRIBUTION

    def street_name(self, way_id: int) -> str | None:
        """Return the name a sign would show for the way, or None."""
        return self.names.get(way_id)

    def of(self, mode: str) -> ModeStreets:
        """Return what one mode sees; raise KeyError for an unknown mode."""
        return self._by_mode[mode]

    def info(self) -> dict[str, object]:
        """Describe the network for people and logs."""
        return {
            "extract_sha256": self.extract_sha256,
            "attribution": self.attribution,
            "nodes": len(self.node_id),
            "ways": len(np.unique(self.chain_way)),
            "modes": {mode: self._mode_info(row) for row, mode in enumerate(MODES)},
        }

    def _mode_info(self, row: int) -> dict[str, object]:
        both = np.concatenate([self.chain_m[self.forward[row]], self.chain_m[self.backward[row]]])
        return {
            "arcs": len(both),
            "metres": round(float(both.sum())),
            "dropped_arcs": int(self.dropped_arcs[row]),
            "dropped_metres": round(float(self.dropped_m[row])),
        }

    @cached_property
    def _by_mode(self) -> dict[str, ModeStreets]:
        return {mode: ModeStreets(self, row) for row, mode in enumerate(MODES)}

    @cached_property
    def projection(self) -> Projection:
        """The plane in metres all geometry of this network is cut in."""
        if not len(self.node_lon_lat):
            return Projection(0.0, 0.0)
        west, south = self.node_lon_lat.min(axis=0)
        east, north = self.node_lon_lat.max(axis=0)
        return Projection(float(west + east) / 2, float(south + north) / 2)

    @cached_property
    def node_xy(self) -> Floats:
        """Shape [N, 2]: projected metres."""
        return self.projection.to_m(self.node_lon_lat)

    @cached_property
    def along_m(self) -> Floats:
        """Shape [S + 1]: metres from the first stretch of all to the start of each; differences are lengths."""
        return np.concatenate([[0.0], np.cumsum(self.stretch_m)])

    @cached_property
    def chain_m(self) -> Floats:
        """Shape [C]: great-circle metres."""
        return np.add.reduceat(self.stretch_m, self.chain_first[:-1])

    def chain_nodes(self, chain: int) -> Ints:
        """Return the node indices along a chain."""
        first, end = self.chain_first[chain], self.chain_first[chain + 1]
        return self._nodes_along[first + chain : end + chain + 1]

    def chain_length(self, chain: int) -> float:
        """Return the position of a chain's end: how many stretches it has."""
        return float(self.chain_first[chain + 1] - self.chain_first[chain])

    @cached_property
    def chain_nodes_at_ends(self) -> tuple[Ints, Ints]:
        """First and last node of every chain, shape [C] each."""
        return self.stretch_tail[self.chain_first[:-1]], self.stretch_head[self.chain_first[1:] - 1]

    @cached_property
    def arcs_reaching(self) -> tuple[Ints, Ints]:
        """The arcs that end at node n, open or not: `arc[first[n] : first[n + 1]]`, as (first, arc)."""
        first, last = self.chain_nodes_at_ends
        end = np.column_stack([last, first]).ravel()
        order = np.argsort(end, kind="stable")
        return np.searchsorted(end[order], np.arange(len(self.node_id) + 1)), order

    @cached_property
    def _nodes_along(self) -> Ints:
        """Shape [S + C]: the nodes of all chains, one chain after another."""
        ends = self.chain_first[1:]
        return np.insert(self.stretch_tail, ends, self.stretch_head[ends - 1])

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index over `chain_lines`."""
        return shapely.STRtree(self.chain_lines)

    @cached_property
    def chain_lines(self) -> npt.NDArray[np.object_]:
        """Shape [C]: projected line strings."""
        chains = np.repeat(np.arange(len(self.chain_way)), np.diff(self.chain_first) + 1)
        lines = shapely.linestrings(self.node_xy[self._nodes_along], indices=chains)
        return np.asarray(lines, dtype=np.object_)


@dataclass(frozen=True, eq=False)
class ModeStreets:
    """The streets as one mode may use them, islands left out."""

    streets: Streets
    row: int

    @property
    def mode(self) -> str:
        """The mode's name."""
        return MODES[self.row]

    @cached_property
    def chains(self) -> Ints:
        """Chains open to the mode in some direction."""
        return np.flatnonzero(self.streets.forward[self.row] | self.streets.backward[self.row])

    @cached_property
    def ends(self) -> tuple[Ints, Ints, int]:
        """First and last vertex of every chain, shape [C] each, and the number of vertices."""
        return chain_vertices(self.streets, self.streets.blocked[self.row])

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index over the lines of `chains`, in that order."""
        return shapely.STRtree(self.streets.chain_lines[self.chains])

    def opens(self, chain: int) -> tuple[bool, bool]:
        """Say whether a chain may be driven (forward, backward)."""
        return bool(self.streets.forward[self.row, chain]), bool(self.streets.backward[self.row, chain])

    def weigh(self, chain: npt.ArrayLike, length_m: npt.ArrayLike) -> Ints:
        """Pack time and distance of `length_m` metres driven on chains; each is rounded once, here.

        Milliseconds are rounded up, so that a leg never lasts less than its streets.
        """
        kph = self.streets.kph[self.row, np.asarray(chain, np.int64)]
        # The hundredth keeps a sum's last bit from costing a millisecond.
        time_ms = np.ceil(np.asarray(length_m) * 3600.0 / kph - 0.01).clip(0, _MOST_MS).astype(np.int64)
        distance_dm = np.rint(np.asarray(length_m) * 10.0).clip(max=MAX_DISTANCE_DM - 1).astype(np.int64)
        return np.asarray((time_ms << DISTANCE_BITS) | distance_dm, np.int64)

    @cached_property
    def open_arcs(self) -> Bools:
        """Shape [2C]: whether the mode may drive an arc."""
        both = np.column_stack([self.streets.forward[self.row], self.streets.backward[self.row]])
        return np.ascontiguousarray(both).ravel()

    @cached_property
    def arc_weight(self) -> Ints:
        """Shape [2C]: the packed weight of every arc; `INFINITE` where the mode may not drive it."""
        weight = np.full(2 * len(self.streets.chain_way), INFINITE, np.int64)
        arcs = np.flatnonzero(self.open_arcs)
        weight[arcs] = self.weigh(arcs >> 1, self.streets.chain_m[arcs >> 1])
        return weight


def pairs_alike(key: Ints) -> tuple[Ints, Ints]:
    """Return all ordered pairs of different entries with the same key, the first of a pair not decreasing by key."""
    order = np.argsort(key, kind="stable")
    first, stop = (np.searchsorted(key[order], key[order], side=side) for side in ("left", "right"))
    one, other = spans(first, stop)
    apart = one != other
    return order[one[apart]], order[other[apart]]


def spans(first: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """Return (i, each number from first[i] up to, not including, stop[i]), i increasing."""
    counts = stop - first
    row = np.repeat(np.arange(len(first)), counts)
    return row, first[row] + np.arange(len(row)) - (np.cumsum(counts) - counts)[row]


def chain_vertices(streets: Streets, blocked: Bools) -> tuple[Ints, Ints, int]:
    """Give numbers to the vertices at both ends of every chain.

    Chains that meet at a node share its vertex, except at a node in `blocked` (shape [N]): there each chain
    ends in a vertex of its own, so the barrier can be reached from both sides and passed from neither.

    Returns
    -------
    first, last, vertices
        Shapes [C] and [C], and how many vertices there are.
    """
    first, last = streets.chain_nodes_at_ends
    own = len(streets.node_id) + 2 * np.arange(len(first))
    keys = np.concatenate([np.where(blocked[first], own, first), np.where(blocked[last], own + 1, last)])
    vertices, vertex = np.unique(keys, return_inverse=True)
    return vertex[: len(first)], vertex[len(first) :], len(vertices)
