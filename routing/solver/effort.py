"""How long to search. Law: seconds or a count, never both at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """How long to search: seconds, or a number of rounds."""

    seconds: float = 30.0
    iterations: int | None = None
    seed: int = 1
