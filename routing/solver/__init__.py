"""Best legal routes: the only door to OR-Tools and PyVRP."""

from routing.solver.bound import Bound, Work, travel_bound
from routing.solver.carrying_on import carried_on
from routing.solver.effort import Effort
from routing.solver.portfolio import Portfolio, Stop, never
from routing.solver.posing import Posed, pose
from routing.solver.preferences import NOBODY, Wishes
from routing.solver.rest_of_day import all_home, solve_day
from routing.solver.resuming import Start, resume
from routing.solver.settling import settle
from routing.solver.solution import Solution
from routing.solver.solving import solve

__all__ = [
    "NOBODY",
    "Bound",
    "Effort",
    "Portfolio",
    "Posed",
    "Solution",
    "Start",
    "Stop",
    "Wishes",
    "Work",
    "all_home",
    "carried_on",
    "never",
    "pose",
    "resume",
    "settle",
    "solve",
    "solve_day",
    "travel_bound",
]
