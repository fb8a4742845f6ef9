"""A day cut into slices where passes, rules, zones and checkpoints change. Hours are local, UTC+8."""

from datetime import timedelta

import pytest

from routing.domain.hours import Weekday
from routing.domain.passes import RuleKind
from routing.domain.volunteers import Mode
from routing.passes import duties_of
from tests.continuity.stories import MONDAY, day, noon
from tests.solver.town import area, checkpoint, hours, permit, rider, rule, zone
from tests.solver.town import day as programme_of


def clock(instant):
    return round((instant - noon(0)).total_seconds() / 3600 + 12, 2)


def spans(on=MONDAY, **fields):
    """Return the spans of all duties, in hours, with what they are under and how many checkpoints slow them."""
    found = duties_of(programme_of(volunteers=(rider(shifts=(hours("06:00", "18:00"),)),), **fields), on)
    return [(clock(duty.start_at), clock(duty.end_at), *duty.pass_ids, len(duty.delays)) for duty in found]


def test_several_passes_with_different_hours_are_several_duties():
    papers = (
        permit("q1", areas=(area(0, 0, 3, 3),), hours=(hours("06:00", "10:00"), hours("14:00", "17:00"))),
        permit("q2", hours=(hours("09:00", "12:00"),)),
    )
    assert spans(passes=papers, movement_rules=(rule(),)) == [
        (6, 10, "q1", 0), (14, 17, "q1", 0), (9, 12, "q2", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("weekday", "valid"), [(Weekday.MON, True), (Weekday.SUN, False)])
def test_a_pass_holds_on_its_weekdays(weekday, valid):
    papers = (permit("q1", hours=(hours("07:00", "09:00", weekdays=(weekday,)),)),)
    assert spans(passes=papers, movement_rules=(rule(),)) == ([(7, 9, "q1", 0)] if valid else [])


@pytest.mark.parametrize(("ends", "valid"), [(-12, False), (-6, False), (-5, True)])
def test_a_pass_holds_to_the_last_instant_of_its_dates(ends, valid):
    # The shift begins at 06:00, six hours before noon; a pass that ends then leaves no time.
    papers = (permit("q1", valid_to_at=noon(0) + timedelta(hours=ends)),)
    assert spans(passes=papers, movement_rules=(rule(),)) == ([(6, 7, "q1", 0)] if valid else [])


def test_where_a_pass_is_asked_for_in_part_of_the_day_the_rest_is_free():
    needed = rule(hours=(hours("10:00", "22:00"),))
    assert spans(passes=(permit("q1", hours=(hours("08:00", "16:00"),)),), movement_rules=(needed,)) == [
        (6, 10, 0), (8, 16, "q1", 0),
    ]  # fmt: skip


def test_a_curfew_parts_the_day_for_every_pass():
    noon_curfew = rule(RuleKind.CURFEW, hours=(hours("11:00", "13:00"),))
    assert spans(passes=(permit("q1"),), movement_rules=(rule(), noon_curfew)) == [(6, 11, "q1", 0), (13, 18, "q1", 0)]


# A checkpoint manned in part of the day slows whoever may be out then.


def test_a_checkpoint_manned_all_day_is_in_the_one_duty():
    assert spans(checkpoints=(checkpoint(),)) == [(6, 18, 1)]


def test_before_and_after_a_checkpoint_nobody_is_slowed():
    assert spans(checkpoints=(checkpoint(hours=(hours("08:00", "10:00"),)),)) == [
        (6, 18, 1), (6, 8, 0), (10, 18, 0),
    ]  # fmt: skip


def test_zones_and_checkpoints_cut_the_day_together():
    # 6 .. 8 free, 8 .. 10 the checkpoint, 10 .. 12 nothing, from 12 the zone. Of the runs those are left that no
    # longer one with no more in it holds.
    found = duties_of(
        programme_of(
            volunteers=(rider(shifts=(hours("06:00", "18:00"),)),),
            checkpoints=(checkpoint(hours=(hours("08:00", "10:00"),)),),
            zones=(zone(area(2, 2, 3, 3), valid_from_at=noon(0)),),
        ),
        MONDAY,
    )
    kinds = {(clock(duty.start_at), clock(duty.end_at)): (duty.zone_ids, len(duty.delays)) for duty in found}
    assert kinds == {
        (6, 18): (("z1",), 1),
        (6, 12): ((), 1),
        (10, 18): (("z1",), 0),
        (6, 8): ((), 0),
        (10, 12): ((), 0),
    }


@pytest.mark.parametrize(
    ("fields", "slowed"),
    [
        ({"modes": (Mode.MOTORCYCLE,)}, True),
        ({"modes": (Mode.CAR, Mode.FOOT)}, False),
        # from the last instant of the shift on, a second earlier, a second later
        ({"valid_from_at": noon(0) + timedelta(hours=6)}, True),
        ({"valid_from_at": noon(0) + timedelta(hours=5, seconds=3599)}, True),
        ({"valid_from_at": noon(0) + timedelta(hours=6, seconds=1)}, False),
        ({"valid_to_at": noon(0) - timedelta(hours=6, seconds=1)}, False),
        ({"hours": (hours("05:00", "05:59"),)}, False),
        ({"hours": (hours("22:00", "07:00", weekdays=(Weekday.SUN,)),)}, True),
        ({"hours": (hours("08:00", "09:00", weekdays=(Weekday.of(day(1)),)),)}, False),
    ],
)
def test_whom_and_when_a_checkpoint_stops(fields, slowed):
    assert any(found[-1] for found in spans(checkpoints=(checkpoint(**fields),))) is slowed


def test_a_pair_is_slowed_once_at_each_checkpoint():
    two = (rider("v1", pairs_with="v2"), rider("v2"))
    found = duties_of(programme_of(volunteers=two, checkpoints=(checkpoint(), checkpoint(checkpoint_id="k2"))), MONDAY)
    # both lie at the same place and take as long: one shape, counted as two
    assert {len(duty.delays) for duty in found if duty.partner_id is not None} == {2}
