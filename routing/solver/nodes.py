"""The nodes of a routing model: jobs, loads (some for each vehicle and depot), starts and ends.

Law: plain integers and lists; nothing of OR-Tools here. The way back to the depots after controlled goods is
folded into the way home of vehicles that carry them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from routing.solver.problem import Job, Problem, Rest, Vehicle, Window, exclude_each_other
from routing.solver.schedule import FAR
from routing.solver.solution import Solution, Tokens

FORBIDDEN = 10_000_000  # seconds; beyond every horizon
SPARE_LOADS = 1


class Nodes:
    """Numbers the nodes for a group of vehicles; all other routes stay as they are.

    Parameters
    ----------
    group
        Vehicles whose routes may change. None: all in use, and the idle ones that may be used beside them.

    Attributes
    ----------
    outside
        The solution without the group's routes.
    numbers, vehicles
        The vehicles' indices in the problem, and themselves.
    job_of
        Node -> job index, for the first `jobs` nodes.
    stops
        Jobs and loads; start and end nodes follow.
    """

    def __init__(self, solution: Solution, group: Iterable[int] | None = None) -> None:
        self.solution = solution
        self._problem = solution.problem
        self.numbers = _compatible(solution) if group is None else sorted(group)
        left = {number: route for number, route in solution.routes.items() if number not in self.numbers}
        self.outside = Solution(solution.problem, left)
        self.vehicles = [self._problem.vehicles[number] for number in self.numbers]
        self._aboard = {job for vehicle in self.vehicles for job in (*vehicle.aboard, *vehicle.partly)}
        self._returns = [self._returns_of(number) for number in self.numbers]
        self._may = [self._may_do(v) for v in range(len(self.vehicles))]
        self.job_of = sorted(set().union(*self._may)) if self._may else []
        self._node_of = {job: node for node, job in enumerate(self.job_of)}
        self.jobs = len(self.job_of)
        self._load_nodes = self._make_loads()
        self.stops = self.jobs + len(self._load_nodes)
        fleet = len(self.vehicles)
        self.starts = list(range(self.stops, self.stops + fleet))
        self.ends = list(range(self.stops + fleet, self.stops + 2 * fleet))
        self.count = self.stops + 2 * fleet
        self.depots = sorted({depot for _, depot in self._load_nodes})
        self.spans = [self._span(v) for v in range(fleet)]

    def _span(self, v: int) -> Window:
        """Return the gap between its people's routes outside the group in which a vehicle is out."""
        number = self.numbers[v]
        gaps = self.outside.spans_left(number) or [(0, 0)]
        if number not in self.solution.routes:
            return max(gaps, key=lambda gap: gap[1] - gap[0])
        start = self.solution.routes[number][1].start_s
        return next(gap for gap in gaps if gap[0] <= start <= gap[1])

    def _returns_of(self, number: int) -> tuple[int, ...]:
        """Return the depots at which a vehicle counts in: those of its route and of what is aboard from the start.

        For an idle one the commonest.
        """
        vehicle, jobs = self._problem.vehicles[number], self._problem.jobs
        tokens = self.solution.routes[number][0] if number in self.solution.routes else ()
        done = [jobs[token] for token in tokens if token >= 0]
        carried = {
            (depot, index)
            for index in (*vehicle.aboard, *vehicle.partly)
            for depot in vehicle.carries(index, jobs[index])
        }
        owed = {*vehicle.counts_in, *(of for depot, index in carried for of, _ in jobs[index].custody if of == depot)}
        if done or owed:
            return tuple(sorted(owed | {depot for job in done for depot in job.returns_to}))
        wanted = [depot for job in vehicle.allowed for depot in jobs[job].returns_to]
        return (max(sorted(set(wanted)), key=wanted.count),) if wanted else ()

    def _may_do(self, v: int) -> set[int]:
        """Return the jobs a vehicle may do here; those it does, and isolating clients only on a last route.

        Goods that are aboard another vehicle of the group stay there: one demand a node is all a model knows.
        """
        returns = set(self._returns[v])
        busy = self._goes_out_later(v)
        number = self.numbers[v]
        own = set(self.solution.routes[number][0]) if number in self.solution.routes else set()
        elsewhere = self._aboard - {*self.vehicles[v].aboard, *self.vehicles[v].partly} - own
        return {
            job
            for job in self.vehicles[v].allowed - self.outside.served - elsewhere
            if self._problem.jobs[job].returns_to <= returns
            and (job in own or not (busy and self._problem.jobs[job].isolating_last))
        }

    def _goes_out_later(self, v: int) -> bool:
        """Whether somebody on a vehicle has a later route, or this one has no time of its own yet beside others."""
        people = set(self.vehicles[v].people)
        number = self.numbers[v]
        others = [
            planned.start_s
            for other, (_, planned) in self.solution.routes.items()
            if other != number and people & set(self._problem.vehicles[other].people)
        ]
        if number not in self.solution.routes:
            return bool(others)
        return any(start > self.solution.routes[number][1].start_s for start in others)

    def _make_loads(self) -> list[tuple[int, int]]:
        """Return (vehicle, depot) of each load node: as many as the route has, and a spare one."""
        found = []
        for v, number in enumerate(self.numbers):
            tokens = self.solution.routes[number][0] if number in self.solution.routes else ()
            jobs = [(index, self._problem.jobs[index]) for index in self._may[v]]
            wanted = {d for index, job in jobs for d in job.mass_g.keys() - set(self.vehicles[v].carries(index, job))}
            for depot in sorted(wanted):
                found += [(v, depot)] * (tokens.count(~depot) + SPARE_LOADS)
        return found

    # -- reading and writing routes

    def routes(self) -> list[list[int]]:
        """Return the solution's routes as nodes."""
        return [self._route(v) for v in range(len(self.vehicles))]

    def _route(self, v: int) -> list[int]:
        tokens = self.solution.routes[self.numbers[v]][0] if self.numbers[v] in self.solution.routes else ()
        free = [(self.jobs + at, depot) for at, (owner, depot) in enumerate(self._load_nodes) if owner == v]
        nodes = []
        for token in tokens:
            if token >= 0:
                nodes.append(self._node_of[token])
            elif entry := next((entry for entry in free if entry[1] == ~token), None):  # None: it serves nothing
                free.remove(entry)
                nodes.append(entry[0])
        return nodes

    def token(self, node: int) -> int:
        """Return the token of a stop's node."""
        return self.job_of[node] if node < self.jobs else ~self._load_nodes[node - self.jobs][1]

    # -- what a node asks for

    def service(self, node: int) -> int:
        """Return the seconds spent at a node."""
        if node < self.jobs:
            return self._problem.jobs[self.job_of[node]].service_s
        if node < self.stops:
            return self._problem.depots[self._load_nodes[node - self.jobs][1]].call_s
        return 0

    def windows(self, node: int) -> list[Window]:
        """Return when service may begin; none: never."""
        if node >= self.jobs:
            depot = self._problem.depots[self._load_nodes[node - self.jobs][1]]
            spans = [(max(opens, depot.ready_s), closes - depot.call_s) for opens, closes in depot.windows]
        else:
            job = self._problem.jobs[self.job_of[node]]
            latest = min(job.latest_s - job.service_s, FORBIDDEN - 1)
            spans = [(opens, min(closes, latest)) for opens, closes in job.windows or ((0, FORBIDDEN - 1),)]
        return _merged([(opens, closes) for opens, closes in spans if opens <= closes])

    def allowed(self, node: int) -> list[int]:
        """Return the vehicles that may call at a stop."""
        if node >= self.jobs:
            return [self._load_nodes[node - self.jobs][0]]
        return [v for v in range(len(self.vehicles)) if self.job_of[node] in self._may[v]]

    def institution_mass(self, node: int) -> int | None:
        """Return the mass that may be aboard on arrival, at an institution."""
        if node >= self.jobs:
            return None
        job = self._problem.jobs[self.job_of[node]]
        return job.total_mass_g if job.institution else None

    def rests(self, v: int) -> list[Rest]:
        """Return the breaks that fall into a vehicle's span."""
        return [rest for rest in self.vehicles[v].rests if rest.latest_s >= self.spans[v][0]]

    # -- matrices

    def time(self, v: int) -> list[list[int]]:
        """Return, by node, the seconds from beginning at one to arriving at the other; `FORBIDDEN` where unlawful."""
        travel = self._travel(v)
        rows = []
        for a in range(self.count):
            service = self.service(a)
            rows.append([min(service + cell, FORBIDDEN) for cell in travel[a]])
        for a, b in self._forbidden():
            rows[a][b] = FORBIDDEN
        return rows

    def cost(self, v: int) -> list[list[int]]:
        """Return, by node, the travel seconds, with visits at their price."""
        rows = [list(row) for row in self._travel(v)]
        one_stop, _, _ = self.exposure(v)
        for node, job in enumerate(self.job_of):
            price = self.vehicles[v].visit_s.get(job, 0) + one_stop
            for row in rows if price else ():
                row[node] += price
        # A depot's service on the way home is no travel; of two equal ways the one with fewer loads is taken.
        service = sum(self._problem.depots[depot].call_s for depot in self._returns[v])
        for row in rows:
            row[self.ends[v]] = max(0, row[self.ends[v]] - service)
            for node in range(self.jobs, self.stops):
                row[node] += 1
        rows[self.starts[v]][self.ends[v]] = self.vehicles[v].homeward_s
        return rows

    def exposure(self, v: int) -> tuple[int, int, int]:
        """Return what a stop costs as exposure, how many stops cost that alone, and what each beyond them adds.

        Exact for one stop more or less than now: costs grow with the square of a person's stops, and a model of
        single arcs knows straight lines only.
        """
        number, price = self.numbers[v], self._problem.exposure_s
        own = sum(token >= 0 for token in self.solution.routes[number][0]) if number in self.solution.routes else 0
        days = self.solution.days_of_people
        visits = [days.get(person, (0, 0))[0] for person in self.vehicles[v].people]
        one_stop = sum(price * (made - 1 if own else made) for made in visits)
        return one_stop, max(own, 1), price * len(visits)

    @property
    def travel_bound(self) -> int:
        """More than the cost of all routes together."""
        dearest = max((price for vehicle in self.vehicles for price in vehicle.visit_s.values()), default=0)
        jobs = len(self._problem.jobs)
        # Nobody makes more stops than there are jobs, whatever routes the bound is asked for.
        exposure = self._problem.exposure_s * (jobs + 1) * max((len(each.people) for each in self.vehicles), default=0)
        preferences = (dearest + exposure) * jobs
        return sum(end - start for start, end in self.spans) + preferences + self.stops + 1

    def _travel(self, v: int) -> list[list[int]]:
        vehicle = self.vehicles[v]
        time = self._problem.time_s[vehicle.profile]
        places = self._places()
        at = [max(place, 0) for place in places]
        rows: list[list[int]] = [[min(int(cell), FORBIDDEN) for cell in row] for row in time[at][:, at]]
        start, end = self.starts[v], self.ends[v]
        for node in range(self.stops):
            home = self._way_home(v, places[node])
            rows[node][end] = min(home, FORBIDDEN)
        rows[start][end] = 0  # an idle vehicle stays at home
        return rows

    def _places(self) -> list[int]:
        jobs = [self._problem.jobs[job].place for job in self.job_of]
        loads = [self._problem.depots[depot].place for _, depot in self._load_nodes]
        return [*jobs, *loads, *(v.start for v in self.vehicles), *(v.end for v in self.vehicles)]

    def _way_home(self, v: int, place: int) -> int:
        time = self._problem.time_s[self.vehicles[v].profile]
        total = 0
        for depot in self._returns[v]:
            entry = self._problem.depots[depot]
            total += int(time[place, entry.place]) + entry.call_s
            place = entry.place
        return total + int(time[place, self.vehicles[v].end])

    def end_by(self, v: int) -> int:
        """Return when a vehicle must be home so that every count-in on the way falls into the depot's hours."""
        by = FAR
        for position, depot in enumerate(self._returns[v]):
            entry = self._problem.depots[depot]
            after = _Tail(self._problem, self.vehicles[v], self._returns[v][position:]).seconds
            by = min(by, max((closes for _, closes in entry.windows), default=-1) + after)
        return by

    def _forbidden(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of stops that may not follow each other."""
        jobs = [self._problem.jobs[job] for job in self.job_of]
        loads = range(self.jobs, self.stops)
        for a, first in enumerate(jobs):
            if first.isolating_last:
                yield from ((a, load) for load in loads)
            for b, second in enumerate(jobs):
                alone = first.institution or second.institution
                if a != b and (alone or (first.isolating_last and not second.isolating)):
                    yield a, b
        yield from ((load, end) for load in loads for end in self.ends)

    # -- loads

    def loads(self) -> Iterator[tuple[str, list[int], set[int], list[int]]]:
        """Yield (name, demand by node, nodes that load, capacity by vehicle) of each dimension of goods aboard."""
        jobs = [self._loaded(job) for job in self.job_of]
        masses = [vehicle.max_mass_g for vehicle in self.vehicles]
        volumes = [vehicle.max_volume_ml for vehicle in self.vehicles]
        if self.depots:
            everywhere = set(range(self.jobs, self.stops))
            yield "mass", self._padded([sum(job.mass_g.values()) for job in jobs]), everywhere, masses
            yield "volume", self._padded([sum(job.volume_ml.values()) for job in jobs]), everywhere, volumes
        for depot in self.depots:
            here = {self.jobs + at for at, (_, owner) in enumerate(self._load_nodes) if owner == depot}
            yield f"mass {depot}", self._padded([job.mass_g.get(depot, 0) for job in jobs]), here, masses
            yield f"volume {depot}", self._padded([job.volume_ml.get(depot, 0) for job in jobs]), here, volumes
            for product in sorted({name for job in jobs for origin, name in job.custody if origin == depot}):
                ceilings = [vehicle.custody.get(product, 0) for vehicle in self.vehicles]
                amounts = [job.custody.get((depot, product), 0) for job in jobs]
                yield f"custody {depot} {product}", self._padded(amounts), here, ceilings

    def _loaded(self, index: int) -> Job:
        """Return a job as it is loaded: with nothing where its goods are aboard the vehicle that does it."""
        job = self._problem.jobs[index]
        doing = [vehicle for vehicle, may in zip(self.vehicles, self._may, strict=True) if index in may]
        common = set(job.mass_g).intersection(*(vehicle.carries(index, job) for vehicle in doing)) if doing else set()
        if not common:
            return job
        return replace(
            job,
            mass_g={depot: mass for depot, mass in job.mass_g.items() if depot not in common},
            volume_ml={depot: volume for depot, volume in job.volume_ml.items() if depot not in common},
            custody={key: amount for key, amount in job.custody.items() if key[0] not in common},
        )

    def _padded(self, demands: list[int]) -> list[int]:
        return demands + [0] * (self.count - len(demands))

    # -- people with several routes

    @property
    def in_turn(self) -> list[tuple[int, int]]:
        """Pairs of vehicles of the same people, in the order of their routes."""
        order = sorted(
            (self.solution.routes[number][1].start_s, v)
            for v, number in enumerate(self.numbers)
            if number in self.solution.routes
        )
        return [(before, after) for (_, before), (_, after) in combinations(order, 2) if self._share(before, after)]

    @property
    def stops_by_person(self) -> list[tuple[list[int], int]]:
        """Return, for each person, the vehicles they are on and the visits they may still make on all of them."""
        of_person: dict[str, list[int]] = {}
        for v, vehicle in enumerate(self.vehicles):
            for person in vehicle.people:
                of_person.setdefault(person, []).append(v)
        return [
            (vehicles, self.outside.visits_left(person, self.vehicles[vehicles[0]]))
            for person, vehicles in of_person.items()
        ]

    def _share(self, one: int, other: int) -> bool:
        return bool(set(self.vehicles[one].people) & set(self.vehicles[other].people))


class _Tail:
    """The way from a count-in to the end."""

    def __init__(self, problem: Problem, vehicle: Vehicle, returns: Tokens) -> None:
        time = problem.time_s[vehicle.profile]
        place = problem.depots[returns[0]].place
        self.seconds = 0
        for depot in returns[1:]:
            entry = problem.depots[depot]
            self.seconds += int(time[place, entry.place]) + entry.call_s
            place = entry.place
        self.seconds += int(time[place, vehicle.end])


def _compatible(solution: Solution) -> list[int]:
    """Return the vehicles in use, and idle ones that share no person with them, at most one a person."""
    problem = solution.problem
    used = sorted(solution.routes)
    taken = {person for number in used for person in problem.vehicles[number].people}
    idle = sorted(
        (number for number in range(len(problem.vehicles)) if number not in solution.routes),
        key=lambda number: (-len(problem.vehicles[number].allowed), number),
    )
    for number in idle:
        vehicle = problem.vehicles[number]
        free = not taken & set(vehicle.people)
        peers = [problem.vehicles[other] for other in used]
        if vehicle.allowed and free and not any(exclude_each_other(vehicle, peer) for peer in peers):
            used.append(number)
            taken |= set(vehicle.people)
    return sorted(used)


def _merged(spans: list[Window]) -> list[Window]:
    """Join spans that overlap; the result is sorted."""
    merged: list[Window] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return merged
