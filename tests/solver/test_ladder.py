"""Tiers as one sum: never near overflow, exact in order; staged where it would not fit."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.domain.orders import Tier
from routing.solver.ladder import stages
from routing.solver.problem import TIERS
from tests.solver.tiny import job, lost, problem

WEIGHTS = st.lists(st.tuples(*[st.integers(0, 1000)] * TIERS), min_size=1, max_size=6)
TRAVEL = 1_000_000


def jobs_of(rows):
    return [job(lost=row) for row in rows]


def vector(rows, left_out, ranks):
    return tuple(sum(rows[index][rank] for index in left_out) for rank in ranks)


def test_penalties_of_two_tiers():
    # Travel is below 100: a unit of T2 costs 101. All of T2 is 3 units: with travel at most 403, so T1 costs 404.
    (stage,) = stages(
        problem([job(lost=lost(Tier.T1, 1)), job(lost=lost(Tier.T2, 3)), job(lost=lost(Tier.T1, 2))]), 100
    )
    t1, t2, twice_t1 = stage.penalties
    assert t2 > 100
    assert t1 > t2 + 100
    assert twice_t1 == 2 * t1
    assert stage.ranks == (Tier.T1.rank, Tier.T2.rank)


@given(WEIGHTS)
def test_no_stage_comes_near_the_limit(rows):
    found = stages(problem(jobs_of(rows)), TRAVEL)
    assert all(sum(stage.penalties) + TRAVEL < 2**62 for stage in found)
    assert all(penalty >= 0 for stage in found for penalty in stage.penalties)


@given(WEIGHTS)
def test_every_tier_present_is_ordered_in_exactly_one_stage(rows):
    found = stages(problem(jobs_of(rows)), TRAVEL)
    ranks = [rank for stage in found for rank in stage.ranks]
    assert ranks == [rank for rank in range(TIERS) if any(row[rank] for row in rows)]


@settings(max_examples=50)
@given(WEIGHTS)
def test_sums_of_penalties_compare_as_the_tiers_do(rows):
    (stage, *_) = stages(problem(jobs_of(rows)), TRAVEL)
    subsets = [set(some) for size in range(len(rows) + 1) for some in combinations(range(len(rows)), size)]
    ranked = sorted((vector(rows, some, stage.ranks), sum(stage.penalties[i] for i in some)) for some in subsets)
    for (less, cheaper), (more, dearer) in pairwise(ranked):
        # One unit of a tier outweighs everything below it, travel included.
        assert dearer - cheaper > TRAVEL if more > less else True


@pytest.mark.parametrize("count", [2, 300, 1000])
def test_many_large_weights_are_staged(count):
    rows = [tuple(997 + (i * 7 + rank) % 3 for rank in range(TIERS)) for i in range(count)]
    found = stages(problem(jobs_of(rows)), 10**7)
    assert len(found) > 1
    assert [rank for stage in found for rank in stage.ranks] == list(range(TIERS))
    assert all(sum(stage.penalties) + 10**7 < 2**62 for stage in found)


def test_small_days_need_one_stage():
    assert len(stages(problem([job(lost=lost(tier, 100)) for tier in Tier]), 10**6)) == 1


def test_a_common_factor_makes_room():
    rows = [lost(tier, weight * 10**6) for tier in Tier for weight in (1, 2)]
    assert len(stages(problem(jobs_of(rows)), 10**5)) == 1


def test_a_day_without_jobs_has_one_empty_stage():
    (stage,) = stages(problem([]), TRAVEL)
    assert (stage.penalties, stage.ranks) == ((), ())
