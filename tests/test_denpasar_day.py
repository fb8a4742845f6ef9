"""The Denpasar day, whole and for real: planned, checked, spoiled in every way, and the same twice."""

import os
import shutil
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from routing.checking import check
from routing.domain.loading import load_programme
from routing.domain.places import Location, Place
from routing.domain.plan import Plan, StepType, load_plan
from routing.domain.programme import Programme
from routing.domain.volunteers import Mode
from routing.network import Streets, compile_streets
from routing.network.extract import Extract, read_extract
from routing.plan_day import Budget, plan_day
from scenarios.finding import find_scenario
from tests.checking.spoils import SPOILS, Spoil

DAY = date(2026, 11, 23)


@cache
def extract() -> Extract:
    return read_extract(find_scenario("denpasar").extract)


@cache
def streets() -> Streets:
    return compile_streets(extract())


@cache
def programme() -> Programme:
    return load_programme(find_scenario("denpasar").programme.read_bytes())


@cache
def plan() -> Plan:
    return plan_day(programme(), DAY, extract(), streets(), Budget(iterations=3))


def test_the_day_is_lawful_and_serves_nearly_everybody() -> None:
    assert check(plan(), programme(), extract()) == ()
    summary = plan().summary
    assert summary.clients_due >= 60
    # Eight orders cannot be served for reasons of their own (scenarios/denpasar/README.md).
    assert summary.clients_served >= 55


def test_every_order_is_on_a_route_or_has_a_reason() -> None:
    delivered = {order_id for route in plan().routes for step in route.steps for order_id in step.order_ids}
    unserved = {entry.order_id for entry in plan().unserved}
    assert not delivered & unserved
    assert all(entry.reasons for entry in plan().unserved)


def test_the_day_holds_what_makes_it_hard() -> None:
    routes = plan().routes
    assert any(route.accompanies for route in routes)
    assert any(sum(step.type is StepType.LOAD for step in route.steps) > 2 for route in routes)
    assert any(step.type is StepType.RETURN for route in routes for step in route.steps)
    # The volunteer with the bicycle stays at home in a good plan.
    assert {"motorcycle", "car"} <= {str(route.mode) for route in routes}
    assert len({step.site_id for route in routes for step in route.steps if step.site_id}) == 2


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.name)
def test_each_way_to_spoil_the_plan_is_named(spoil: Spoil) -> None:
    spoiled = spoil(plan(), programme())
    assert spoiled is not None
    codes = {violation.code for violation in check(*spoiled, extract())}
    assert spoil.code in codes


def test_doors_on_footways_are_walked_to() -> None:
    # A third of those whom a motorcycle visits, moved to the middle of the nearest footway that none may ride on.
    visits = [
        (step.client_id, step.location)
        for route in plan().routes
        for step in route.steps
        if route.mode is Mode.MOTORCYCLE and step.type is StepType.VISIT
    ]
    foot, ridden = streets().of("foot"), streets().of("motorcycle")
    middles = [
        streets().node_lon_lat[streets().chain_nodes(chain)[:2]].mean(axis=0)
        for chain in foot.chains.tolist()
        if not any(ridden.opens(chain))
    ]
    moved = {}
    for client_id, place in sorted(visits, key=lambda visit: str(visit[0]))[::3]:
        lon, lat = min(middles, key=lambda middle: float(np.abs(middle - place.point).sum()))
        moved[client_id] = Place(location=Location(lon=float(lon), lat=float(lat)))
    clients = (each.changed(place=moved.get(each.client_id, each.place)) for each in programme().clients)
    found = plan_day(programme().changed(clients=tuple(clients)), DAY, extract(), streets(), Budget(iterations=3))
    walked = [step for route in found.routes for step in route.steps if step.leg is not None and step.leg.walk_to]
    assert {step.client_id for step in walked} & set(moved)


def _doorstep(arguments: list[str], cwd: Path, **environment: str) -> None:
    command = [sys.executable, "-m", "api", *arguments]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("DOORSTEP", "XDG", "PYTHON"))}
    answer = subprocess.run(
        command, cwd=cwd, env={**inherited, **environment}, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr


def test_the_same_bytes_whatever_the_hash_seed_folder_or_cache(tmp_path: Path) -> None:
    plans = []
    for number, (seed, home) in enumerate((("1", "one"), ("2", "two"), ("3", "one"))):  # the last finds a warm cache
        folder = tmp_path / f"folder {number}"
        folder.mkdir()
        arguments = ["plan", "denpasar", "--iterations", "2", "--seed", "7", "--out", str(folder / "out")]
        _doorstep(arguments, folder, PYTHONHASHSEED=seed, DOORSTEP_HOME=str(tmp_path / home))
        plans.append((folder / "out" / "plan.json").read_bytes())
    assert plans[0] == plans[1] == plans[2]
    assert load_plan(plans[0]).seed == 7


def test_a_day_is_planned_and_checked_with_the_network_cut(tmp_path: Path) -> None:
    cut = ["unshare", "--net", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run([*cut, "true"], check=False).returncode != 0:
        pytest.skip("this machine does not let a process leave the network")
    out = tmp_path / "out"
    home = {**os.environ, "DOORSTEP_HOME": str(tmp_path / "home")}
    doorstep = [*cut, sys.executable, "-m", "api"]
    subprocess.run([*doorstep, "plan", "denpasar", "--iterations", "1", "--out", str(out)], env=home, check=True)
    subprocess.run([*doorstep, "check", str(out / "plan.json"), "--programme", "denpasar"], env=home, check=True)
