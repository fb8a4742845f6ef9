"""Best legal routes: the only door to OR-Tools."""

from routing.solver.posing import Posed, pose
from routing.solver.resuming import Start, resume
from routing.solver.solution import Solution
from routing.solver.solving import Effort, solve

__all__ = ["Effort", "Posed", "Solution", "Start", "pose", "resume", "solve"]
