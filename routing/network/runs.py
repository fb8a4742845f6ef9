"""Drives along a chain: their line, their length, whether they are legal.

Law: a position counts stretches from the chain's start, with a fraction; whatever is measured or drawn of a
partial street is measured and drawn here, so a leg's parts cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from routing.network.legal import Geometries, line_or_point
from routing.network.projection import Floats
from routing.network.street_arrays import Ints, ModeStreets, Streets


@dataclass(frozen=True)
class Run:
    """A drive on one chain from one position to another (stretches from its start, with fractions)."""

    chain: int
    start: float
    end: float


def run_line(streets: Streets, run: Run) -> Floats:
    """Return projected points along a run, in the way's direction."""
    low, high = sorted((run.start, run.end))
    xy = streets.node_xy[streets.chain_nodes(run.chain)]
    inner = xy[floor(low) + 1 : ceil(high)]
    return np.vstack([_point_at(xy, low), inner, _point_at(xy, high)])


def _point_at(xy: Floats, position: float) -> Floats:
    stretch = min(int(position), len(xy) - 2)
    return np.asarray(xy[stretch] + (position - stretch) * (xy[stretch + 1] - xy[stretch]), np.float64)


def weigh_runs(view: ModeStreets, chain: Ints, start: Floats, end: Floats) -> Ints:
    """Return packed weights of drives on chains, each rounded once."""
    metres = np.abs(_along_m(view.streets, chain, end) - _along_m(view.streets, chain, start))
    return view.weigh(chain, metres)


def _along_m(streets: Streets, chain: Ints, position: Floats) -> Floats:
    """Return metres from the network's first stretch to positions on chains; differences are lengths."""
    last = np.diff(streets.chain_first)[chain] - 1
    stretch = np.minimum(position.astype(np.int64), last)
    index = streets.chain_first[chain] + stretch
    return np.asarray(streets.along_m[index] + (position - stretch) * streets.stretch_m[index], np.float64)


def run_shapes(streets: Streets, chain: Ints, start: Floats, end: Floats) -> Geometries:
    """Return the projected lines (or points) of drives on chains."""
    shapes = np.empty(len(chain), np.object_)
    for k, run in enumerate(zip(chain.tolist(), start.tolist(), end.tolist(), strict=True)):
        shapes[k] = line_or_point(run_line(streets, Run(*run)))
    return shapes
