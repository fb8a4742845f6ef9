"""Where streets part: for each node, what a mode may drive on to.

Law: the extract's own streets and OpenStreetMap's access law, whatever a pass allows. A driver sees the street that a
pass forbids, so it counts where it has to be said which one to take.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from routing.network.access import directions
from routing.network.extract import Extract, Way
from routing.network.headings import Point


@dataclass(frozen=True)
class Branch:
    """A street leaving a node: its way, the node left, its place in `way.nodes`, and +1 along the way or -1 against."""

    way: Way
    index: int
    step: int

    @property
    def next_node(self) -> int:
        """The neighbour it leads to."""
        return self.way.nodes[self.index + self.step]

    def nodes(self) -> Iterator[int]:
        """Yield the nodes from the one left to the way's end."""
        stop = len(self.way.nodes) if self.step > 0 else -1
        yield from (self.way.nodes[at] for at in range(self.index, stop, self.step))


class Junctions:
    """The branches of every node of an extract, for one mode."""

    def __init__(self, extract: Extract, mode: str) -> None:
        self._extract = extract
        self._open = {way.way_id: directions(way.tags, mode) for way in extract.ways.values()}
        self._ways_at: dict[int, list[tuple[Way, int]]] = defaultdict(list)
        for way in extract.ways.values():
            if any(self._open[way.way_id]):
                for index, node in enumerate(way.nodes):
                    self._ways_at[node].append((way, index))

    def branches(self, node: int) -> list[Branch]:
        """Return what the mode may drive on to from a node, ways in increasing order of id."""
        return [
            Branch(way, index, step)
            for way, index in self._ways_at.get(node, ())
            for step, is_open in zip((1, -1), self._open[way.way_id], strict=True)
            if is_open and self._leads_on(way, index + step)
        ]

    def line(self, branch: Branch) -> Iterator[Point]:
        """Yield the located points of a branch, beginning at its node."""
        return (self._extract.nodes[node] for node in branch.nodes() if node in self._extract.nodes)

    def _leads_on(self, way: Way, index: int) -> bool:
        return 0 <= index < len(way.nodes) and way.nodes[index] in self._extract.nodes
