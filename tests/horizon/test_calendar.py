"""The calendar of days ahead: marks derived by hand for small stories."""

from __future__ import annotations

from datetime import date

from routing.continuity import needs_of
from routing.domain.clients import Client, HomeSupply
from routing.domain.passes import RuleKind
from routing.domain.policies import Policy
from routing.domain.programme import Calendar, ClosedDay
from routing.horizon import Mark, calendar_of
from routing.passes import reach_of
from tests.continuity.stories import MONDAY, client, day, policy, programme, regimen, supply
from tests.solver.town import at, permit, rider, rule

MUST, LATE, MAY, CLOSED, HOLD, GAP = Mark


def marks(who: Client, days: int, *rules: Policy, **fields: object) -> list[set[Mark]]:
    (row,) = calendar_of(programme(who, policies=rules, **fields), MONDAY, days).clients
    assert len(row.marks) == days
    return [set(each) for each in row.marks]


def test_from_the_earliest_refill_to_the_last_day_and_beyond():
    # Two doses on Monday: Wednesday is the first day without; early_days 1 allows Tuesday. One missed day goes on,
    # two need a clearance. Served on Wednesday nothing is missed. On Thursday one day is (T0a: tomorrow is a hold).
    who = client("c1", regimen(doses=2, last_taken_on=day(-1)))
    assert marks(who, 6, policy(early_days=1)) == [set(), {MAY}, {MUST}, {MUST}, {HOLD}, {HOLD}]


def test_doses_at_home_are_taken_day_by_day_and_not_held_as_surplus():
    # Asked with the last dose as known today, Wednesday would be held: doses at home, and Monday's not taken.
    told = programme(client("c1", regimen(doses=4, last_taken_on=day(-1))))
    assert needs_of(told, day(2), {}).holds
    assert marks(told.clients[0], 4) == [set()] * 4


def test_who_missed_doses_already_is_not_taken_to_have_taken_them():
    who = client("c1", regimen(doses=0, last_taken_on=day(-2)))  # Sunday was missed: from Tuesday a clearance is needed
    assert marks(who, 3) == [{MUST}, {HOLD}, {HOLD}]
    who = client("c1", regimen(doses=2, last_taken_on=day(-2)))  # surplus: held, and it stays so
    assert marks(who, 3) == [{HOLD}, {HOLD}, {HOLD}]


def test_where_the_last_dose_is_not_known_the_days_after_the_last_one_are_late():
    assert marks(client("c1", regimen(doses=1)), 4) == [set(), {MUST}, {LATE}, {LATE}]


def test_a_closed_day_moves_the_last_day_before_it():
    calendar = Calendar(closed_days=(ClosedDay(on=day(2)),))
    found = marks(client("c1", regimen(doses=2, last_taken_on=day(-1))), 4, policy(early_days=2), calendar=calendar)
    assert found[:3] == [{MAY}, {MUST}, {CLOSED, LATE, GAP}]


def test_nobody_may_come_without_a_pass():
    who = client("c1", supplies=(supply(latest_on=day(2)),)).changed(place=at(1))
    told = {"volunteers": (rider("v1"),), "movement_rules": (rule(RuleKind.PASS_REQUIRED),)}
    assert marks(who, 3, **told) == [{CLOSED}, {CLOSED}, {CLOSED, MUST}]
    assert marks(who, 3, **told, passes=(permit("q1", "v1"),)) == [{MAY}, {MAY}, {MUST}]


def test_a_gap_marks_the_dose_days_that_nothing_covers_as_first_found():
    # Three days a delivery at most, visits on Mondays and Fridays: served on Monday, Thursday is not covered.
    from routing.domain.hours import Weekday

    rules = policy(max_days_a_delivery=3, visit_weekdays=(Weekday.MON, Weekday.FRI), buffer_days=0)
    found = marks(client("c1", regimen(doses=0, last_taken_on=day(-1))), 5, rules)
    assert [GAP in each for each in found] == [False, False, False, True, False]


def test_each_day_is_what_needs_of_says_with_its_own_reach():
    """One reach for all days stands for one of each day: nothing before a day is ever asked."""
    who = client("c1", regimen(doses=9, last_taken_on=None)).changed(place=at(1), client_id="c1")
    told = programme(who, volunteers=(rider("v1"),), policies=(policy(early_days=3),))
    (row,) = calendar_of(told, MONDAY, 12).clients
    for offset, found in enumerate(row.marks):
        needs = needs_of(told, day(offset), reach_of(told, day(offset)))
        assert bool(needs.orders) is bool(set(found) & {MUST, MAY, LATE})


def test_a_row_for_each_client_and_a_mark_list_for_each_day():
    told = programme(client("c1", regimen()), client("c2"), client("c3", regimen(doses=30)))
    calendar = calendar_of(told, date(2026, 11, 23), 35)
    assert [row.client_id for row in calendar.clients] == ["c1", "c2", "c3"]
    assert (len(calendar.days), calendar.days[-1]) == (35, date(2026, 12, 27))
    assert [row.has_something for row in calendar.clients] == [True, False, True]


def test_the_programme_is_not_changed():
    told = programme(client("c1", regimen().changed(home=HomeSupply(doses=5, as_of_on=MONDAY), last_taken_on=day(-1))))
    before = told.model_dump_json()
    calendar_of(told, MONDAY, 9)
    assert told.model_dump_json() == before
