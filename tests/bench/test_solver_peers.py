"""What a peer says is judged by Doorstep's clock, and what it is asked loses nothing of the day.

The problems are those of `tests.solver.tiny`: places in a row, 60 s and 100 m from each to the next.
"""

from __future__ import annotations

import os

import pytest

from bench.solver.days import posed_day
from bench.solver.instances import SMALLEST
from bench.solver.measuring import gap_percent, shorter_percent, told
from bench.solver.peers.answers import judged, loaded_once
from bench.solver.peers.doorstep import answered
from bench.solver.peers.memory import family, held_mb
from bench.solver.peers.ortools_alone import simple, whole
from bench.solver.peers.plain import FAR, InexpressibleError, beyond, expressible, plain
from bench.solver.peers.processes import DOORSTEP, PEERS, ask
from routing.domain.orders import Tier
from routing.solver import Portfolio
from routing.solver.problem import Rest
from tests.solver.tiny import controlled, depot, job, lost, problem, vehicle

LITERATURE = (0, 0, 0, 0, 0, 0, 0)


def test_a_lawful_route_is_taken_as_it_is():
    told_routes = judged(problem([job(2), job(3)]), [(0, [~0, 0, 1])])
    # 3 places there and 3 back, 60 s each
    assert (told_routes.left_out, told_routes.objective) == (0, (*LITERATURE, 360, 600))


@pytest.mark.parametrize(("most_g", "left_out"), [(2000, 0), (1999, 1)])
def test_a_route_too_heavy_loses_its_least_urgent_visit(most_g: int, left_out: int):
    day = problem([job(2, lost=lost(Tier.T3)), job(3, lost=lost(Tier.T1))], [vehicle(max_mass_g=most_g)])
    found = judged(day, [(0, [~0, 0, 1])])
    assert found.left_out == left_out
    assert found.solution.served == ({0, 1} if left_out == 0 else {1})


def test_a_visit_that_the_law_forbids_the_vehicle_does_not_count():
    day = problem([job(2), job(3)], [vehicle(allowed=frozenset({1}))])
    found = judged(day, [(0, [~0, 0, 1])])
    assert (found.solution.served, found.left_out) == (frozenset({1}), 1)


def test_a_visit_that_stands_on_two_routes_counts_once():
    fleet = [vehicle(), vehicle(duty_id="v2.1", people=("v2",))]
    found = judged(problem([job(2)], fleet), loaded_once([(0, [0]), (1, [0])]))
    assert (set(found.solution.routes), found.left_out) == ({0}, 1)


def test_the_way_to_the_depot_and_the_loading_are_folded_into_setting_out():
    # From place 3 it is 180 s to the depot at 0; loading takes 60 s; the shift begins at 1000.
    day = problem([job(5)], [vehicle(start=3, span=(1000, 9000))])
    (folded,) = plain(day)["vehicles"]
    assert (folded["start"], folded["end"], folded["fixed"]) == (0, 0, 180)
    assert (folded["early"], folded["late"]) == (1240, 9000)


@pytest.mark.parametrize(("closes", "count"), [(1240, 1), (1239, 0)])
def test_who_cannot_load_before_the_depot_closes_is_no_vehicle(closes: int, count: int):
    day = problem([job(5)], [vehicle(start=3, span=(1000, 9000))], [depot(windows=((0, closes),))])
    assert len(plain(day)["vehicles"]) == count


def test_a_deadline_ends_the_window_and_no_window_is_all_day():
    day = problem([job(5, latest_s=5000), job(6)])
    # begun by 5000 - 60 of service
    assert [each["window"] for each in plain(day)["jobs"]] == [(0, 4940), (0, FAR - 1)]


def test_worth_rises_with_the_tier_and_within_it_with_the_weight():
    day = problem([job(1, lost=lost(Tier.T3, 10)), job(2, lost=lost(Tier.T3, 100)), job(3, lost=lost(Tier.T1, 10))])
    prizes, priorities = ([each[key] for each in plain(day)["jobs"]] for key in ("prize", "priority"))
    assert prizes == sorted(prizes)
    assert priorities == sorted(priorities)
    assert (max(prizes) <= 1_000_000, max(priorities) <= 100) == (True, True)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (problem([job(1)], depots=[depot(0), depot(9)]), "several depots"),
        (problem([job(1)], [vehicle(rests=(Rest(earliest_s=0, latest_s=9, duration_s=9),))]), "breaks"),
        (problem([controlled(1)]), "counting in"),
        (problem([job(1, institution=True)]), "the order of visits"),
        (problem([job(1, windows=((0, 5), (7, 9)))]), "several windows"),
        (problem([job(1)], [vehicle(), vehicle(duty_id="v1.2")]), "people on several duties"),
        (problem([job(1)], [vehicle(visit_s={0: 60})]), "prices of visits"),
    ],
)
def test_what_others_cannot_express_is_named(day, name: str):
    assert beyond(day) == [name]
    with pytest.raises(InexpressibleError, match=name):
        plain(day)


def test_every_simple_day_and_every_instance_can_be_asked():
    assert expressible(SMALLEST)
    assert expressible(posed_day("simple", 50, 2))
    assert not expressible(posed_day("everything", 50, 1))


def test_ortools_alone_finds_the_best_of_a_day_that_is_solved_by_hand():
    day = problem([job(2), job(3)])
    found = judged(day, loaded_once(simple(day, plain(day), 1.0, 0)))
    assert found.objective == (*LITERATURE, 360, 600)


def test_ortools_alone_plans_a_day_with_everything_no_worse_than_it_began():
    day = problem([controlled(2), controlled(3)])
    found = judged(day, whole(day, 1.0, 0))
    assert (found.left_out, found.solution.served) == (0, {0, 1})


def test_doorstep_tells_when_its_first_routes_were_there():
    with Portfolio() as portfolio:
        portfolio.warm()
        said = answered(problem([job(2)]), 1.0, 1, portfolio)
    assert said["routes"] == [(0, (-1, 0))]
    assert 0 <= float(str(said["first_s"])) <= 2


@pytest.mark.parametrize("peer", [DOORSTEP, PEERS[0]], ids=lambda peer: peer.name)
def test_a_process_is_asked_and_its_answer_judged(peer):
    # 3 and 4 away, 5; then sqrt(36 + 16) = 7.2 to the second, and 9 home: 50 + 72 + 90 tenths
    found = ask(peer, SMALLEST, 1.0, 1)
    assert found.answer.objective == (*LITERATURE, 212, 212)
    assert found.peak_mb > 1


def test_a_process_belongs_to_its_own_family_and_holds_something():
    assert {os.getpid()} <= family([os.getpid()])
    assert os.getpid() in family([os.getppid()])
    assert held_mb(os.getpid()) > 1


def test_travel_is_compared_only_where_tiers_tie():
    mine, other, worse = ((*LITERATURE, 90, 1), (*LITERATURE, 100, 1), (0, 0, 0, 1, 0, 0, 0, 50, 1))
    assert shorter_percent(mine, other) == 10.0
    assert shorter_percent(other, worse) is None
    # one more tenth than 1000 is a tenth of a per cent
    assert gap_percent((*LITERATURE, 1001, 1001), 1000) == pytest.approx(0.1)
    assert gap_percent(worse, 50) is None
    assert told(worse) == "0 0 1 0 0 0 | 50"
