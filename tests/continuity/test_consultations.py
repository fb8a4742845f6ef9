"""Rule 15: who gets which of the prescribers' slots, by tier, and who waits. Slots of a quarter of an hour."""

from collections import Counter
from datetime import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.continuity import needs_of
from routing.domain.clients import Client, ClientStatus, HomeSupply, StatusChange
from routing.domain.hours import Hours, Weekday
from routing.domain.orders import Needs, NoticeCode
from routing.domain.policies import Policy
from routing.domain.prescribers import Prescriber
from tests.continuity.stories import LIQUID, MONDAY, TABLETS, client, day, needs, noon, policy, programme, regimen


def doctor(prescriber_id: str = "d1", start: str = "09:00", end: str = "10:00", **fields: Any) -> Prescriber:
    """Return somebody with four slots, at 9:00, 9:15, 9:30 and 9:45."""
    span = Hours(from_time=time.fromisoformat(start), to_time=time.fromisoformat(end))
    return Prescriber(prescriber_id=prescriber_id, code_name=prescriber_id, **{"hours": (span,), **fields})


def stopped(client_id: str, *, doses: int = 0, **fields: Any) -> Client:
    """Return somebody whose prescriber has to decide; `doses` at home: T1, T2, then T3 (due two days ahead)."""
    return client(client_id, regimen(doses=doses, prescriber_hold=True, **fields))


def told(*clients: Client, doctors: tuple[Prescriber, ...] = (doctor(),), rule: Policy | None = None) -> Needs:
    usual = rule or policy(early_days=9, buffer_days=2)
    return needs_of(programme(*clients, policies=(usual,), prescribers=doctors), MONDAY, {})


def slots(found: Needs) -> list[str]:
    """Return "client prescriber hour" or "client waits", in the order in which they are said."""
    return [
        f"{notice.client_id} {notice.params['prescriber_id']} {str(notice.params['slot_at'])[11:16]}"
        if notice.code is NoticeCode.CONSULTATION
        else f"{notice.client_id} waits"
        for notice in found.notices
        if notice.code in {NoticeCode.CONSULTATION, NoticeCode.CONSULTATION_WAITS}
    ]


def test_without_prescribers_nobody_knows_of_slots() -> None:
    found = told(stopped("a"), doctors=())
    assert (slots(found), len(found.holds)) == ([], 1)


def test_the_more_urgent_get_the_earlier_slots() -> None:
    # at home: three doses are T4, two T3, one T2, none T1
    found = told(*(stopped(name, doses=3 - place) for place, name in enumerate("abcd")))
    assert slots(found) == ["d d1 09:00", "c d1 09:15", "b d1 09:30", "a d1 09:45"]
    assert [notice.params["tier"] for notice in found.notices] == ["T1", "T2", "T3", "T4"]


@pytest.mark.parametrize(
    ("end", "fields", "count"),
    [
        ("09:14", {}, 0),  # not a whole slot
        ("09:15", {}, 1),
        ("09:29", {}, 1),
        ("09:30", {}, 2),
        ("10:00", {"most_slots": 3}, 3),
        ("10:00", {"most_slots": 5}, 4),
        ("10:00", {"slot_s": 1800}, 2),
        ("10:00", {"absent_on": (MONDAY,)}, 0),
        ("10:00", {"absent_on": (day(1),)}, 4),
    ],
)
def test_as_many_slots_as_fit_whole(end: str, fields: dict[str, Any], count: int) -> None:
    found = told(*(stopped(name) for name in "abcde"), doctors=(doctor(end=end, **fields),))
    assert [each.endswith("waits") for each in slots(found)] == [False] * count + [True] * (5 - count)


def test_hours_of_other_weekdays_and_spans_that_overlap() -> None:
    tuesday = Hours(from_time=time(9), to_time=time(10), weekdays=(Weekday.TUE,))
    assert slots(told(stopped("a"), doctors=(doctor(hours=(tuesday,)),))) == ["a waits"]
    # 9:00 to 9:20 holds one slot, until 9:15; from 9:10 on the next begins at 9:15, and 9:45 has room for none.
    two = (Hours(from_time=time(9, 10), to_time=time(9, 59)), Hours(from_time=time(9), to_time=time(9, 20)))
    found = told(*(stopped(name) for name in "abcd"), doctors=(doctor(hours=two),))
    assert slots(found) == ["a d1 09:00", "b d1 09:15", "c d1 09:30", "d waits"]


def test_who_waits_is_said_with_how_many_come_first() -> None:
    found = told(stopped("a"), stopped("b"), stopped("c", doses=1), doctors=(doctor(most_slots=2),))
    assert slots(found) == ["a d1 09:00", "b d1 09:15", "c waits"]
    last = found.notices[-1]
    assert last.params == {"tier": "T2", "products": "p1", "about": "prescriber_hold", "before": 2}
    assert last.message == "No slot is left for a consultation today; more urgent ones have 2."
    assert (last.owner, last.on) == ("dispatcher", MONDAY)


