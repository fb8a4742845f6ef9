"""Best legal routes: the only door to OR-Tools."""

from routing.solver.posing import Posed, pose
from routing.solver.ruin_recreate import Effort
from routing.solver.solution import Solution
from routing.solver.solving import solve

__all__ = ["Effort", "Posed", "Solution", "pose", "solve"]
