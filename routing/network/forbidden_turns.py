"""From turn restrictions by way and node to sequences of arcs that may not be driven one after another.

Law: exactly what `restrictions.TurnRestriction` says, no more: a `no_` forbids its sequences, an `only_` forbids every
way off the allowed ones, turning back included, once the drive has come along its first way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from routing.network.access import MODES
from routing.network.restrictions import TurnRestriction
from routing.network.street_arrays import Streets

Arcs = tuple[int, ...]


def forbidden_sequences(streets: Streets, restrictions: Iterable[TurnRestriction]) -> dict[Arcs, int]:
    """Return sequence of arcs -> modes it is forbidden to, bit `m` for mode `m` of `MODES`."""
    restrictions = tuple(restrictions)
    ways = _Ways(streets, {way for each in restrictions for way in (each.from_way, *each.via_ways, each.to_way)})
    forbidden: dict[Arcs, int] = defaultdict(int)
    for row, mode in enumerate(MODES):
        binding = [each for each in restrictions if mode in each.modes]
        for sequence in _forbidden(ways, binding):
            forbidden[sequence] |= 1 << row
    return dict(forbidden)


class _Ways:
    """The arcs of some ways, and of all streets at a node."""

    def __init__(self, streets: Streets, wanted: set[int]) -> None:
        self._starts, self._ends = _nodes_at_ends(streets)
        self._chains: dict[int, list[int]] = defaultdict(list)
        for chain in np.flatnonzero(np.isin(streets.chain_way, list(wanted))).tolist():
            self._chains[int(streets.chain_way[chain])].append(chain)
        by_start = np.argsort(self._starts, kind="stable")
        self._by_start = by_start, self._starts[by_start]
        self._node_id = streets.node_id

    def node(self, node_id: int) -> int:
        """Return a node's index, -1 if no street has it."""
        index = int(np.searchsorted(self._node_id, node_id))
        return index if index < len(self._node_id) and self._node_id[index] == node_id else -1

    def end(self, arc: int) -> int:
        """Return the node at which an arc ends."""
        return int(self._ends[arc])

    def from_node(self, node: int) -> list[int]:
        """Return all arcs that begin at a node."""
        order, starts = self._by_start
        first, stop = (int(np.searchsorted(starts, node, side=side)) for side in ("left", "right"))
        found: list[int] = order[first:stop].tolist()
        return found

    def leaving(self, way: int, node: int) -> list[int]:
        """Return a way's arcs that begin at a node."""
        return [arc for arc in self._arcs(way) if self._starts[arc] == node]

    def reaching(self, way: int, node: int) -> list[int]:
        """Return a way's arcs that end at a node."""
        return [arc for arc in self._arcs(way) if self._ends[arc] == node]

    def along(self, ways: Sequence[int]) -> Iterator[Arcs]:
        """Yield the drives over ways one after another, each from end to end."""
        partial: list[Arcs] = [()]
        for way in ways:
            chains = self._chains[way]
            directions = (tuple(2 * c for c in chains), tuple(2 * c + 1 for c in reversed(chains)))
            partial = [
                (*driven, *arcs) for driven in partial for arcs in directions if arcs and self._joined((*driven, *arcs))
            ]
        yield from partial

    def starts_at(self, arc: int) -> int:
        """Return the node at which an arc begins."""
        return int(self._starts[arc])

    def _arcs(self, way: int) -> list[int]:
        return [arc for chain in self._chains[way] for arc in (2 * chain, 2 * chain + 1)]

    def _joined(self, arcs: Arcs) -> bool:
        return all(self._ends[a] == self._starts[b] for a, b in pairwise(arcs))


def _nodes_at_ends(streets: Streets) -> tuple[np.typing.NDArray[np.int64], np.typing.NDArray[np.int64]]:
    """Return the first and the last node of every arc."""
    first, last = streets.chain_nodes_at_ends
    return np.column_stack([first, last]).ravel(), np.column_stack([last, first]).ravel()


def _forbidden(ways: _Ways, restrictions: Sequence[TurnRestriction]) -> Iterator[Arcs]:
    """Yield what restrictions of one mode forbid together."""
    allowed: dict[int, set[Arcs]] = defaultdict(set)  # arc that leads to an only_ -> what may follow it
    for restriction in restrictions:
        for before, after in _drives(ways, restriction):
            if restriction.only:
                allowed[before].add(after)
            else:
                yield (before, *after)
    yield from _off_the_allowed(ways, allowed)


def _drives(ways: _Ways, restriction: TurnRestriction) -> Iterator[tuple[int, Arcs]]:
    """Yield (arc of the first way, arcs between and into the last way) for all arms that are meant."""
    if restriction.via_node is not None:
        between: list[tuple[int, Arcs, int]] = [(node := ways.node(restriction.via_node), (), node)]
    else:
        between = [(ways.starts_at(arcs[0]), arcs, ways.end(arcs[-1])) for arcs in ways.along(restriction.via_ways)]
    for entry, arcs, exit_ in between:
        for before in ways.reaching(restriction.from_way, entry):
            for after in ways.leaving(restriction.to_way, exit_):
                yield before, (*arcs, after)


def _off_the_allowed(ways: _Ways, allowed: Mapping[int, set[Arcs]]) -> Iterator[Arcs]:
    for before, drives in allowed.items():
        prefixes = {drive[:length] for drive in drives for length in range(len(drive))}
        for prefix in sorted(prefixes):
            onward = {drive[len(prefix)] for drive in drives if drive[: len(prefix)] == prefix and drive != prefix}
            driven = (before, *prefix)
            yield from ((*driven, arc) for arc in ways.from_node(ways.end(driven[-1])) if arc not in onward)
