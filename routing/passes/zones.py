"""Zones and checkpoints over a span of time: which are closed to whom, and which hold somebody up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from shapely.geometry.base import BaseGeometry

from routing.domain.passes import Checkpoint, Zone, ZoneEntry
from routing.domain.products import Purpose
from routing.passes.areas import checkpoint_shape
from routing.passes.intervals import Span, validity
from routing.passes.slices import Condition, runs


@dataclass(frozen=True, kw_only=True)
class ZoneRun:
    """A span of time, the zones that stay closed in it, and the cargo those left open admit (None: any).

    `manned`: the checkpoints that may hold somebody up in it.
    """

    span: Span
    closed: tuple[Zone, ...]
    purposes: frozenset[Purpose] | None
    manned: tuple[Checkpoint, ...] = ()

    @property
    def blocked(self) -> tuple[BaseGeometry, ...]:
        """The closed zones' areas in degrees."""
        return tuple(zone.area.shape for zone in self.closed)

    @property
    def delays(self) -> tuple[tuple[BaseGeometry, int], ...]:
        """Where the checkpoints lie, in degrees, and the seconds each takes."""
        return tuple((checkpoint_shape(each), each.delay_s) for each in self.manned)


def zone_runs(
    zones: Iterable[Zone], span: Span, purposes: frozenset[Purpose] | None, checkpoints: Sequence[Condition] = ()
) -> Iterator[ZoneRun]:
    """Yield the ways to spend a legal span with regard to zones and checkpoints.

    A zone or checkpoint that begins or ends within the span cuts it into slices; every run of neighbouring slices is
    a way, closed to all zones and slowed by all checkpoints in force in any of them, unless a longer run is bound by
    no more. Zones that let essential cargo in give a second way: into the zone, with such cargo only.

    Parameters
    ----------
    purposes
        Cargo the pass is for; None: any.
    checkpoints
        Those that stop this mode, with the times at which they are manned.
    """
    closures = [Condition(zone, (validity(zone.valid_from_at, zone.valid_to_at),)) for zone in zones]
    conditions = [each for each in (*closures, *checkpoints) if each.holds(span)]
    for run, bound in runs(conditions, span):
        subjects = [conditions[index].subject for index in sorted(bound)]
        in_force = tuple(each for each in subjects if isinstance(each, Zone))
        manned = tuple(each for each in subjects if isinstance(each, Checkpoint))
        plain = ZoneRun(span=run, closed=in_force, purposes=purposes, manned=manned)
        yield plain
        yield from _essential_runs(plain)


def _essential_runs(run: ZoneRun) -> Iterator[ZoneRun]:
    """Yield, for each set of cargo that some zones all admit, the run with the zones open that admit all of it."""
    admitted = {
        frozenset(zone.essential_purposes) & (run.purposes if run.purposes is not None else frozenset(Purpose))
        for zone in run.closed
        if zone.entry is ZoneEntry.ESSENTIAL_ALLOWED
    }
    open_to = {
        frozenset.intersection(*some) for size in range(1, len(admitted) + 1) for some in combinations(admitted, size)
    }
    for cargo in sorted(open_to - {frozenset()}, key=sorted):
        closed = tuple(
            zone
            for zone in run.closed
            if zone.entry is not ZoneEntry.ESSENTIAL_ALLOWED or not cargo <= set(zone.essential_purposes)
        )
        yield replace(run, closed=closed, purposes=cargo)
