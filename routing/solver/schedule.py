"""Put clock times on one route, or name the rule that forbids it.

Law: the one place in the solver where a route's rules are evaluated; insertion, engines and reasons all ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from routing.domain.reasons import ReasonCode
from routing.solver.problem import Depot, Job, Problem, Rest, Vehicle, Window

FAR = 2**29  # beyond any day; an unreachable pair's travel time is larger still


class CallKind(StrEnum):
    """What happens at a stop."""

    LOAD = "load"
    VISIT = "visit"
    RETURN = "return"
    REST = "rest"


@dataclass(frozen=True)
class Call:
    """A stop with its times in seconds: arrival, begin, departure. `index` is a job, a depot, or a rest."""

    kind: CallKind
    index: int
    place: int
    arrival_s: int
    begin_s: int
    departure_s: int


@dataclass(frozen=True)
class Schedule:
    """A lawful route with its times. `calls` holds neither start nor end."""

    start_s: int
    end_s: int
    calls: tuple[Call, ...]
    travel_s: int
    distance_m: int


Token = int
Sequenced = tuple[tuple[CallKind, int], ...]


def schedule(
    problem: Problem, vehicle: Vehicle, tokens: Sequence[Token], span: Window | None = None
) -> Schedule | ReasonCode:
    """Return the route's schedule, or the first rule it breaks.

    Parameters
    ----------
    tokens
        Jobs and loads in order; loads that serve nothing are left out, returns are put in.
    span
        Narrower than the vehicle's where its people have another route on the day.
    """
    expanded = expand(problem, vehicle, tokens)
    if isinstance(expanded, ReasonCode):
        return expanded
    failure = cargo_failure(problem, vehicle, expanded) or order_failure(problem, vehicle, expanded)
    if failure is not None:
        return failure
    whole = span or vehicle.span
    # As early as may be; else after a break that then is none of this route's.
    starts = [whole[0], *sorted(rest.latest_s + 1 for rest in vehicle.rests if whole[0] <= rest.latest_s < whole[1])]
    found: Schedule | ReasonCode = ReasonCode.SHIFT_TOO_SHORT
    for start in starts:
        for rest_early in (False, True) if vehicle.rests else (False,):
            planned = _Clock(problem, vehicle, (start, whole[1]), rest_early=rest_early).run(expanded)
            if isinstance(planned, Schedule):
                return planned
            found = planned if start == whole[0] and not rest_early else found
    return found


def expand(problem: Problem, vehicle: Vehicle, tokens: Sequence[Token]) -> Sequenced | ReasonCode:
    """Drop loads that serve nothing and put in the returns that controlled goods ask for.

    Goods that are aboard from the start ask for no load.
    """
    needed: set[int] = set()
    backwards: list[tuple[CallKind, int]] = []
    for token in reversed(tokens):
        if token >= 0:
            job = problem.jobs[token]
            needed |= set(job.mass_g) - set(vehicle.carries(token, job))
            backwards.append((CallKind.VISIT, token))
        elif ~token in needed:
            needed.discard(~token)
            backwards.append((CallKind.LOAD, ~token))
    if needed:
        return ReasonCode.RULES_COMBINED  # goods that were never loaded; no caller's sequence means it
    return _with_returns(problem, vehicle, backwards[::-1])


def _with_returns(problem: Problem, vehicle: Vehicle, calls: list[tuple[CallKind, int]]) -> Sequenced:
    """Count in at the next call at the depot after the last controlled handover, else on the way home."""
    last = dict.fromkeys(_owed(problem, vehicle, calls), -1) | {
        depot: position
        for position, (kind, index) in enumerate(calls)
        if kind is CallKind.VISIT
        for depot in problem.jobs[index].returns_to
    }
    at_load: dict[int, int] = {}
    open_returns = []
    for depot, position in sorted(last.items()):
        later = [at for at, call in enumerate(calls) if at > position and call == (CallKind.LOAD, depot)]
        if later:
            at_load[later[0]] = depot
        else:
            open_returns.append(depot)
    result: list[tuple[CallKind, int]] = []
    for at, call in enumerate(calls):
        if at in at_load:
            result.append((CallKind.RETURN, at_load[at]))
        result.append(call)
    where = _place(problem, *calls[-1]) if calls else vehicle.start
    time = problem.time_s[vehicle.profile]
    while open_returns:
        nearest = min(open_returns, key=lambda depot: (int(time[where, problem.depots[depot].place]), depot))
        open_returns.remove(nearest)
        result.append((CallKind.RETURN, nearest))
        where = problem.depots[nearest].place
    return tuple(result)


def _owed(problem: Problem, vehicle: Vehicle, calls: Sequenced | list[tuple[CallKind, int]]) -> set[int]:
    """Return the depots to come back to from the start on: controlled goods aboard that nobody here is handed."""
    left = _not_handed(problem, vehicle, calls)
    return {*vehicle.counts_in, *(depot for job, depot in left if any(depot == of for of, _ in job.custody))}


def _not_handed(
    problem: Problem, vehicle: Vehicle, calls: Sequenced | list[tuple[CallKind, int]]
) -> list[tuple[Job, int]]:
    """Return (job, depot) of the goods that are aboard from the start for jobs which the route does not do."""
    if not vehicle.aboard and not vehicle.partly:
        return []
    done = {index for kind, index in calls if kind is CallKind.VISIT}
    left = [(index, problem.jobs[index]) for index in sorted({*vehicle.aboard, *vehicle.partly} - done)]
    return [(job, depot) for index, job in left for depot in vehicle.carries(index, job)]


def _place(problem: Problem, kind: CallKind, index: int) -> int:
    return problem.jobs[index].place if kind is CallKind.VISIT else problem.depots[index].place


def cargo_failure(problem: Problem, vehicle: Vehicle, calls: Sequenced) -> ReasonCode | None:
    """Name the capacity or custody rule that goods aboard break at the start, after some load, or on some walk."""
    from_start = vehicle.aboard or vehicle.partly
    failure = _aboard_failure(vehicle, _aboard_after(problem, vehicle, calls, -1)) if from_start else None
    if failure is not None:
        return failure
    for position, (kind, index) in enumerate(calls):
        if kind is CallKind.LOAD:
            failure = _aboard_failure(vehicle, _aboard_after(problem, vehicle, calls, position))
            if failure is not None:
                return failure
        elif (
            kind is CallKind.VISIT and problem.jobs[index].place in vehicle.on_foot and vehicle.max_carry_g is not None
        ):
            carried = problem.jobs[index].total_mass_g + _others_controlled_g(problem, vehicle, calls, position)
            if carried > vehicle.max_carry_g:
                return ReasonCode.TOO_HEAVY_TO_WALK
    return None


def _others_controlled_g(problem: Problem, vehicle: Vehicle, calls: Sequenced, position: int) -> int:
    """Return the mass of controlled goods for later visits: they never stay on the vehicle while nobody is by it."""
    visited = problem.jobs[calls[position][1]]
    aboard = _aboard_after(problem, vehicle, calls, position - 1)
    return sum(job.controlled_g.get(depot, 0) for job, depot in aboard if job is not visited)


def _aboard_after(problem: Problem, vehicle: Vehicle, calls: Sequenced, position: int) -> list[tuple[Job, int]]:
    """Return (job, depot) of all goods aboard after the call at `position`: each loaded as late as it can be.

    -1: at the start. What is aboard from the start stays until it is handed over, or handed in at its depot.
    """
    aboard = []
    loaded = {index for kind, index in calls[: position + 1] if kind is CallKind.LOAD}
    reloaded: set[int] = set()
    for kind, index in calls[position + 1 :]:
        if kind is CallKind.LOAD:
            reloaded.add(index)
        elif kind is CallKind.VISIT:
            job = problem.jobs[index]
            taken = {*vehicle.carries(index, job), *(loaded - reloaded)}
            aboard += [(job, depot) for depot in job.mass_g if depot in taken]
    left = _not_handed(problem, vehicle, calls)
    called = {index for kind, index in calls[: position + 1] if kind is not CallKind.VISIT} if left else set()
    aboard += [(job, depot) for job, depot in left if depot not in called]
    return aboard + _fetched_by(problem, calls, position)


def _fetched_by(problem: Problem, calls: Sequenced, position: int) -> list[tuple[Job, int]]:
    """Return (job, depot) of what was taken back and not handed in at its depot yet."""
    fetched: list[tuple[Job, int]] = []
    for kind, index in calls[: position + 1]:
        if kind is CallKind.VISIT:
            job = problem.jobs[index]
            fetched += [(job, depot) for depot in job.fetches]
        else:
            fetched = [(job, depot) for job, depot in fetched if depot != index]
    return fetched


def _aboard_failure(vehicle: Vehicle, aboard: list[tuple[Job, int]]) -> ReasonCode | None:
    if sum(job.mass_g[depot] for job, depot in aboard) > vehicle.max_mass_g:
        return ReasonCode.TOO_HEAVY
    if sum(job.volume_ml[depot] for job, depot in aboard) > vehicle.max_volume_ml:
        return ReasonCode.TOO_BULKY
    custody: dict[str, int] = {}
    for job, depot in aboard:
        for (origin, product), amount in job.custody.items():
            if origin == depot:
                custody[product] = custody.get(product, 0) + amount
    if any(amount > vehicle.custody.get(product, 0) for product, amount in custody.items()):
        return ReasonCode.CUSTODY_CEILING
    return None


def order_failure(problem: Problem, vehicle: Vehicle, calls: Sequenced) -> ReasonCode | None:
    """Name the rule on the order of stops, or their number, that is broken."""
    visits = [problem.jobs[index] for kind, index in calls if kind is CallKind.VISIT]
    if len(visits) > vehicle.max_stops:
        return ReasonCode.RULES_COMBINED
    after_isolating = False
    for job in visits:
        if after_isolating and not job.isolating:
            return ReasonCode.RULES_COMBINED
        after_isolating |= job.isolating_last
    if any(job.institution for job in visits) and not _institutions_alone(problem, vehicle, calls):
        return ReasonCode.RULES_COMBINED
    return None


def _institutions_alone(problem: Problem, vehicle: Vehicle, calls: Sequenced) -> bool:
    """Whether, on the way to each institution, everything aboard is for it, and it is the trip's only client."""
    for position, (kind, index) in enumerate(calls):
        if kind is not CallKind.VISIT or not problem.jobs[index].institution:
            continue
        client = problem.jobs[index].client_id
        before = [at for at in range(position) if calls[at][0] is CallKind.LOAD]
        aboard = _aboard_after(problem, vehicle, calls, before[-1] if before else -1)
        trip = calls[before[-1] + 1 : position] if before else calls[:position]
        others = [problem.jobs[other] for what, other in trip if what is CallKind.VISIT]
        if any(job.client_id != client for job, _ in aboard) or any(job.client_id != client for job in others):
            return False
        following = calls[position + 1][0] if position + 1 < len(calls) else CallKind.LOAD
        if following is CallKind.VISIT and problem.jobs[calls[position + 1][1]].client_id != client:
            return False
    return True


