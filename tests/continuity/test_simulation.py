"""Ninety days with unlimited volunteers and stock: what is missed is what was said ahead (see `simulating.py`).

`DOORSTEP_EXAMPLES=1000` lives through a thousand programmes instead of forty.
"""

import os

import pytest

from tests.continuity.simulating import story

EXAMPLES = int(os.environ.get("DOORSTEP_EXAMPLES", "40"))


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_missed_dose_days_are_those_said_ahead_and_none_without(seed: int) -> None:
    life = story(seed).run()
    assert life.ordered + len(life.missed) + life.taken > 0
    # Nothing is missed that was not said to be a gap by then, or held on the day.
    assert life.missed <= life.gaps | life.held
    # No gap is said that does not come true.
    assert life.gaps <= life.missed | life.held
    if not life.gaps and not life.held:
        assert not life.missed
