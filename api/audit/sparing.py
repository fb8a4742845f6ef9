"""What anybody can cause, recorded sparingly. Law: a flood leaves a few entries and the word that there were more.

Nothing is ever removed from the record, so nobody may make it grow as fast as they can send.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Lock
from time import monotonic

from api.audit.chain import Event

MOST = 10  # of a kind in a span, as many as passwords of one account may be wrong
SPAN_S = 15 * 60.0
MORE = "more:"  # begins the outcome of the entry after which no more are written within the span
_Kind = tuple[str, str, str, str | None]


class Sparing:
    """How much of each kind was recorded lately; kinds are few: organisation, declared action, outcome, actor."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[_Kind, tuple[float, int]] = {}

    def few(self, *events: Event) -> Iterator[Event]:
        """Yield the events that are to be recorded."""
        for event in events:
            count = self._counted(event)
            if count < MOST:
                yield event
            elif count == MOST:
                yield replace(event, outcome=f"{MORE}{event.outcome}")

    def _counted(self, event: Event) -> int:
        """Return how many of this kind there were before in this span."""
        kind, now_s = (event.organisation_id, event.action, event.outcome, event.actor), monotonic()
        with self._lock:
            began_s, count = self._counts.get(kind, (now_s, 0))
            if now_s - began_s >= SPAN_S:
                began_s, count = now_s, 0
            self._counts[kind] = began_s, count + 1
        return count
