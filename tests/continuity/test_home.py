"""Rules 3 to 5: dose-days, claims, doses at home, run-out."""

from routing.domain.clients import DoseStep, HomeSupply
from routing.domain.hours import Weekday
from routing.domain.ledger import LedgerState
from routing.domain.orders import HoldCode
from tests.continuity.stories import MONDAY, day, entry, needs, only_gap, only_hold, only_order, policy, regimen

EARLY = policy(early_days=6)


def test_doses_at_home_cover_the_first_days() -> None:
    order = only_order(needs(regimen(doses=3), rule=EARLY))
    assert order.run_out_on == day(3)  # Monday, Tuesday, Wednesday
    assert (order.covers_from_on, order.covers_to_on, order.days) == (day(3), day(9), 7)


def test_doses_counted_earlier_are_used_up_by_the_days_between() -> None:
    # Five counted last Thursday (day -4); Thursday to Sunday take four; one is left for Monday.
    home = HomeSupply(doses=5, as_of_on=day(-4))
    assert only_order(needs(regimen(home=home), rule=EARLY)).run_out_on == day(1)


def test_days_gone_by_never_make_less_than_nothing() -> None:
    home = HomeSupply(doses=1, as_of_on=day(-4))
    assert only_order(needs(regimen(home=home), rule=EARLY)).run_out_on == MONDAY


def test_what_was_handed_over_since_the_count_is_at_home() -> None:
    # Nothing counted on Sunday, then three days handed over on Sunday for Monday to Wednesday.
    home = HomeSupply(doses=0, as_of_on=day(-1))
    ledger = (entry(LedgerState.HANDED_OVER, -1, 0, 2),)
    order = only_order(needs(regimen(home=home), rule=EARLY, ledger=ledger))
    assert order.run_out_on == day(3)
    # 14 on hand less 3 at home leaves 11, so 7 a delivery.
    assert order.days == 7


def test_what_was_handed_over_on_the_day_of_the_count_is_not_in_it() -> None:
    # Counted at the start of Monday: one; three more came at noon.
    home = HomeSupply(doses=1, as_of_on=MONDAY)
    ledger = (entry(LedgerState.HANDED_OVER, 0, 1, 3),)
    order = only_order(needs(regimen(home=home), rule=policy(early_days=6, max_days_on_hand=6), ledger=ledger))
    assert (order.run_out_on, order.days) == (day(4), 2)  # 6 on hand - 4 at home


def test_what_was_handed_over_before_the_count_is_in_the_count() -> None:
    home = HomeSupply(doses=3, as_of_on=MONDAY)
    ledger = (entry(LedgerState.HANDED_OVER, -1, 0, 2),)
    rule = policy(early_days=6, max_days_on_hand=10)
    order = only_order(needs(regimen(home=home), rule=rule, ledger=ledger))
    assert (order.run_out_on, order.days) == (day(3), 7)  # 10 on hand - 3, not - 6


def test_claimed_days_are_not_supplied_again() -> None:
    ledger = (entry(LedgerState.DISPENSED_AT_SITE, 0, 0, 1), entry(LedgerState.PLANNED, 0, 4, 4))
    order = only_order(needs(regimen(), rule=policy(early_days=6, max_days_a_delivery=3), ledger=ledger))
    assert [unit.for_on for unit in order.item.units] == [day(2), day(3), day(5)]


def test_the_latest_entry_decides() -> None:
    planned, voided = entry(LedgerState.PLANNED, -2, 0, 6), entry(LedgerState.VOIDED, -1, 0, 6)
    assert only_order(needs(regimen(), ledger=(voided, planned))).run_out_on == MONDAY


def test_a_parcel_returned_is_not_at_home() -> None:
    home = HomeSupply(doses=0, as_of_on=day(-1))
    ledger = (entry(LedgerState.HANDED_OVER, -1, 0, 2), entry(LedgerState.RETURNED, 0, 0, 2))
    assert only_order(needs(regimen(home=home), ledger=ledger)).run_out_on == MONDAY


def test_an_observed_day_needs_no_dose_at_home_if_it_counts() -> None:
    # Tuesday and Thursday are taken at the site.
    observed = (Weekday.TUE, Weekday.THU)
    rule = policy(max_days_a_delivery=3, observed_weekdays=observed)
    order = only_order(needs(regimen(), rule=rule))
    assert [unit.for_on for unit in order.item.units] == [day(0), day(2), day(4)]
    other = policy(max_days_a_delivery=3, observed_weekdays=observed, observed_counts=False)
    assert [unit.for_on for unit in only_order(needs(regimen(), rule=other)).item.units] == [day(0), day(1), day(2)]


def test_a_course_that_has_ended_asks_for_nothing() -> None:
    ended = regimen(steps=(DoseStep(from_on=day(-9), to_on=day(-1), dose_mg=60.0),))
    found = needs(ended)
    assert (found.orders, found.holds, found.gaps) == ((), (), ())


def test_a_course_observed_on_every_weekday_asks_for_nothing() -> None:
    found = needs(regimen(), rule=policy(observed_weekdays=tuple(Weekday)))
    assert (found.orders, found.holds, found.gaps) == ((), (), ())


def test_the_last_days_of_a_course_are_supplied_although_fewer_than_the_least_delivery() -> None:
    last = regimen(steps=(DoseStep(from_on=day(-9), to_on=MONDAY, dose_mg=60.0),))
    order = only_order(needs(last))
    assert (order.days, order.binding_cap) == (1, "course_end")
    found = needs(last, rule=policy(min_days_a_delivery=3))
    assert (only_order(found).days, found.gaps) == (1, ())
    # Two days are left and one is affordable: not what is left of the course, so no delivery and a gap.
    two = regimen(steps=(DoseStep(from_on=day(-9), to_on=day(1), dose_mg=60.0),), affordable_days=1)
    poor = needs(two, rule=policy(min_days_a_delivery=3, visits_per_week=2))
    assert poor.orders == ()
    assert (only_gap(poor).from_on, only_gap(poor).to_on) == (MONDAY, day(1))
    # A prescription that ends is no course that ends: it is to be renewed.
    ends = needs(regimen(prescription_ends_on=MONDAY), rule=policy(min_days_a_delivery=3))
    assert ends.orders == ()
    assert only_gap(ends).binding_cap == "prescription_ends_on"


def test_a_delivery_nobody_reported_on_holds_the_next() -> None:
    yesterday = entry(LedgerState.ISSUED, -1, 0, 2)
    hold = only_hold(needs(regimen(), ledger=(yesterday,)))
    assert (hold.code, hold.owner) == (HoldCode.UNRECONCILED_DELIVERY, "dispatcher")
    today = entry(LedgerState.ISSUED, 0, 0, 2)
    assert not needs(regimen(), rule=EARLY, ledger=(today,)).holds
    settled = entry(LedgerState.HANDED_OVER, 0, 0, 2)
    assert not needs(regimen(), rule=EARLY, ledger=(yesterday, settled)).holds


def test_a_delivery_settled_in_part_only_still_holds() -> None:
    ledger = (entry(LedgerState.ISSUED, -1, 0, 2), entry(LedgerState.HANDED_OVER, 0, 0, 1))
    assert only_hold(needs(regimen(), ledger=ledger)).code is HoldCode.UNRECONCILED_DELIVERY