def test_within_a_tier_the_weight_then_the_programmes_order_decides() -> None:
    heavy = stopped("b").changed(pregnant=True)
    assert slots(told(stopped("a"), heavy, stopped("c"), doctors=(doctor(most_slots=2),))) == [
        "b d1 09:00",
        "a d1 09:15",
        "c waits",
    ]


def test_who_misses_doses_comes_first() -> None:
    # Three missed: beyond what a clearance helps.
    missed = client("b", regimen(last_taken_on=day(-4)))
    found = told(stopped("a"), missed, doctors=(doctor(most_slots=1),))
    assert slots(found) == ["b d1 09:00", "a waits"]
    assert found.notices[0].params["tier"] == "T0a"


def test_a_client_takes_one_slot_for_all_that_is_asked() -> None:
    both = client("a", regimen(doses=1, prescriber_hold=True), regimen(TABLETS, dose_mg=0.1))
    (notice,) = told(both).notices
    assert notice.params == {
        "tier": "T1",  # of the tablets, of which none are left
        "products": "p1, p2",
        "about": "prescriber_hold, dose_not_measurable",
        "prescriber_id": "d1",
        "slot_at": "2026-11-23T09:00:00+08:00",
    }
    assert notice.message == "A consultation at 09:00 with d1."


# Several prescribers.


def test_who_names_nobody_takes_the_earliest_slot() -> None:
    two = (doctor("d1"), doctor("d2", "08:50", "09:05"))
    assert slots(told(stopped("a"), stopped("b"), doctors=two)) == ["a d2 08:50", "b d1 09:00"]


def test_who_names_somebody_waits_for_them() -> None:
    two = (doctor("d1", most_slots=1), doctor("d2"))
    found = told(stopped("a", prescriber_id="d1"), stopped("b", doses=1, prescriber_id="d1"), doctors=two)
    assert slots(found) == ["a d1 09:00", "b waits"]
    assert found.notices[-1].message == "No slot is left for a consultation with d1 today; more urgent ones have 1."
    assert found.notices[-1].params["prescriber_id"] == "d1"


def test_who_names_nobody_makes_room_where_another_prescriber_is_free() -> None:
    # The first would take 9:00 with d1; the second wants d1 alone, so the first goes to d2.
    two = (doctor("d1", most_slots=1), doctor("d2", "11:00", "11:15"))
    urgent, other = stopped("a"), stopped("b", doses=1, prescriber_id="d1")
    assert slots(told(urgent, other, doctors=two)) == ["a d2 11:00", "b d1 09:00"]
    # With d2 full the more urgent keeps the slot.
    third = stopped("c", prescriber_id="d2")
    assert slots(told(urgent, third, other, doctors=two)) == ["a d1 09:00", "c d2 11:00", "b waits"]


def test_two_products_of_two_prescribers_are_two_consultations() -> None:
    both = client(
        "a",
        regimen(prescriber_hold=True, prescriber_id="d1"),
        regimen(TABLETS, dose_mg=12.0, prescriber_hold=True, prescriber_id="d2"),
    )
    assert slots(told(both, doctors=(doctor("d1"), doctor("d2")))) == ["a d1 09:00", "a d2 09:00"]


# What wants a consultation.


@pytest.mark.parametrize(
    ("fields", "rule", "about"),
    [
        ({"prescription_ends_on": day(6)}, {}, None),  # seven days wanted, seven prescribed
        ({"prescription_ends_on": day(5)}, {}, "prescription_ends_on"),
        ({"prescription_ends_on": day(-1)}, {}, "prescription_ended"),
        ({"review_on": day(7)}, {}, None),
        ({"review_on": day(6)}, {}, "review_on"),
        ({"review_on": MONDAY}, {}, "review_due"),
        ({"prescription_ends_on": day(1)}, {"min_days_a_delivery": 3}, "prescription_ends_on"),  # no order at all
        ({"affordable_days": 3}, {}, None),
        ({"remote": True}, {}, "prescription_channel_not_permitted"),
        ({}, {"prescriber_approval": True}, "approval_needed"),
        ({"dose_mg": 60.25}, {}, "dose_not_measurable"),
        ({"last_taken_on": day(-3)}, {}, None),  # a clearance: the dispenser's
        ({"last_taken_on": day(-4)}, {}, "missed_doses"),
        ({"home": HomeSupply(doses=1, as_of_on=MONDAY, expected=2)}, {}, None),
    ],
)
def test_what_the_prescriber_decides_wants_a_slot(
    fields: dict[str, Any], rule: dict[str, Any], about: str | None
) -> None:
    found = needs(regimen(**fields), rule=policy(**rule), prescribers=(doctor(),))
    assert [notice.params["about"] for notice in found.notices] == ([about] if about else [])


