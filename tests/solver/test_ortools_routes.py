"""The search: lawful, never worse than its start, optimal where that can be counted out, the same twice."""

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.domain.orders import Tier
from routing.solver.effort import Effort
from routing.solver.insertion import insert_all, urgency
from routing.solver.ladder import stages
from routing.solver.ortools_routes import improve
from routing.solver.problem import Problem, Rest
from routing.solver.schedule import Schedule, schedule
from routing.solver.solution import Solution
from routing.solver.solving import solve
from tests.solver.lawful import assert_lawful
from tests.solver.tiny import PLACES, controlled, depot, job, lost, problem, vehicle


def first(posed: Problem) -> Solution:
    return insert_all(Solution(posed, {}), sorted(range(len(posed.jobs)), key=urgency(posed)))


def searched(posed: Problem) -> Solution:
    return solve(posed, Effort(iterations=30), lambda *_: None)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to five jobs in a plane, one or two depots, up to three vehicles of one or two people."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    at = rng.integers(0, 20, size=(PLACES, 2))
    steps = np.abs(at[:, None] - at[None, :]).sum(axis=2).astype(np.int64)
    depots = [
        depot(place, windows=draw(st.sampled_from([((0, 9000),), ((0, 2000), (3000, 9000))]))) for place in (0, 1)
    ]
    depots = depots[: draw(st.integers(1, 2))]
    jobs = [_job(draw, place, len(depots)) for place in range(2, 2 + draw(st.integers(1, 5)))]
    stops = {person: draw(st.sampled_from([2, 100])) for person in ("v1", "v2")}  # of a person, whatever they ride
    vehicles = [_vehicle(draw, number, len(jobs), stops) for number in range(draw(st.integers(1, 3)))]
    shared = {"exposure_s": draw(st.sampled_from([0, 0, 90])), "balance_s": draw(st.sampled_from([0, 0, 600]))}
    return replace(problem(jobs, vehicles, depots, steps * 60, steps * 100), **shared)


def _job(draw: st.DrawFn, place: int, depots: int):
    origins = sorted(draw(st.sets(st.integers(0, depots - 1), min_size=1)))
    kind = draw(st.sampled_from(["plain", "plain", "controlled", "isolating", "institution"]))
    opens = draw(st.sampled_from([0, 600, 3000]))
    fields = {
        "lost": lost(draw(st.sampled_from(list(Tier))), draw(st.integers(1, 100))),
        "service_s": draw(st.sampled_from([0, 60, 600])),
        "windows": draw(st.sampled_from([(), ((opens, opens + 900),), ((opens, opens + 300), (5000, 6000))])),
        "latest_s": draw(st.sampled_from([4000, 7000, 2**39])),
        "mass_g": {origin: draw(st.integers(1, 1500)) for origin in origins},
        "volume_ml": dict.fromkeys(origins, 100),
        "isolating": kind == "isolating",
        "isolating_last": kind == "isolating" and draw(st.booleans()),
        "institution": kind == "institution",
    }
    if kind == "controlled":
        fields["custody"] = {(origin, "p1"): draw(st.integers(1, 150)) for origin in origins}
        fields["returns_to"] = frozenset(origins)
    return job(place, **fields)


def _vehicle(draw: st.DrawFn, number: int, jobs: int, stops: dict[str, int]):
    people = draw(st.sampled_from([("v1",), ("v1",), ("v2",), ("v1", "v2")]))
    earliest = draw(st.sampled_from([0, 1000]))
    rest = Rest(earliest_s=earliest, latest_s=earliest + draw(st.sampled_from([600, 3000])), duration_s=600)
    return vehicle(
        duty_id=f"d{number}",
        people=people,
        start=8,
        end=draw(st.sampled_from([8, 8, 9])),
        span=(draw(st.sampled_from([0, 1200])), draw(st.sampled_from([4000, 8600]))),
        max_mass_g=draw(st.sampled_from([1500, 3000])),
        custody=draw(st.sampled_from([{}, {"p1": 150}, {"p1": 1000}])),
        stops_of={person: stops[person] for person in people},
        rests=draw(st.sampled_from([(), (rest,)])),
        allowed=frozenset(draw(st.sets(st.integers(0, jobs - 1), min_size=1))),
        visit_s=dict.fromkeys(draw(st.sets(st.integers(0, jobs - 1), max_size=1)), 120),
        single_use=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"once"})])),
    )


@settings(max_examples=60, deadline=None)
@given(problems())
def test_improving_keeps_the_law_and_never_makes_a_day_worse(posed):
    start = first(posed)
    assert_lawful(start)
    found = improve(start)
    assert_lawful(found)
    assert found.objective <= start.objective


@settings(max_examples=15, deadline=None)
@given(problems())
def test_the_same_problem_has_the_same_answer(posed):
    start = first(posed)
    assert improve(start).routes == improve(start).routes


# ----------------------------------------------------------------------------------------------- known optima


def plane(seed: int) -> np.ndarray:
    at = np.random.default_rng(seed).integers(0, 30, size=(PLACES, 2))
    return np.abs(at[:, None] - at[None, :]).sum(axis=2).astype(np.int64)


@pytest.mark.parametrize("seed", range(5))
def test_the_shortest_round_of_six_is_found(seed):
    steps = plane(seed)
    posed = problem([job(place) for place in range(1, 7)], time_s=steps * 60, distance_m=steps * 100)
    rounds = (
        sum(steps[a, b] for a, b in zip((0, *some), (*some, 0), strict=True)) for some in permutations(range(1, 7))
    )
    assert searched(posed).objective[-2] == min(rounds) * 60


