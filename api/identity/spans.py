"""Spans of time on a clock that may jump. Law: what began on a clock running ahead does not last until that is reached.

A clock that is put right by minutes ends nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

PUT_BACK_BY = timedelta(hours=1)


def runs(begun_at: datetime, ends_at: datetime) -> bool:
    """Whether a span has begun and has not ended; it may seem to begin soon, where the clock was put back since."""
    now = datetime.now(UTC)
    return begun_at <= now + PUT_BACK_BY and now < ends_at
