"""The rest of a day by hand, on the row of places: who is on the road, what was promised, who goes out again."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.solver.problem import exclude_each_other
from routing.solver.rest_of_day import all_home, solve_day
from routing.solver.solution import Solution
from routing.solver.solving import Effort, solve
from routing.solver.taking_up import with_ways_home
from tests.solver.anything import under_way
from tests.solver.lawful import assert_lawful
from tests.solver.tiny import DAY, controlled, depot, job, planned, problem, vehicle

LOAD = ~0
QUICK = Effort(seconds=1.0, iterations=4, seed=1)


class Posed:
    """What the rest of a day reads of a posed one."""

    def __init__(self, problem_, promised=None, on_the_road=frozenset()):
        self.problem = problem_
        self.promised = promised or {}
        self.on_the_road = on_the_road
        self.unpromised = tuple({} for _ in problem_.vehicles)


def quiet(*_):
    return None


def road(place=4, **fields):
    return vehicle(**{"duty_id": "v1.now", "start": place, "on_the_road": True, **fields})


def home(**fields):
    return vehicle(**{"duty_id": "v1.later", **fields})


# Promises


def test_promises_are_kept_where_nobody_goes_unserved_for_them():
    # The shorter order is 2, 5; what was promised asks for 5 first.
    windows = {0: ((600, 900),), 1: ((0, 420),)}
    jobs = [job(2, windows=windows[0]), job(5, windows=windows[1])]
    posed = Posed(problem(jobs), {0: (DAY,), 1: (DAY,)})
    found = solve_day(posed, QUICK, quiet)
    assert found.served == {0, 1}
    assert found.routes[0][0] == (LOAD, 1, 0)


def test_a_promise_is_let_go_for_who_would_go_unserved():
    """Both were promised the first minute at places three minutes apart: the first keeps it, the other is late."""
    jobs = [job(1, windows=((0, 130),)), job(9, windows=((0, 130),))]
    posed = Posed(problem(jobs), {0: (DAY,), 1: (DAY,)})
    found = solve_day(posed, QUICK, quiet)
    assert found.served == {0, 1}
    begins = {call.index: call.begin_s for call in found.routes[0][1].calls if call.kind == "visit"}
    assert begins[0] <= 130 < begins[1]


def test_promises_to_others_are_let_go_where_that_alone_helps():
    """Job 1 must be done by 700 and is far; job 0 was promised for then, though any time would do."""
    jobs = [job(1, windows=((500, 560),)), job(9, latest_s=700, lost=(100, 0, 0, 0, 0, 0))]
    posed = Posed(problem(jobs), {0: (DAY,)})
    assert solve_day(posed, QUICK, quiet).served == {0, 1}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([0.1, 0.3]), st.integers(0, 3))
def test_promises_and_prices_of_changes_leave_nobody_unserved_who_is_served_without_them(seed, rare, rounds):
    """The same day without them, with the same seed and count, never serves more."""
    freer = under_way(seed, jobs=10, vehicles=5, rare=rare)
    chance = random.Random(seed)  # noqa: S311 - no secret
    narrow = {index: ((at := chance.randrange(0, 18_000), at + 1800),) for index in range(10) if chance.random() < 0.6}
    posed = Posed(
        replace(
            freer,
            jobs=tuple(replace(each, windows=narrow.get(at, each.windows)) for at, each in enumerate(freer.jobs)),
            vehicles=tuple(replace(each, visit_s=dict.fromkeys(range(10), 600)) for each in freer.vehicles),
        ),
        {index: freer.jobs[index].windows for index in narrow},
    )
    posed.unpromised = tuple(each.visit_s for each in freer.vehicles)
    effort = Effort(iterations=rounds, seed=seed)
    found = solve_day(posed, effort, quiet)
    assert_lawful(found)
    assert found.objective[:-2] <= solve(freer, effort, quiet).objective[:-2]


def test_who_is_served_afresh_alone_is_served_under_promises_too():
    """Promised to the one first, both in the same hour: in time for the other only without promises and prices."""
    jobs = [job(2, windows=((0, 300),)), job(9, windows=((0, 300),))]
    posed = Posed(problem(jobs), {0: (DAY,), 1: (DAY,)})
    assert solve_day(posed, replace(QUICK, iterations=0), quiet).served == {0, 1}


def test_a_day_without_promises_is_searched_as_any():
    found = solve_day(Posed(problem([job(5)])), QUICK, quiet)
    assert found.served == {0}


def test_the_search_begins_with_what_is_begun():
    posed = Posed(problem([job(5), job(6)], [vehicle(), vehicle(duty_id="v2.1", people=("v2",), stops_of={"v2": 9})]))
    begun = Solution(posed.problem, {}).with_route(1, (LOAD, 0))
    found = solve_day(posed, replace(QUICK, iterations=0), quiet, begun)
    assert set(found.routes) == {1}
    assert found.served == {0, 1}


# Coming home


def test_whoever_visits_nobody_any_more_comes_home():
    posed = Posed(problem([controlled(5)], [road(aboard=frozenset({0}), allowed=frozenset())]), None, frozenset({"v1"}))
    found, stranded = all_home(posed, Solution(posed.problem, {}))
    assert stranded == ()
    tokens, plan = found.routes[0]
    assert tokens == ()
    assert [str(call.kind) for call in plan.calls] == ["return"]


def test_for_whom_there_is_no_lawful_way_home_is_stranded():
    # The depot closes before anybody can count in: 4 minutes there, and a minute to do it.
    shut = depot(windows=((0, 299),))
    posed = Posed(
        problem([controlled(5)], [road(aboard=frozenset({0}), allowed=frozenset())], [shut]), None, frozenset({"v1"})
    )
    assert all_home(posed, Solution(posed.problem, {})) == (Solution(posed.problem, {}), ("v1",))
    opened = replace(posed.problem, depots=(depot(windows=((0, 300),)),))
    assert all_home(Posed(opened, None, frozenset({"v1"})), Solution(opened, {}))[1] == ()


def test_whoever_is_on_a_route_is_left_alone():
    posed = Posed(problem([job(5)], [road(aboard=frozenset({0}))]), None, frozenset({"v1"}))
    solution = Solution(posed.problem, {0: ((0,), planned(posed.problem, 0))})
    assert all_home(posed, solution) == (solution, ())


# Going out again


def test_from_the_road_one_goes_home_first():
    """The road route ends at 0; the later one begins there, and not before."""
    posed = problem([job(5), job(2)], [road(aboard=frozenset({0})), home()])
    first = Solution(posed, {}).with_route(0, (0,))
    both = first.with_route(1, (LOAD, 1))
    assert both.routes[1][1].start_s >= both.routes[0][1].end_s
    # The other way round: what is to come later leaves the road the time before it.
    later = replace(posed, vehicles=(posed.vehicles[0], replace(posed.vehicles[1], span=(3000, 86_400))))
    second = Solution(later, {}).with_route(1, (LOAD, 1))
    assert second.with_route(0, (0,)).routes[0][1].end_s <= second.routes[1][1].start_s


def test_two_duties_from_the_road_exclude_each_other():
    assert exclude_each_other(road(), road(duty_id="v1.other"))
    assert not exclude_each_other(road(), home())
    assert exclude_each_other(road(end=3), home())
    assert not exclude_each_other(road(), home(people=("v2",)))


def test_nobody_goes_out_again_before_they_can_be_home():
    # Home is four minutes away.
    posed = with_ways_home(problem([job(5)], [road(), home()]), frozenset({"v1"}))
    assert [each.homeward_s for each in posed.vehicles] == [240, 0]
    assert posed.vehicles[1].span == (240, 86_400)


def test_who_has_no_way_home_does_not_go_out_again():
    posed = with_ways_home(problem([job(5)], [road(span=(0, 239)), home()]), frozenset({"v1"}))
    assert posed.vehicles[1].allowed == frozenset()
