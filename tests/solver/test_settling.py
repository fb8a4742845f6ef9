"""Where nothing has a price, work is shared evenly and wishes are met, and nothing is given for it."""

from hypothesis import HealthCheck, given, settings

from routing.domain.preferences import Preferences
from routing.solver import Effort, solve
from routing.solver.settling import settle, sharing_of
from routing.solver.solution import Solution
from tests.property.programmes import programmes
from tests.solver.test_posing import posed
from tests.solver.test_preferences import came
from tests.solver.town import at, day, hours, rider, wanting

FREE = Preferences(preferred_min=0.0, same_volunteer_min=0.0)
LOAD = ~0


def routed(told, *routes):
    found = posed(told)
    solution = Solution(found.problem, {})
    for number, tokens in routes:
        solution = solution.with_route(number, tokens)
    return found, solution


def hands(found, solution):
    return {
        found.problem.vehicles[number].people[0]: set(tokens) - {LOAD}
        for number, (tokens, _) in solution.routes.items()
    }


def test_who_came_last_decides_between_equal_plans_though_it_has_no_price():
    told = day(wanting("c1", at(3)), volunteers=(rider(), rider("v2")), ledger=(came("v2", 3),), preferences=FREE)
    found, solution = routed(told, (0, (LOAD, 0)))
    assert hands(found, solution) == {"v1": {0}}
    settled = settle(found, solution)
    assert hands(found, settled) == {"v2": {0}}
    assert settled.objective == solution.objective


def test_nobody_changes_hands_where_the_way_would_be_longer():
    told = day(
        wanting("c1", at(3)),
        volunteers=(rider(), rider("v2", start=at(0, 3))),
        ledger=(came("v2", 3),),
        preferences=FREE,
    )
    found, solution = routed(told, (0, (LOAD, 0)))
    assert settle(found, solution) == solution


def test_a_route_that_the_other_may_not_take_stays():
    told = day(
        wanting("c1", at(3), vetoes=("v2",)),
        volunteers=(rider(), rider("v2")),
        ledger=(came("v2", 3),),
        preferences=FREE,
    )
    found, solution = routed(told, (0, (LOAD, 0)))
    assert settle(found, solution) == solution


def test_who_is_out_twice_gives_a_route_to_who_stays_at_home():
    shifts = (hours("08:00", "10:00"), hours("10:00", "12:00"))
    told = day(
        wanting("c1", at(3)), wanting("c2", at(3)), volunteers=(rider(shifts=shifts), rider("v2", shifts=shifts))
    )
    found = posed(told)
    (morning, noon_) = (n for n, vehicle in enumerate(found.problem.vehicles) if vehicle.people == ("v1",))
    solution = Solution(found.problem, {}).with_route(morning, (LOAD, 0)).with_route(noon_, (LOAD, 1))
    assert solution.days_of_people.keys() == {"v1"}
    settled = settle(found, solution)
    # Each was out for load 300, 49 each way, 300 at the door.
    assert settled.days_of_people == {"v1": (1, 698), "v2": (1, 698)}
    assert settled.objective == solution.objective


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(programmes())
def test_settling_never_costs_anything(told):
    found = posed(told)
    solution = solve(found.problem, Effort(iterations=2), lambda _stage, _figures: None)
    settled = settle(found, solution)
    assert settled.objective <= solution.objective
    assert settled.served == solution.served
    assert (settled.objective, sharing_of(found, settled)) <= (solution.objective, sharing_of(found, solution))
    assert settle(found, settled) == settled
