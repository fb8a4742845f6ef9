"""What is said of steps and movements that cannot be kept. Law: each says what to do."""

from __future__ import annotations

from datetime import UTC, datetime

from api.visits.reporting import AHEAD
from routing.domain.errors import Problem


def id_taken(where: str) -> Problem:
    """Return what is said of an id that came with other content."""
    return Problem(
        code="report_id_taken",
        where=where,
        message="something else has this id",
        remedy="give each an id of its own",
    )


def site_unknown() -> Problem:
    """Return what is said of a site that is not there."""
    return Problem(code="site_unknown", where="/site_id", message="there is no such site", remedy="correct the id")


def product_unknown(where: str) -> Problem:
    """Return what is said of a product that is not there."""
    return Problem(
        code="product_unknown",
        where=where,
        message="there is no such product",
        remedy="correct the id, or add it first",
    )


def too_early(at: datetime) -> Problem | None:
    """Return what is wrong with an instant that is still to come."""
    if at <= datetime.now(UTC) + AHEAD:
        return None
    return Problem(
        code="event_in_future",
        where="/at",
        message="it is told of something that is to happen more than a day from now",
        remedy="put the clock right, and tell when it happened",
    )
