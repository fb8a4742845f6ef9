"""How long a job may take. Law: it follows from what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OVERTIME_S = 120.0  # beyond what was asked, for reading streets, checking, remedies


def most_seconds(asked: Mapping[str, Any]) -> float:
    """Return how long a job may take by what was asked: the search, its proof, other volunteers' absence, remedies."""
    times = 1 + bool(asked.get("bound")) + bool(asked.get("resilience"))
    return float(asked["time_limit_s"]) * times + float(asked["remedies_s"]) + OVERTIME_S
