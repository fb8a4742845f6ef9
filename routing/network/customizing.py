"""Customization: the weights of one mode on one legal area, carried up through the chordal graph.

Law: exact integers. After it, an edge's weight is that of the best way between its ends over vertices eliminated
before both. Nothing of the topology changes: an arc that is not legal has an infinite weight.

Source: "Customizable Contraction Hierarchies" (see `elimination`), section 7.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.network.compiled import compiled
from routing.network.elimination import Hierarchy, Ints32
from routing.network.street_arrays import Bools, Ints


@dataclass(frozen=True, eq=False)
class Metric:
    """Packed weights by slot: `upward` from the lower end to the upper, `downward` back."""

    upward: Ints
    downward: Ints


def customize(hierarchy: Hierarchy, given: Metric) -> Metric:
    """Return the metric in which every edge knows the best way below it."""
    metric = Metric(given.upward.copy(), given.downward.copy())
    _relax_triangles(hierarchy.first, hierarchy.up, metric.upward, metric.downward)
    return metric


@compiled
def _relax_triangles(first: Ints32, up: Ints32, upward: Ints, downward: Ints) -> None:
    """Go through the triangles x < y < z, lowest x first: y - x - z may beat y - z."""
    for x in range(len(first) - 1):
        end = first[x + 1]
        for i in range(first[x], end - 1):
            y = up[i]
            slot = first[y]
            y_x, x_y = downward[i], upward[i]
            for j in range(i + 1, end):
                z = up[j]
                while up[slot] != z:
                    slot += 1
                weight = y_x + upward[j]
                upward[slot] = min(upward[slot], weight)
                weight = downward[j] + x_y
                downward[slot] = min(downward[slot], weight)


@compiled
def scatter_weights(
    arc: Ints32,
    gate: Ints32,
    slot: Ints32,
    is_down: Bools,
    arc_weight: Ints,
    through: Bools,
    extra: Ints,
    upward: Ints,
    downward: Ints,
) -> None:
    """Lay the weights of a topology's edges into their slots; of parallel edges the best counts.

    An edge is open if the arc `gate` may be driven to its end; it costs the arc driven and what is `extra`. One from a
    vertex to itself has no slot.
    """
    for e in range(len(arc)):
        if slot[e] >= 0 and through[gate[e]]:
            weight = arc_weight[arc[e]] + extra[e]
            if is_down[e]:
                downward[slot[e]] = min(downward[slot[e]], weight)
            else:
                upward[slot[e]] = min(upward[slot[e]], weight)
