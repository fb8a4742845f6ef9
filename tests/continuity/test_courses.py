"""Rule 3 for courses whose doses are counted: the day advances with doses taken; hand-computed."""

from datetime import date
from typing import Any

import pytest

from routing.domain.clients import (
    DoseStep,
    HomeSupply,
    Regimen,
)
from routing.domain.hours import Weekday
from routing.domain.ledger import LedgerState
from routing.domain.orders import HoldCode, Needs
from routing.domain.policies import MissedDoses, Phase
from tests.continuity.stories import (
    MONDAY,
    PACKS,
    TABLETS,
    day,
    entry,
    needs,
    only_gap,
    only_hold,
    only_order,
    policy,
    regimen,
)

LENIENT = policy(
    TABLETS,
    early_days=6,
    missed_doses=(MissedDoses(phase=Phase.COURSE, resume_up_to=9, clearance_up_to=9),),
)


def _course(taken: int | None, **fields: Any) -> Regimen:
    """Return a taper from the Thursday before: 8, 8, 4, 4, 2, 2, 2 mg."""
    steps = (
        DoseStep(from_on=day(-4), to_on=day(-3), dose_mg=8.0),
        DoseStep(from_on=day(-2), to_on=day(-1), dose_mg=4.0),
        DoseStep(from_on=day(0), to_on=day(2), dose_mg=2.0),
    )
    usual = {"phase": Phase.COURSE, "steps": steps, "doses_taken": taken}
    return regimen(TABLETS, **{**usual, **fields})


def _sachets(found: Needs) -> list[tuple[date, float]]:
    return [(unit.for_on, unit.quantity) for unit in only_order(found).item.units if unit.for_on is not None]


@pytest.mark.parametrize(
    ("taken", "tablets"),
    [
        (None, [1, 1, 1]),  # by the calendar: 2, 2, 2 mg
        (4, [1, 1, 1]),
        (3, [2, 1, 1, 1]),  # the second of 4 mg is left: two tablets of 2
        (1, [1, 2, 2, 1, 1, 1]),
        (6, [1]),
        (0, [1, 1, 2, 2, 1, 1, 1]),
    ],
)
def test_a_course_goes_on_with_the_dose_after_those_taken(taken: int | None, tablets: list[int]) -> None:
    found = needs(_course(taken), rule=LENIENT)
    assert _sachets(found) == [(day(index), count) for index, count in enumerate(tablets)]


def test_a_course_whose_doses_are_all_taken_asks_for_nothing() -> None:
    assert (needs(_course(7), rule=LENIENT).orders, needs(_course(7), rule=LENIENT).holds) == ((), ())
    assert needs(_course(7, last_taken_on=day(-3)), rule=LENIENT).holds == ()


def test_days_missed_since_the_count_put_a_course_off() -> None:
    # One taken by Friday's count; Friday taken, Saturday and Sunday not: five are left, from 4 mg on.
    since = HomeSupply(doses=1, as_of_on=day(-3))
    found = needs(_course(1, home=since, last_taken_on=day(-3)), rule=LENIENT)
    assert [count for _, count in _sachets(found)] == [2, 2, 1, 1, 1]
    # Nobody knows of a day missed: all three were taken.
    assert [count for _, count in _sachets(needs(_course(1, home=since), rule=LENIENT))] == [1, 1, 1]
    # Any missed day asks the prescriber where the policy says nothing of courses.
    strict = LENIENT.changed(missed_doses=())
    hold = only_hold(needs(_course(1, home=since, last_taken_on=day(-3)), rule=strict))
    assert (hold.code, hold.params["missed"]) == (HoldCode.MISSED_DOSES, 2)


def test_an_observed_dose_moves_a_course_on() -> None:
    # As above, and Saturdays are observed at the site: Sunday alone was missed, four are left, from the second 4 mg.
    since = HomeSupply(doses=1, as_of_on=day(-3))
    saturdays = LENIENT.changed(observed_weekdays=(Weekday.SAT,))
    found = needs(_course(1, home=since, last_taken_on=day(-3)), rule=saturdays)
    assert [count for _, count in _sachets(found)] == [2, 1, 1, 1]
    strict = saturdays.changed(missed_doses=())
    assert only_hold(needs(_course(1, home=since, last_taken_on=day(-3)), rule=strict)).params["missed"] == 1


def test_a_course_to_come_begins_on_its_first_day_and_an_open_one_never_ends() -> None:
    later = _course(0, steps=(DoseStep(from_on=day(2), to_on=day(3), dose_mg=8.0),))
    assert [on for on, _ in _sachets(needs(later, rule=LENIENT))] == [day(2), day(3)]
    phases = (DoseStep(from_on=day(-9), to_on=day(-8), dose_mg=8.0), DoseStep(from_on=day(-7), dose_mg=2.0))
    assert [count for _, count in _sachets(needs(_course(1, steps=phases), rule=LENIENT))] == [1] * 7


