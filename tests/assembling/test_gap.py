"""The gap between travel and its bound: rounded up, and a pair counted once."""

import pytest

from routing.assembling.summary import gap_percent
from routing.plan_day import Budget, plan_day
from tests.continuity.stories import MONDAY
from tests.solver.town import at, day, plan, rider, town, wanting


def bounded(told):
    return plan_day(told, MONDAY, *town(), Budget(iterations=3, bound=True))


# Three corners out and three back, 16.013 s each, rounded up a leg: 49 + 49 = 98 s.
# 98 / 97 = 1.010309..., 98 / 95 = 1.0315789..., 98 / 49 = 2
@pytest.mark.parametrize(("bound_s", "percent"), [(98, 0.0), (97, 1.04), (95, 3.16), (49, 100.0), (0, None)])
def test_the_gap_is_rounded_up_to_hundredths(bound_s, percent):
    (route,) = plan(day(wanting("c1", at(3)))).routes
    assert route.travel_s == 98
    assert gap_percent([route], bound_s) == percent


def test_no_travel_is_no_gap():
    assert gap_percent([], 0) == 0.0


def test_the_two_of_a_pair_travel_once():
    found = bounded(day(wanting("c1", at(3), pair_required=True), volunteers=(rider(pairs_with="v2"), rider("v2"))))
    summary = found.summary
    assert len(found.routes) == 2
    assert (summary.travel_s, summary.travel_bound_s, summary.gap_percent) == (196, 98, 0.0)


def test_a_counted_plan_has_the_same_bound_again_and_says_that_it_was_asked_for():
    told = day(wanting("c1", at(3)), wanting("c2", at(1)), wanting("c3", at(5)), volunteers=(rider(), rider("v2")))
    found = bounded(told)
    assert found.summary == bounded(told).summary
    assert found.inputs.budget == {"iterations": 3.0, "bound": 1.0}
    assert found.summary.travel_bound_s <= found.summary.travel_s
