"""A span of time cut where what holds in it changes, and the runs of such slices that are worth a duty.

Law: a run is bound by everything in force in any of its slices, so that one legal network serves it from end to end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.domain.passes import Checkpoint, Zone
from routing.passes.intervals import MARGIN, Span, overlap


@dataclass(frozen=True)
class Condition:
    """Something that hinders while it is in force: a closed zone, a manned checkpoint."""

    subject: Zone | Checkpoint
    spans: tuple[Span, ...]

    def holds(self, span: Span) -> bool:
        """Whether it is in force at an instant of a span."""
        return any(overlap(own, span) for own in self.spans)


def runs(conditions: Sequence[Condition], span: Span) -> Iterator[tuple[Span, frozenset[int]]]:
    """Yield runs of neighbouring slices, the longest first, and the indices of the conditions in force in them.

    Left out are runs within a longer one that is bound by no more.
    """
    slices = _slices(conditions, span)
    found: list[tuple[Span, frozenset[int]]] = []
    for length in range(len(slices), 0, -1):
        for first in range(len(slices) - length + 1):
            run = (slices[first][0], slices[first + length - 1][1])
            bound = frozenset(index for index, each in enumerate(conditions) if each.holds(run))
            if not any(_within(run, other) and fewer <= bound for other, fewer in found):
                found.append((run, bound))
    yield from found


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _slices(conditions: Sequence[Condition], span: Span) -> list[Span]:
    """Cut a span where a condition begins or has ended; the instants of change belong to the condition."""
    spans = [own for each in conditions for own in each.spans]
    changes = [start for start, _ in spans] + [end + MARGIN for _, end in spans if end < span[1]]
    cuts = sorted({change for change in changes if span[0] < change < span[1]})
    ends = [cut - MARGIN for cut in cuts] + [span[1]]
    return [(start, end) for start, end in zip([span[0], *cuts], ends, strict=True) if start < end]
