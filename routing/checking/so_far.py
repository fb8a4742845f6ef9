"""Does a plan of the rest of a day go on from what has happened? Rules of `docs/rules.md`, section 6."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from routing.checking.case import INDOORS, Case, Stage
from routing.checking.times import within_one
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.day_so_far import DaySoFar, Promise, VolunteerSoFar
from routing.domain.passes import PassStatus
from routing.domain.plan import Route


def so_far_violations(case: Case) -> Iterator[Violation]:
    """Judge the plan of the rest of a day; of a day that has not begun there is nothing to say."""
    day = case.day
    if day is None:
        return
    yield from _says_so(case, day)
    for index, route in enumerate(case.plan.routes):
        yield from _out_of_service(day, index, route)
        yield from _not_before(case, day, index, route)
        so_far = case.taken_up.get(index)
        if so_far is not None and so_far.on_the_road:
            yield from _same_vehicle(index, route, so_far)
            yield from _same_pass(case, index, so_far)
    yield from _come_home(case, day)
    yield from _locks(case, day)
    yield from _promises(case, day)


def _says_so(case: Case, day: DaySoFar) -> Iterator[Violation]:
    """Require that the plan says from when on it plans."""
    replans = case.plan.replans
    if replans is None or replans.now_at != day.now_at:
        yield violation(Code.WRONG_INPUTS, "/replans", "the plan does not go on from the programme's `day`")


def _out_of_service(day: DaySoFar, index: int, route: Route) -> Iterator[Violation]:
    """Require that nobody is sent on who has fallen out."""
    so_far = day.of(route.volunteer_id)
    if so_far is not None and so_far.out_of_service:
        text = "volunteer {volunteer_id} is out of service"
        yield violation(Code.VOLUNTEER_ABSENT, f"/routes/{index}", text, volunteer_id=route.volunteer_id)


def _not_before(case: Case, day: DaySoFar, index: int, route: Route) -> Iterator[Violation]:
    """Require that a route begins when the volunteer is free, and not in the past."""
    so_far = day.of(route.volunteer_id)
    free_at = day.now_at if so_far is None else so_far.free_at
    starts_at = min([route.start_at, *(stage.step.departure_at for stage in case.runs[index][:1])])
    if starts_at < free_at:
        text = "volunteer {volunteer_id} can go on from {free_at}"
        params = {"volunteer_id": route.volunteer_id, "free_at": free_at.isoformat()}
        yield violation(Code.STARTS_TOO_SOON, f"/routes/{index}/start_at", text, **params)


def _same_vehicle(index: int, route: Route, so_far: VolunteerSoFar) -> Iterator[Violation]:
    """Require that whoever is on the road goes on with what they ride."""
    if (route.mode, route.plate) != (so_far.mode, so_far.plate):
        text = "volunteer {volunteer_id} is on the road with another vehicle"
        yield violation(Code.MODE_NOT_AVAILABLE, f"/routes/{index}/mode", text, volunteer_id=route.volunteer_id)


def _same_pass(case: Case, index: int, so_far: VolunteerSoFar) -> Iterator[Violation]:
    """Require that a trip outdoors goes on under the pass it began with, as long as that holds."""
    if so_far.client_id is None or not so_far.pass_ids:
        return
    for stage in case.runs[index][1:]:
        named = () if stage.leg is None else stage.leg.pass_ids
        if (
            named
            and not set(named) & set(so_far.pass_ids)
            and any(_holds(case, each, stage) for each in so_far.pass_ids)
        ):
            text = "volunteer {volunteer_id} is on a trip under another pass, which holds"
            yield violation(Code.PASSES_COMBINED, stage.leg_where, text, volunteer_id=so_far.volunteer_id)
        if stage.step.type in INDOORS:
            return


def _holds(case: Case, pass_id: str, stage: Stage) -> bool:
    permit = next((each for each in case.programme.passes if each.pass_id == pass_id), None)
    if permit is None or permit.status is not PassStatus.ACTIVE:
        return False
    valid = within_one(stage.leg_time, [(permit.valid_from_at, permit.valid_to_at)])
    return valid and (not permit.hours or within_one(stage.leg_time, case.pass_spans[pass_id]))


def _come_home(case: Case, day: DaySoFar) -> Iterator[Violation]:
    """Require that everybody on the road has a route home, or that somebody is told."""
    told = set() if case.plan.replans is None else set(case.plan.replans.stranded)
    out = {route.volunteer_id for route in case.plan.routes}
    for so_far in day.volunteers:
        if so_far.on_the_road and not so_far.out_of_service and so_far.volunteer_id not in out | told:
            text = "volunteer {volunteer_id} is on the road, and has no way home"
            yield violation(Code.LEFT_ON_THE_ROAD, "/routes", text, volunteer_id=so_far.volunteer_id)


def _locks(case: Case, day: DaySoFar) -> Iterator[Violation]:
    """Require what a dispatcher has decided."""
    for lock in day.locks:
        visits = [stage for stage in case.visits if stage.step.client_id == lock.client_id]
        for stage in visits:
            people = {other.route.volunteer_id for other in visits if other.step.begin_at == stage.step.begin_at}
            begin_at = stage.step.begin_at
            kept = (
                not lock.excluded
                and (lock.volunteer_id is None or lock.volunteer_id in people)
                and not people & set(lock.not_volunteer_ids)
                and (lock.from_at is None or begin_at >= lock.from_at)
                and (lock.to_at is None or begin_at <= lock.to_at)
            )
            if not kept:
                text = "the visit to client {client_id} is not as it is locked"
                yield violation(Code.LOCK_BROKEN, stage.where, text, client_id=lock.client_id)
        for index, unserved in enumerate(case.plan.unserved):
            if unserved.client_id == lock.client_id and (lock.volunteer_id is not None or lock.to_at is not None):
                text = "client {client_id} is locked and not served"
                yield violation(Code.LOCK_BROKEN, f"/unserved/{index}", text, client_id=lock.client_id)


def _promises(case: Case, day: DaySoFar) -> Iterator[Violation]:
    """Require that a visit keeps what was promised, or that the plan tells that it does not."""
    told = () if case.plan.replans is None else case.plan.replans.late
    for stage in case.visits:
        for promise in day.promised:
            if not set(promise.order_ids) & set(stage.step.order_ids) or _kept(stage, day, promise):
                continue
            if not any((each.client_id, each.begin_at) == (promise.client_id, stage.step.begin_at) for each in told):
                text = "the visit to client {client_id} is not when it was promised, and nobody is told"
                yield violation(Code.PROMISE_NOT_TOLD, stage.where, text, client_id=promise.client_id)


def _kept(stage: Stage, day: DaySoFar, promise: Promise) -> bool:
    return abs(stage.step.begin_at - promise.begin_at) <= timedelta(seconds=day.tolerance_s)
