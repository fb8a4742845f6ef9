"""When a search has come to serve nobody more: what a share of the effort is, below, at and above its limits."""

import pytest

from routing.solver.lull import EARLIEST, LASTS, Lull

EFFORT_S = 10.0
SERVES_LESS, SERVES_MORE = (0, 0, 90, 900, 1), (0, 0, 50, 990, 1)


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def at(self, share):
        self.now = 1000.0 + share * EFFORT_S


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lull(clock):
    return Lull(EFFORT_S, clock)


def test_there_is_none_before_the_earliest_share(clock, lull):
    lull.found(SERVES_LESS)  # at 0; 0.42 of 10 s is 4.2 s
    clock.at(EARLIEST - 0.001)
    assert not lull.now()
    clock.at(EARLIEST)
    assert lull.now()


@pytest.mark.parametrize(("last", "now"), [(0.5, 0.699), (0.7, 0.899)])
def test_it_begins_anew_with_whoever_more_is_served(clock, lull, last, now):
    lull.found(SERVES_LESS)
    clock.at(last)
    lull.found(SERVES_MORE)
    clock.at(now)  # 0.2 of the effort has to pass
    assert not lull.now()
    clock.at(last + LASTS + 0.001)
    assert lull.now()


def test_less_travel_for_the_same_does_not_end_it(clock, lull):
    lull.found(SERVES_MORE)
    clock.at(0.6)
    lull.found((*SERVES_MORE[:-2], 800, 1))
    assert lull.now()


def test_no_time_at_all_is_no_fault(clock):
    lull = Lull(0.0, clock)
    clock.at(0.1)
    assert lull.now()
