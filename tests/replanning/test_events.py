"""What each event leads to: in the programme's day and records, and in the plan of the rest.

Long because it is one list: a story an event, so that what is missing can be seen.
"""

from __future__ import annotations

import pytest

from routing.domain.clients import ClientStatus, DoseChange
from routing.domain.day_so_far import Lock
from routing.domain.events import (
    DispensedAtSite,
    DoseChanged,
    Failure,
    Loaded,
    Locked,
    NewClient,
    PassRevoked,
    SheetLost,
    StatusChanged,
    StreetClosed,
    Unlocked,
    VisitDone,
    VisitFailed,
    VisitPartly,
    VolunteerDetained,
    VolunteerGone,
)
from routing.domain.ledger import LedgerState
from routing.domain.passes import PassStatus
from tests.continuity.stories import LIQUID, MONDAY, NALOXONE, day, policy, regimen
from tests.continuity.stories import programme as programme_of
from tests.replanning.days import applied, order_of_visits, replanned, steps_of, visit_of, visits
from tests.replanning.story import after, carrier, clients, clock, planned, told
from tests.solver.town import area, at, permit, plan, reasons, rule, served, wanting, zone
from tests.solver.town import day as town_day

PLAN, TOLD = planned(), told()
FIRST, _ = visits(PLAN)[0]
WHO = FIRST.volunteer_id
OTHER = "v2" if WHO == "v1" else "v1"
ORDER = order_of_visits(PLAN, WHO)


def done(client_id, minutes=0.0, who=WHO):
    return VisitDone(type="visit_done", at=after(leaving(client_id), minutes), volunteer_id=who, client_id=client_id)


def failed(client_id, reason, **fields):
    return VisitFailed(
        type="visit_failed", at=leaving(client_id), volunteer_id=WHO, client_id=client_id, reason=reason, **fields
    )


def leaving(client_id):
    return visit_of(PLAN, client_id)[1].departure_at


def so_far(programme, volunteer_id=WHO):
    found = programme.day.of(volunteer_id)
    assert found is not None
    return found


def test_the_story_is_one_rider_along_the_street():
    assert len(ORDER) == 4
    assert {route.volunteer_id for route in PLAN.routes} == {WHO}
    assert steps_of(PLAN, WHO)[:2] == [("start", None), ("load", "s1")]
    assert steps_of(PLAN, WHO)[-2:] == [("return", "s1"), ("end", None)]


# Visits


def test_a_visit_done_is_in_the_ledger_and_not_made_again():
    made = replanned(TOLD, PLAN, leaving(ORDER[0]), done(ORDER[0]))
    (entry,) = made.programme.ledger
    assert (entry.client_id, entry.state, entry.supply_id, entry.quantity) == (
        ORDER[0],
        LedgerState.HANDED_OVER,
        "x0",
        2.0,
    )
    assert order_of_visits(made.plan, WHO) == ORDER[1:]
    assert [(each.client_id, each.reported) for each in made.programme.day.served] == [(ORDER[0], True)]


def test_the_rest_goes_on_from_the_door_with_what_is_aboard():
    made = replanned(TOLD, PLAN, leaving(ORDER[0]), done(ORDER[0]))
    entry = so_far(made.programme)
    assert (entry.client_id, entry.free_at, entry.visits) == (ORDER[0], leaving(ORDER[0]), 1)
    assert [parcel.client_id for parcel in entry.aboard] == ORDER[1:]
    assert entry.counts_in == ("s1",)
    # Nothing is loaded again; what was handed over is counted in.
    assert steps_of(made.plan, WHO) == [
        ("start", None),
        *(("visit", client_id) for client_id in ORDER[1:]),
        ("return", "s1"),
        ("end", None),
    ]
    assert made.plan.routes[0].steps[0].location == visit_of(PLAN, ORDER[0])[1].location
    assert made.difference.changes == ()


def test_what_is_aboard_has_left_the_shelf():
    programme = applied(TOLD, PLAN, leaving(ORDER[0]), done(ORDER[0]))
    stock = {each.product_id: each.quantity for each in programme.sites[0].stock}
    before = {each.product_id: each.quantity for each in TOLD.sites[0].stock}
    assert before["p7"] - stock["p7"] == 8  # four clients, two each
    assert stock["p5"] == before["p5"]


