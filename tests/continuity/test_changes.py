"""A changed dose while older doses are at home: top up, or swap; hand-computed. 12 mL a day until the change.

Unless said, three bottles of 60 mg (12 mL) for Monday to Wednesday are at home on Monday, and the dose changes on
Tuesday: Tuesday's and Wednesday's are of the older dose.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from routing.continuity import needs_of
from routing.domain.clients import Clearance, Confidence, DoseChange, DoseStep, HomeSupply, Regimen
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import HoldCode, Item, Needs, Tier
from routing.domain.policies import Phase
from routing.domain.sites import Stock
from tests.continuity.stories import (
    LIQUID,
    MONDAY,
    PACKS,
    TABLETS,
    client,
    day,
    entry,
    needs,
    noon,
    only_hold,
    only_order,
    policy,
    programme,
    regimen,
    shelf,
)

EARLY = policy(early_days=2, buffer_days=1)
TOP_UP, SWAP = DoseChange.TOP_UP, DoseChange.SWAP
GIVEN = (entry(LedgerState.HANDED_OVER, -1, 0, 2),)


def changing(new_mg: float, *, changed: int = 1, old_mg: float = 60.0, doses: int = 3, **fields: Any) -> Regimen:
    """Return a regimen whose dose changes on Monday plus so many days."""
    steps = (
        DoseStep(from_on=day(-90), to_on=day(changed - 1), dose_mg=old_mg),
        DoseStep(from_on=day(changed), dose_mg=new_mg),
    )
    return regimen(doses=doses, **{"steps": steps, "dose_changed_on": day(changed), **fields})


def units(item: Item | None) -> list[tuple[date | None, float]]:
    return [] if item is None else [(unit.for_on, unit.quantity) for unit in item.units]


def held(found: Needs) -> tuple[HoldCode, str]:
    hold = only_hold(found)
    return hold.code, hold.owner


# Topping up.


def test_what_older_doses_lack_is_brought_and_nothing_else_before_its_time() -> None:
    # 70 mg are 14 mL: 2 mL more on Tuesday and Wednesday. Run-out Thursday, two days early: not before Tuesday.
    order = only_order(needs(changing(70.0, dose_change=TOP_UP), rule=EARLY))
    assert units(order.item) == [(day(1), 2.0), (day(2), 2.0)]
    assert (order.days, order.covers_from_on, order.run_out_on, order.item and order.item.quantity) == (
        0,
        None,
        day(3),
        4.0,
    )
    # Tuesday's window ends at 16:00 in Denpasar, 8:00 UTC; due a day before it.
    assert (order.latest_safe_at, order.tier) == (datetime(2026, 11, 24, 8, tzinfo=UTC), Tier.T2)
    assert (order.due_on, order.earliest_on, order.fetched) == (MONDAY, day(-1), None)


def test_with_the_doses_that_may_come_today() -> None:
    # Run-out Thursday, three days early: Thursday to next Wednesday come along, 14 mL each.
    order = only_order(needs(changing(70.0, dose_change=TOP_UP), rule=policy(early_days=3)))
    assert units(order.item)[:3] == [(day(1), 2.0), (day(2), 2.0), (day(3), 14.0)]
    assert (order.days, order.covers_from_on, order.covers_to_on) == (7, day(3), day(9))
    assert order.item is not None
    assert order.item.quantity == 102.0  # 2 x 2 + 7 x 14


@pytest.mark.parametrize(("changed", "order"), [(2, True), (3, False)])
def test_only_days_from_the_change_on_are_topped_up(changed: int, order: bool) -> None:
    found = needs(changing(70.0, changed=changed, dose_change=TOP_UP), rule=EARLY)
    assert [units(each.item) for each in found.orders] == ([[(day(2), 2.0)]] if order else [])
    assert found.holds == ()


@pytest.mark.parametrize(("early", "due"), [(0, False), (1, True)])
def test_a_top_up_may_come_as_early_as_a_refill(early: int, due: bool) -> None:
    assert bool(needs(changing(70.0, dose_change=TOP_UP), rule=policy(early_days=early)).orders) is due


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({"new_mg": 60.5}, None),  # 0.1 mL more
        ({"new_mg": 60.25}, "prescriber"),  # 0.05 mL more
        ({"new_mg": 60.0}, "prescriber"),  # nothing more
        ({"new_mg": 59.5}, "prescriber"),  # less: bottles cannot be topped down
        ({"new_mg": 70.0, "phase": Phase.COURSE, "doses_taken": 90}, "prescriber"),  # a counted course moves its days
    ],
)
def test_what_cannot_be_topped_up_goes_back_to_the_prescriber(fields: dict[str, Any], owner: str | None) -> None:
    found = needs(changing(dose_change=TOP_UP, **fields), rule=EARLY)
    if owner is None:
        assert units(only_order(found).item) == [(day(1), 0.1), (day(2), 0.1)]
    else:
        assert held(found) == (HoldCode.DOSE_CHANGED, owner)
        assert only_hold(found).decision.startswith("use up, or swap")


def test_doses_divided_otherwise_are_not_topped_up_and_tablets_are() -> None:
    twice = changing(70.0, dose_change=TOP_UP)
    parts = (twice.steps[0], twice.steps[1].changed(doses_a_day=2))
    assert held(needs(twice.changed(steps=parts), rule=EARLY))[0] is HoldCode.DOSE_CHANGED
    tablets = changing(12.4, old_mg=8.0, dose_change=TOP_UP).changed(product_id="p2")
    found = needs(tablets, rule=policy(TABLETS, early_days=2))
    assert units(only_order(found).item) == [(day(1), 3.0), (day(2), 3.0)]  # 4.4 = 2 + 2 + 0.4


def test_what_has_been_topped_up_is_settled_and_what_is_under_way_is_not_sent_twice() -> None:
    def after(state: LedgerState, at: int = 0, last: int = 2) -> Needs:
        brought = entry(state, at, 1, last, tops_up=True)
        return needs(changing(70.0, dose_change=TOP_UP), rule=EARLY, ledger=(brought,))

    for state in (LedgerState.HANDED_OVER, LedgerState.PLANNED, LedgerState.ISSUED):
        assert (after(state).orders, after(state).holds) == ((), ())
    assert [units(order.item) for order in after(LedgerState.RETURNED).orders] == [[(day(1), 2.0), (day(2), 2.0)]]
    assert units(only_order(after(LedgerState.HANDED_OVER, last=1)).item) == [(day(2), 2.0)]
    # A parcel of yesterday about which nobody has said anything holds the next, as any other.
    assert held(after(LedgerState.ISSUED, at=-1)) == (HoldCode.UNRECONCILED_DELIVERY, "dispatcher")
    assert after(LedgerState.HANDED_OVER, at=-1).holds == ()


def test_a_top_up_claims_no_dose_day() -> None:
    # Nothing is at home: an entry about a difference is no supply.
    alone = entry(LedgerState.HANDED_OVER, 0, 0, 2, tops_up=True)
    assert only_order(needs(regimen(), ledger=(alone,))).run_out_on == MONDAY


def test_a_review_a_stop_and_an_approval_hold_for_top_ups_too() -> None:
    ends = changing(70.0, dose_change=TOP_UP, review_on=day(2))
    assert units(only_order(needs(ends, rule=EARLY)).item) == [(day(1), 2.0)]
    asked = EARLY.changed(prescriber_approval=True)
    assert held(needs(changing(70.0, dose_change=TOP_UP), rule=asked)) == (HoldCode.APPROVAL_NEEDED, "prescriber")
    word = Clearance(by="Dr A", at=noon(0))
    assert only_order(needs(changing(70.0, dose_change=TOP_UP, approval=word), rule=asked))
    stopped = changing(70.0, dose_change=TOP_UP, prescriber_hold=True)
    assert held(needs(stopped, rule=EARLY)) == (HoldCode.PRESCRIBER_HOLD, "prescriber")


def test_a_top_up_that_the_stock_does_not_cover_is_cut_whole_and_is_no_gap() -> None:
    told = programme(client("c1", changing(70.0, dose_change=TOP_UP)), policies=(EARLY,))
    assert needs_of(shelf(told, Stock(product_id="p1", quantity=4.0)), MONDAY, {}).orders
    found = needs_of(shelf(told, Stock(product_id="p1", quantity=3.9)), MONDAY, {})
    assert ([hold.code for hold in found.holds], found.gaps, found.orders) == ([HoldCode.OUT_OF_STOCK], (), ())
    # With doses: the top-ups first, then as many days as the stock has. 4 + 14 + 14 are 32.
    both = programme(client("c1", changing(70.0, dose_change=TOP_UP)), policies=(policy(early_days=3),))
    order = only_order(needs_of(shelf(both, Stock(product_id="p1", quantity=32.0)), MONDAY, {}))
    assert (order.days, units(order.item)[-1]) == (2, (day(4), 14.0))


def test_doses_of_which_there_are_too_few_for_a_delivery_do_not_come_with_a_top_up() -> None:
    rule = policy(early_days=3, min_days_a_delivery=4)
    order = only_order(needs(changing(70.0, dose_change=TOP_UP, affordable_days=3), rule=rule))
    assert (order.days, units(order.item)) == (0, [(day(1), 2.0), (day(2), 2.0)])
    assert only_order(needs(changing(70.0, dose_change=TOP_UP, affordable_days=4), rule=rule)).days == 4


def test_everything_to_come_is_at_home_and_only_lacks_the_difference() -> None:
    last = changing(70.0, dose_change=TOP_UP)
    ends = last.changed(steps=(last.steps[0], last.steps[1].changed(to_on=day(2))))
    order = only_order(needs(ends, rule=EARLY))
    assert (order.run_out_on, units(order.item), order.tier) == (None, [(day(1), 2.0), (day(2), 2.0)], Tier.T2)


# Swapping.


def exchanging(new_mg: float = 40.0, **fields: Any) -> Regimen:
    """Return a regimen whose dose changed today: the bottles of Monday to Wednesday are all of the older dose."""
    return changing(new_mg, **{"changed": 0, "dose_change": SWAP, **fields})


def test_older_doses_are_fetched_and_new_ones_come_in_their_place() -> None:
    # 40 mg are 8 mL. Monday is the first day without a dose of the new strength; seven days from then on.
    order = only_order(needs(exchanging(), rule=EARLY))
    assert units(order.fetched) == [(day(0), 12.0), (day(1), 12.0), (day(2), 12.0)]
    assert order.fetched is not None
    assert (order.fetched.quantity, order.fetched.site_id, order.fetched.unit) == (36.0, "s1", "mL")
    assert (order.run_out_on, order.covers_from_on, order.covers_to_on, order.days) == (MONDAY, MONDAY, day(6), 7)
    assert units(order.item)[0] == (MONDAY, 8.0)
    assert (order.tier, order.latest_safe_at) == (Tier.T1, datetime(2026, 11, 23, 8, tzinfo=UTC))
    # Seven bottles out and three back: 10 x 40 g, 7 x 60.5 and 3 x 60.5 mL, each rounded up.
    assert (order.mass_g, order.volume_ml) == (400, 424 + 182)


@pytest.mark.parametrize(("changed", "fetched"), [(0, True), (-2, True), (1, False)])
def test_nothing_is_exchanged_before_the_day_of_the_change(changed: int, fetched: bool) -> None:
    found = needs(exchanging(changed=changed), rule=EARLY)
    assert [bool(order.fetched) for order in found.orders] == [True] * fetched
    assert [hold.code for hold in found.holds] == [HoldCode.DOSE_CHANGED] * (not fetched)


def test_caps_do_not_count_what_is_fetched() -> None:
    order = only_order(needs(exchanging(), rule=EARLY.changed(max_days_on_hand=5)))
    assert (order.days, order.binding_cap) == (5, "max_days_on_hand")
    # What was handed over since the change stays: Thursday's and Friday's, 5 - 2.
    newer = entry(LedgerState.HANDED_OVER, 0, 3, 4)
    order = only_order(needs(exchanging(), rule=EARLY.changed(max_days_on_hand=5), ledger=(newer,)))
    assert (order.days, len(units(order.fetched))) == (3, 3)


def test_short_stock_shortens_what_comes_and_not_what_is_fetched() -> None:
    told = programme(client("c1", exchanging()), policies=(EARLY,))
    order = only_order(needs_of(shelf(told, Stock(product_id="p1", quantity=24.0)), MONDAY, {}))
    assert (order.days, len(units(order.fetched)), order.mass_g) == (3, 3, 240)


def test_without_a_delivery_nothing_is_fetched() -> None:
    rule = EARLY.changed(min_days_a_delivery=2, visits_per_week=2)
    found = needs(exchanging(affordable_days=1), rule=rule)
    # The next visit on Friday: no new dose from Monday to Thursday.
    assert (found.orders, found.holds) == ((), ())
    assert [(gap.from_on, gap.to_on) for gap in found.gaps] == [(day(0), day(3))]


@pytest.mark.parametrize(
    "fields",
    [
        {"steps": (DoseStep(from_on=day(-9), dose_mg=40.0),)},  # nobody wrote down what they were
        {"phase": Phase.COURSE, "doses_taken": 90},
        {"old_mg": 60.25},
    ],
)
def test_what_nobody_can_name_is_not_fetched_but_held(fields: dict[str, Any]) -> None:
    assert held(needs(exchanging(**fields), rule=EARLY)) == (
        HoldCode.DOSE_CHANGED,
        "dispatcher",
    )


def test_packs_are_neither_topped_up_nor_fetched() -> None:
    for change in (TOP_UP, SWAP):
        packs = exchanging(2.0, old_mg=1.0, dose_change=change).changed(product_id="p3")
        rule = policy(PACKS, max_days_a_delivery=28, max_days_on_hand=60, early_days=9)
        assert held(needs(packs, rule=rule))[0] is HoldCode.DOSE_CHANGED


@pytest.mark.parametrize("change", [TOP_UP, SWAP])
def test_a_parcel_made_before_the_change_comes_back_first(change: DoseChange) -> None:
    out = entry(LedgerState.ISSUED, 0, 3, 4)
    found = needs(changing(70.0, dose_change=change), rule=EARLY, ledger=(out,))
    assert held(found) == (HoldCode.DOSE_CHANGED, "dispatcher")
    assert only_hold(found).decision.startswith("have what is under way brought back")


def test_what_the_holds_ask_is_asked_of_what_is_at_home_and_of_what_comes() -> None:
    # Monday's dose was not taken although three lie there: a surplus, whatever is to be fetched.
    late = changing(40.0, changed=0, dose_change=SWAP, last_taken_on=day(-2))
    assert held(needs(late, rule=EARLY)) == (HoldCode.SURPLUS_AT_HOME, "prescriber")
    # As it lies, the run-out is too far off to ask for an approval; what comes in exchange needs one.
    asked = policy(early_days=1, prescriber_approval=True)
    assert held(needs(exchanging(), rule=asked)) == (HoldCode.APPROVAL_NEEDED, "prescriber")
    assert needs(changing(40.0, changed=3, dose_change=SWAP), rule=asked).holds == ()


# What the record says afterwards.


def later(state: LedgerState, first: int, last: int, hour: int) -> LedgerEntry:
    """Return an entry of Monday, so many hours after midnight UTC; noon is hour 4."""
    return entry(state, 0, first, last).changed(at=noon(0).replace(hour=hour))


def record(
    *events: LedgerEntry, as_of: int = 0, doses: int = 3, on: int = 1, change: DoseChange | None = SWAP
) -> Needs:
    home = HomeSupply(doses=doses, as_of_on=day(as_of), confidence=Confidence.REPORTED)
    who = changing(40.0, dose_change=change).changed(home=home)
    return needs(who, rule=EARLY, ledger=events, on=day(on))


def test_fetched_doses_are_no_longer_at_home_and_new_ones_are() -> None:
    # Counted on Monday: three, for Monday to Wednesday. On Tuesday, the day of the change, two are fetched; seven come.
    swapped = tuple(
        entry(state, 1, 1, last).changed(at=noon(1).replace(minute=minute))
        for minute, (state, last) in enumerate([(LedgerState.FETCHED, 2), (LedgerState.HANDED_OVER, 7)])
    )
    for on in (1, 2, 5):
        assert (record(*swapped, on=on).holds, record(*swapped, on=on).orders) == ((), ())
    assert only_order(record(*swapped, on=6)).run_out_on == day(8)
    # Fetched and nothing brought: Tuesday is open again.
    assert only_order(record(swapped[0])).run_out_on == day(1)


def test_of_a_delivery_in_the_record_only_what_was_fetched_is_free_again() -> None:
    # Handed over on Sunday, counted as nothing then; Wednesday's alone was fetched.
    fetched = entry(LedgerState.FETCHED, 0, 2, 2)
    order = only_order(record(*GIVEN, fetched, as_of=-1, doses=0, on=0, change=DoseChange.USE_UP))
    assert (order.run_out_on, order.days) == (day(2), 7)
    assert record(*GIVEN, as_of=-1, doses=0, on=0, change=DoseChange.USE_UP).orders == ()


def test_a_count_after_the_delivery_holds_it_and_fetching_takes_it_out_once() -> None:
    # Two of the three were counted on Monday that had come on Sunday; Tuesday's was fetched, so Wednesday's is left.
    fetched = entry(LedgerState.FETCHED, 0, 1, 1)
    order = only_order(record(*GIVEN, fetched, doses=3, on=0, change=DoseChange.USE_UP))
    assert order.run_out_on == day(1)
    again = later(LedgerState.HANDED_OVER, 1, 1, 5)
    back = later(LedgerState.FETCHED, 1, 1, 6)
    twice = record(*GIVEN, fetched, again, back, doses=3, on=0, change=DoseChange.USE_UP)
    assert only_order(twice).run_out_on == day(1)
    before = fetched.changed(at=noon(-1).replace(hour=6))  # before the count: it is not in it
    order = only_order(record(*GIVEN, before, doses=2, on=0, change=DoseChange.USE_UP))
    assert order.run_out_on == day(1)


def test_more_was_fetched_than_was_counted() -> None:
    order = only_order(record(entry(LedgerState.FETCHED, 0, 0, 4), doses=1, on=0, change=DoseChange.USE_UP))
    assert order.run_out_on == MONDAY


# What lies at home for which days (rule 5).


@pytest.mark.parametrize(
    ("counted", "as_of", "first", "last", "run_out", "days"),
    [
        (0, -1, 3, 5, 0, 7),  # bottles for Thursday to Saturday cover neither Monday nor Wednesday
        (3, 0, 3, 5, 0, 7),  # counted after they came: the same three
        (4, 0, 3, 5, 1, 7),  # one more, for Monday
        (6, 0, 3, 5, 6, 7),  # Monday to Wednesday, and those
        (7, 0, 3, 5, 7, 7),
        (2, 0, 0, 2, 3, 7),  # one of Monday's to Wednesday's is lost: not sent again
        (1, -1, 0, 2, 3, 7),  # counted on Sunday and taken then
        (2, -1, 0, 2, 4, 7),
    ],
)
def test_what_was_handed_over_covers_its_own_days_and_a_count_the_others(
    counted: int, as_of: int, first: int, last: int, run_out: int, days: int
) -> None:
    home = HomeSupply(doses=counted, as_of_on=day(as_of))
    came = entry(LedgerState.HANDED_OVER, -1, first, last)
    order = only_order(needs(regimen(home=home), rule=policy(early_days=9), ledger=(came,)))
    assert (order.run_out_on, order.days) == (day(run_out), days)
    brought = [unit.for_on for unit in order.item.units] if order.item else []
    assert not set(brought) & {day(offset) for offset in range(first, last + 1)}
    assert LIQUID.product_id == order.product_id
