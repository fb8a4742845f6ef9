"""Rules 8 and 9: how many dose-days, what binds, and which days nobody covers."""

from typing import Any

import pytest

from routing.domain.clients import DoseStep
from routing.domain.hours import Weekday
from routing.domain.programme import Calendar, ClosedDay
from tests.continuity.stories import (
    MONDAY,
    PACKS,
    day,
    needs,
    only_gap,
    only_order,
    policy,
    regimen,
)


@pytest.mark.parametrize(
    ("rule", "of_regimen", "days", "cap"),
    [
        ({}, {}, 7, "max_days_a_delivery"),
        ({"max_days_on_hand": 7}, {}, 7, "max_days_a_delivery"),  # equal: the first of the rule
        ({"max_days_on_hand": 6}, {}, 6, "max_days_on_hand"),
        ({"max_days_on_hand": 6, "early_days": 9}, {"doses": 2}, 4, "max_days_on_hand"),
        ({}, {"prescription_ends_on": day(4)}, 5, "prescription_ends_on"),  # inclusive: days 0 to 4
        ({}, {"review_on": day(4)}, 4, "review_on"),  # exclusive: days 0 to 3
        ({}, {"affordable_days": 3}, 3, "affordable_days"),
        ({"affordable_days_per_week": 2}, {}, 2, "affordable_days"),
        ({"affordable_days_per_week": 2}, {"affordable_days": 3}, 3, "affordable_days"),
        ({"affordable_days_per_week": 2, "subsidised": True}, {}, 7, "max_days_a_delivery"),
        ({}, {"affordable_days": 3, "subsidised": True}, 7, "max_days_a_delivery"),
    ],
)
def test_the_tightest_cap_binds(rule: dict[str, Any], of_regimen: dict[str, Any], days: int, cap: str) -> None:
    order = only_order(needs(regimen(**of_regimen), rule=policy(**rule)))
    assert (order.days, order.binding_cap) == (days, cap)


def test_no_more_than_is_needed_to_the_next_visit_and_the_buffer() -> None:
    # Monday and Friday: Monday to Thursday, and one buffer day.
    rule = policy(visit_weekdays=(Weekday.MON, Weekday.FRI), buffer_days=1)
    found = needs(regimen(), rule=rule)
    order = only_order(found)
    assert (order.days, order.covers_to_on, order.binding_cap, found.gaps) == (5, day(4), "", ())


@pytest.mark.parametrize(("visits", "days"), [(1, 7), (2, 4), (3, 3), (7, 1)])
def test_visits_a_week_are_spaced_evenly_and_rounded_up(visits: int, days: int) -> None:
    order = only_order(needs(regimen(), rule=policy(visits_per_week=visits, buffer_days=0)))
    assert order.days == days


def test_seven_allowed_three_affordable_two_visits_leave_a_day_uncovered() -> None:
    # Two visits a week: the next on Friday. Monday to Wednesday are supplied, Thursday is not.
    found = needs(regimen(affordable_days=3), rule=policy(visits_per_week=2))
    gap = only_gap(found)
    assert only_order(found).days == 3
    assert (gap.from_on, gap.to_on, gap.binding_cap) == (day(3), day(3), "affordable_days")
    assert gap.act_by_on == day(2)
    assert gap.message == (
        "7 days allowed, 3 affordable: 1 dose-day before the visit of 2026-11-27 is not covered; "
        "a subsidy of 1 day or 3 visits a week would cover it"
    )
    assert needs(regimen(affordable_days=4), rule=policy(visits_per_week=2)).gaps == ()


def test_a_closed_visit_day_moves_the_next_visit_and_widens_the_need() -> None:
    rule = policy(visit_weekdays=(Weekday.MON, Weekday.FRI), buffer_days=0)
    closed = Calendar(closed_days=(ClosedDay(on=day(4)),))
    assert only_order(needs(regimen(), rule=rule, calendar=closed)).days == 7  # to next Monday
    gap = only_gap(needs(regimen(affordable_days=4), rule=rule, calendar=closed))
    assert (gap.from_on, gap.to_on) == (day(4), day(6))


def test_days_nobody_may_go_are_no_visits() -> None:
    rule = policy(visits_per_week=7, buffer_days=0)
    reach = {"c1": frozenset({MONDAY, day(3)})}
    assert only_order(needs(regimen(), rule=rule, reach=reach)).days == 3


def test_fewer_than_the_least_delivery_is_no_order_and_a_gap() -> None:
    rule = policy(min_days_a_delivery=4, visits_per_week=2)
    found = needs(regimen(affordable_days=3), rule=rule)
    gap = only_gap(found)
    assert found.orders == ()
    assert (gap.from_on, gap.to_on, gap.act_by_on) == (MONDAY, day(3), MONDAY)
    assert gap.message == (
        "7 days allowed, 3 affordable, a delivery is at least 4: "
        "4 dose-days before the visit of 2026-11-27 are not covered; a subsidy of 1 day would cover it"
    )
    assert only_order(needs(regimen(affordable_days=4), rule=rule)).days == 4


