"""Who rides beside whom: two routes, one of which accompanies the other, with the same leg at the same time."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import cached_property

from routing.checking.case import Case, Stage
from routing.domain.plan import Street

# Two ride side by side who leave together, arrive together and take the same streets.
Ride = tuple[tuple[datetime, datetime], tuple[Street, ...]]


class Party:
    """The legs of a plan, by who rides them side by side."""

    def __init__(self, case: Case) -> None:
        self._case = case

    @cached_property
    def _rides(self) -> dict[Ride, list[Stage]]:
        rides: dict[Ride, list[Stage]] = defaultdict(list)
        for stage, leg in self._case.legs:
            rides[stage.leg_time, leg.streets].append(stage)
        return rides

    def beside(self, stage: Stage) -> list[Stage]:
        """Return the stages of those who ride a leg together, the own one included."""
        if stage.leg is None:
            return [stage]
        return [other for other in self._rides[stage.leg_time, stage.leg.streets] if _together(stage, other)]

    def has(self, volunteer_id: str, stage: Stage) -> bool:
        """Whether somebody rides a leg, alone or beside another."""
        return any(other.route.volunteer_id == volunteer_id for other in self.beside(stage))

    def under(self, pass_id: str, stage: Stage) -> set[str]:
        """Return who rides a leg under a pass."""
        return {
            other.route.volunteer_id
            for other in self.beside(stage)
            if other.leg is not None and pass_id in other.leg.pass_ids
        }

    def trip_of(self, index: int) -> int:
        """Return the route that a route goes along with, by time; its own number where it goes with none."""
        route = self._case.plan.routes[index]
        for number, other in enumerate(self._case.plan.routes):
            overlaps = other.start_at < route.end_at and route.start_at < other.end_at
            if other.volunteer_id == route.accompanies and other.accompanies is None and overlaps:
                return number
        return index


def _together(one: Stage, other: Stage) -> bool:
    if one is other:
        return True
    led, leading = (one.route, other.route) if one.accompanied else (other.route, one.route)
    return led.accompanies == leading.volunteer_id and leading.accompanies is None
