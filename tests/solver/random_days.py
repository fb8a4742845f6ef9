"""Small random problems with every rule, and the least travel over all their lawful routes, found by trying them all.

Routes of different vehicles are combined without asking whether their people have the time for both: that is less
than the true optimum at most, so a bound below it is below the optimum, too.
"""

from __future__ import annotations

from itertools import combinations, permutations, product

import numpy as np
from hypothesis import strategies as st

from routing.solver.problem import Problem, Rest, exclude_each_other
from routing.solver.schedule import Schedule, schedule
from tests.solver.tiny import PLACES, depot, job, problem, vehicle

NEVER = 10**9


@st.composite
def matrices(draw):
    """Draw travel between places in a plane, one way dearer than the other, some of it without the triangle's law."""
    corners = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=PLACES, max_size=PLACES))
    at = np.array(corners, dtype=np.int64)
    found = np.abs(at[:, None] - at[None, :]).sum(axis=2) * 20
    for a, b, more in draw(st.lists(st.tuples(*[st.integers(0, PLACES - 1)] * 2, st.integers(0, 900)), max_size=12)):
        found[a, b] += more if a != b else 0
    return found


@st.composite
def windows(draw):
    """Draw no window, one, or two."""
    ends = sorted(draw(st.lists(st.integers(0, 6000), min_size=4, max_size=4)))
    return draw(st.sampled_from([(), (), ((ends[0], ends[3]),), ((ends[0], ends[1]), (ends[2], ends[3]))]))


@st.composite
def jobs(draw, place, depots):
    """Draw a job; now and then controlled, isolating, in an institution, without goods, or hurried."""
    needs = draw(st.sampled_from([{0: 1000}, {0: 2500}, {depots - 1: 1500}, {0: 500, depots - 1: 500}, {}]))
    mass = {site: grams for site, grams in needs.items() if site < depots}
    isolating = draw(st.integers(0, 5)) == 0
    controlled = bool(mass) and draw(st.integers(0, 2)) == 0
    return job(
        place,
        service_s=draw(st.sampled_from([0, 60, 300])),
        windows=draw(windows()),
        latest_s=draw(st.sampled_from([2**39, 2**39, 5000])),
        mass_g=mass,
        volume_ml=mass,
        custody={(min(mass), "p1"): 40} if controlled else {},
        returns_to=frozenset(mass) if controlled else frozenset(),
        isolating=isolating,
        isolating_last=isolating and draw(st.booleans()),
        institution=draw(st.integers(0, 7)) == 0,
        client_id=f"c{draw(st.sampled_from([place, 2]))}",
    )


@st.composite
def vehicles(draw, number, known):
    """Draw a duty: alone or as a pair, all day or in the morning, with or without a break."""
    people = draw(st.sampled_from([("v0",), ("v1",), ("v0", "v1")]))
    begin = draw(st.sampled_from([0, 0, 1000]))
    end = begin + draw(st.sampled_from([3000, 6000, 9000]))
    rest = Rest(earliest_s=begin + 500, latest_s=begin + 2000, duration_s=400)
    return vehicle(
        duty_id=f"d{number}",
        people=people,
        start=number // 2,
        end=draw(st.sampled_from([number // 2, number // 2, 9])),
        span=(begin, end),
        max_mass_g=draw(st.sampled_from([3000, 4000, 9000])),
        custody={"p1": draw(st.sampled_from([0, 40, 80, 999]))},
        stops_of=dict.fromkeys(people, draw(st.sampled_from([1, 2, 100]))),
        rests=(rest,) if draw(st.integers(0, 3)) == 0 else (),
        allowed=frozenset(draw(st.sets(st.sampled_from(range(known)), min_size=1))),
    )


@st.composite
def days(draw, most_jobs=4, most_vehicles=3):
    """Draw a whole problem."""
    sites = draw(st.integers(1, 2))
    depots = [
        depot(7 + at, ready_s=draw(st.sampled_from([0, 900])), call_s=draw(st.sampled_from([0, 60])))
        for at in range(sites)
    ]
    count = draw(st.integers(1, most_jobs))
    chosen = [draw(jobs(3 + at, sites)) for at in range(count)]
    fleet = [draw(vehicles(number, count)) for number in range(draw(st.integers(1, most_vehicles)))]
    return problem(chosen, fleet, depots, time_s=draw(matrices()))


def lawful_routes(posed: Problem, number: int) -> dict[frozenset[int], tuple[Schedule, tuple[int, ...]]]:
    """Return the shortest lawful route of a vehicle for each set of visits, by trying every order and every load."""
    best: dict[frozenset[int], tuple[Schedule, tuple[int, ...]]] = {}
    one = posed.vehicles[number]
    for many in range(1, len(one.allowed) + 1):
        for order in permutations(sorted(one.allowed), many):
            for tokens in _with_loads(posed, order):
                found = schedule(posed, one, tokens)
                visits = frozenset(order)
                if isinstance(found, Schedule) and (visits not in best or found.travel_s < best[visits][0].travel_s):
                    best[visits] = found, tokens
    return best


def _with_loads(posed: Problem, order: tuple[int, ...]):
    """Yield every way of calling at depots between the visits."""
    sites = range(len(posed.depots))
    calls = [tuple(~site for site in some) for many in range(len(sites) + 1) for some in permutations(sites, many)]
    for chosen in product(calls, repeat=len(order)):
        yield tuple(token for call, visit in zip(chosen, order, strict=True) for token in (*call, visit))


def least_travel(posed: Problem, routes: list[dict[frozenset[int], tuple[Schedule, tuple[int, ...]]]], served):
    """Return (travel, {vehicle: visits}) of the shortest day that makes each visit once; None where none does."""
    best = None
    for many in range(1, len(routes) + 1):
        for used in combinations(range(len(routes)), many):
            if any(exclude_each_other(posed.vehicles[a], posed.vehicles[b]) for a, b in combinations(used, 2)):
                continue
            for sets in product(*(routes[number] for number in used)):
                disjoint = sum(map(len, sets)) == len(served) and frozenset().union(*sets) == served
                if not disjoint:
                    continue
                travel = sum(routes[number][visits][0].travel_s for number, visits in zip(used, sets, strict=True))
                if best is None or travel < best[0]:
                    best = travel, dict(zip(used, sets, strict=True))
    return best