@pytest.mark.parametrize("price_s", [0, 120, 2000])
@pytest.mark.parametrize("seed", range(5))
def test_two_vehicles_with_room_for_two_at_once(seed, price_s):
    """All ways to deal four clients to two vehicles and to load again after the second of three or four."""
    steps = plane(seed)
    fleet = [vehicle(max_mass_g=2000), vehicle(people=("v2",), start=9, end=9, max_mass_g=2000)]
    posed = problem([job(place) for place in range(1, 5)], fleet, time_s=steps * 60, distance_m=steps * 100)
    posed = replace(posed, exposure_s=price_s)
    # n stops of one person cost price x (0 + 1 + .. + n - 1)
    best = min(
        sum(_cheapest(posed, number, [i for i in range(4) if dealt[i] == number]) for number in (0, 1))
        + sum(price_s * sum(range(dealt.count(number))) for number in (0, 1))
        for dealt in product((0, 1), repeat=4)
    )
    assert searched(posed).objective[-2] == best


def _cheapest(posed: Problem, number: int, jobs: list[int]) -> int:
    """Return the least travel of one vehicle over every order of its jobs and every place for further loads."""
    costs = [0] if not jobs else []
    for order in permutations(jobs):
        for cuts in product((False, True), repeat=max(len(jobs) - 1, 0)):
            tokens = [~0, *order[:1]]
            for cut, index in zip(cuts, order[1:], strict=True):
                tokens += [~0, index] if cut else [index]
            found = schedule(posed, posed.vehicles[number], tokens) if jobs else None
            if isinstance(found, Schedule):
                costs.append(found.travel_s)
    return min(costs)


def test_loads_of_two_depots_on_the_way_are_found():
    posed = problem([job(5), job(6, mass_g={1: 1}, volume_ml={1: 1})], depots=[depot(0), depot(2)])
    found = improve(first(posed))
    assert found.objective[:-1] == (0, 0, 0, 0, 0, 0, 0, 12 * 60)


def test_an_upper_tier_is_worth_any_way():
    # From 0 to 9 and back is 18 minutes: within 1150 s with service and load either T1 at 9 or both of T2 fit.
    jobs = [job(1, lost=lost(Tier.T2, 900)), job(2, lost=lost(Tier.T2, 900)), job(9, lost=lost(Tier.T1, 1))]
    posed = problem([replace(each, service_s=5) for each in jobs], [vehicle(span=(0, 1150))])
    near = Solution(posed, {}).with_route(0, (~0, 0, 1))
    assert isinstance(near, Solution)
    assert 2 in improve(near).served


def test_controlled_goods_within_a_ceiling_for_one_take_two_trips():
    posed = problem([controlled(2), controlled(3)], [vehicle(custody={"p1": 120})])
    found = improve(first(posed))
    assert found.served == {0, 1}
    assert_lawful(found)


def test_a_day_nobody_can_work_is_empty():
    empty = problem([job(2)], [vehicle(allowed=frozenset())])
    assert improve(Solution(empty, {})).routes == {}


def test_a_window_after_everybody_is_home_is_no_obstacle():
    posed = problem([job(2), job(3, windows=((50_000, 60_000),))], [vehicle(span=(0, 9000))])
    assert improve(first(posed)).served == {0}


def test_a_depot_that_closes_before_anybody_is_there_is_no_obstacle():
    late = vehicle(span=(5000, 9000))
    closed = depot(0, windows=((0, 1000),))
    goods = job(4, mass_g={1: 1}, volume_ml={1: 1})
    posed = problem([controlled(2), goods], [late], [closed, depot(1)])
    assert improve(first(posed)).served == {1}
    assert improve(Solution(posed, {})).served == {1}


def test_many_heavy_tiers_are_solved_in_stages():
    # Six jobs of weights near 10**6, one a tier: their product and travel need more than 62 bits.
    jobs = [job(rank + 1, lost=lost(tier, 10**6 + rank)) for rank, tier in enumerate(reversed(Tier))]
    jobs += [job(rank + 1, lost=lost(tier, 10**6 + 99 - rank)) for rank, tier in enumerate(reversed(Tier))]
    posed = problem(jobs, [vehicle(stops_of={"v1": 4}, allowed=frozenset(range(12)))])
    assert len(stages(posed, 10**5)) > 1
    found = improve(Solution(posed, {}).with_route(0, (~0, 0, 1)))
    assert_lawful(found)
    assert found.served == {4, 5, 10, 11}  # the two upper tiers


# ------------------------------------------------------------------------------------------------------ solving


def test_solving_twice_gives_the_same_routes_and_tells_its_progress():
    posed = problem(
        [job(place) for place in range(1, 6)], [vehicle(stops_of={"v1": 3}), vehicle(people=("v2",), start=9)]
    )
    told: list[str] = []
    found = [solve(posed, Effort(iterations=20, seed=7), lambda stage, _: told.append(stage)) for _ in range(2)]
    assert found[0].routes == found[1].routes
    assert found[0].served == {0, 1, 2, 3, 4}
    assert set(told) == {"routes"}
    assert_lawful(found[0])


def test_a_budget_in_seconds_is_kept():
    posed = problem([job(place) for place in range(1, 6)])
    found = solve(posed, Effort(seconds=0.5), lambda *_: None)
    assert found.served == {0, 1, 2, 3, 4}
