"""The law of movement, read a third time: what shapely says of every leg of random days' plans.

Nothing here is shared with the planner or the checker but the documents. A leg lies, walks and all, in the area of each
pass it names, and its time in one span of the pass's hours; it touches no closed zone, and nobody is out in a curfew.
`make hunt` plans 1,000 random days instead of 50.
"""

import os
from collections import Counter
from datetime import datetime, timedelta, timezone

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.domain.hours import ALL_WEEK
from routing.domain.passes import PassStatus, RuleKind, ZoneEntry
from routing.domain.plan import StepType
from tests.continuity.stories import MONDAY
from tests.property.days_under_passes import days_under_passes
from tests.property.programmes import programmes
from tests.solver.town import plan

DAYS = int(os.environ.get("DOORSTEP_HUNT", "50"))
# The town lies at the equator, so that one degree is as long either way.
METRES = 111_195.08
INDOORS = {StepType.START, StepType.LOAD, StepType.RETURN, StepType.END}
KINDS = ("pass", "area", "corridor", "hours", "zone", "curfew", "checkpoint", "walk")
SEEN: Counter[str] = Counter()


def test_every_leg_of_random_days_is_lawful():
    SEEN.clear()
    _judge_days()
    # Chance must have met every rule, or nothing was tested; of fifty days that is too much to ask of each.
    assert SEEN["legs"] >= 2 * DAYS
    assert SEEN["pass"] > 0
    assert DAYS < 1000 or not [kind for kind in KINDS if SEEN[kind] < DAYS // 50], SEEN


@settings(max_examples=DAYS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(programmes(), days_under_passes(), days_under_passes(), days_under_passes()))
def _judge_days(told):
    for route in plan(told).routes:
        _judge_route(told, route)


def _judge_route(told, route):
    before = None
    for step in route.steps:
        if before is not None and step.leg is not None and step.type is not StepType.BREAK:
            _judge_leg(told, route, before, step)
        if step.type is not StepType.BREAK:
            place = step
        before = step.changed(location=place.location)


def _judge_leg(told, route, before, step):
    SEEN["legs"] += 1
    span = before.departure_at, step.arrival_at if step.type in INDOORS else step.departure_at
    back, there = (
        [] if walk is None else list(walk.geometry.coordinates) for walk in (step.leg.walk_from, step.leg.walk_to)
    )
    SEEN["walk"] += bool(there)
    line = _line([before.location.point, *back, *step.leg.geometry.coordinates, *there, step.location.point])
    for pass_id in step.leg.pass_ids:
        SEEN["pass"] += 1
        _judge_pass(next(each for each in told.passes if each.pass_id == pass_id), route, line, span)
    moving = before.departure_at < step.arrival_at
    for rule in told.movement_rules if moving else ():
        _judge_rule(rule, route, step, span)
    aboard_matters = {ZoneEntry.BLOCKED, ZoneEntry.HANDOVER_AT_EDGE}
    for zone in told.zones:
        begun, over = zone.valid_from_at < span[1], zone.valid_to_at is not None and zone.valid_to_at <= span[0]
        if zone.entry in aboard_matters and begun and not over and moving:
            SEEN["zone"] += 1
            assert not _polygon(zone.area).intersects(line)
    _judge_checkpoints(told, route, before, step)


def _judge_pass(permit, route, line, span):
    assert permit.status is PassStatus.ACTIVE
    assert not permit.used
    assert route.volunteer_id == permit.volunteer_id or permit.persons_max > 1
    assert not permit.modes or route.mode in permit.modes
    assert not permit.plates or route.plate in permit.plates
    ground = [_polygon(area) for area in permit.areas]
    ground += [
        shapely.LineString([_metres(point) for point in corridor.coordinates]).buffer(corridor.half_width_m)
        for corridor in permit.corridors
    ]
    SEEN["area"] += bool(permit.areas)
    SEEN["corridor"] += bool(permit.corridors)
    assert not ground or shapely.union_all(ground).covers(line)
    assert permit.valid_from_at <= span[0] <= span[1] <= permit.valid_to_at
    if permit.hours:
        SEEN["hours"] += 1
        assert any(start <= span[0] and span[1] <= end for start, end in _clock(permit.hours))


def _judge_rule(rule, route, step, span):
    if rule.modes and route.mode not in rule.modes:
        return
    held = _clock(rule.hours) if rule.hours else [(span[0], span[1])]
    in_force = any(start < span[1] and span[0] < end for start, end in held) and rule.valid_from_at < span[1]
    if rule.kind is RuleKind.PASS_REQUIRED:
        assert step.leg.pass_ids or not in_force
    elif not (rule.pass_exempts and step.leg.pass_ids):
        SEEN["curfew"] += 1
        assert not in_force


def _judge_checkpoints(told, route, before, step):
    if len(step.leg.geometry.coordinates) < 2:
        return
    driven = _line(step.leg.geometry.coordinates)
    least_s = 0
    for each in told.checkpoints:
        held = _clock(each.hours) if each.hours else [(before.departure_at, step.arrival_at)]
        manned = any(start < step.arrival_at and before.departure_at < end for start, end in held)
        near = shapely.Point(_metres(each.location.point)).distance(driven) <= each.radius_m
        if near and manned and (not each.modes or route.mode in each.modes):
            SEEN["checkpoint"] += 1
            least_s += each.delay_s
    assert step.leg.checkpoint_s >= least_s
    assert (step.arrival_at - before.departure_at).total_seconds() >= least_s


def _clock(hours):
    """Yield the spans of hours around the day, in UTC+8, where no clock ever changes."""
    for offset in range(-2, 3):
        on = MONDAY + timedelta(days=offset)
        for each in hours:
            if ALL_WEEK[on.weekday()] in each.weekdays:
                start = _local(on, each.from_time)
                end = _local(on + timedelta(days=each.to_time <= each.from_time), each.to_time)
                yield start, end


def _local(on, clock):
    return datetime.combine(on, clock, tzinfo=timezone(timedelta(hours=8)))


def _metres(point):
    return point[0] * METRES, point[1] * METRES


def _polygon(area):
    rings = [[_metres(point) for point in ring] for ring in area.coordinates]
    return shapely.Polygon(rings[0], rings[1:])


def _line(points):
    metres = [_metres(point) for point in points]
    return shapely.LineString(metres) if len(set(metres)) > 1 else shapely.Point(metres[0])
