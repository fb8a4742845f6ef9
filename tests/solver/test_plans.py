"""A plan that comes from another process is the solution that was sent."""

import pytest

from routing.solver.effort import Effort
from routing.solver.plans import planned
from routing.solver.ruin_recreate import search
from tests.solver.anything import anything


def sent(seed: int):
    """Return what a search finds on a day where people have several duties, and its plan."""
    found = search(anything(seed, jobs=12, rare=0.1), Effort(iterations=2))
    return found, {number: tokens for number, (tokens, _) in found.routes.items()}


@pytest.mark.parametrize("seed", range(10, 40, 2))
def test_a_plan_sent_as_it_is_comes_to_the_same(seed):
    found, plan = sent(seed)
    assert planned(found.problem, plan).objective == found.objective


def test_the_order_of_routes_matters_where_people_have_several_duties():
    found, plan = sent(16)
    assert planned(found.problem, dict(sorted(plan.items()))).objective > found.objective
