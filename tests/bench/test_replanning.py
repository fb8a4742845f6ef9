"""What replanning promises, on generated days of which a good part cannot be served, counted in rounds."""

import pytest

from bench.replanning import Case, measured
from routing.plan_day import Budget


# Seeds 1 to 3: long shifts, shorter ones, and such that far more is due than can be served.
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_a_no_show_nobody_is_worse_off_than_by_planning_afresh_and_few_move(seed):
    run = measured(Case("everything", seed, 40, Budget(iterations=40), Budget(iterations=40)))
    assert any(run.afresh_unserved)  # or else there would be nothing to lose
    assert run.unserved <= run.afresh_unserved
    assert run.moves <= 4  # a tenth of the visits: who was not at home, and whoever makes room