def test_a_visit_nobody_told_of_is_taken_for_done_and_waits_for_a_word():
    programme = applied(TOLD, PLAN, leaving(ORDER[0]))
    (entry,) = programme.ledger
    assert entry.state is LedgerState.ISSUED
    assert [each.reported for each in programme.day.served] == [False]


@pytest.mark.parametrize(("seconds", "served_by_then"), [(-1, 0), (0, 1), (1, 1)])
def test_a_visit_has_happened_once_it_has_begun(seconds, served_by_then):
    begin_at = visit_of(PLAN, ORDER[0])[1].begin_at
    programme = applied(TOLD, PLAN, after(begin_at, seconds / 60))
    assert len(programme.day.served) == served_by_then
    # Who is at a door stays as long as planned.
    free_at = leaving(ORDER[0]) if served_by_then else after(begin_at, -1 / 60)
    assert so_far(programme).free_at == free_at


def test_whoever_is_late_is_late_with_what_follows():
    """Twenty minutes after the first visit's time it is reported as just done: the second has not happened."""
    now_at = after(leaving(ORDER[0]), 20)
    assert visit_of(PLAN, ORDER[2])[1].departure_at < now_at
    programme = applied(TOLD, PLAN, now_at, done(ORDER[0], 20))
    assert [each.client_id for each in programme.day.served] == [ORDER[0]]
    assert so_far(programme).free_at == now_at


def test_what_lies_before_a_reported_visit_has_happened():
    programme = applied(TOLD, PLAN, leaving(ORDER[2]), done(ORDER[2]))
    assert [(each.client_id, each.reported) for each in programme.day.served] == [
        (ORDER[0], False),
        (ORDER[1], False),
        (ORDER[2], True),
    ]


def test_who_was_not_home_is_visited_again_an_hour_later():
    made = replanned(TOLD, PLAN, leaving(ORDER[0]), failed(ORDER[0], Failure.NOT_HOME))
    assert made.programme.ledger == ()
    _, step = visit_of(made.plan, ORDER[0])
    assert step.begin_at >= after(leaving(ORDER[0]), 60)
    assert order_of_visits(made.plan, WHO)[-1] == ORDER[0]
    assert [step for _, step in steps_of(made.plan, WHO) if step == "s1"] == ["s1"]  # the parcel is still aboard
    assert made.difference.clients_to_tell == (ORDER[0],)


@pytest.mark.parametrize("minutes", [29, 30, 31])
def test_how_long_to_wait_can_be_said(minutes):
    when = after(leaving(ORDER[0]), minutes)
    made = replanned(TOLD, PLAN, leaving(ORDER[0]), failed(ORDER[0], Failure.NOT_HOME, again_from_at=when))
    assert visit_of(made.plan, ORDER[0])[1].begin_at == max(when, visit_of(made.plan, ORDER[0])[1].arrival_at)
    assert made.programme.day.locks == (Lock(client_id=ORDER[0], from_at=when),)


@pytest.mark.parametrize("reason", [Failure.REFUSED, Failure.NOT_SAFE])
def test_who_refuses_or_is_not_safe_is_not_visited_again_today(reason):
    made = replanned(TOLD, PLAN, leaving(ORDER[0]), failed(ORDER[0], reason))
    assert reasons(made.plan) == {ORDER[0]: ["excluded_by_lock"]}
    # The parcel comes back with the volunteer, who counts it in.
    assert steps_of(made.plan, WHO)[-2:] == [("return", "s1"), ("end", None)]


def test_who_was_not_reached_is_visited_as_soon_as_may_be():
    made = replanned(TOLD, PLAN, leaving(ORDER[1]), done(ORDER[0]), failed(ORDER[1], Failure.NOT_REACHED))
    assert so_far(made.programme).client_id == ORDER[0]
    assert ORDER[1] in order_of_visits(made.plan, WHO)
    assert made.programme.day.locks == ()


def test_orders_not_done_at_a_visit_stay_due():
    two = tuple(
        each.changed(supplies=(*each.supplies, each.supplies[0].changed(supply_id="y", product_id="p5")))
        for each in clients()
    )
    programme = town_day(*two, volunteers=(carrier("v1"),))
    before = plan(programme)
    route, step = visits(before)[0]
    assert len(step.order_ids) == 2
    event = VisitPartly(
        type="visit_partly",
        at=step.departure_at,
        volunteer_id="v1",
        client_id=step.client_id,
        order_ids=step.order_ids[:1],
    )
    made = replanned(programme, before, step.departure_at, event)
    assert [entry.product_id for entry in made.programme.ledger] == ["p7"]
    assert visit_of(made.plan, str(step.client_id))[1].order_ids == step.order_ids[1:]
    assert route.volunteer_id == "v1"


