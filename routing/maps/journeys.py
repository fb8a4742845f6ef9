"""What of a route may be drawn. Law: everything on a map goes through here, and nothing else of a plan does.

A journey begins at the first site or visit and ends at the last: the ways from and to a volunteer's home are cut off,
with their times and distances, and so is a rest at home. Places carry numbers; no product, tier, hold, client,
volunteer or pass has a field here (DOMAIN facts, section 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from routing.domain.places import Location, Position
from routing.domain.plan import Leg, Plan, Route, Step, StepType
from routing.domain.volunteers import Mode

PLACES = 6  # decimals of a degree: a tenth of a metre

_SHOWN = frozenset({StepType.LOAD, StepType.VISIT, StepType.RETURN})
_INDOOR_ENDS = frozenset({StepType.START, StepType.END})

Line = tuple[Position, ...]


@dataclass(frozen=True, kw_only=True)
class Journey:
    """The part of a route that may be drawn.

    Attributes
    ----------
    number
        The route's number on the map and in the list: its place in the plan, from 1.
    beside
        The number of the route that this one accompanies.
    stops
        Where visits are, in order; the first is stop 1.
    lines
        Ways driven and walked over streets, in order; more than one where the volunteer rested at home between.
    begin_at, end_at
        From being at the first site or stop until leaving the last, in the plan's time zone; None without any.
    distance_m
        Driven along `lines`.
    """

    number: int
    beside: int | None
    mode: Mode
    stops: tuple[Position, ...]
    lines: tuple[Line, ...]
    begin_at: datetime | None
    end_at: datetime | None
    distance_m: int


def journeys(plan: Plan) -> tuple[Journey, ...]:
    """Return what may be drawn of each route, in the plan's order."""
    zone = ZoneInfo(plan.timezone)
    return tuple(
        _journey(route, number, _partner_number(plan, route), zone) for number, route in enumerate(plan.routes, start=1)
    )


def site_positions(plan: Plan) -> tuple[Position, ...]:
    """Return where sites are, in the order in which routes call there; the first is site A."""
    calls = (step for route in plan.routes for step in route.steps if step.type in {StepType.LOAD, StepType.RETURN})
    return tuple(dict.fromkeys(_position(step.location) for step in calls))


def _partner_number(plan: Plan, route: Route) -> int | None:
    """Return the number of the route accompanied: of the partner's routes the one that overlaps in time."""
    for number, other in enumerate(plan.routes, start=1):
        overlaps = other.start_at < route.end_at and route.start_at < other.end_at
        if other.volunteer_id == route.accompanies and overlaps:
            return number
    return None


def _journey(route: Route, number: int, beside: int | None, zone: ZoneInfo) -> Journey:
    steps = _between_homes(route.steps)
    runs = _runs(steps, _homes(route.steps))
    legs = [step.leg for run in runs for step in run[1:] if step.leg is not None]
    return Journey(
        number=number,
        beside=beside,
        mode=route.mode,
        stops=tuple(_position(step.location) for step in steps if step.type is StepType.VISIT),
        lines=tuple(line for line in map(_line, runs) if len(line) > 1),
        begin_at=steps[0].begin_at.astimezone(zone) if steps else None,
        end_at=steps[-1].departure_at.astimezone(zone) if steps else None,
        distance_m=sum(leg.distance_m for leg in legs),
    )


def _between_homes(steps: Sequence[Step]) -> Sequence[Step]:
    """Return the steps from the first site or visit to the last."""
    shown = [index for index, step in enumerate(steps) if step.type in _SHOWN]
    return steps[shown[0] : shown[-1] + 1] if shown else ()


def _homes(steps: Sequence[Step]) -> set[tuple[float, float]]:
    return {step.location.point for step in steps if step.type in _INDOOR_ENDS}


def _runs(steps: Sequence[Step], homes: set[tuple[float, float]]) -> list[list[Step]]:
    """Split steps where the volunteer is at home between; the ways there and back belong to no run."""
    runs: list[list[Step]] = [[]]
    for step in steps:
        if step.type not in _SHOWN and step.location.point in homes:
            runs.append([])
        else:
            runs[-1].append(step)
    return [run for run in runs if run]


def _line(run: Sequence[Step]) -> Line:
    """Return the way through the steps of a run, without positions that repeat the one before."""
    legs = (step.leg for step in run[1:] if step.leg is not None)
    positions = [_rounded(position) for leg in legs for position in _way(leg)]
    kept = [after for before, after in pairwise([None, *positions]) if after is not None and after != before]
    return tuple(kept)


def _way(leg: Leg) -> list[Position]:
    """Return the way back to the vehicle, driven, and away from it, as far as it leads over streets."""
    walks = [walk.geometry.coordinates if walk is not None else () for walk in (leg.walk_from, leg.walk_to)]
    return [*walks[0], *leg.geometry.coordinates, *walks[1]]


def _position(location: Location) -> Position:
    return _rounded(location.point)


def _rounded(position: Position) -> Position:
    return round(position[0], PLACES), round(position[1], PLACES)
