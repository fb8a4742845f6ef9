"""Which engines a day is given to, by what it asks: at, below and above the number of jobs that is many."""

import pytest

from routing.solver.effort import Effort
from routing.solver.plain import FEW_JOBS
from routing.solver.pool import Pool
from routing.solver.portfolio import GENETIC, ITERATED, RUINS, Outcome
from routing.solver.solving import solve
from tests.solver.tiny import depot, job, problem, vehicle


class Asked:
    """A portfolio that only says whom it would have asked, in turn."""

    def __init__(self):
        self.engines = []

    def search(self, start, engines, **_):
        self.engines.append(tuple(engines))
        return Outcome(start, Pool(start.problem))


def engines(posed):
    asked = Asked()
    solve(posed, Effort(seconds=1.0), lambda *_: None, portfolio=asked)
    return asked.engines[0]


def day(jobs, *fleet, **fields):
    return problem([job(1 + place % 9, client_id=f"c{place}", **fields) for place in range(jobs)], fleet, [depot(0)])


def able(number, jobs, **fields):
    everybody = frozenset(range(jobs))
    many = {"max_mass_g": 10**9, "max_volume_ml": 10**9, "stops_of": {f"v{number}": jobs}, "allowed": everybody}
    return vehicle(duty_id=f"v{number}.1", people=(f"v{number}",), **{**many, **fields})


@pytest.mark.parametrize(("jobs", "expected"), [(FEW_JOBS, (RUINS, GENETIC)), (FEW_JOBS + 1, (ITERATED, ITERATED))])
def test_many_jobs_that_are_all_done_are_for_descents(jobs, expected):
    assert engines(day(jobs, able(1, jobs), able(2, jobs, visit_s={0: 5}))) == expected


def test_of_many_jobs_on_which_somebody_is_left_out_serving_more_comes_first():
    jobs = FEW_JOBS + 1
    assert engines(day(jobs, able(1, jobs, stops_of={"v1": jobs - 1}))) == (RUINS, GENETIC)


def test_few_jobs_of_vehicles_that_are_alike_are_for_two_genetic_searches():
    assert engines(day(4, able(1, 4), able(2, 4))) == (GENETIC, GENETIC)


def test_what_patterns_do_not_say_is_for_ruins():
    jobs = FEW_JOBS + 1
    assert engines(day(jobs, able(1, jobs), windows=((0, 40_000), (50_000, 86_400)))) == (RUINS, RUINS)
