"""Is each route a whole, with time running forward? Rules of `docs/rules.md`, section 4, last row."""

from __future__ import annotations

from collections.abc import Iterator

from routing.checking.case import Case, Stage
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.plan import Leg, Route, StepType


def clock_violations(case: Case) -> Iterator[Violation]:
    """Judge the structure and the clock of every route."""
    for index, route in enumerate(case.plan.routes):
        yield from _framed(index, route)
        yield from _unknown_volunteer(case, index, route)
    for stage in case.stages:
        yield from _unknown_ids(stage)
        yield from _has_leg(stage)
        yield from _forward(stage)
        yield from _leg_time(stage)


def _framed(index: int, route: Route) -> Iterator[Violation]:
    """Require one `start`, first, and one `end`, last, whose times are the route's."""
    where = f"/routes/{index}"
    types = [step.type for step in route.steps]
    framed = len(types) >= 2 and types[0] is StepType.START and types[-1] is StepType.END
    if not framed or types.count(StepType.START) > 1 or types.count(StepType.END) > 1:
        yield violation(Code.BROKEN_ROUTE, f"{where}/steps", "a route goes from one `start` to one `end`")
        return
    first, last = route.steps[0], route.steps[-1]
    if not first.arrival_at <= route.start_at <= first.departure_at:
        yield violation(Code.BROKEN_ROUTE, f"{where}/start_at", "the route does not start at its first step's time")
    if not last.arrival_at <= route.end_at <= last.departure_at:
        yield violation(Code.BROKEN_ROUTE, f"{where}/end_at", "the route does not end at its last step's time")


def _unknown_volunteer(case: Case, index: int, route: Route) -> Iterator[Violation]:
    """Require that the route is somebody's."""
    if route.volunteer_id not in case.volunteers:
        text = "there is no volunteer {volunteer_id}"
        where = f"/routes/{index}/volunteer_id"
        yield violation(Code.BROKEN_ROUTE, where, text, volunteer_id=route.volunteer_id)


def _unknown_ids(stage: Stage) -> Iterator[Violation]:
    """Require that a visit is to somebody, a call at some site."""
    kind, step = stage.step.type, stage.step
    if kind is StepType.VISIT and stage.client is None:
        text = "there is no client {client_id}"
        yield violation(Code.BROKEN_ROUTE, f"{stage.where}/client_id", text, client_id=step.client_id)
    if kind in {StepType.LOAD, StepType.RETURN} and stage.site is None:
        text = "there is no site {site_id}"
        yield violation(Code.BROKEN_ROUTE, f"{stage.where}/site_id", text, site_id=step.site_id)


def _has_leg(stage: Stage) -> Iterator[Violation]:
    """Require that every step but the first and breaks has a leg; those have none to drive."""
    leg = stage.step.leg
    stays = stage.before is None or stage.step.type is StepType.BREAK
    if stays and leg is not None and (leg.streets or leg.distance_m or leg.walk_m):
        yield violation(Code.BROKEN_ROUTE, stage.leg_where, "a first step or a break is not driven to")
    if not stays and leg is None:
        yield violation(Code.BROKEN_ROUTE, stage.where, "the step has no leg")


def _forward(stage: Stage) -> Iterator[Violation]:
    """Require that arrival, beginning and departure follow each other, and the step before."""
    times = [stage.step.arrival_at, stage.step.begin_at, stage.step.departure_at]
    if stage.before is not None:
        times.insert(0, stage.before.departure_at)
    if times != sorted(times):
        yield violation(Code.CLOCK_RUNS_BACKWARDS, stage.where, "a time of the step lies before an earlier one")


def _leg_time(stage: Stage) -> Iterator[Violation]:
    """Require that from departure to arrival there is time for the leg and its checkpoints."""
    leg: Leg | None = stage.leg
    if leg is None:
        return
    departure_at, arrival_at = stage.leg_time
    has_s, needs_s = (arrival_at - departure_at).total_seconds(), leg.travel_s
    if has_s < needs_s:
        text = "the leg has {has_s} s and takes {needs_s} s"
        yield violation(Code.CLOCK_RUNS_BACKWARDS, stage.leg_where, text, has_s=has_s, needs_s=needs_s)
