"""The iterated search as an engine: what it says is lawful, it loses nobody, it goes on from what is better."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.solver.instances import OPTIMA, named
from routing.solver import iterated
from routing.solver.effort import Effort
from routing.solver.line import Task
from routing.solver.plans import plan_of, planned
from routing.solver.ruin_recreate import first_plan, search
from routing.solver.warming import warm_up, warm_up_tours
from tests.solver.test_tours import made_up
from tests.solver.tiny import job, lost, problem, vehicle


@pytest.fixture(autouse=True, scope="module")
def compiled():
    """Compile what is called, so that no example is slow."""
    warm_up()
    warm_up_tours()


class Line:
    """A line with plans of others to hear; it keeps what is said."""

    def __init__(self, heard=(), after=0):
        self.said, self.routes = [], []
        self._heard, self._after = list(heard), after

    def found(self, plan):
        self.said.append(plan)

    def plans(self):
        self._after -= 1
        came, self._heard = (self._heard, []) if self._after < 0 else ([], self._heard)
        return came

    def due(self):
        return False

    def over(self):
        return False

    def met(self, routes):
        self.routes += routes


def ran(posed, line=None, iterations=3, seed=1, plans=()):
    line = Line() if line is None else line
    iterated.run(Task(engine="", problem=posed, seed=seed, iterations=iterations, plans=list(plans)), line)
    return line


@given(st.integers(0, 10**6))
def test_what_it_says_is_lawful_and_each_plan_is_better_than_the_one_before(seed):
    posed = made_up(seed)
    start = first_plan(posed)
    line = ran(posed)
    objectives = [start.objective]
    for plan in line.said:
        found = planned(posed, plan)
        assert plan_of(found).keys() == plan.keys()
        assert all(plan_of(found)[number] == tokens for number, tokens in plan.items())
        objectives.append(found.objective)
    assert objectives == sorted(objectives, reverse=True)
    assert len(set(objectives)) == len(objectives)


def test_routes_for_the_pool_cost_what_they_say():
    posed = made_up(7)
    for number, tokens, cost, _worth in ran(posed, iterations=10).routes:
        assert planned(posed, {number: tokens}).objective[-2] == cost


def test_the_same_seed_says_the_same():
    assert ran(made_up(5)).said == ran(made_up(5)).said


def test_it_goes_on_from_a_plan_of_others_that_is_better():
    posed = named("R112")
    better = search(posed, Effort(iterations=60))
    line = ran(posed, Line([plan_of(better)], after=1), iterations=4)
    assert planned(posed, line.said[-1]).objective <= better.objective


def test_it_does_not_go_on_from_one_that_is_worse():
    posed = named("R101")
    line = ran(posed, Line([plan_of(first_plan(posed))], after=5), iterations=6)
    alone = ran(posed, iterations=6)
    assert line.said == alone.said


@pytest.mark.parametrize("name", ["R101", "RC208"])
def test_instances_of_the_literature_are_solved_nearly(name):
    line = ran(named(name), iterations=60)
    travel = planned(named(name), line.said[-1]).objective[-2]
    assert OPTIMA[name] <= travel <= OPTIMA[name] * 1.03


def test_who_is_worth_more_takes_a_place_though_the_way_is_longer():
    # One of the two can be visited; the nearer, who weighs less, is in the plan that it begins with.
    jobs = [job(1, windows=((100, 400),), lost=lost(weight=10)), job(4, windows=((100, 400),), lost=lost(weight=30))]
    posed = problem(jobs, [vehicle(stops_of={"v1": 1})])
    line = ran(posed, plans=[{0: (~0, 0)}], iterations=2)
    assert line.said[-1] == {0: (~0, 1)}


def test_what_patterns_do_not_say_is_left_to_others():
    posed = problem([job(3, institution=True), job(4)])
    assert ran(posed).said == []
    assert ran(replace(posed, jobs=(), vehicles=())).said == []
