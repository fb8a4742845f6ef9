"""Edits of a day of 67 orders on real streets: what nobody touched stays, and an answer comes while somebody waits."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from routing.domain.edits import ExcludeClient, Exclusion, LockVisit, MoveVisit
from routing.domain.loading import load_programme
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.editing import Desk, apply_edits
from routing.network import Streets, compile_streets, read_extract
from routing.network.extract import Extract
from routing.plan_day import Budget, plan_day
from tests.replanning.days import visits

FOLDER = Path(__file__).parents[2] / "scenarios/denpasar"
QUICK_S = 3.0  # on a machine that is busy with other tests; alone it is a third of a second


@pytest.fixture(scope="module")
def denpasar_day() -> tuple[Programme, Extract, Streets, Plan]:
    programme = load_programme((FOLDER / "programme.json").read_bytes())
    extract = read_extract(FOLDER / "denpasar.osm.pbf")
    streets = compile_streets(extract)
    return programme, extract, streets, plan_day(programme, date(2026, 11, 23), extract, streets, Budget(iterations=1))


def test_edits_touch_the_routes_they_name_alone_and_come_at_once(denpasar_day):
    programme, extract, streets, plan = denpasar_day
    desk = Desk(extract=extract, streets=streets)
    apply_edits(plan, programme, (), desk)
    busiest = max(plan.routes, key=lambda route: len(route.steps))
    mine = [step for route, step in visits(plan) if route is busiest]
    other = next(route for route in plan.routes if route.accompanies is None and route is not busiest)
    moved = MoveVisit(type="move", client_id=mine[-1].client_id, volunteer_id=other.volunteer_id)
    began = time.perf_counter()
    found = apply_edits(plan, programme, (moved,), desk)
    assert time.perf_counter() - began < QUICK_S
    touched = {busiest.volunteer_id, other.volunteer_id}
    untouched = [route for route in plan.routes if route.volunteer_id not in touched]
    assert untouched
    assert [route for route in found.plan.routes if route.volunteer_id not in touched] == untouched
    assert mine[-1].client_id in {step.client_id for route, step in visits(found.plan) if route.volunteer_id in touched}


def test_an_exclusion_and_a_lock_keep_the_day_lawful(denpasar_day):
    programme, extract, streets, plan = denpasar_day
    desk = Desk(extract=extract, streets=streets)
    (_, one), (second, other), *_ = visits(plan)
    edits = (
        ExcludeClient(type="exclude", client_id=one.client_id, reason=Exclusion.AWAY),
        LockVisit(type="lock", client_id=other.client_id, volunteer_id=second.volunteer_id),
    )
    found = apply_edits(plan, programme, edits, desk)
    assert found.violations == ()
    left = [entry for entry in found.plan.unserved if entry.client_id == one.client_id]
    assert {reason.code for entry in left for reason in entry.reasons} == {"excluded_by_lock"}
    assert found.plan.summary.clients_served == plan.summary.clients_served - 1
