"""What is said ahead, and what comes once: ends of courses, visits awaited, strengths, policies, a household's food."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from routing.continuity import needs_of
from routing.domain.clients import Client, ClientStatus, DoseStep, StatusChange, SupplyOrder
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import Needs, NoticeCode, Tier
from routing.domain.sites import Stock
from routing.domain.volunteers import CustodyCeiling
from tests.continuity.stories import (
    FOOD,
    LIQUID,
    MONDAY,
    PACKS,
    client,
    day,
    entry,
    needs,
    needs_of_supply,
    noon,
    only_order,
    policy,
    programme,
    regimen,
    shelf,
    supply,
)
from tests.solver.town import rider


def _ends(offset: int) -> tuple[DoseStep, ...]:
    return (DoseStep(from_on=day(-9), to_on=day(offset), dose_mg=60.0),)


@pytest.mark.parametrize(("last", "said"), [(-1, False), (0, True), (3, True), (4, False)])
def test_the_end_of_a_course_is_announced_three_days_ahead(last: int, said: bool) -> None:
    found = needs(regimen(doses=2, steps=_ends(last)))
    assert [(notice.code, notice.on) for notice in found.notices] == [(NoticeCode.COURSE_ENDS, day(last))] * said


def test_the_announcement_asks_for_naloxone_and_a_follow_up() -> None:
    who = client("c1", regimen(steps=_ends(2)), supplies=(supply(),), follow_up_on=day(9))
    (notice,) = needs_of(programme(who), MONDAY, {}).notices
    assert (notice.params, notice.owner) == ({"naloxone": "ordered", "follow_up_on": "2026-12-02"}, "dispatcher")
    assert notice.message == "The last dose is that of 2026-11-25: bring naloxone and agree on a follow-up."
    (notice,) = needs(regimen(steps=_ends(2))).notices
    assert notice.params == {"naloxone": "not ordered", "follow_up_on": "none"}
    (notice,) = needs(regimen(PACKS, steps=_ends(2), dose_mg=None)).notices
    assert notice.params == {"follow_up_on": "none"}
    assert notice.message == "The last dose is that of 2026-11-25: agree on a follow-up."


def test_the_policy_says_how_far_ahead_and_an_open_treatment_does_not_end() -> None:
    assert needs(regimen(steps=_ends(1)), rule=policy(announce_end_days=0)).notices == ()
    assert len(needs(regimen(steps=_ends(0)), rule=policy(announce_end_days=0)).notices) == 1
    assert needs(regimen()).notices == ()


def test_two_strengths_of_one_liquid_at_a_site_are_a_warning() -> None:
    strong = LIQUID.changed(product_id="p9", strength_mg_per_ml=10.0)
    told = programme().changed(products=(*programme().products, strong))
    one, other = Stock(product_id="p1", quantity=1.0), Stock(product_id="p9", quantity=1.0)
    assert needs_of(shelf(told, one, one), MONDAY, {}).notices == ()
    (notice,) = needs_of(shelf(told, one, other), MONDAY, {}).notices
    assert (notice.code, notice.params) == (NoticeCode.TWO_STRENGTHS, {"site_id": "s1", "products": "p1, p9"})
    # At two sites they cannot be mixed up.
    apart = told.sites[0].changed(site_id="s2", stock=(other,))
    assert needs_of(told.changed(sites=(told.sites[0].changed(stock=(one,)), apart)), MONDAY, {}).notices == ()


def test_policies_between_which_only_their_ids_decide_are_a_warning() -> None:
    two = (policy(policy_id="b"), policy(policy_id="a"))
    found = needs_of(programme(client("c1", regimen()), client("c2", regimen()), policies=two), MONDAY, {})
    assert {order.policy_id for order in found.orders} == {"a"}
    (notice,) = found.notices
    assert (notice.code, notice.product_id) == (NoticeCode.POLICIES_OVERLAP, "p1")
    assert notice.params == {"client_class": "stable", "policies": "a, b"}
    older = (policy(policy_id="b"), policy(policy_id="a", valid_from_on=date(2025, 1, 1)))
    assert needs_of(programme(client("c1", regimen()), policies=older), MONDAY, {}).notices == ()


# A household's food.


def _eater(name: str, *wanted: SupplyOrder, **fields: Any) -> Client:
    return client(name, household_id="h1", supplies=wanted, **fields)


def _fed(*people: Client, ledger: tuple[LedgerEntry, ...] = ()) -> list[str]:
    return [order.order_id for order in needs_of(programme(*people, ledger=ledger), MONDAY, {}).orders]


def test_a_households_food_comes_once() -> None:
    assert _fed(_eater("a", supply(FOOD)), _eater("b", supply(FOOD))) == ["a.x1"]
    # the one that runs out first; nothing else is shared
    assert _fed(_eater("a", supply(FOOD)), _eater("b", supply(FOOD, latest_on=day(1)))) == ["b.x1"]
    assert _fed(_eater("a", supply()), _eater("b", supply())) == ["a.x1", "b.x1"]
    assert _fed(_eater("a", supply(FOOD)), client("b", supplies=(supply(FOOD),))) == ["a.x1", "b.x1"]
    assert _fed(_eater("a", supply(FOOD), supply(FOOD, supply_id="x2"))) == ["a.x1"]
    away = StatusChange(status=ClientStatus.HOSPITAL, from_at=noon(-1))
    assert _fed(_eater("a", supply(FOOD), status=(away,)), _eater("b", supply(FOOD))) == ["b.x1"]
    # whose food is not due yet, or no longer, is no reason
    assert _fed(_eater("a", supply(FOOD, due_on=day(1))), _eater("b", supply(FOOD))) == ["b.x1"]


@pytest.mark.parametrize(
    ("state", "at", "left"),
    [
        (LedgerState.HANDED_OVER, -1, []),  # came on Sunday; b has been hungry since Sunday
        (LedgerState.PLANNED, -1, []),
        (LedgerState.HANDED_OVER, -2, ["b.x1"]),  # came before b's was due
        (LedgerState.RETURNED, -1, ["a.x1"]),
    ],
)
def test_food_that_came_for_one_came_for_the_household(state: LedgerState, at: int, left: list[str]) -> None:
    came = LedgerEntry(client_id="a", product_id="p6", supply_id="x1", state=state, at=noon(at))
    assert _fed(_eater("a", supply(FOOD)), _eater("b", supply(FOOD, due_on=day(-1))), ledger=(came,)) == left


@pytest.mark.parametrize(("given", "due"), [(-7, True), (-6, False)])
def test_food_that_runs_out_is_due_again(given: int, due: bool) -> None:
    came = LedgerEntry(client_id="c1", product_id="p6", supply_id="x1", state=LedgerState.HANDED_OVER, at=noon(given))
    found = needs_of_supply(FOOD, ledger=(came,), covers_days=7, due_on=day(-9), latest_on=day(-8))
    assert len(found.orders) == due
    if due:
        order = only_order(found)
        assert (order.due_on, order.tier, order.latest_safe_at) == (MONDAY, Tier.T3, None)
    assert needs_of_supply(FOOD, ledger=(came,), due_on=day(-9)).orders == ()
    issued = came.changed(state=LedgerState.ISSUED)
    assert needs_of_supply(FOOD, ledger=(issued,), covers_days=7, due_on=day(-9)).orders == ()
    # given early: not before the day on which it was wanted
    assert needs_of_supply(FOOD, ledger=(came,), covers_days=7, due_on=day(1)).orders == ()


# Subsidies and custody.


@pytest.mark.parametrize(
    ("fields", "visits", "days", "gap"),
    [
        ({"affordable_days": 3}, 2, 3, (3, 3)),  # the next visit on Friday: Thursday is not covered
        ({"affordable_days": 3, "subsidy_days": 1}, 2, 4, None),
        ({"affordable_days": 3}, 3, 3, None),  # the next visit on Thursday
        ({"affordable_days": 2, "subsidy_days": 1}, 2, 3, (3, 3)),
    ],
)
def test_seven_allowed_three_affordable_two_visits(
    fields: dict[str, Any], visits: int, days: int, gap: tuple[int, int] | None
) -> None:
    found = needs(regimen(**fields), rule=policy(visits_per_week=visits, buffer_days=0))
    assert only_order(found).days == days
    said = [(each.from_on, each.to_on, each.binding_cap, each.act_by_on) for each in found.gaps]
    assert said == ([] if gap is None else [(day(gap[0]), day(gap[1]), "affordable_days", day(2))])


@pytest.mark.parametrize(
    ("most", "affordable", "visits", "offer"),
    [
        (7, 3, 2, "; a subsidy of 1 day or 3 visits a week would cover it"),
        (3, 3, 2, None),  # then the policy binds, not money
        (7, 1, 2, "; a subsidy of 3 days or 7 visits a week would cover it"),
        (7, 6, 1, "; a subsidy of 1 day or 2 visits a week would cover it"),
    ],
)
def test_a_gap_for_want_of_money_says_what_would_close_it(
    most: int, affordable: int, visits: int, offer: str | None
) -> None:
    rule = policy(max_days_a_delivery=most, visits_per_week=visits)
    (gap,) = needs(regimen(affordable_days=affordable), rule=rule).gaps
    assert gap.message.endswith(offer or "not covered")


def test_no_offer_is_made_that_another_cap_forbids() -> None:
    rule = policy(visits_per_week=1, max_days_on_hand=5)
    (gap,) = needs(regimen(affordable_days=4), rule=rule).gaps
    assert gap.message.endswith("; 2 visits a week would cover it")
    least = policy(visits_per_week=1, max_days_on_hand=5, min_days_a_delivery=5)
    (gap,) = needs(regimen(affordable_days=4), rule=least).gaps
    assert gap.message.endswith("not covered")


def _carried_by(*ceilings: float, blocked: bool = False, least: int = 1) -> Needs:
    people = tuple(
        rider(f"v{index}", custody=(CustodyCeiling(product_id="p1", quantity=each),), custody_blocked=blocked)
        for index, each in enumerate(ceilings)
    )
    told = programme(client("c1", regimen()), policies=(policy(min_days_a_delivery=least),), volunteers=people)
    return needs_of(told, MONDAY, {})


def test_no_more_is_ordered_than_somebody_may_have_in_custody() -> None:
    # 12 mL a day: 60 mL are 5 days, 59.9 mL are 4.
    order = only_order(_carried_by(24.0, 60.0))
    assert (order.days, order.binding_cap, order.item.quantity) == (5, "custody", 60.0)
    assert only_order(_carried_by(59.9)).days == 4
    assert only_order(_carried_by(84.0)).binding_cap == "max_days_a_delivery"
    # Where shortening would not help the plan says that nobody may carry it.
    for found in (_carried_by(11.9), _carried_by(), _carried_by(60.0, blocked=True), _carried_by(60.0, least=6)):
        assert (only_order(found).days, only_order(found).binding_cap) == (7, "max_days_a_delivery")
    assert only_order(_carried_by(60.0, least=5)).days == 5


def test_each_of_several_doses_a_day_is_measurable() -> None:
    def twice(dose_mg: float) -> Needs:
        return needs(regimen(steps=(DoseStep(from_on=day(-9), dose_mg=dose_mg, doses_a_day=2),)))

    assert only_order(twice(61.0)).item.units[0].quantity == 12.2  # 30.5 mg twice: 6.1 mL each
    assert [hold.code for hold in twice(60.5).holds] == ["dose_not_measurable"]  # 6.05 mL each


def test_days_beyond_the_prescription_are_a_gap_up_to_the_next_visit() -> None:
    # Prescribed up to Tuesday, the next visit on Friday.
    found = needs(regimen(prescription_ends_on=day(1)), rule=policy(visits_per_week=2))
    (gap,) = found.gaps
    assert (gap.from_on, gap.to_on, gap.binding_cap, only_order(found).days) == (
        day(2),
        day(3),
        "prescription_ends_on",
        2,
    )


def test_what_may_not_be_at_home_today_is_no_gap_while_a_later_day_can_bring_it() -> None:
    rule = policy(early_days=5, max_days_on_hand=3, visits_per_week=2)
    assert needs(regimen(doses=3), rule=rule) == needs(regimen(doses=9), rule=rule)
    assert needs(regimen(doses=3), rule=rule).gaps == ()
    held = needs(regimen(doses=0), rule=policy(max_days_on_hand=1, min_days_a_delivery=2, visits_per_week=2))
    assert [gap.binding_cap for gap in held.gaps] == ["max_days_on_hand"]


def test_a_dose_day_given_at_the_counter_is_neither_brought_nor_counted_as_at_home() -> None:
    rule = policy(early_days=6, max_days_on_hand=7)
    found = needs(regimen(), rule=rule, ledger=(entry(LedgerState.DISPENSED_AT_SITE, 0, 0, 1),))
    assert (only_order(found).days, only_order(found).run_out_on) == (7, day(2))
    assert only_order(found).latest_safe_at == datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.mark.parametrize(("claimed", "days"), [((), 5), ((1, 1), 4), ((1, 2), 3), ((5, 5), 5), ((4, 5), 4)])
def test_claimed_days_before_the_next_visit_are_not_needed(claimed: tuple[int, ...], days: int) -> None:
    # The next visit on Friday and one day of buffer: Monday to Friday, five dose-days, less those claimed.
    ledger = (entry(LedgerState.PLANNED, 0, *claimed),) if claimed else ()
    found = needs(regimen(), rule=policy(visits_per_week=2, buffer_days=1), ledger=ledger)
    assert (only_order(found).days, found.gaps) == (days, ())
