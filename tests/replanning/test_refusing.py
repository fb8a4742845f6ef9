"""Events that cannot be: each with its code and its place, all at once."""

from __future__ import annotations

import json

import pytest

from routing.domain.day_so_far import Lock
from routing.domain.errors import DayError
from routing.domain.events import (
    DispensedAtSite,
    Loaded,
    Locked,
    NewClient,
    PassRevoked,
    StreetClosed,
    VisitDone,
    VisitPartly,
    VolunteerGone,
    load_events,
)
from tests.continuity.stories import NALOXONE, day
from tests.replanning.days import again, applied, order_of_visits, replanned, told, visit_of, visits
from tests.replanning.story import after, carrier, clients, clock, planned
from tests.replanning.story import told as programme
from tests.solver.town import at, plan, wanting
from tests.solver.town import day as town_day

PLAN, TOLD = planned(), programme()
WHO = visits(PLAN)[0][0].volunteer_id
OTHER = "v2" if WHO == "v1" else "v1"
ORDER = order_of_visits(PLAN, WHO)
NOBODYS = "q9"
NOW = visit_of(PLAN, ORDER[1])[1].departure_at


def done(client_id=ORDER[0], who=WHO, at=None):
    when = at or visit_of(PLAN, ORDER[0])[1].departure_at
    return VisitDone(type="visit_done", at=when, volunteer_id=who, client_id=client_id)


def refused(*events, now_at=NOW, plan_=PLAN, **fields):
    with pytest.raises(DayError) as caught:
        applied(TOLD, plan_, now_at, *events, **fields)
    return [(problem.code, problem.where) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("event", "where"),
    [
        (lambda: done("c9"), "/events/0/client_id"),
        (lambda: done(who="v9"), "/events/0/volunteer_id"),
        (lambda: VolunteerGone(type="volunteer_gone", at=NOW, volunteer_id="v9"), "/events/0/volunteer_id"),
        (lambda: PassRevoked(type="pass_revoked", at=NOW, pass_id=NOBODYS), "/events/0/pass_id"),
        (lambda: Loaded(type="loaded", at=NOW, volunteer_id=WHO, site_id="s9"), "/events/0/site_id"),
        (lambda: StreetClosed(type="street_closed", at=NOW, way_ids=(10, 999_999)), "/events/0/way_ids/1"),
        (
            lambda: DispensedAtSite(type="dispensed_at_site", at=NOW, client_id="c1", product_id="p99", supply_id="x0"),
            "/events/0/product_id",
        ),
    ],
)
def test_events_about_nobody(event, where):
    assert refused(event()) == [("event_about_unknown", where)]


def test_a_visit_that_is_not_on_the_plan():
    assert refused(done(who=OTHER)) == [("event_unknown_visit", "/events/0")]


def test_a_load_that_is_not_on_the_plan():
    event = Loaded(type="loaded", at=NOW, volunteer_id=OTHER, site_id="s1")
    assert refused(event) == [("event_unknown_visit", "/events/0")]


def test_orders_that_are_not_of_the_visit():
    event = VisitPartly(type="visit_partly", at=NOW, volunteer_id=WHO, client_id=ORDER[0], order_ids=("c1.p9",))
    assert refused(event) == [("event_unknown_visit", "/events/0/order_ids")]


def test_one_visit_told_of_twice():
    assert refused(done(), done(at=NOW)) == [("event_twice", "/events/1")]


def test_events_out_of_order():
    assert refused(done(ORDER[1], at=NOW), done()) == [("events_out_of_order", "/events/1/at")]


@pytest.mark.parametrize(("seconds", "codes"), [(-1, []), (0, []), (1, [("event_out_of_day", "/events/0/at")])])
def test_what_is_still_to_come_is_no_event(seconds, codes):
    event = VolunteerGone(type="volunteer_gone", at=after(NOW, seconds / 60), volunteer_id=OTHER)
    if codes:
        assert refused(event) == codes
    else:
        assert applied(TOLD, PLAN, NOW, event).day is not None


def test_an_event_of_yesterday():
    event = VolunteerGone(type="volunteer_gone", at=after(clock("00:00"), -1), volunteer_id=OTHER)
    assert refused(event) == [("event_out_of_day", "/events/0/at")]


def test_events_of_another_day():
    events = told(PLAN, NOW).changed(on=day(1))
    from routing.replanning import apply_events
    from tests.solver.town import town

    with pytest.raises(DayError) as caught:
        apply_events(TOLD, PLAN, events, town()[0])
    assert (caught.value.code, caught.value.where) == ("events_of_other_day", "/on")


def test_an_instant_before_the_one_planned_from_last():
    made = replanned(TOLD, PLAN, NOW)
    with pytest.raises(DayError) as caught:
        applied(made.programme, made.plan, after(NOW, -1 / 60))
    assert (caught.value.code, caught.value.where) == ("events_of_other_day", "/now_at")
    assert applied(made.programme, made.plan, NOW).day is not None


def test_a_plan_of_another_programme():
    other = town_day(*clients(), volunteers=(carrier("v1"), carrier("v2")), made_up=not TOLD.made_up)
    with pytest.raises(DayError) as caught:
        applied(other, PLAN, NOW)
    assert caught.value.code == "plan_of_other_programme"


