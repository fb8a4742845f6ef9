"""Comparing spans of time. Law: instants, never wall clocks; whether the ends count is said by each function."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

Span = tuple[datetime, datetime]


def within(inner: Span, outer: Span) -> bool:
    """Whether a span lies in another; windows include both ends."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def within_one(inner: Span, outers: Iterable[Span]) -> bool:
    """Whether a span lies in one of several; two that meet do not join."""
    return any(within(inner, outer) for outer in outers)


def in_force(span: Span, from_at: datetime, to_at: datetime | None) -> bool:
    """Whether something valid from and to is in force at some time of a span; touching at an end is not."""
    return _begins_before_end(from_at, span) and (to_at is None or _ends_after_start(to_at, span))


def overlaps(span: Span, other: Span) -> bool:
    """Whether two spans share time; touching at an end is not."""
    return in_force(span, *other)


def _begins_before_end(from_at: datetime, span: Span) -> bool:
    return from_at < span[1] or from_at <= span[0] == span[1]


def _ends_after_start(to_at: datetime, span: Span) -> bool:
    return to_at > span[0]
