"""Best legal routes: the only door to OR-Tools and PyVRP."""

from routing.solver.effort import Effort
from routing.solver.portfolio import Portfolio
from routing.solver.posing import Posed, pose
from routing.solver.solution import Solution
from routing.solver.solving import solve

__all__ = ["Effort", "Portfolio", "Posed", "Solution", "pose", "solve"]
