"""Facts into a programme: what changes is told, and applying twice is applying once."""

from __future__ import annotations

from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from api.exchange.applying import apply_register
from api.exchange.facts import ClientFacts, FollowUp, VolunteerFacts
from routing.domain.clients import ClientStatus, Confidence, HomeSupply, StatusChange
from routing.domain.hours import Hours
from routing.domain.loading import dump_programme, load_programme
from routing.horizon import status_of
from tests.continuity.stories import day, noon
from tests.exchange.registers import ON, person, town, usual

TOWN = town()
NINE = (Hours(from_time=time(9), to_time=time(11)),)


def test_a_count_is_that_of_the_days_start_as_reported():
    applied = apply_register(TOWN, [ClientFacts(client_id="c1", product_id="p1", doses=2, last_taken_on=day(0))], ON)
    changed = applied.programme.clients[0].regimens[0]
    assert changed.home == HomeSupply(doses=2, as_of_on=ON, confidence=Confidence.REPORTED)
    assert changed.last_taken_on == ON
    assert [(each.code_name, each.what, each.old, each.new) for each in applied.changes] == [
        ("Heron", "doses left", "3 on 2026-11-21 (reported)", "2 on 2026-11-23 (reported)"),
        ("Heron", "last taken", "2026-11-22", "2026-11-23"),
    ]
    assert applied.programme.clients[1:] == TOWN.clients[1:]


def test_only_the_product_meant_changes():
    applied = apply_register(TOWN, [ClientFacts(client_id="c3", product_id="p2", affordable_days=2)], ON)
    assert [each.affordable_days for each in applied.programme.clients[2].regimens] == [None, 2]


def test_a_status_holds_from_the_start_of_the_day():
    applied = apply_register(TOWN, [ClientFacts(client_id="c1", status=ClientStatus.HOSPITAL)], ON)
    client = applied.programme.clients[0]
    assert client.status[0].from_at.isoformat() == "2026-11-23T00:00:00+08:00"
    assert status_of(applied.programme, client, day(-1)) is ClientStatus.ACTIVE
    assert status_of(applied.programme, client, ON) is ClientStatus.HOSPITAL


def test_a_status_of_later_on_the_day_does_not_stay_above_it():
    told = town(person("c1", "Heron", usual(), status=(StatusChange(status=ClientStatus.PAUSED, from_at=noon(0)),)))
    facts = [ClientFacts(client_id="c1", status=ClientStatus.ACTIVE)]
    applied = apply_register(told, facts, ON)
    assert status_of(applied.programme, applied.programme.clients[0], ON) is ClientStatus.ACTIVE
    assert apply_register(applied.programme, facts, ON).programme == applied.programme


def test_the_same_status_is_no_change():
    applied = apply_register(TOWN, [ClientFacts(client_id="c1", status=ClientStatus.ACTIVE)], ON)
    assert (applied.programme, applied.changes) == (TOWN, ())


def test_a_follow_up_is_awaited_moved_and_done():
    told = TOWN
    for on, old, new in (
        (day(2), "", "2026-11-25"),
        (day(9), "2026-11-25", "2026-12-02"),
        (None, "2026-12-02", "done"),
    ):
        applied = apply_register(told, [ClientFacts(client_id="c1", follow_up=FollowUp(on=on))], ON)
        assert [(each.what, each.old, each.new) for each in applied.changes] == [("follow up", old, new)]
        told = applied.programme
        assert told.clients[0].follow_up_on == on
    assert told == TOWN
    assert apply_register(TOWN, [ClientFacts(client_id="c1", follow_up=FollowUp(on=None))], ON).changes == ()


def test_volunteers_are_absent_on_that_day_and_come_back():
    away = apply_register(TOWN, [VolunteerFacts(volunteer_id="v1", present=False)], ON).programme
    assert [each.absent_on for each in away.volunteers] == [(ON,), ()]
    back = apply_register(away, [VolunteerFacts(volunteer_id="v1", present=True)], ON)
    assert back.programme == TOWN
    assert [(each.code_name, each.old, each.new) for each in back.changes] == [("Kingfisher", "no", "yes")]


def maybe(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | values


FACTS = st.builds(
    ClientFacts,
    client_id=st.sampled_from(["c1", "c2", "c3"]),
    product_id=st.none() | st.just("p1"),
    doses=maybe(st.integers(0, 9)),
    last_taken_on=maybe(st.dates(date(2026, 11, 1), ON)),
    affordable_days=maybe(st.integers(1, 7)),
    status=maybe(st.sampled_from(ClientStatus)),
    follow_up=maybe(st.builds(FollowUp, on=st.none() | st.dates(ON, date(2027, 1, 1)))),
    windows=maybe(st.just(NINE)),
) | st.builds(VolunteerFacts, volunteer_id=st.sampled_from(["v1", "v2"]), present=maybe(st.booleans()))


@given(st.lists(FACTS, max_size=6, unique_by=lambda fact: getattr(fact, "client_id", "") or fact.volunteer_id))
def test_applying_twice_is_applying_once_and_the_result_can_be_read(facts: list[ClientFacts | VolunteerFacts]):
    once = apply_register(TOWN, facts, ON)
    twice = apply_register(once.programme, facts, ON)
    assert (twice.programme, twice.changes) == (once.programme, ())
    assert load_programme(dump_programme(once.programme)) == once.programme