class _Clock:
    """Runs a route forward in time, every stop as early as it may be.

    A rest is taken while waiting, else at the last moment or, with `rest_early`, at the first.
    """

    def __init__(self, problem: Problem, vehicle: Vehicle, span: Window, *, rest_early: bool) -> None:
        self._problem = problem
        self._rest_early = rest_early
        self._span = span
        self._vehicle = vehicle
        self._time = problem.time_s[vehicle.profile]
        self._distance = problem.distance_m[vehicle.profile]
        self._now = span[0]
        self._place = vehicle.start
        # A rest that should have begun before the route can is none of this route's.
        self._rests = [rest for rest in vehicle.rests if rest.latest_s >= self._now]
        self._calls: list[Call] = []
        self._travel_s = 0
        self._distance_m = 0

    def run(self, sequence: Sequenced) -> Schedule | ReasonCode:
        for kind, index in sequence:
            failure = self._call(kind, index)
            if failure is not None:
                return failure
        if not self._go(self._vehicle.end) or self._now > self._span[1]:
            return ReasonCode.SHIFT_TOO_SHORT
        return self._leaving_late()

    def _call(self, kind: CallKind, index: int) -> ReasonCode | None:
        if kind is CallKind.VISIT:
            return self._visit(index, self._problem.jobs[index])
        return self._at_depot(kind, index, self._problem.depots[index])

    def _visit(self, index: int, job: Job) -> ReasonCode | None:
        if not self._go(job.place, job.windows, job.service_s):
            return ReasonCode.SHIFT_TOO_SHORT
        begin = _first_begin(job.windows, self._now)
        if begin is None:
            return ReasonCode.TIME_WINDOW
        if begin + job.service_s > job.latest_s:
            return ReasonCode.AFTER_LATEST_SAFE
        return self._serve(CallKind.VISIT, index, job.place, begin, job.service_s)

    def _at_depot(self, kind: CallKind, index: int, depot: Depot) -> ReasonCode | None:
        ready = depot.ready_s if kind is CallKind.LOAD else -FAR
        windows = tuple((max(opens, ready), closes - depot.call_s) for opens, closes in depot.windows)
        if not depot.windows or not self._go(depot.place, windows, depot.call_s):
            return ReasonCode.SHIFT_TOO_SHORT if depot.windows else ReasonCode.SITE_CLOSED
        begin = _first_begin(windows, self._now)
        if begin is None:
            return ReasonCode.SITE_CLOSED
        return self._serve(kind, index, depot.place, begin, depot.call_s)

    def _serve(self, kind: CallKind, index: int, place: int, begin: int, service_s: int) -> ReasonCode | None:
        self._calls.append(Call(kind, index, place, self._now, begin, begin + service_s))
        self._now = begin + service_s
        return ReasonCode.SHIFT_TOO_SHORT if self._now > self._span[1] else None

    def _go(self, place: int, windows: tuple[Window, ...] = (), service_s: int = 0) -> bool:
        """Travel to a place, resting before leaving where the rest is due; False where there is no way in time."""
        travel = int(self._time[self._place, place])
        if travel > FAR:
            return False
        for rest in list(self._rests):
            if self._rests_now(rest, travel, windows, service_s) and not self._rest(rest):
                return False
        self._travel_s += travel
        self._distance_m += int(self._distance[self._place, place])
        self._now += travel
        self._place = place
        return True

    def _rests_now(self, rest: Rest, travel: int, windows: tuple[Window, ...], service_s: int) -> bool:
        """Whether to rest before leaving: later would be too late, waiting there holds it, or it is wanted early."""
        begin = _first_begin(windows, self._now + travel)
        if begin is None:
            return False
        too_late = begin + service_s > rest.latest_s
        rested_by = max(self._now, rest.earliest_s) + rest.duration_s + travel
        for_nothing = bool(windows) and rested_by <= begin and self._now <= rest.latest_s
        early = self._rest_early and bool(self._calls) and rest.earliest_s <= self._now <= rest.latest_s
        return too_late or for_nothing or early

    def _rest(self, rest: Rest) -> bool:
        """Rest here and now, or as soon as it may begin; False where that is too late."""
        begin = max(self._now, rest.earliest_s)
        self._rests.remove(rest)
        if begin > rest.latest_s:
            return False
        number = self._vehicle.rests.index(rest)
        self._calls.append(Call(CallKind.REST, number, self._place, self._now, begin, begin + rest.duration_s))
        self._now = begin + rest.duration_s
        return True

    def _leaving_late(self) -> Schedule:
        """Leave so late that nobody waits before the first visit for nothing: loads move towards it."""
        first = next((at for at, call in enumerate(self._calls) if call.kind is not CallKind.LOAD), 0)
        prefix, rest = self._calls[:first], self._calls[first:]
        if not rest or rest[0].kind is not CallKind.VISIT:
            return self._result(self._span[0])
        visit = rest[0]
        by = visit.begin_s
        calls = [replace(visit, arrival_s=by), *rest[1:]]
        place = visit.place
        for call in reversed(prefix):
            begin = self._latest_load(call, by - int(self._time[call.place, place]))
            departure = begin + call.departure_s - call.begin_s
            calls[0] = replace(calls[0], arrival_s=departure + int(self._time[call.place, place]))
            calls.insert(0, replace(call, arrival_s=begin, begin_s=begin, departure_s=departure))
            by, place = begin, call.place
        self._calls = calls
        return self._result(by - int(self._time[self._vehicle.start, place]))

    def _latest_load(self, call: Call, leave_by: int) -> int:
        """Return the latest begin of a load that ends by `leave_by`, within the depot's hours."""
        depot = self._problem.depots[call.index]
        latest = leave_by - depot.call_s
        begins = [(opens, min(latest, closes - depot.call_s)) for opens, closes in depot.windows]
        return max([call.begin_s, *(begin for opens, begin in begins if opens <= begin)])

    def _result(self, start_s: int) -> Schedule:
        return Schedule(start_s, self._now, tuple(self._calls), self._travel_s, self._distance_m)


def _first_begin(windows: tuple[Window, ...], earliest: int) -> int | None:
    """Return the first instant from `earliest` on that lies in a window (no windows: at once)."""
    if not windows:
        return earliest
    return next((max(opens, earliest) for opens, closes in windows if max(opens, earliest) <= closes), None)
