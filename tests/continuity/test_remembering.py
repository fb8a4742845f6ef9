"""What is remembered, held against what is worked out plainly: whatever changes, and in whatever order it is asked."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from routing.continuity import Memory, needs_of
from routing.domain.clients import Clearance, ClientStatus, StatusChange
from routing.domain.hours import Weekday
from routing.domain.ledger import LedgerState
from routing.domain.programme import Calendar, ClosedDay, Programme
from routing.domain.volunteers import CustodyCeiling
from tests.continuity.stories import (
    FOOD,
    MONDAY,
    PRODUCTS,
    client,
    day,
    entry,
    noon,
    policy,
    programme,
    regimen,
    supply,
)
from tests.continuity.test_properties import programmes, reaches, rules, treatments
from tests.solver.town import rider

Reached = dict[str, frozenset[date]]


def as_plain(told: Programme, on: date, reach: Reached, memory: Memory) -> None:
    assert needs_of(told, on, reach, memory=memory) == needs_of(told, on, reach)


@st.composite
def someone(draw: st.DrawFn, told: Programme) -> dict[str, Any]:
    """Change one client: treatment, supplies, household, status, dates, or nothing that matters."""
    clients = list(told.clients)
    index = draw(st.integers(0, len(clients) - 1))
    changes: list[dict[str, Any]] = [
        {"phone": str(draw(st.integers(0, 9)))},
        {"pregnant": not clients[index].pregnant},
        {"regimens": (draw(treatments("p1")), draw(treatments("p2")))},
        {"supplies": (supply(FOOD, supply_id="x9", due_on=day(draw(st.integers(-3, 1)))),), "household_id": "h"},
        {"status": (StatusChange(status=draw(st.sampled_from(ClientStatus)), from_at=noon(draw(st.integers(-3, 1)))),)},
        {"assessment_on": day(draw(st.integers(-1, 1))), "follow_up_on": day(draw(st.integers(-1, 1)))},
        {"regimens": (draw(treatments("p1")).changed(clearance=Clearance(by="c", at=noon(0))),)},
    ]
    clients[index] = clients[index].changed(**draw(st.sampled_from(changes)))
    return {"clients": tuple(clients)}


@st.composite
def changes_of(draw: st.DrawFn, told: Programme) -> dict[str, Any]:
    """Change something that all share, or the ledger."""
    who, what = draw(st.sampled_from(told.clients)), draw(st.sampled_from(["p1", "p2", "p3"]))
    state, at = draw(st.sampled_from(LedgerState)), draw(st.integers(-4, 0))
    doses = entry(state, at, 0, draw(st.integers(0, 5)), client_id=who.client_id, product_id=what)
    food = doses.changed(from_on=None, to_on=None, supply_id="x9", product_id=FOOD.product_id)
    volunteer = told.volunteers[0]
    ceilings = (CustodyCeiling(product_id="p1", quantity=float(draw(st.integers(0, 500)))),)
    shared: list[dict[str, Any]] = [
        {"ledger": (*told.ledger, doses)},
        {"ledger": (*told.ledger, food)},
        {"ledger": told.ledger[1:]},
        {"ledger": told.ledger[::-1]},
        {"policies": (draw(rules("p1")), *told.policies[1:])},
        {"policies": tuple(one.changed(signed_off=not one.signed_off) for one in told.policies)},
        {"policies": (*told.policies, told.policies[0].changed(policy_id="a-second"))},
        {"products": tuple(one.changed(mass_g=one.mass_g + 1) for one in told.products)},
        {"calendar": Calendar(closed_days=(ClosedDay(on=day(draw(st.integers(0, 3)))),))},
        {"calendar": Calendar(closed_weekdays=(draw(st.sampled_from(Weekday)),))},
        {"timezone": draw(st.sampled_from(["Asia/Tokyo", "America/Lima", "Asia/Makassar"]))},
        {"sites": tuple(one.changed(stock=one.stock[1:]) for one in told.sites)},
        {"clients": told.clients[1:], "ledger": ()},
        {"clients": (*told.clients, client(f"n{len(told.clients)}", draw(treatments("p1"))))},
        {"clients": told.clients[::-1]},
        {"volunteers": (volunteer.changed(custody=ceilings),)},
        {"volunteers": (volunteer.changed(custody_blocked=not volunteer.custody_blocked),)},
    ]
    return draw(st.sampled_from(shared))


@settings(max_examples=100, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(programmes(), st.data())
def test_whatever_changes_nothing_remembered_is_stale(told: Programme, data: st.DataObject) -> None:
    told = told.changed(volunteers=(rider("v1"),))
    memory, on, reach = Memory(), MONDAY, data.draw(reaches)
    as_plain(told, on, reach, memory)
    for _ in range(4):
        before = told
        if told.clients and data.draw(st.booleans()):
            told = told.changed(**data.draw(someone(told)))
        elif told.clients:
            told = told.changed(**data.draw(changes_of(told)))
        if data.draw(st.integers(0, 3)) == 0:
            on += timedelta(days=data.draw(st.integers(-1, 1)))
        if data.draw(st.integers(0, 3)) == 0:
            reach = data.draw(reaches)
        as_plain(told, on, reach, memory)
        as_plain(before, on, reach, memory)  # whoever began to read before the change


HELD_BY = CustodyCeiling(product_id="p1", quantity=24.0)  # two days' doses of 12 mL
FOOD_FOR_X = client("c1.p", supplies=(supply(supply_id="x"),))  # its order would be called c1.p.x, too
# Each changes what is found about somebody who is not changed.
SHARED: list[dict[str, Any]] = [
    {"volunteers": (rider("v1", custody=(HELD_BY,)),)},
    {"products": tuple(one.changed(mass_g=one.mass_g + 1) for one in PRODUCTS)},
    {"policies": (policy(max_days_a_delivery=2),)},
    {"calendar": Calendar(closed_weekdays=tuple(Weekday)[1:])},
    {"timezone": "America/Lima"},
    {"ledger": (entry(LedgerState.HANDED_OVER, -1, 0, 2),)},
    {"ledger": (entry(LedgerState.HANDED_OVER, -1, 0, 0).changed(from_on=None, to_on=None, supply_id="p.x"),)},
    {"clients": (client("c1", regimen(), supplies=(supply(supply_id="p.x"),)), FOOD_FOR_X)},
]


@pytest.mark.parametrize("change", SHARED)
def test_what_follows_from_something_else_is_found_anew(change: dict[str, Any]) -> None:
    told = programme(client("c1", regimen(), supplies=(supply(supply_id="p.x"),)))
    told = told.changed(volunteers=(rider("v1", custody=(HELD_BY.changed(quantity=48.0),)),))
    memory, changed = Memory(), told.changed(**change)
    before = needs_of(told, MONDAY, {}, memory=memory)
    after = needs_of(changed, MONDAY, {}, memory=memory)
    assert after == needs_of(changed, MONDAY, {}) != before


def test_another_day_another_reach_and_a_shorter_look_ahead_are_found_anew() -> None:
    told = programme(client("c1", regimen(doses=1)))
    memory = Memory()
    asked: list[tuple[date, Reached, int]] = [
        (MONDAY, {}, 14),
        (day(1), {}, 13),  # known up to the same day
        (MONDAY, {"c1": frozenset({MONDAY})}, 14),
        (MONDAY, {"c1": frozenset({MONDAY})}, 3),
    ]
    found = [needs_of(told, on, reach, look_ahead_days=days, memory=memory) for on, reach, days in asked]
    assert found == [needs_of(told, on, reach, look_ahead_days=days) for on, reach, days in asked]
    assert all(one != other for index, one in enumerate(found) for other in found[:index])


def test_only_who_changed_is_worked_out_again(monkeypatch) -> None:
    import routing.continuity.needs as module

    asked: list[str] = []
    plainly = module._client
    monkeypatch.setattr(module, "_client", lambda book, who: asked.append(who.client_id) or plainly(book, who))
    told = programme(client("a", regimen()), client("b", regimen()), client("c", regimen()))
    memory = Memory()
    needs_of(told, MONDAY, {}, memory=memory)
    assert asked == ["a", "b", "c"]
    one = told.clients[1].changed(phone="1")
    needs_of(told.changed(clients=(told.clients[0], one, told.clients[2])), MONDAY, {}, memory=memory)
    assert asked == ["a", "b", "c", "b"]


def test_a_households_food_follows_from_what_the_others_ask_for() -> None:
    # both ask for food; one of them gets it. When the first asks no more, it is the second's.
    asks = {"household_id": "h", "supplies": (supply(FOOD),)}
    told = programme(client("a", **asks), client("b", **asks))
    memory = Memory()
    assert [order.client_id for order in needs_of(told, MONDAY, {}, memory=memory).orders] == ["a"]
    told = told.changed(clients=(told.clients[0].changed(supplies=()), told.clients[1]))
    assert [order.client_id for order in needs_of(told, MONDAY, {}, memory=memory).orders] == ["b"]


def test_an_unsigned_policy_is_told_of_although_nothing_is_worked_out_again() -> None:
    told = programme(client("a", regimen()))
    told = told.changed(policies=tuple(one.changed(signed_off=False) for one in told.policies))
    memory = Memory()
    first, again = (needs_of(told, MONDAY, {}, memory=memory).notices for _ in range(2))
    assert [notice.code for notice in first] == ["policy_not_signed_off"]
    assert again == first


def test_whoever_is_gone_is_forgotten() -> None:
    memory = Memory()
    told = programme(client("a", regimen()), client("b", regimen()))
    needs_of(told, MONDAY, {}, memory=memory)
    needs_of(told.changed(clients=told.clients[1:]), MONDAY, {}, memory=memory)
    assert [[*found.clients] for found in memory._days] == [["b"]]
    memory.forget()
    assert not memory._days