def test_two_phases_of_tuberculosis_treatment() -> None:
    # 56 doses of the first, then 112: 54 taken, so two of the first are left, then the second.
    phases = (
        DoseStep(from_on=day(-60), to_on=day(-5), dose_mg=8.0),
        DoseStep(from_on=day(-4), to_on=day(107), dose_mg=2.0),
    )
    rule = LENIENT.changed(max_days_a_delivery=200, max_days_on_hand=200)
    sachets = _sachets(needs(_course(54, steps=phases), rule=rule))
    assert (len(sachets), sachets[0][0], sachets[-1][0]) == (114, MONDAY, day(113))
    assert [on for on, _ in sachets] == [day(index) for index in range(114)]


def test_a_counted_course_stands_still_until_the_next_visit() -> None:
    # Two affordable of four left; the next visit a week later: the other two stay, so every day up to it is a gap.
    rule = LENIENT.changed(affordable_days_per_week=2, visits_per_week=1, early_days=0)
    found = needs(_course(3), rule=rule)
    assert (only_order(found).days, only_gap(found).from_on, only_gap(found).to_on) == (2, day(2), day(6))
    # Observed on Fridays: on Friday one is taken at the site, and the other two of three stay.
    fridays = rule.changed(observed_weekdays=(Weekday.FRI,), affordable_days_per_week=1)
    gap = only_gap(needs(_course(3), rule=fridays))
    assert (gap.from_on, gap.to_on) == (day(1), day(6))
    # Observed on Wednesdays and Fridays with two left after the first: the last is taken at the site on Friday.
    both = fridays.changed(observed_weekdays=(Weekday.WED, Weekday.FRI))
    gap = only_gap(needs(_course(4), rule=both))
    assert (gap.from_on, gap.to_on) == (day(1), day(3))


def test_packs_of_a_counted_course_cover_what_is_left() -> None:
    weeks = regimen(
        PACKS,
        phase=Phase.COURSE,
        doses_taken=56,
        dose_mg=None,
        steps=(DoseStep(from_on=day(-70), to_on=day(13)),),
    )
    order = only_order(needs(weeks, rule=policy(PACKS, max_days_a_delivery=28, max_days_on_hand=28)))
    assert (order.days, order.covers_to_on) == (28, day(27))  # 84 - 56


def test_a_claimed_day_is_no_gap_of_a_course_that_stands_still() -> None:
    # As above, two of four brought; Saturday is claimed, so the gap has a hole, and its ends stay.
    rule = LENIENT.changed(affordable_days_per_week=2, visits_per_week=1, early_days=0)
    parcel = entry(LedgerState.PLANNED, 0, 6, 6, product_id="p2")
    gap = only_gap(needs(_course(3), rule=rule, ledger=(parcel,)))
    assert (gap.from_on, gap.to_on) == (day(2), day(5))
    assert "4 dose-days" in gap.message


# The policy's length of a course.


@pytest.mark.parametrize(
    ("course_days", "tablets"),
    [
        (None, [1, 1, 1]),  # the steps' own: seven days from Thursday on
        (8, [1, 1, 1]),
        (7, [1, 1, 1]),
        (6, [1, 1]),
        (5, [1]),  # Thursday to Monday
    ],
)
def test_a_course_has_no_more_days_than_the_policy_gives_it(course_days: int | None, tablets: list[int]) -> None:
    found = needs(_course(None), rule=LENIENT.changed(course_days=course_days))
    assert [count for _, count in _sachets(found)] == tablets
    assert needs(_course(None), rule=LENIENT.changed(course_days=4)).orders == ()


@pytest.mark.parametrize(
    ("taken", "course_days", "tablets"),
    [(3, 5, [2, 1]), (3, 4, [2]), (3, 3, []), (0, 2, [1, 1]), (0, 3, [1, 1, 2])],
)
def test_of_a_counted_course_the_doses_count(taken: int, course_days: int, tablets: list[int]) -> None:
    found = needs(_course(taken), rule=LENIENT.changed(course_days=course_days))
    assert [unit.quantity for order in found.orders for unit in order.item.units] == tablets  # type: ignore[union-attr]


def test_an_open_course_ends_with_the_policys_days_and_is_announced() -> None:
    open_ended = _course(None, steps=(DoseStep(from_on=day(-4), dose_mg=8.0),))
    found = needs(open_ended, rule=LENIENT.changed(course_days=7))
    assert (only_order(found).days, only_order(found).covers_to_on) == (3, day(2))
    assert [notice.on for notice in found.notices] == [day(2)]
    assert needs(open_ended, rule=LENIENT).notices == ()


def test_the_length_of_a_course_is_for_courses_alone_and_leaves_out_days_between_steps() -> None:
    maintained = regimen(TABLETS, dose_mg=8.0)
    assert only_order(needs(maintained, rule=policy(TABLETS, course_days=3))).days == 7
    # Two days, two of rest, then five more: the third to fifth of five course days are Monday to Wednesday.
    rest = (
        DoseStep(from_on=day(-4), to_on=day(-3), dose_mg=8.0),
        DoseStep(from_on=day(0), to_on=day(4), dose_mg=2.0),
    )
    found = needs(_course(None, steps=rest), rule=LENIENT.changed(course_days=5))
    assert [on for on, _ in _sachets(found)] == [day(0), day(1), day(2)]