def test_doses_brought_are_at_home():
    who = regimen(LIQUID)
    one = wanting("c1", at(2), goods=(), regimens=(who,))
    programme = town_day(one, volunteers=(carrier("v1", **DOSES),), policies=(policy(LIQUID),))
    before = plan(programme)
    route, step = visit_of(before, "c1")
    event = VisitDone(type="visit_done", at=step.departure_at, volunteer_id="v1", client_id="c1")
    changed = applied(programme, before, step.departure_at, event)
    (item,) = step.items
    (entry,) = changed.ledger
    days = [unit.for_on for unit in item.units]
    assert (entry.from_on, entry.to_on, entry.state) == (days[0], days[-1], LedgerState.HANDED_OVER)
    assert route.volunteer_id == entry.volunteer_id


DOSES = {
    "custody": ({"product_id": "p1", "quantity": 1000.0},),
    "authorisations": ({"authorisation_id": "controlled"},),
}


# Loads


def test_a_load_that_was_reported_early_has_happened():
    event = Loaded(type="loaded", at=clock("07:40"), volunteer_id=WHO, site_id="s1")
    programme = applied(TOLD, PLAN, clock("07:40"), event)
    assert [parcel.client_id for parcel in so_far(programme).aboard] == ORDER
    assert so_far(programme).site_id == "s1"


def test_before_the_day_begins_nothing_has_happened():
    made = replanned(TOLD, PLAN, clock("07:30"))
    assert made.programme.day.volunteers == ()
    assert steps_of(made.plan, WHO) == steps_of(PLAN, WHO)
    assert made.difference.changes == ()


def test_after_the_day_everybody_is_home():
    made = replanned(TOLD, PLAN, clock("12:00"))
    entry = so_far(made.programme)
    assert (entry.on_the_road, entry.aboard, entry.counts_in, entry.visits) == (False, (), (), 4)
    assert made.plan.routes == ()
    assert made.plan.summary.clients_due == 0


# People


@pytest.mark.parametrize(
    ("event", "exposed"),
    [((VolunteerGone, "volunteer_gone"), False), ((VolunteerDetained, "volunteer_detained"), True)],
)
def test_who_falls_out_makes_no_visit_and_what_they_carry_is_made_up_anew(event, exposed):
    kind, name = event
    now_at = leaving(ORDER[0])
    made = replanned(TOLD, PLAN, now_at, done(ORDER[0]), kind(type=name, at=now_at, volunteer_id=WHO))
    assert {route.volunteer_id for route in made.plan.routes} == {OTHER}
    assert sorted(order_of_visits(made.plan, OTHER)) == sorted(ORDER[1:])
    assert steps_of(made.plan, OTHER)[1] == ("load", "s1")
    assert [parcel.client_id for parcel in so_far(made.programme).aboard] == ORDER[1:]
    # Until what they carry is accounted for they are issued nothing controlled.
    assert [one.volunteer_id for one in made.programme.volunteers if one.custody_blocked] == [WHO]
    assert made.difference.exposed == ({WHO: tuple(sorted(ORDER))} if exposed else {})
    assert {change.to_volunteer_id for change in made.difference.changes} == {OTHER}


def test_goods_out_of_reach_are_no_stock():
    """The shelf had eight: all are with who is detained, and nobody can be served."""
    stock = tuple(each.changed(quantity=8.0) if each.product_id == "p7" else each for each in TOLD.sites[0].stock)
    programme = TOLD.changed(sites=(TOLD.sites[0].changed(stock=stock),))
    before = plan(programme)
    route, step = visits(before)[0]
    event = VolunteerDetained(type="volunteer_detained", at=step.begin_at, volunteer_id=route.volunteer_id)
    made = replanned(programme, before, step.begin_at, event)
    assert made.plan.routes == ()
    assert {hold.code for hold in made.plan.holds} == {"out_of_stock"}


