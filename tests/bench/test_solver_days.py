"""Generated days are the same every time, whole, and hold what their kind promises."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from bench.solver.days import BUNDLED, extract_for, made_up, pose_anew, posed_day
from bench.solver.made_up.programme import KINDS, programme, volunteers_for
from routing.network import Streets, compile_streets, read_extract
from routing.solver.problem import Problem


@pytest.fixture(scope="module")
def streets() -> Streets:
    return compile_streets(read_extract(BUNDLED))


@pytest.fixture(scope="module")
def simple() -> Problem:
    return posed_day("simple", 50, 2)


@pytest.fixture(scope="module")
def everything() -> Problem:
    return posed_day("everything", 50, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_numbers_give_the_same_programme_and_another_seed_another(kind: str, streets: Streets):
    assert programme(kind, 30, 1, streets) == programme(kind, 30, 1, streets)
    assert programme(kind, 30, 1, streets) != programme(kind, 30, 2, streets)


@pytest.mark.parametrize("kind", KINDS)
def test_a_day_is_a_valid_programme_that_says_it_is_made_up(kind: str, streets: Streets):
    told = made_up(kind, 50, 1, streets)
    assert told.made_up
    assert (len(told.clients), len(told.volunteers)) == (50, 5)
    assert {permit.volunteer_id for permit in told.passes} == {person.volunteer_id for person in told.volunteers}


def test_a_problem_that_was_kept_is_the_one_posed_anew():
    kept = posed_day("simple", 30, 1)
    assert pickle.dumps(kept) == pickle.dumps(pickle.loads(pickle.dumps(pose_anew("simple", 30, 1, BUNDLED))))  # noqa: S301


def test_a_simple_day_has_only_what_every_engine_can_express(simple: Problem):
    assert len(simple.depots) == 1
    assert len({vehicle.people for vehicle in simple.vehicles}) == len(simple.vehicles)
    for vehicle in simple.vehicles:
        assert (vehicle.rests, vehicle.single_use, vehicle.visit_s, len(vehicle.people)) == ((), frozenset(), {}, 1)
        assert vehicle.max_stops >= len(simple.jobs)
        assert vehicle.max_volume_ml >= sum(job.volume_ml[0] for job in simple.jobs)
    for job in simple.jobs:
        assert set(job.mass_g) == {0}
        assert len(job.windows) <= 1
        assert (job.custody, job.returns_to, job.fetches) == ({}, frozenset(), frozenset())
        assert (job.pair, job.isolating, job.institution) == (False, False, False)


def test_nobody_comes_back_to_load_again_on_a_simple_day(simple: Problem):
    # The nearest job, there and back from the first loading on, is too late for the second.
    (site,) = simple.depots
    for vehicle in simple.vehicles:
        time = simple.time_s[vehicle.profile]
        loaded = vehicle.span[0] + time[vehicle.start, site.place] + site.call_s
        rounds = [
            time[site.place, job.place] + job.service_s + time[job.place, site.place]
            for job in (simple.jobs[index] for index in vehicle.allowed)
        ]
        three = sum(sorted(rounds)[:3])
        assert loaded + three + site.call_s > max(closes for _, closes in site.windows)


def test_a_day_with_everything_has_everything(everything: Problem):
    jobs, vehicles = everything.jobs, everything.vehicles
    assert len(everything.depots) == 2
    assert any(len(job.windows) == 2 for job in jobs)
    assert any(job.custody and job.returns_to for job in jobs)
    for feature in ("pair", "isolating", "institution"):
        assert any(getattr(job, feature) for job in jobs), feature
    assert any(vehicle.rests for vehicle in vehicles)
    assert any(len(vehicle.people) == 2 for vehicle in vehicles)
    assert sum(job.total_mass_g for job in jobs) > min(vehicle.max_mass_g for vehicle in vehicles)


def test_there_is_somebody_for_most_clients_and_nobody_for_all(simple: Problem):
    served = set().union(*(vehicle.allowed for vehicle in simple.vehicles))
    assert len(served) >= 0.9 * len(simple.jobs)
    assert any(len(vehicle.allowed) < 0.9 * len(simple.jobs) for vehicle in simple.vehicles)


@pytest.mark.parametrize(("clients", "volunteers"), [(50, 5), (100, 9), (300, 25), (999, 84), (1000, 60)])
def test_so_many_volunteers_serve_so_many_clients(clients: int, volunteers: int):
    assert volunteers_for(clients) == volunteers


@pytest.mark.parametrize(("clients", "name"), [(100, "denpasar"), (101, "delhi_central_east")])
def test_small_days_stand_on_the_bundled_streets(clients: int, name: str):
    assert extract_for(clients, Path("folder")).name == f"{name}.osm.pbf"
    assert extract_for(clients, None) == BUNDLED
