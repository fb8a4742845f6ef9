"""Whether a solution holds, told route by route by `schedule.py` and `Solution`."""

from routing.solver.schedule import Schedule, schedule
from routing.solver.solution import Solution


def assert_lawful(solution: Solution) -> None:
    """Schedule every route again, and look at people, stops and jobs over all of them."""
    posed = solution.problem
    done = [token for tokens, _ in solution.routes.values() for token in tokens if token >= 0]
    assert len(done) == len(set(done))
    for number, (tokens, planned) in solution.routes.items():
        vehicle = posed.vehicles[number]
        again = schedule(posed, vehicle, tokens, (planned.start_s, vehicle.span[1]))
        assert isinstance(again, Schedule)
        assert vehicle.span[0] <= planned.start_s <= planned.end_s <= vehicle.span[1]
        assert {token for token in tokens if token >= 0} <= vehicle.allowed
        without = Solution(posed, {n: route for n, route in solution.routes.items() if n != number})
        assert isinstance(without.with_route(number, tokens), Solution)