def test_a_lost_sheet_exposes_its_clients_and_changes_nothing():
    made = replanned(TOLD, PLAN, clock("08:02"), SheetLost(type="sheet_lost", at=clock("08:02"), volunteer_id=WHO))
    assert made.difference.exposed == {WHO: tuple(sorted(ORDER))}
    assert made.difference.changes == ()


# Movement


def test_a_revoked_pass_is_used_no_more():
    passes = (permit("q1", "v1"), permit("q2", "v2"))
    programme = TOLD.changed(movement_rules=(rule(),), passes=passes)
    before = plan(programme)
    (who,) = {route.volunteer_id for route in before.routes}
    mine, other = ("q1", "v2") if who == "v1" else ("q2", "v1")
    event = PassRevoked(type="pass_revoked", at=clock("07:30"), pass_id=mine)
    made = replanned(programme, before, clock("07:30"), event)
    assert [each.status for each in made.programme.passes if each.pass_id == mine] == [PassStatus.REVOKED]
    assert {route.volunteer_id for route in made.plan.routes} == {other}


def test_who_loses_their_pass_on_the_road_is_stranded_and_named():
    programme = TOLD.changed(movement_rules=(rule(),), passes=(permit("q1", "v1"), permit("q2", "v2")))
    before = plan(programme)
    route, step = visits(before)[0]
    mine = "q1" if route.volunteer_id == "v1" else "q2"
    event = PassRevoked(type="pass_revoked", at=step.departure_at, pass_id=mine)
    made = replanned(programme, before, step.departure_at, event)
    assert made.plan.replans is not None
    assert made.plan.replans.stranded == (route.volunteer_id,)
    assert made.difference.stranded == (route.volunteer_id,)
    assert len(served(made.plan)) == 3  # the other makes the rest


def test_a_closed_area_is_not_entered_from_then_on():
    shape = zone(area(3.5, -1, 4.5, 4), zone_id="new", valid_from_at=clock("08:00"))
    event = StreetClosed(type="street_closed", at=clock("08:00"), zone=shape)
    made = replanned(TOLD, PLAN, clock("08:00"), event)
    assert reasons(made.plan) == {"c4": ["inside_closed_zone"]}


def test_a_closed_way_closes_no_crossing():
    """Without the southern street the clients at its corners are reached by the streets that cross it."""
    event = StreetClosed(type="street_closed", at=clock("08:00"), way_ids=(10,))
    made = replanned(TOLD, PLAN, clock("08:00"), event)
    assert served(made.plan) == {"c1", "c2", "c3", "c4"}
    ways = {street[0] for route in made.plan.routes for s in route.steps if s.leg for street in s.leg.streets}
    assert 10 not in ways
    assert made.plan.summary.travel_s > PLAN.summary.travel_s


# Records


def test_who_was_at_the_counter_is_not_visited():
    event = DispensedAtSite(
        type="dispensed_at_site", at=clock("08:03"), client_id=ORDER[2], product_id="p7", supply_id="x0", quantity=2.0
    )
    made = replanned(TOLD, PLAN, clock("08:03"), event)
    assert served(made.plan) == set(ORDER) - {ORDER[2]}
    # Their parcel is nobody's: it is counted in with the rest.
    assert steps_of(made.plan, WHO)[-2:] == [("return", "s1"), ("end", None)]


def test_a_status_other_than_active_ends_a_client_s_day():
    event = StatusChanged(type="status_changed", at=clock("08:03"), client_id=ORDER[3], status=ClientStatus.HOSPITAL)
    made = replanned(TOLD, PLAN, clock("08:03"), event)
    assert served(made.plan) == set(ORDER[:3])
    assert made.difference.clients_to_tell == (ORDER[3],)


def test_a_changed_dose_is_written_as_a_step():
    one = wanting("c1", at(2), goods=(), regimens=(regimen(LIQUID),))
    programme = town_day(one, volunteers=(carrier("v1", **DOSES),), policies=(policy(LIQUID),))
    before = plan(programme)
    event = DoseChanged(
        type="dose_changed",
        at=clock("07:30"),
        client_id="c1",
        product_id="p1",
        from_on=day(1),
        dose_mg=50.0,
        dose_change=DoseChange.USE_UP,
    )
    changed = applied(programme, before, clock("07:30"), event)
    ((old, new),) = [each.steps for each in changed.clients[0].regimens]
    assert (old.to_on, new.from_on, new.dose_mg) == (MONDAY, day(1), 50.0)
    assert changed.clients[0].regimens[0].dose_changed_on == day(1)


