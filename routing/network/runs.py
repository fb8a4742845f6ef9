"""Drives along a chain: their line, their length, whether they are legal.

Law: a position counts stretches from the chain's start, with a fraction; whatever is measured or drawn of a
partial street is measured and drawn here, so a leg's parts cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from shapely.geometry.base import BaseGeometry

from routing.network.legal import Geometries, LegalGround, line_or_point
from routing.network.projection import Floats
from routing.network.street_arrays import Bools, Ints, ModeStreets, Streets


@dataclass(frozen=True)
class Run:
    """A drive on one chain from one position to another (stretches from its start, with fractions)."""

    chain: int
    start: float
    end: float


def chain_length(streets: Streets, chain: int) -> float:
    """Return the position of a chain's end."""
    return float(streets.chain_first[chain + 1] - streets.chain_first[chain])


def run_line(streets: Streets, run: Run) -> Floats:
    """Return projected points along a run, in the way's direction."""
    low, high = sorted((run.start, run.end))
    xy = streets.node_xy[streets.chain_nodes(run.chain)]
    inner = xy[floor(low) + 1 : ceil(high)]
    return np.vstack([_point_at(xy, low), inner, _point_at(xy, high)])


def _point_at(xy: Floats, position: float) -> Floats:
    stretch = min(int(position), len(xy) - 2)
    return np.asarray(xy[stretch] + (position - stretch) * (xy[stretch + 1] - xy[stretch]), np.float64)


def legal_runs(streets: Streets, ground: LegalGround, chain_legal: Bools, runs: Sequence[Run]) -> list[bool]:
    """Say of each run whether all of it is legal; runs of wholly legal chains need no cutting."""
    legal = [bool(chain_legal[run.chain]) for run in runs]
    doubtful = [k for k, whole in enumerate(legal) if not whole]
    lines = as_array(line_or_point(run_line(streets, runs[k])) for k in doubtful)
    for k, covered in zip(doubtful, ground.covers(lines).tolist(), strict=True):
        legal[k] = covered
    return legal


def run_delays_s(streets: Streets, ground: LegalGround, runs: Iterable[Run]) -> Ints:
    """Return the seconds that checkpoints cost on each run."""
    return ground.delay_s(as_array(line_or_point(run_line(streets, run)) for run in runs))


def weigh_runs(view: ModeStreets, runs: Iterable[Run]) -> Ints:
    """Return packed weights of runs, each rounded once."""
    rows = as_rows(runs)
    chain = rows[:, 0].astype(np.int64)
    metres = np.abs(_along_m(view.streets, chain, rows[:, 2]) - _along_m(view.streets, chain, rows[:, 1]))
    return view.weigh(chain, metres)


def _along_m(streets: Streets, chain: Ints, position: Floats) -> Floats:
    """Return metres from the network's first stretch to positions on chains; differences are lengths."""
    last = np.diff(streets.chain_first)[chain] - 1
    stretch = np.minimum(position.astype(np.int64), last)
    index = streets.chain_first[chain] + stretch
    return np.asarray(streets.along_m[index] + (position - stretch) * streets.stretch_m[index], np.float64)


def as_rows(runs: Iterable[Run]) -> Floats:
    """Return (chain, start, end) of runs, shape [n, 3]."""
    return np.array([(run.chain, run.start, run.end) for run in runs], np.float64).reshape(-1, 3)


def as_array(geometries: Iterable[BaseGeometry]) -> Geometries:
    """Return geometries as an array of objects, which numpy would otherwise try to look into."""
    listed = list(geometries)
    array = np.empty(len(listed), np.object_)
    array[:] = listed
    return array
