"""Shift, pass hours and rules of movement together. Monday 23 November 2026 in Denpasar (UTC+8)."""

from datetime import timedelta

import pytest

from routing.domain.passes import PassStatus, RuleKind
from routing.domain.volunteers import Mode, Vehicle
from routing.passes.movement import legal_spans, on_duty, usable
from tests.continuity.stories import MONDAY, day, noon
from tests.solver.town import day as programme_of
from tests.solver.town import hours, permit, rider, rule


def clock(instant):
    """Return an instant as hours after local midnight."""
    return (instant - noon(0)).total_seconds() / 3600 + 12


def spans(*rules, shift=("08:00", "12:00"), paper=None, mode=Mode.MOTORCYCLE):
    """Return the legal spans in hours, the margin of a second left out."""
    volunteer = rider(shifts=(hours(*shift),))
    vehicle = Vehicle(mode=mode, max_mass_g=1, max_volume_ml=1)
    told = programme_of(volunteers=(volunteer,), movement_rules=rules)
    found = legal_spans(told, volunteer, vehicle, paper, MONDAY)
    return [(round(clock(start), 2), round(clock(end), 2)) for start, end in found]


def test_without_rules_the_shift_is_legal():
    assert spans() == [(8, 12)]
    assert spans(shift=("22:00", "04:00")) == [(22, 28)]


def test_a_pass_holds_within_its_hours_and_validity():
    assert spans(paper=permit(hours=(hours("09:00", "20:00"),))) == [(9, 12)]
    assert spans(paper=permit(hours=(hours("06:00", "09:00"), hours("10:00", "11:00")))) == [(8, 9), (10, 11)]
    assert spans(paper=permit(valid_to_at=noon(0) - timedelta(hours=1))) == [(8, 11)]
    assert spans(paper=permit(valid_from_at=noon(0) - timedelta(hours=1))) == [(11, 12)]
    assert spans(paper=permit(valid_from_at=noon(0))) == []


def test_spans_of_a_pass_that_touch_do_not_join():
    assert spans(paper=permit(hours=(hours("07:00", "10:00"), hours("10:00", "13:00")))) == [(8, 10), (10, 12)]


@pytest.mark.parametrize("kind", [RuleKind.CURFEW, RuleKind.MODE_BARRED])
def test_curfew_and_bars_hold_with_a_pass_too(kind):
    closed = rule(kind, hours=(hours("09:00", "10:00"),))
    assert spans(closed) == [(8, 9), (10, 12)]
    assert spans(closed, paper=permit()) == [(8, 9), (10, 12)]


@pytest.mark.parametrize("kind", [RuleKind.CURFEW, RuleKind.MODE_BARRED])
def test_a_pass_may_exempt(kind):
    closed = rule(kind, hours=(hours("09:00", "10:00"),), pass_exempts=True)
    assert spans(closed) == [(8, 9), (10, 12)]
    assert spans(closed, paper=permit()) == [(8, 12)]


def test_a_rule_for_other_modes_binds_nobody_else():
    assert spans(rule(RuleKind.MODE_BARRED, modes=(Mode.CAR,))) == [(8, 12)]
    assert spans(rule(RuleKind.MODE_BARRED, modes=(Mode.CAR,)), mode=Mode.CAR) == []


def test_where_a_pass_is_required_only_a_pass_helps():
    assert spans(rule()) == []
    assert spans(rule(), paper=permit()) == [(8, 12)]
    assert spans(rule(hours=(hours("10:00", "22:00"),))) == [(8, 10)]


def test_a_curfew_over_midnight_cuts_a_night_shift_at_both_dates():
    curfew = rule(RuleKind.CURFEW, hours=(hours("21:00", "04:00"),))
    assert spans(curfew, shift=("20:00", "06:00")) == [(20, 21), (28, 30)]
    assert spans(curfew, shift=("03:00", "08:00")) == [(4, 8)]


def test_a_rule_without_hours_holds_through_the_night_after_the_day():
    assert spans(rule(RuleKind.CURFEW), shift=("22:00", "04:00")) == []
    ends_at_one = rule(RuleKind.CURFEW, valid_to_at=noon(0) + timedelta(hours=13))
    assert spans(ends_at_one, shift=("22:00", "04:00")) == [(25, 28)]


def test_a_rule_that_is_over_or_not_yet_in_force_binds_nobody():
    assert spans(rule(RuleKind.CURFEW, valid_to_at=noon(-1))) == [(8, 12)]
    assert spans(rule(RuleKind.CURFEW, valid_from_at=noon(1))) == [(8, 12)]


@pytest.mark.parametrize(("last_day", "there"), [(-1, False), (0, True), (1, True)])
def test_clearance_holds_on_its_last_day(last_day, there):
    assert on_duty(rider(clearance_to_on=day(last_day)), MONDAY) is there


def test_who_is_absent_is_not_on_duty():
    assert not on_duty(rider(absent_on=(MONDAY,)), MONDAY)
    assert on_duty(rider(absent_on=(day(1),)), MONDAY)


@pytest.mark.parametrize(
    ("fields", "good"),
    [
        ({}, True),
        ({"status": PassStatus.REVOKED}, False),
        ({"single_use": True}, True),
        ({"single_use": True, "used": True}, False),
        ({"used": True}, False),
        ({"modes": (Mode.CAR,)}, False),
        ({"modes": (Mode.CAR, Mode.MOTORCYCLE)}, True),
        ({"plates": ("DK 1",)}, True),
        ({"plates": ("DK 2",)}, False),
    ],
)
def test_a_pass_is_usable_with_a_vehicle(fields, good):
    vehicle = Vehicle(mode=Mode.MOTORCYCLE, plate="DK 1", max_mass_g=1, max_volume_ml=1)
    assert usable(permit(**fields), vehicle) is good


def test_a_pass_for_plates_needs_one():
    assert not usable(permit(plates=("DK 1",)), Vehicle(mode=Mode.FOOT, max_mass_g=1, max_volume_ml=1))