def test_a_new_client_is_served_today():
    event = NewClient(type="new_client", at=clock("08:03"), client=wanting("c9", at(5), goods=(NALOXONE,)))
    made = replanned(TOLD, PLAN, clock("08:03"), event)
    assert "c9" in served(made.plan)
    assert [change.kind for change in made.difference.changes if change.client_id == "c9"] == ["added"]


# Locks


def test_a_locked_client_is_moved_to_whom_they_are_locked_to():
    lock = Lock(client_id=ORDER[3], volunteer_id=OTHER)
    made = replanned(TOLD, PLAN, clock("08:03"), Locked(type="locked", at=clock("08:03"), lock=lock))
    assert order_of_visits(made.plan, OTHER) == [ORDER[3]]
    assert order_of_visits(made.plan, WHO) == ORDER[:3]
    assert [(c.from_volunteer_id, c.to_volunteer_id) for c in made.difference.changes] == [(WHO, OTHER)]


def test_a_lock_away_from_somebody_is_kept():
    lock = Lock(client_id=ORDER[0], not_volunteer_ids=(WHO,))
    made = replanned(TOLD, PLAN, clock("08:03"), Locked(type="locked", at=clock("08:03"), lock=lock))
    assert order_of_visits(made.plan, OTHER) == [ORDER[0]]


def test_a_locked_time_is_kept():
    lock = Lock(client_id=ORDER[0], from_at=clock("10:00"), to_at=clock("10:10"))
    made = replanned(TOLD, PLAN, clock("08:03"), Locked(type="locked", at=clock("08:03"), lock=lock))
    assert clock("10:00") <= visit_of(made.plan, ORDER[0])[1].begin_at <= clock("10:10")


def test_a_client_who_is_locked_out_is_listed_with_that_reason_until_unlocked():
    lock = Lock(client_id=ORDER[3], excluded=True)
    made = replanned(TOLD, PLAN, clock("08:03"), Locked(type="locked", at=clock("08:03"), lock=lock))
    assert reasons(made.plan) == {ORDER[3]: ["excluded_by_lock"]}
    event = Unlocked(type="unlocked", at=clock("08:04"), client_id=ORDER[3])
    again = replanned(made.programme, made.plan, clock("08:04"), event)
    assert served(again.plan) == set(ORDER)


def test_locks_of_who_is_served_are_done_with():
    lock = Locked(type="locked", at=clock("08:03"), lock=Lock(client_id=ORDER[0], volunteer_id=WHO))
    made = replanned(TOLD, PLAN, clock("08:03"), lock)
    step = visit_of(made.plan, ORDER[0])[1]
    event = VisitDone(type="visit_done", at=step.departure_at, volunteer_id=WHO, client_id=ORDER[0])
    again = replanned(made.programme, made.plan, step.departure_at, event)
    assert again.programme.day.locks == ()


def test_locks_that_leave_nobody_are_a_reason():
    lock = Lock(client_id=ORDER[3], not_volunteer_ids=("v1", "v2"))
    made = replanned(TOLD, PLAN, clock("07:30"), Locked(type="locked", at=clock("07:30"), lock=lock))
    assert reasons(made.plan) == {ORDER[3]: ["locked_to_others"]}


# Nothing to do


def test_an_empty_day_is_an_empty_plan():
    empty = programme_of(volunteers=(), sites=())
    before = plan(empty)
    assert before.routes == ()
    made = replanned(empty, before, clock("10:00"))
    assert (made.plan.routes, made.plan.unserved, made.difference.changes) == ((), (), ())


def test_promises_are_kept_or_told():
    """Half an hour is the tolerance: a visit promised for 08:05 that can only be made at 10:00 is told of."""
    lock = Lock(client_id=ORDER[0], from_at=clock("10:00"))
    made = replanned(TOLD, PLAN, clock("08:03"), Locked(type="locked", at=clock("08:03"), lock=lock))
    assert made.plan.replans is not None
    (late,) = made.plan.replans.late
    assert (late.client_id, late.promised_at) == (ORDER[0], visit_of(PLAN, ORDER[0])[1].begin_at)
    kept = [visit_of(made.plan, each)[1].begin_at - visit_of(PLAN, each)[1].begin_at for each in ORDER[1:]]
    assert all(abs(by.total_seconds()) <= 1800 for by in kept)
