"""The compiled schedule says what `schedule.py` says, for every route of every problem."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.solver.compiled_day import compile_day
from routing.solver.compiled_schedule import LAWFUL, scratch, timed
from routing.solver.compiled_tables import KERNELS, header_of
from routing.solver.problem import Problem
from routing.solver.schedule import Schedule, schedule
from tests.solver.anything import anything, under_way


def compiled(posed: Problem, number: int, tokens: tuple[int, ...], span: tuple[int, int]) -> tuple[int, ...] | None:
    made = compile_day(posed)
    work, out, route = scratch(made), np.zeros(4, dtype=np.int64), np.array(tokens, dtype=np.int64)
    room = header_of((0,) * KERNELS, (work, out))
    code = timed(made.header.ctypes.data, room.ctypes.data, number, route.ctypes.data, len(tokens), *span)
    return tuple(out.tolist()) if code == LAWFUL else None


def said(posed: Problem, number: int, tokens: tuple[int, ...], span: tuple[int, int]) -> tuple[int, ...] | None:
    found = schedule(posed, posed.vehicles[number], tokens, span)
    return (found.start_s, found.end_s, found.travel_s, found.distance_m) if isinstance(found, Schedule) else None


def some_route(posed: Problem, chance: random.Random) -> tuple[int, ...]:
    """Return loads at the front and between, often enough for a route to be lawful."""
    depots = len(posed.depots)
    jobs = chance.sample(range(len(posed.jobs)), chance.randint(1, min(5, len(posed.jobs))))
    tokens = [~depot for depot in range(depots) if chance.random() < 0.95]
    for index in jobs:
        tokens += [~depot for depot in range(depots) if chance.random() < 0.2]
        tokens.append(index)
    return tuple(tokens)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([0.1, 0.3, 0.6]), st.sampled_from([anything, under_way]))
def test_compiled_and_told_schedules_are_one(seed, rare, made):
    posed = made(seed, rare=rare)
    chance = random.Random(seed)  # noqa: S311 - no secret
    for number, vehicle in enumerate(posed.vehicles):
        tokens = some_route(posed, chance)
        span = vehicle.span if chance.random() < 0.5 else (vehicle.span[0] + chance.randrange(7200), vehicle.span[1])
        assert compiled(posed, number, tokens, span) == said(posed, number, tokens, span)


@pytest.mark.parametrize("made", [anything, under_way])
def test_random_routes_are_lawful_often_enough_to_mean_something(made):
    lawful = 0
    for seed in range(200):
        posed = made(seed)
        chance = random.Random(seed)  # noqa: S311 - no secret
        lawful += said(posed, 0, some_route(posed, chance), posed.vehicles[0].span) is not None
    assert 20 <= lawful <= 160