def test_a_need_below_the_least_delivery_is_rounded_up_to_it() -> None:
    rule = policy(min_days_a_delivery=3, visits_per_week=7, buffer_days=0)
    order = only_order(needs(regimen(), rule=rule))
    assert (order.days, order.binding_cap) == (3, "")


def test_what_the_next_visit_can_bring_too_is_brought_early_in_the_least_delivery() -> None:
    # The next visit comes on Friday, and one day of buffer; run-out on Friday leaves a day, on Saturday none.
    rule = policy(visits_per_week=2, early_days=6, buffer_days=1, min_days_a_delivery=2)
    for doses in (4, 5):
        found = needs(regimen(doses=doses), rule=rule)
        assert (only_order(found).days, found.gaps) == (2, ())
    assert only_order(needs(regimen(doses=2), rule=rule)).days == 3


def test_whole_packs_within_the_caps() -> None:
    def packs(**rule: Any) -> Any:
        return needs(regimen(PACKS, dose_mg=None), rule=policy(PACKS, **rule))

    two = only_order(packs(max_days_a_delivery=60, max_days_on_hand=60))
    assert (two.days, two.item.quantity, two.binding_cap) == (56, 2.0, "max_days_a_delivery")
    assert [unit.for_on for unit in two.item.units] == [None]
    one = only_order(packs(max_days_a_delivery=60, max_days_on_hand=28))
    assert (one.days, one.item.quantity, one.binding_cap) == (28, 1.0, "max_days_on_hand")
    none = packs(max_days_a_delivery=60, max_days_on_hand=27)
    assert none.orders == ()
    assert only_gap(none).binding_cap == "max_days_on_hand"
    assert "a pack lasts 28" in only_gap(none).message


def test_a_pack_is_not_opened_for_a_small_need() -> None:
    rule = policy(PACKS, max_days_a_delivery=60, max_days_on_hand=60, visits_per_week=1, buffer_days=0)
    order = only_order(needs(regimen(PACKS, dose_mg=None), rule=rule))
    assert (order.days, order.item.quantity) == (28, 1.0)


def test_a_pack_longer_than_the_course_is_said_not_sent() -> None:
    last = regimen(PACKS, steps=(DoseStep(from_on=day(-50), to_on=day(26)),))
    rule = policy(PACKS, max_days_a_delivery=28, max_days_on_hand=28, visits_per_week=2)
    found = needs(last, rule=rule)
    assert found.orders == ()
    gap = only_gap(found)
    assert gap.binding_cap == "course_end"
    assert gap.message == (
        "28 days allowed, 27 left of the course, a pack lasts 28: "
        "4 dose-days before the visit of 2026-11-27 are not covered"
    )
    whole = regimen(PACKS, steps=(DoseStep(from_on=day(-50), to_on=day(27)),))
    assert only_order(needs(whole, rule=rule)).days == 28


def test_a_closure_over_the_run_out_that_no_early_refill_may_bridge_is_said_ahead() -> None:
    # Run-out Thursday, at most one day early; Wednesday to Friday are closed.
    closed = Calendar(closed_days=tuple(ClosedDay(on=day(offset)) for offset in (2, 3, 4)))
    found = needs(regimen(doses=3), rule=policy(early_days=1), calendar=closed)
    gap = only_gap(found)
    assert found.orders == ()
    assert (gap.from_on, gap.to_on, gap.binding_cap) == (day(3), day(4), "no_visit_day")
    assert gap.act_by_on == day(1)
    assert needs(regimen(doses=3), rule=policy(early_days=2), calendar=closed).gaps == ()


def test_a_visit_later_than_is_looked_ahead_is_not_named() -> None:
    # Nobody may come in the fourteen days known; what comes on the fifteenth is unknown.
    gap = only_gap(needs(regimen(), reach={"c1": frozenset()}))
    assert (gap.from_on, gap.to_on) == (MONDAY, day(13))
    assert gap.message == (
        "nobody may come from 2026-11-23 to 2026-11-23: 14 dose-days up to 2026-12-06 are not covered"
    )


def test_on_a_closed_day_the_order_stands_and_the_gap_is_said() -> None:
    closed = Calendar(closed_days=(ClosedDay(on=MONDAY),))
    found = needs(regimen(), calendar=closed)
    assert only_order(found)
    assert (only_gap(found).from_on, only_gap(found).to_on) == (MONDAY, MONDAY)