def test_a_renewal_is_as_urgent_as_the_delivery_it_shortens() -> None:
    # Two doses at home: T3.
    ends = client("a", regimen(doses=2, prescription_ends_on=day(3)))
    (notice,) = told(ends).notices
    assert (notice.params["tier"], notice.params["about"]) == ("T3", "prescription_ends_on")


def test_a_policy_that_is_missing_is_no_question_of_a_clients() -> None:
    found = told(client("a", regimen()), rule=policy(valid_to_on=day(-1)))
    assert ([hold.owner for hold in found.holds], found.notices) == (["prescriber"], ())


def test_nothing_that_will_run_out_wants_a_slot_last() -> None:
    # Every dose-day to come is at home: nothing is wanted, but the prescriber has stopped it.
    ends = regimen(doses=9, prescriber_hold=True)
    last = ends.changed(steps=(ends.steps[0].changed(to_on=day(5)),))
    found = told(client("a", last), stopped("b", doses=4), doctors=(doctor(most_slots=1),))
    assert slots(found) == ["a d1 09:00", "b waits"]  # both T4: the programme's order
    found = told(client("a", last), stopped("b", doses=2), doctors=(doctor(most_slots=1),))
    assert slots(found) == ["b d1 09:00", "a waits"]


@pytest.mark.parametrize(("status", "wants"), [(ClientStatus.LEAD, False), (ClientStatus.ASSESSED, True)])
def test_who_has_been_assessed_waits_for_the_prescriber(status: ClientStatus, wants: bool) -> None:
    who = client("a", regimen(), status=(StatusChange(status=status, from_at=noon(-1)),))
    found = told(who, stopped("b", doses=3), stopped("c", doses=1))
    assert slots(found) == (["c d1 09:00", "a d1 09:15", "b d1 09:30"] if wants else ["c d1 09:00", "b d1 09:15"])


def test_slots_are_local_times_and_said_for_the_day() -> None:
    night = doctor("d1", "23:00", "00:30")
    found = told(*(stopped(name) for name in "abcdef"), doctors=(night,))
    assert [notice.params["slot_at"] for notice in found.notices][3:] == [
        "2026-11-23T23:45:00+08:00",
        "2026-11-24T00:00:00+08:00",
        "2026-11-24T00:15:00+08:00",
    ]


def test_the_plan_names_no_product_by_its_name() -> None:
    (notice,) = told(stopped("a")).notices
    assert LIQUID.name not in notice.model_dump_json()


# Whatever the day: who waits would have found no slot by turning away somebody less urgent.


@st.composite
def mornings(draw: st.DrawFn) -> tuple[tuple[Client, ...], tuple[Prescriber, ...]]:
    doctors = tuple(
        doctor(f"d{number}", f"{8 + draw(st.integers(0, 2)):02}:00", "12:00", most_slots=draw(st.integers(1, 3)))
        for number in range(1, 1 + draw(st.integers(1, 3)))
    )
    names = [None, *(each.prescriber_id for each in doctors)]
    who = tuple(
        stopped(f"c{number}", doses=draw(st.integers(0, 4)), prescriber_id=draw(st.sampled_from(names)))
        for number in range(draw(st.integers(1, 9)))
    )
    return who, doctors


@settings(max_examples=60, deadline=None)
@given(mornings())
def test_nobody_waits_for_somebody_less_urgent(morning: tuple[tuple[Client, ...], tuple[Prescriber, ...]]) -> None:
    who, doctors = morning
    found = told(*who, doctors=doctors).notices
    seen = [notice for notice in found if notice.code is NoticeCode.CONSULTATION]
    taken = [(notice.params["prescriber_id"], notice.params["slot_at"]) for notice in seen]
    assert len(set(taken)) == len(taken)
    wishes = {client.client_id: client.regimens[0].prescriber_id for client in who}
    assert all(wishes[str(each.client_id)] in {None, each.params["prescriber_id"]} for each in seen)
    # The most urgent that can all be seen at once are seen: by trying, in their order, whether they fit together.
    queue = [str(notice.client_id) for notice in found]
    room = {each.prescriber_id: each.most_slots or 99 for each in doctors}
    wanted: list[str] = []
    for name in queue:
        if _fit([*wanted, name], wishes, room):
            wanted.append(name)
    assert {str(each.client_id) for each in seen} == set(wanted)


def _fit(names: list[str], wishes: dict[str, str | None], room: dict[str, int]) -> bool:
    """Whether so many can be seen: those who ask for one prescriber by that one, all by all."""
    asked = Counter(wishes[name] for name in names)
    return len(names) <= sum(room.values()) and all(asked[each] <= most for each, most in room.items())
