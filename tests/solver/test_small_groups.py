"""Small groups: the search of days that the kernels do not hold."""

from routing.solver.compiled_day import MOST_DEPOTS, may_compile
from routing.solver.effort import Effort
from routing.solver.small_groups import search_small_groups
from routing.solver.solution import Solution
from routing.solver.solving import solve
from tests.solver.lawful import assert_lawful
from tests.solver.tiny import depot, job, problem


def test_kernels_hold_sixty_depots_and_no_more():
    assert may_compile(problem([job(2)], depots=[depot(0)] * MOST_DEPOTS))
    assert not may_compile(problem([job(2)], depots=[depot(0)] * (MOST_DEPOTS + 1)))


def test_a_day_of_very_many_depots_is_searched_all_the_same():
    posed = problem([job(2), job(6), job(4)], depots=[depot(0)] * (MOST_DEPOTS + 1))
    told: list[str] = []
    found = solve(posed, Effort(iterations=3), lambda stage, _: told.append(stage))
    assert_lawful(found)
    assert found.objective[-2] == 720  # to the sixth place and back: 12 minutes
    assert set(told) == {"routes"}


def test_both_searches_begin_where_they_are_told():
    posed = problem([job(2), job(6), job(4)])
    begun = Solution(posed, {}).with_route(0, (~0, 1, 0, 2))
    assert isinstance(begun, Solution)
    assert search_small_groups(posed, Effort(iterations=0), lambda _: None, begun).routes == begun.routes
    assert solve(posed, Effort(iterations=0), lambda *_: None, begun).routes == begun.routes
