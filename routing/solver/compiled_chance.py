"""Chance in kernels. Law: a number in a row is its state, so the same seed draws the same numbers."""

from __future__ import annotations

from routing.network.compiled import bare
from routing.solver.compiled_tables import Table


def begun(seed: int) -> int:
    """Return the first state of chance."""
    return (seed * 2_654_435_761 + 88_172_645) % 2**32 or 1


@bare
def drawn(row: Table, at: int, below: int) -> int:
    """Return a number from 0 to `below` - 1 (xorshift of 32 bits); the state stands in a row."""
    x = row[at]
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    x ^= (x << 5) & 0xFFFFFFFF
    row[at] = x
    return (x * below) >> 32  # type: ignore[no-any-return]
