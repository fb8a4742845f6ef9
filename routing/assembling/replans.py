"""What a plan of the rest of a day says about how it came about. Law: nothing is decided here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta

from routing.domain.day_so_far import DaySoFar
from routing.domain.plan import Late, Plan, Replans, Route, dump_plan


def replans_of(
    day: DaySoFar | None, before: Plan | None, routes: Sequence[Route], stranded: Sequence[str]
) -> Replans | None:
    """Return the plan's word on the day so far; None where the day has not begun."""
    if day is None:
        return None
    return Replans(
        plan_sha256=None if before is None else hashlib.sha256(dump_plan(before)).hexdigest(),
        now_at=day.now_at,
        late=tuple(_late(day, routes)),
        stranded=tuple(stranded),
    )


def _late(day: DaySoFar, routes: Sequence[Route]) -> Iterator[Late]:
    """Yield the visits that begin earlier or later than promised, beyond the tolerance."""
    tolerance = timedelta(seconds=day.tolerance_s)
    begins = {
        order_id: step.begin_at
        for route in routes
        if route.accompanies is None
        for step in route.steps
        for order_id in step.order_ids
    }
    for promise in day.promised:
        found = {begins[order_id] for order_id in promise.order_ids if order_id in begins}
        for begin_at in sorted(found):
            if abs(begin_at - promise.begin_at) > tolerance:
                yield Late(client_id=promise.client_id, promised_at=promise.begin_at, begin_at=begin_at)
