"""Spans of time as sorted lists of `(start, end)` instants in UTC; both ends belong to a span."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.domain.hours import Hours, at

Span = tuple[datetime, datetime]

# Both ends of a forbidden span belong to it, so what is left keeps this distance.
MARGIN = timedelta(seconds=1)


def day_span(on: date, zone: ZoneInfo) -> Span:
    """Return the span of a local date, from midnight to midnight (23 to 25 hours)."""
    midnight = datetime.min.time()
    return at(on, midnight, zone), at(on + timedelta(days=1), midnight, zone)


def hours_around(hours: Iterable[Hours], on: date, zone: ZoneInfo) -> list[Span]:
    """Return the spans that begin on the day before, on, or after a date (a night span reaches over)."""
    days = [on + timedelta(days=offset) for offset in (-1, 0, 1)]
    spans = [entry.span(day, zone) for entry in hours for day in days]
    return sorted(span for span in spans if span is not None)


def intersect(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """Return what lies in one span of each; spans that only meet in an instant are dropped.

    Spans that touch are not joined: a leg must lie in one span of a pass's hours.
    """
    right = list(right)
    pieces = {(max(a, c), min(b, d)) for a, b in left for c, d in right}
    return sorted((start, end) for start, end in pieces if start < end)


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Return what is left of `spans` outside `holes`."""
    left = list(spans)
    for hole in holes:
        left = [piece for span in left for piece in _without(span, hole)]
    return sorted(set(left))


def _without(span: Span, hole: Span) -> list[Span]:
    if not overlap(span, hole):
        return [span]
    pieces = ((span[0], hole[0] - MARGIN), (hole[1] + MARGIN, span[1]))
    return [(start, end) for start, end in pieces if start < end]


def overlap(left: Span, right: Span) -> bool:
    """Whether two spans share an instant."""
    return left[0] <= right[1] and right[0] <= left[1]


def validity(from_at: datetime, to_at: datetime | None) -> Span:
    """Return a document's validity as a span; without an end it holds for ever."""
    return from_at.astimezone(UTC), datetime.max.replace(tzinfo=UTC) if to_at is None else to_at.astimezone(UTC)
