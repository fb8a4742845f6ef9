"""Best legal routes: the only door to OR-Tools."""

from routing.solver.posing import Posed, pose
from routing.solver.preferences import NOBODY, Wishes
from routing.solver.settling import settle
from routing.solver.solution import Solution
from routing.solver.solving import Effort, solve

__all__ = ["NOBODY", "Effort", "Posed", "Solution", "Wishes", "pose", "settle", "solve"]
