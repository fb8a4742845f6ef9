"""Whether a search has gone on for so long without serving more that only travel is left to gain.

Law: looks at a clock, so it says nothing where iterations are counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from routing.solver.solution import Objective

# Shares of the effort: before the first clients are exchanged at a price; and so long nobody more has been served.
EARLIEST, LASTS = 0.42, 0.2


class Lull:
    """Told of plans as they are found, says whether there is a lull."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seconds = max(seconds, 1e-6)
        self._began = clock()
        self._lost: Objective | None = None
        self._since = 0.0

    def found(self, objective: Objective) -> None:
        """Take note of a better plan."""
        lost = objective[:-2]
        if lost != self._lost:
            self._lost, self._since = lost, self._passed()

    def now(self) -> bool:
        """Return whether there is one; where nobody is left out, at once."""
        passed = self._passed()
        if self._lost is not None and not any(self._lost):
            return True
        return passed >= EARLIEST and passed - self._since >= LASTS

    def _passed(self) -> float:
        return (self._clock() - self._began) / self._seconds
