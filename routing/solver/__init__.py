"""Best legal routes: the only door to OR-Tools."""

from routing.solver.carrying_on import carried_on
from routing.solver.posing import Posed, pose
from routing.solver.rest_of_day import all_home, solve_day
from routing.solver.solution import Solution
from routing.solver.solving import Effort, solve

__all__ = ["Effort", "Posed", "Solution", "all_home", "carried_on", "pose", "solve", "solve_day"]
