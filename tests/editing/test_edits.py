"""Edits of plans: what each does, what it breaks, what nobody touched."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from routing.domain.edits import AddClient, Edit, ExcludeClient, Exclusion, LockVisit, MoveVisit, UnlockVisit
from routing.domain.errors import DayError
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.domain.volunteers import Mode, Vehicle
from routing.editing import Desk, Edited, apply_edits
from tests.continuity.stories import CONTROLLED_ITEM, MONDAY
from tests.replanning import story
from tests.replanning.days import order_of_visits, visit_of
from tests.solver.town import at, day, hours, plan, reasons, rider, town, wanting


@cache
def desk() -> Desk:
    extract, streets = town()
    return Desk(extract=extract, streets=streets)


def edited(told: Programme, before: Plan, *edits: Edit) -> Edited:
    return apply_edits(before, told, edits, desk())


def lock(client_id: str, **fields: Any) -> LockVisit:
    return LockVisit(type="lock", client_id=client_id, **fields)


def move(client_id: str, volunteer_id: str, **fields: Any) -> MoveVisit:
    return MoveVisit(type="move", client_id=client_id, volunteer_id=volunteer_id, **fields)


def add(client_id: str, volunteer_id: str, **fields: Any) -> AddClient:
    return AddClient(type="add", client_id=client_id, volunteer_id=volunteer_id, **fields)


def exclude(client_id: str) -> ExcludeClient:
    return ExcludeClient(type="exclude", client_id=client_id, reason=Exclusion.AWAY)


def unlock(client_id: str) -> UnlockVisit:
    return UnlockVisit(type="unlock", client_id=client_id)


def codes(found: Edited) -> set[str]:
    return {str(each.code) for each in found.violations}


def busy(before: Plan) -> tuple[str, str]:
    """Return who makes all visits of the story, and who stays at home."""
    one = before.routes[0].volunteer_id
    return one, "v2" if one == "v1" else "v1"


def test_no_edit_leaves_the_plan_as_it_is():
    before = story.planned()
    assert edited(story.told(), before).plan.routes == before.routes
    assert edited(story.told(), before).violations == ()


def test_a_move_to_somebody_at_home_is_lawful_and_the_first_route_is_timed_anew():
    before = story.planned()
    out, home = busy(before)
    found = edited(story.told(), before, move("c2", home))
    assert found.violations == ()
    assert order_of_visits(found.plan, home) == ["c2"]
    order = order_of_visits(before, out)
    assert order_of_visits(found.plan, out) == [one for one in order if one != "c2"]
    # who follows c2 is visited a service (five minutes) earlier, and a second: two ways of 16.013 s are 17 s each, and
    # one way of 32.026 s is 33 s
    following = str(order[order.index("c2") + 1])
    sooner = visit_of(before, following)[1].begin_at - visit_of(found.plan, following)[1].begin_at
    assert sooner == timedelta(minutes=5, seconds=1)
    assert found.plan.summary.routes == 2


def test_a_move_to_a_position_is_done_as_it_is_said():
    before = story.planned()
    out, _ = busy(before)
    others = [one for one in order_of_visits(before, out) if one != "c4"]
    for position, at_index in ((1, 0), (2, 1), (4, 3), (9, 3)):  # past the end is the end
        found = edited(story.told(), before, move("c4", out, position=position)).plan
        assert order_of_visits(found, out) == [*others[:at_index], "c4", *others[at_index:]]


def test_who_is_excluded_is_unserved_with_the_dispatchers_word_as_the_reason():
    found = edited(story.told(), story.planned(), exclude("c3"))
    assert found.violations == ()
    assert reasons(found.plan) == {"c3": ["excluded_by_lock"]}
    assert (found.plan.summary.clients_due, found.plan.summary.clients_served) == (4, 3)
    assert [lock.client_id for lock in found.programme.day.locks] == ["c3"]


def test_who_was_excluded_is_added_again_once_unlocked():
    left = edited(story.told(), story.planned(), exclude("c3"))
    out, home = busy(story.planned())
    with pytest.raises(DayError) as refused:
        edited(left.programme, left.plan, add("c3", home))
    assert refused.value.problems[0].code == "edit_client_excluded"
    back = edited(left.programme, left.plan, unlock("c3"), add("c3", home))
    assert back.violations == ()
    assert order_of_visits(back.plan, home) == ["c3"]
    assert order_of_visits(back.plan, out) == [one for one in order_of_visits(story.planned(), out) if one != "c3"]
    assert back.programme.day.locks == ()


def test_a_lock_to_somebody_else_moves_the_visit_and_holds_it_there():
    before = story.planned()
    out, home = busy(before)
    found = edited(story.told(), before, lock("c1", volunteer_id=home))
    assert found.violations == ()
    assert order_of_visits(found.plan, home) == ["c1"]
    again = edited(found.programme, found.plan, move("c1", out))
    assert codes(again) == {"lock_broken"}


def test_a_lock_to_a_time_is_kept_to_the_second():
    before = story.planned()
    for to_at in (story.clock("09:00"), story.clock("11:00")):
        found = edited(story.told(), before, lock("c2", from_at=to_at - timedelta(minutes=10), to_at=to_at))
        begin_at = visit_of(found.plan, "c2")[1].begin_at
        assert to_at - timedelta(minutes=10) <= begin_at <= to_at
        assert found.violations == ()


def test_a_lock_outside_the_clients_hours_is_done_and_told():
    told = day(wanting("c1", at(1), windows=(hours("08:00", "09:00"),)), volunteers=(rider("v1"),))
    found = edited(told, plan(told), lock("c1", from_at=story.clock("10:00"), to_at=story.clock("10:30")))
    assert codes(found) == {"outside_time_window"}
    assert visit_of(found.plan, "c1")[1].begin_at == story.clock("10:00")


@pytest.mark.parametrize(("room_g", "expected"), [(80, {"mass_exceeded"}), (81, set()), (82, set())])
def test_more_than_a_vehicle_holds_is_done_and_told(room_g, expected):
    # two kits of 40.3 g are 80.6 g, 81 g in whole ones
    small = Vehicle(mode=Mode.MOTORCYCLE, plate="DK v1", max_mass_g=room_g, max_volume_ml=9000)
    told = day(wanting("c1", at(1)), volunteers=(rider("v1", vehicles=(small,)),))
    before = plan(told)
    assert reasons(before) == ({"c1": ["too_heavy"]} if expected else {})
    edit = add("c1", "v1") if expected else move("c1", "v1", position=1)
    found = edited(told, before, edit)
    assert codes(found) == expected
    assert order_of_visits(found.plan, "v1") == ["c1"]


def test_a_vetoed_volunteer_is_sent_if_asked_for_and_it_is_told():
    told = day(wanting("c1", at(1)), wanting("c2", at(2)), volunteers=(rider("v1"), rider("v2", vetoes=("c1",))))
    before = plan(told)
    assert visit_of(before, "c1")[0].volunteer_id == "v1"
    found = edited(told, before, move("c1", "v2"))
    assert codes(found) == {"vetoed_volunteer"}


def test_a_plan_with_violations_can_be_mended_by_an_edit():
    told = day(wanting("c1", at(1)), wanting("c2", at(2)), volunteers=(rider("v1"), rider("v2", vetoes=("c1",))))
    broken = edited(told, plan(told), move("c1", "v2"))
    mended = edited(broken.programme, broken.plan, move("c1", "v1"))
    assert mended.violations == ()


@pytest.mark.parametrize(
    ("edit", "code", "where"),
    [
        (move("c9", "v1"), "edit_about_unknown", "/edits/0/client_id"),
        (move("c1", "v9"), "edit_about_unknown", "/edits/0/volunteer_id"),
        (move("c5", "v1"), "edit_nothing_due", "/edits/0/client_id"),
        (lock("c5", volunteer_id="v1"), "edit_nothing_due", "/edits/0/client_id"),
        (move("far", "v1"), "edit_not_on_plan", "/edits/0/client_id"),
        (add("c1", "v1"), "edit_already_on_plan", "/edits/0/client_id"),
        (move("c1", "v3"), "edit_volunteer_not_out", "/edits/0/volunteer_id"),
        (add("far", "v1"), "edit_no_way", "/edits/0"),
    ],
)
def test_what_cannot_be_is_refused(edit, code, where):
    told = day(
        wanting("c1", at(1)),
        wanting("c5", at(3), goods=()),
        wanting("far", at(0, 10)),
        volunteers=(rider("v1"), rider("v3", absent_on=(MONDAY,))),
    )
    with pytest.raises(DayError) as refused:
        edited(told, plan(told), edit)
    assert [(each.code, each.where) for each in refused.value.problems] == [(code, where)]


def test_edits_follow_a_programme_that_has_changed_since():
    before = story.planned()
    told = story.told()
    fewer = told.changed(clients=told.clients[:3])
    found = edited(fewer, before)
    assert found.violations == ()
    assert {step.client_id for route in found.plan.routes for step in route.steps} == {None, "c1", "c2", "c3"}


def test_controlled_goods_stay_with_their_order():
    before = story.planned()
    _, home = busy(before)
    found = edited(story.told(), before, move("c2", home))
    _, visit = visit_of(found.plan, "c2")
    assert [item.product_id for item in visit.items] == [CONTROLLED_ITEM.product_id]
