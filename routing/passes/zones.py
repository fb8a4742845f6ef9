"""Zones over a span of time: which are closed to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from shapely.geometry.base import BaseGeometry

from routing.domain.passes import Zone, ZoneEntry
from routing.domain.products import Purpose
from routing.passes.intervals import MARGIN, Span, overlap, validity


@dataclass(frozen=True, kw_only=True)
class ZoneRun:
    """A span of time, the zones that stay closed in it, and the cargo those left open admit (None: any)."""

    span: Span
    closed: tuple[Zone, ...]
    purposes: frozenset[Purpose] | None

    @property
    def blocked(self) -> tuple[BaseGeometry, ...]:
        """The closed zones' areas in degrees."""
        return tuple(zone.area.shape for zone in self.closed)


def zone_runs(zones: Iterable[Zone], span: Span, purposes: frozenset[Purpose] | None) -> Iterator[ZoneRun]:
    """Yield the ways to spend a legal span with regard to zones.

    A zone that begins or ends within the span cuts it into slices; every run of neighbouring slices is a way,
    closed to all zones in force in any of them, unless a longer run is closed to no more. Zones that let
    essential cargo in give a second way: into the zone, with such cargo only.

    Parameters
    ----------
    purposes
        Cargo the pass is for; None: any.
    """
    relevant = [zone for zone in zones if overlap(validity(zone.valid_from_at, zone.valid_to_at), span)]
    for run, in_force in _runs(relevant, span):
        yield ZoneRun(span=run, closed=in_force, purposes=purposes)
        yield from _essential_runs(run, in_force, purposes)


def _essential_runs(span: Span, in_force: tuple[Zone, ...], purposes: frozenset[Purpose] | None) -> Iterator[ZoneRun]:
    """Yield, for each set of cargo that some zones all admit, the run with the zones open that admit all of it."""
    admitted = {
        frozenset(zone.essential_purposes) & (purposes if purposes is not None else frozenset(Purpose))
        for zone in in_force
        if zone.entry is ZoneEntry.ESSENTIAL_ALLOWED
    }
    open_to = {
        frozenset.intersection(*some) for size in range(1, len(admitted) + 1) for some in combinations(admitted, size)
    }
    for cargo in sorted(open_to - {frozenset()}, key=sorted):
        closed = tuple(
            zone
            for zone in in_force
            if zone.entry is not ZoneEntry.ESSENTIAL_ALLOWED or not cargo <= set(zone.essential_purposes)
        )
        yield ZoneRun(span=span, closed=closed, purposes=cargo)


def _runs(zones: list[Zone], span: Span) -> Iterator[tuple[Span, tuple[Zone, ...]]]:
    slices = _slices(zones, span)
    found: list[tuple[Span, tuple[Zone, ...]]] = []
    for length in range(len(slices), 0, -1):
        for first in range(len(slices) - length + 1):
            run = (slices[first][0], slices[first + length - 1][1])
            closed = tuple(zone for zone in zones if overlap(validity(zone.valid_from_at, zone.valid_to_at), run))
            if not any(
                _within(run, other) and {zone.zone_id for zone in more} <= {zone.zone_id for zone in closed}
                for other, more in found
            ):
                found.append((run, closed))
    yield from found


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _slices(zones: list[Zone], span: Span) -> list[Span]:
    """Cut a span where a zone begins or has ended; the instants of change belong to the zone."""
    spans = [validity(zone.valid_from_at, zone.valid_to_at) for zone in zones]
    changes = [start for start, _ in spans] + [end + MARGIN for _, end in spans if end < span[1]]
    cuts = sorted({change for change in changes if span[0] < change < span[1]})
    ends = [cut - MARGIN for cut in cuts] + [span[1]]
    return [(start, end) for start, end in zip([span[0], *cuts], ends, strict=True) if start < end]
