"""Ever longer pauses between wrong passphrases. Law: they concern everybody, since there is one keyring."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from threading import Lock
from time import monotonic

from api.manners.errors import TooManyError

LONGEST_S = 300
FREE = 3  # so many may go wrong without a pause
REMEMBERED = 20  # so many of the last failures, until they can be recorded


class Pauses:
    """What came of the last tries."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures = 0
        self._next_s = 0.0
        self._failed_at: deque[datetime] = deque(maxlen=REMEMBERED)

    def refuse_too_soon(self) -> None:
        """Refuse a try before the pause is over.

        Raises
        ------
        TooManyError
            `unlock_too_soon`.
        """
        with self._lock:
            left_s = self._next_s - monotonic()
        if left_s > 0:
            raise TooManyError(
                "unlock_too_soon",
                "the last passphrases were wrong",
                remedy=f"wait {int(left_s) + 1} seconds",
                params={"retry_after_s": int(left_s) + 1},
            )

    def note_failure(self) -> None:
        """Double the pause."""
        with self._lock:
            self._failures += 1
            over = self._failures - FREE
            self._next_s = monotonic() + (min(LONGEST_S, 2**over) if over > 0 else 0)
            self._failed_at.append(datetime.now(UTC))

    def taken_failures(self) -> list[datetime]:
        """Return when tries have failed, and forget it: while the service is locked, there is no record to write to."""
        with self._lock:
            failed = list(self._failed_at)
            self._failed_at.clear()
        return failed
