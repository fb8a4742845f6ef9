"""What it takes until work is shared: each stop more, and each hour more, has a price against the way."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.solver.nodes import Nodes
from routing.solver.solution import Solution
from routing.solver.solving import Effort, solve
from tests.solver.tiny import job, problem, vehicle

LOAD = ~0


def two_at_five(**shared):
    """Two jobs five minutes away, an hour's service each, and two people beside the depot."""
    jobs = [job(5, service_s=3600), job(5, service_s=3600)]
    return replace(problem(jobs, [vehicle(), vehicle(people=("v2",))]), **shared)


def stops(posed):
    found = solve(posed, Effort(iterations=20), lambda *_: None)
    assert found.served == {0, 1}
    return sorted(visits for visits, _ in found.days_of_people.values())


# Two routes are 2 x 5 minutes longer than one: 600 s.
@pytest.mark.parametrize(("price_s", "shared"), [(0, [2]), (599, [2]), (600, [2]), (601, [1, 1])])
def test_stops_are_shared_where_the_second_costs_more_than_the_way(price_s, shared):
    assert stops(two_at_five(exposure_s=price_s)) == shared


# Alone: load 60, way 600, service 7200: 7860 s, squared / (2 x 3600^2) = 2.38347 hours' prices. Shared: 4260 s
# each, 2 x 0.70014. They meet at 600 s / 0.98319 = 610 s.
@pytest.mark.parametrize(("price_s", "shared"), [(0, [2]), (609, [2]), (612, [1, 1])])
def test_hours_are_shared_where_the_second_costs_more_than_the_way(price_s, shared):
    assert stops(two_at_five(balance_s=price_s)) == shared


@given(
    price_s=st.integers(0, 14_400),
    fewer=st.integers(0, 50),
    apart=st.integers(2, 50),
    out_s=st.integers(0, 86_400),
    apart_s=st.integers(2, 86_400),
)
def test_a_stop_or_a_second_that_goes_to_who_has_fewer_never_costs_more(price_s, fewer, apart, out_s, apart_s):
    posed = replace(problem([job()]), exposure_s=price_s)
    more = fewer + apart
    assert posed.burden_s(more - 1, 0) + posed.burden_s(fewer + 1, 0) <= (
        posed.burden_s(more, 0) + posed.burden_s(fewer, 0)
    )
    posed = replace(problem([job()]), balance_s=price_s)
    long_s = out_s + apart_s
    # Each of the two is rounded down to a second.
    assert posed.burden_s(0, long_s - 1) + posed.burden_s(0, out_s + 1) <= (
        posed.burden_s(0, long_s) + posed.burden_s(0, out_s) + 1
    )


@pytest.mark.parametrize("visits", [1, 2, 3, 4])
def test_the_model_of_a_route_has_the_price_of_a_stop_more_and_of_one_less(visits):
    posed = replace(problem([job(place) for place in range(1, 6)]), exposure_s=40)
    solution = Solution(posed, {}).with_route(0, (LOAD, *range(visits)))
    one, usual, more = Nodes(solution).exposure(0)

    def modelled(count):
        return one * count + more * max(0, count - usual)

    for other in (visits - 1, visits + 1):
        true = posed.burden_s(other, 0) - posed.burden_s(visits, 0)
        assert modelled(other) - modelled(visits) == true


def test_stops_elsewhere_count_towards_the_next():
    afternoon = vehicle(duty_id="v1.2")
    posed = replace(problem([job(place) for place in range(1, 6)], [vehicle(), afternoon]), exposure_s=40)
    solution = Solution(posed, {}).with_route(0, (LOAD, 0, 1, 2))
    # Three are made: the next costs 3 x 40, the one after 40 more.
    assert Nodes(solution, [1]).exposure(0) == (120, 1, 40)
