"""Whatever is edited in whatever order: nobody is lost, every figure adds up, and nobody leaves lawful streets."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.domain.edits import AddClient, Edit, ExcludeClient, Exclusion, LockVisit, MoveVisit, UnlockVisit
from routing.domain.errors import DayError
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.domain.volunteers import Mode, Vehicle
from routing.editing import Edited, apply_edits
from tests.editing.test_edits import desk
from tests.replanning.story import clock
from tests.solver.town import area, at, day, hours, permit, plan, rider, rule, wanting

CLIENTS = ("c1", "c2", "c3", "c4", "c5")
VOLUNTEERS = ("v1", "v2", "v3")
# What somebody may decide against; all other rules hold whatever they do.
MAY_BREAK = {
    *("lock_broken", "outside_time_window", "after_latest_safe", "outside_shift", "outside_site_hours"),
    *("mass_exceeded", "volume_exceeded", "custody_exceeded", "too_many_stops", "isolating_not_last"),
    *("vetoed_volunteer", "not_authorised", "pair_missing", "break_missing", "outside_pass_hours", "outside_pass_area"),
}
REFUSED = {"edit_not_on_plan", "edit_already_on_plan", "edit_client_excluded", "edit_no_way"}
people = st.sampled_from(VOLUNTEERS)
clients = st.sampled_from(CLIENTS)
positions = st.none() | st.integers(1, 4)
instants = st.sampled_from([clock(text) for text in ("07:30", "08:10", "09:00", "11:50", "13:00")])
one_edit: st.SearchStrategy[Edit] = st.one_of(
    st.builds(LockVisit, type=st.just("lock"), client_id=clients, volunteer_id=people),
    st.builds(LockVisit, type=st.just("lock"), client_id=clients, to_at=instants),
    st.builds(UnlockVisit, type=st.just("unlock"), client_id=clients),
    st.builds(MoveVisit, type=st.just("move"), client_id=clients, volunteer_id=people, position=positions),
    st.builds(ExcludeClient, type=st.just("exclude"), client_id=clients, reason=st.just(Exclusion.OTHER)),
    st.builds(AddClient, type=st.just("add"), client_id=clients, volunteer_id=people, position=positions),
)


@cache
def told() -> Programme:
    """Return a day on which somebody has a window, somebody is isolating, and each volunteer lacks something."""
    bicycle = Vehicle(mode=Mode.BICYCLE, max_mass_g=100, max_volume_ml=900)
    return day(
        wanting("c1", at(1), windows=(hours("09:00", "10:00"),)),
        wanting("c2", at(2), isolating=True),
        wanting("c3", at(3, 1)),
        wanting("c4", at(4, 2)),
        wanting("c5", at(0, 3)),
        volunteers=(rider("v1", max_stops=2), rider("v2", vehicles=(bicycle,)), rider("v3", vetoes=("c4",))),
        passes=(permit("q1", "v1"), permit("q2", "v2"), permit("q3", "v3", areas=(area(-1, -1, 3.5, 3.5),))),
        movement_rules=(rule(),),
    )


@cache
def planned() -> Plan:
    return plan(told())


def edited_or_refused(now: Plan, programme: Programme, edits: list[Edit]) -> Edited | set[str]:
    """Return what edits make, or the codes they are refused with."""
    try:
        return apply_edits(now, programme, edits, desk())
    except DayError as error:
        return {problem.code for problem in error.problems}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(one_edit, min_size=1, max_size=3), min_size=1, max_size=6))
def test_any_edits_leave_a_whole_plan(rounds):
    programme, now = told(), planned()
    for edits in rounds:
        found = edited_or_refused(now, programme, edits)
        if isinstance(found, set):
            assert found <= REFUSED
            continue
        assert {str(each.code) for each in found.violations} <= MAY_BREAK
        visited = [step.order_ids for route in found.plan.routes if not route.accompanies for step in route.steps]
        orders = sorted([one for some in visited for one in some] + [one.order_id for one in found.plan.unserved])
        assert len(orders) == len(CLIENTS) == len(set(orders))
        again = apply_edits(found.plan, found.programme, (), desk())
        assert again.plan.routes == found.plan.routes
        programme, now = found.programme, found.plan
