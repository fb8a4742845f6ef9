"""How often a kernel is to be called, and with how much work: by the clock, or counted."""

from __future__ import annotations

import time
from collections.abc import Iterator

# How long a batch takes the processor where a clock is read: by the wall's clock, batches would become single steps
# where others load the machine.
BATCH_S = 0.01


def batches(*, iterations: int | None, a_round: int, began: float, seconds: float) -> Iterator[tuple[int, float]]:
    """Yield how many steps to do, and the share of the effort that has passed.

    Parameters
    ----------
    iterations
        So many batches of `a_round` steps, and no clock is read; None: until `seconds` have passed.
    began
        When the effort began, by the monotonic clock.
    """
    if iterations is not None:
        for number in range(iterations):
            yield a_round, number / iterations
        return
    times = 10
    while (passed := time.monotonic() - began) < seconds:
        before = time.thread_time()
        yield times, passed / seconds
        times = max(1, min(2 * times, int(times * BATCH_S / max(1e-6, time.thread_time() - before))))
