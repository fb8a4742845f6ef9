"""From volunteers, vehicles, passes and spans to duties."""

from datetime import timedelta

from routing.domain.hours import Weekday
from routing.domain.passes import PassStatus, ZoneEntry
from routing.domain.products import Purpose
from routing.domain.programme import Calendar, ClosedDay
from routing.domain.volunteers import Mode, Vehicle
from routing.passes import duties_of
from tests.continuity.stories import MONDAY, day, noon
from tests.solver.town import area, hours, permit, rider, rule, zone
from tests.solver.town import day as programme_of

MOTORCYCLE = Vehicle(mode=Mode.MOTORCYCLE, plate="DK 1", max_mass_g=9000, max_volume_ml=9000)
CAR = Vehicle(mode=Mode.CAR, plate="DK 2", max_mass_g=90_000, max_volume_ml=90_000)
FOOT = Vehicle(mode=Mode.FOOT, max_mass_g=5000, max_volume_ml=5000)


def duties(*volunteers, on=MONDAY, **fields):
    return duties_of(programme_of(volunteers=volunteers, **fields), on)


def kinds(found):
    return [(duty.volunteer_id, str(duty.mode), duty.pass_ids) for duty in found]


def test_a_volunteer_without_papers_has_one_duty_a_shift():
    found = duties(rider(shifts=(hours("08:00", "10:00"), hours("14:00", "16:00"))))
    assert [(duty.duty_id, duty.start_at, duty.end_at) for duty in found] == [
        ("v1.1", noon(0) - timedelta(hours=4), noon(0) - timedelta(hours=2)),
        ("v1.2", noon(0) + timedelta(hours=2), noon(0) + timedelta(hours=4)),
    ]
    assert found[0].purposes is None
    assert found[0].allowed is None


def test_every_vehicle_with_every_pass_that_covers_it():
    papers = (
        permit("q1", modes=(Mode.CAR,)),
        permit("q2", plates=("DK 1",)),
        permit("q3", status=PassStatus.REVOKED),
        permit("q4", valid_to_at=noon(-1)),
        permit("q5", single_use=True, used=True),
        permit("q6", volunteer_id="v2"),
    )
    found = duties(rider(vehicles=(MOTORCYCLE, CAR, FOOT)), rider("v2", absent_on=(MONDAY,)), passes=papers)
    assert kinds(found) == [
        ("v1", "motorcycle", ()), ("v1", "motorcycle", ("q2",)),
        ("v1", "car", ()), ("v1", "car", ("q1",)),
        ("v1", "foot", ()),
    ]  # fmt: skip
    assert len({duty.duty_id for duty in found}) == 5


def test_where_a_pass_is_required_there_is_no_duty_without_one():
    papers = (permit("q1", purposes=(Purpose.FOOD,), areas=(area(0, 0, 1, 1),)), permit("q2"))
    found = duties(rider(), passes=papers, movement_rules=(rule(),))
    assert kinds(found) == [("v1", "motorcycle", ("q1",)), ("v1", "motorcycle", ("q2",))]
    assert found[0].purposes == {Purpose.FOOD}
    assert found[0].allowed.bounds == (0, 0, 0.001, 0.001)


def test_an_essential_zone_gives_a_second_duty():
    essential = zone(area(1, 1, 2, 2), entry=ZoneEntry.ESSENTIAL_ALLOWED, essential_purposes=(Purpose.FOOD,))
    found = duties(rider(), zones=(essential,))
    assert [(len(duty.blocked), duty.purposes) for duty in found] == [(1, None), (0, {Purpose.FOOD})]


def test_absent_uncleared_or_off_shift_is_no_duty():
    assert duties(rider(absent_on=(MONDAY,))) == ()
    assert duties(rider(clearance_to_on=day(-1))) == ()
    assert len(duties(rider(clearance_to_on=MONDAY))) == 1
    assert duties(rider(shifts=(hours("08:00", "12:00", weekdays=(Weekday.of(day(1)),)),))) == ()


def test_nobody_works_on_a_closed_day():
    closed = Calendar(closed_days=(ClosedDay(on=MONDAY),))
    assert duties(rider(), calendar=closed) == ()
    assert len(duties(rider(), calendar=closed, on=day(1))) == 1
    assert duties(rider(), calendar=Calendar(closed_weekdays=(Weekday.of(MONDAY),))) == ()


def test_a_night_shift_belongs_to_the_day_it_starts():
    (found,) = duties(rider(shifts=(hours("22:00", "04:00"),)))
    assert (found.start_at, found.end_at) == (noon(0) + timedelta(hours=10), noon(0) + timedelta(hours=16))


# ------------------------------------------------------------------------------------------------------ in pairs


def pair(first=None, second=None, **fields):
    found = duties(rider("v1", pairs_with="v2", **(first or {})), rider("v2", **(second or {})), **fields)
    return [duty for duty in found if duty.partner_id is not None]


def test_a_pair_goes_either_way_round():
    assert [(duty.volunteer_id, duty.partner_id, duty.duty_id) for duty in pair()] == [
        ("v1", "v2", "v1.1+v2.1"), ("v2", "v1", "v2.1+v1.1"),
    ]  # fmt: skip


def test_a_pair_has_the_time_both_have():
    together = pair({"shifts": (hours("08:00", "11:00"),)}, {"shifts": (hours("10:00", "14:00"),)})
    assert {(duty.start_at, duty.end_at) for duty in together} == {
        (noon(0) - timedelta(hours=2), noon(0) - timedelta(hours=1))
    }
    assert pair({"shifts": (hours("08:00", "10:00"),)}, {"shifts": (hours("10:00", "14:00"),)}) == []


def test_a_pair_has_the_ground_both_have():
    papers = (permit("q1", "v1", areas=(area(0, 0, 3, 3),)), permit("q2", "v2", areas=(area(2, 2, 5, 5),)))
    together = pair(passes=papers, movement_rules=(rule(),))
    assert [(duty.pass_ids, duty.partner_pass_ids) for duty in together] == [(("q1",), ("q2",)), (("q2",), ("q1",))]
    assert together[0].allowed.bounds == (0.002, 0.002, 0.003, 0.003)


def test_who_needs_no_pass_leaves_the_others_ground():
    together = pair(passes=(permit("q1", "v1", areas=(area(0, 0, 3, 3),)),))
    assert [(duty.pass_ids, duty.allowed is None) for duty in together if duty.volunteer_id == "v1"] == [
        ((), True), (("q1",), False),
    ]  # fmt: skip


def test_a_pair_moves_in_one_mode():
    assert pair({"vehicles": (MOTORCYCLE,)}, {"vehicles": (CAR,)}) == []
    assert len(pair({"vehicles": (MOTORCYCLE, CAR)}, {"vehicles": (CAR,)})) == 2


def test_one_who_is_away_makes_no_pair():
    assert pair({}, {"absent_on": (MONDAY,)}) == []


def test_a_pair_carries_what_the_lead_may():
    papers = (permit("q1", "v1", purposes=(Purpose.FOOD,)), permit("q2", "v2", purposes=(Purpose.MEDICINE,)))
    together = pair(passes=papers, movement_rules=(rule(),))
    assert [(duty.volunteer_id, duty.purposes) for duty in together] == [
        ("v1", {Purpose.FOOD}), ("v2", {Purpose.MEDICINE}),
    ]  # fmt: skip