def test_all_that_is_wrong_is_told_at_once():
    assert refused(done("c9", at=NOW), done(who="v9")) == [
        ("events_out_of_order", "/events/1/at"),
        ("event_about_unknown", "/events/0/client_id"),
        ("event_about_unknown", "/events/1/volunteer_id"),
    ]


def test_a_new_client_is_held_to_the_rules_of_programmes():
    twin = wanting("c1", at(2), goods=(NALOXONE,))
    codes = refused(NewClient(type="new_client", at=NOW, client=twin))
    assert ("duplicate_id", "/clients/4/client_id") in codes


def test_a_new_client_may_be_told_of_again():
    new = NewClient(type="new_client", at=NOW, client=wanting("c9", at(2), goods=(NALOXONE,)))
    lock = Locked(type="locked", at=NOW, lock=Lock(client_id="c9", volunteer_id=OTHER))
    assert order_of_visits(replanned(TOLD, PLAN, NOW, new, lock).plan, OTHER) == ["c9"]


# Locks


def locked(*locks, now_at=NOW):
    events = [Locked(type="locked", at=now_at, lock=lock) for lock in locks]
    with pytest.raises(DayError) as caught:
        replanned(TOLD, PLAN, now_at, *events)
    return caught.value.problems


def test_locks_that_contradict_each_other():
    found = locked(Lock(client_id=ORDER[3], volunteer_id="v1"), Lock(client_id=ORDER[3], volunteer_id="v2"))
    assert [(each.code, each.where) for each in found] == [("locks_contradict", "/day/locks/1")]


def test_a_lock_for_whom_nothing_is_due():
    found = locked(Lock(client_id=ORDER[0], volunteer_id=OTHER))
    assert [(each.code, each.where) for each in found] == [("lock_without_order", "/day/locks/0")]


def test_a_lock_that_a_rule_forbids_names_the_rule():
    vetoed = TOLD.changed(volunteers=(carrier("v1"), carrier("v2", vetoes=("c4",))))
    before = plan(vetoed)
    event = Locked(type="locked", at=clock("07:30"), lock=Lock(client_id="c4", volunteer_id="v2"))
    with pytest.raises(DayError) as caught:
        replanned(vetoed, before, clock("07:30"), event)
    assert caught.value.code == "lock_not_lawful"
    assert caught.value.params == {"client_id": "c4", "rules": ["volunteer_vetoed"]}


def test_a_lock_to_a_time_outside_of_the_client_s_own():
    told_ = TOLD.changed(clients=clients(windows=(MORNING,)))
    before = plan(told_)
    event = Locked(
        type="locked", at=clock("07:30"), lock=Lock(client_id="c4", from_at=clock("11:01"), to_at=clock("11:30"))
    )
    with pytest.raises(DayError) as caught:
        replanned(told_, before, clock("07:30"), event)
    assert (caught.value.code, caught.value.params["rules"]) == ("lock_not_lawful", ["time_window"])


MORNING = TOLD.volunteers[0].shifts[0].changed(to_time=clock("11:00").time())


def test_locks_that_cannot_be_kept_together_are_named():
    """Two clients at opposite ends, five minutes each, within one minute, by one rider."""
    both = [
        Lock(client_id=one, volunteer_id="v1", from_at=clock("10:00"), to_at=clock("10:01")) for one in ("c1", "c4")
    ]
    found = locked(*both, now_at=clock("08:03"))
    assert [each.code for each in found] == ["locks_contradict"]
    assert sorted(found[0].params["client_ids"]) == ["c1", "c4"]


def test_each_of_them_can_be_kept():
    lock = Lock(client_id="c4", volunteer_id="v1", from_at=clock("10:00"), to_at=clock("10:01"))
    event = Locked(type="locked", at=clock("08:03"), lock=lock)
    assert visit_of(replanned(TOLD, PLAN, clock("08:03"), event).plan, "c4")[0].volunteer_id == "v1"


def test_planning_alone_honours_what_the_day_says():
    """Without events: the programme that has a day is planned from there."""
    made = replanned(TOLD, PLAN, NOW)
    assert again(made.programme, made.plan).replans == made.plan.replans.changed(
        plan_sha256=again(made.programme, made.plan).replans.plan_sha256
    )


# The document


def document(**fields):
    usual = {"schema": "doorstep.events/1", "on": "2026-11-23", "now_at": "2026-11-23T10:00:00+08:00"}
    return json.dumps({**usual, **fields}).encode()


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        (b"{", "not_json", "line 1, column 2"),
        (document(schema="doorstep.plan/1"), "schema_unknown", "/schema"),
        (b"[]", "schema_unknown", "/schema"),
        (document(now="x"), "unknown_key", "/now"),
        (document(now_at="2026-11-23T10:00:00"), "bad_date_or_time", "/now_at"),
        (document(events=[{"type": "gone"}]), "unknown_value", "/events/0"),
        (document(events=[{"type": "pass_revoked", "at": "2026-11-23T10:00:00Z"}]), "missing_key", "/events/0/pass_id"),
        (
            document(events=[{"type": "street_closed", "at": "2026-11-23T10:00:00Z"}]),
            "impossible_value",
            "/events/0",
        ),
    ],
)
def test_a_document_that_cannot_be_read(data, code, where):
    with pytest.raises(DayError) as caught:
        load_events(data)
    assert (caught.value.code, caught.value.where) == (code, where)


def test_a_document_is_read_as_it_is_written():
    events = told(PLAN, NOW, [done()])
    assert load_events(events.model_dump_json(by_alias=True).encode()) == events
