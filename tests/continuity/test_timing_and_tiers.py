"""Rules 11 and 12: earliest, due, latest safe instant, tiers; clocks that change."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from routing.continuity import needs_of
from routing.domain.clients import HomeSupply
from routing.domain.hours import Weekday
from routing.domain.orders import Order, Tier
from routing.domain.policies import ClientClass
from routing.domain.programme import Calendar, ClosedDay
from tests.continuity.stories import MONDAY, client, day, needs, only_order, policy, programme, regimen

EARLY = policy(early_days=9, buffer_days=3)


def _closed(*offsets: int) -> Calendar:
    return Calendar(closed_days=tuple(ClosedDay(on=day(offset)) for offset in offsets))


def test_the_dose_window_ends_after_the_grace_in_the_programmes_zone() -> None:
    order = only_order(needs(regimen()))
    # 10:00 + 6 h in Denpasar, UTC+8.
    assert order.latest_safe_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert order.latest_safe_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        # Berlin: at 03:00 on 25 October 2026 the clock goes back to 02:00. 23:00 on the 24th is 21:00 UTC; 6 h on.
        (date(2026, 10, 24), datetime(2026, 10, 25, 3, tzinfo=UTC)),  # 04:00 by the clock, not 05:00
        (date(2026, 10, 25), datetime(2026, 10, 26, 4, tzinfo=UTC)),
        # At 02:00 on 29 March 2026 it goes forward.
        (date(2026, 3, 28), datetime(2026, 3, 29, 4, tzinfo=UTC)),  # 06:00 by the clock
    ],
)
def test_grace_is_counted_in_real_hours_when_the_clocks_change(on: date, expected: datetime) -> None:
    late = policy(dose_time=time(23))
    who = regimen(home=HomeSupply(doses=0, as_of_on=on))
    assert only_order(needs(who, rule=late, on=on, timezone="Europe/Berlin")).latest_safe_at == expected


def test_the_end_of_a_day_on_which_the_clocks_change() -> None:
    # Run-out on Monday 26 October, closed; so by the end of Sunday the 25th, 23:59:59 at UTC+1.
    sunday = date(2026, 10, 25)
    closed = Calendar(closed_days=(ClosedDay(on=date(2026, 10, 26)),))
    who = regimen(home=HomeSupply(doses=1, as_of_on=sunday))
    order = only_order(needs(who, rule=EARLY, on=sunday, timezone="Europe/Berlin", calendar=closed))
    assert order.latest_safe_at == datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)
    assert order.tier is Tier.T1


def _order(doses: int, **fields: Any) -> Order:
    return only_order(needs(regimen(doses=doses), rule=EARLY, **fields))


def test_the_latest_instant_moves_before_closed_days() -> None:
    # Run-out Friday; Thursday and Friday closed: the end of Wednesday, 15:59:59 UTC.
    order = _order(4, calendar=_closed(3, 4))
    assert order.latest_safe_at == datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)
    assert _order(4, calendar=_closed(3)).latest_safe_at == datetime(2026, 11, 27, 8, tzinfo=UTC)


def test_the_latest_instant_moves_before_days_nobody_may_go() -> None:
    order = _order(4, reach={"c1": frozenset({MONDAY, day(1), day(5)})})
    assert order.latest_safe_at == datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)
    assert order.tier is Tier.T2


def test_the_latest_instant_moves_before_days_without_a_visit() -> None:
    rule = EARLY.changed(visit_weekdays=(Weekday.MON, Weekday.WED))
    order = only_order(needs(regimen(doses=4), rule=rule))
    assert order.latest_safe_at == datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)


def test_where_nobody_comes_before_it_is_too_late_today_is_the_last_chance() -> None:
    order = _order(4, reach={"c1": frozenset()})
    assert order.latest_safe_at == datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    assert order.tier is Tier.T1
    # Where the window itself ends today, it stays.
    assert _order(0, reach={"c1": frozenset()}).latest_safe_at == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_unknown_reach_counts_as_reachable() -> None:
    known = _order(4)
    assert _order(4, reach={}) == known
    assert _order(4, reach={"another": frozenset()}) == known


def test_days_not_looked_ahead_to_count_as_reachable() -> None:
    told = programme(client("c1", regimen(doses=4)), policies=(EARLY,))
    reach = {"c1": frozenset({MONDAY, day(1)})}
    (far,) = needs_of(told, MONDAY, reach, look_ahead_days=5).orders  # Monday to Friday are known
    (near,) = needs_of(told, MONDAY, reach, look_ahead_days=4).orders  # Friday is not
    assert far.latest_safe_at == datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)
    assert near.latest_safe_at == datetime(2026, 11, 27, 8, tzinfo=UTC)


def test_no_order_before_the_earliest_refill() -> None:
    rule = policy(early_days=2)
    assert needs(regimen(doses=3), rule=rule).orders == ()
    order = only_order(needs(regimen(doses=2), rule=rule))
    assert (order.earliest_on, order.due_on, order.run_out_on) == (MONDAY, day(1), day(2))


@pytest.mark.parametrize(
    ("doses", "tier"),
    [(0, Tier.T1), (1, Tier.T2), (2, Tier.T3), (3, Tier.T3), (4, Tier.T4)],  # due three days before the run-out
)
def test_the_tier_rises_as_the_run_out_comes_near(doses: int, tier: Tier) -> None:
    assert _order(doses).tier is tier


@pytest.mark.parametrize(("grace_h", "tier"), [(13, Tier.T1), (14, Tier.T2), (37, Tier.T2), (38, Tier.T3)])
def test_grace_over_midnight_moves_the_tier(grace_h: int, tier: Tier) -> None:
    # 10:00 + 14 h is midnight, which is Tuesday; + 38 h is Wednesday, neither today nor tomorrow, but due.
    rule = policy(grace_h=grace_h, buffer_days=0)
    assert only_order(needs(regimen(), rule=rule)).tier is tier


@pytest.mark.parametrize(("missed", "tier"), [(0, Tier.T1), (1, Tier.T0B), (2, Tier.T0A)])
def test_missing_days_raise_the_tier(missed: int, tier: Tier) -> None:
    # With 2 to resume, a third missed day (tomorrow's) is held: who has missed 2 crosses over today.
    lenient = policy(missed_doses=(policy().missed_doses[0].changed(resume_up_to=2, clearance_up_to=3),))
    assert only_order(needs(regimen(last_taken_on=day(-1 - missed)), rule=lenient)).tier is tier


def test_one_missed_day_crosses_where_none_needs_a_clearance() -> None:
    strict = policy(missed_doses=(policy().missed_doses[0].changed(resume_up_to=1, clearance_up_to=1),))
    assert only_order(needs(regimen(last_taken_on=day(-2)), rule=strict)).tier is Tier.T0A
    assert only_order(needs(regimen(last_taken_on=day(-1)), rule=strict)).tier is Tier.T1


def test_weights_are_raised_once_for_pregnancy_and_minors() -> None:
    def weight(**fields: Any) -> int:
        both = (ClientClass.MINOR, ClientClass.STABLE)
        rule = policy(tier_weight=75, client_classes=both, guardian_required=False)
        told = programme(client("c1", regimen(), **fields), policies=(rule,))
        return only_order(needs_of(told, MONDAY, {})).weight

    assert weight() == 75
    assert weight(pregnant=True) == 113  # 112.5
    assert weight(client_class=ClientClass.MINOR) == 113
    assert weight(client_class=ClientClass.MINOR, pregnant=True) == 113
