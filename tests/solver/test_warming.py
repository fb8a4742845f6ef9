"""Kernels are ready before the clock runs."""

import time

from routing.solver.effort import Effort
from routing.solver.ruin_recreate import search
from routing.solver.warming import warm_up
from tests.solver.anything import anything


def test_after_warming_up_a_short_budget_is_kept():
    warm_up()
    began = time.process_time()
    assert search(anything(1, jobs=20, rare=0.1), Effort(seconds=0.2)).served
    # Compiling takes several seconds of the processor; a search of 0.2 s of the clock takes no more than that, and
    # making the tables.
    assert time.process_time() - began < 1.5
