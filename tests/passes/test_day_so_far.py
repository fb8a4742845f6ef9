"""What is left of duties when a day is under way. The riders' shift is 08:00 to 12:00; noon is 12:00."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.domain.day_so_far import DaySoFar, Parcel, ParcelUnit, VolunteerSoFar
from routing.domain.products import Purpose
from routing.domain.volunteers import Mode, Vehicle
from routing.passes import duties_left, duties_of
from tests.continuity.stories import MONDAY, noon
from tests.solver.town import at, day, permit, rider, rule, wanting

TEN = noon(0) - timedelta(hours=2)
RIDES = {"mode": Mode.MOTORCYCLE, "plate": "DK v1"}
FOOD = Parcel(
    client_id="c1", order_id="c1.x0", product_id="p6", site_id="s1", units=(ParcelUnit(for_on=None, quantity=1.0),)
)


ALONE = (rider(),)


def left(*entries, volunteers=ALONE, now_at=TEN, **fields):
    programme = day(wanting("c1", at(1)), volunteers=volunteers, **fields)
    so_far = DaySoFar(on=MONDAY, now_at=now_at, volunteers=entries)
    return duties_left(programme, so_far, duties_of(programme, MONDAY))


def entry(volunteer_id="v1", **fields):
    return VolunteerSoFar(volunteer_id=volunteer_id, free_at=TEN, **fields)


def at_the_door(**fields):
    return entry(client_id="c1", **{**RIDES, **fields})


def told(duties):
    return [(duty.duty_id, duty.from_the_road) for duty in duties]


def test_on_a_day_that_has_not_begun_all_are():
    programme = day(volunteers=(rider(),))
    whole = duties_of(programme, MONDAY)
    assert duties_left(programme, None, whole) == whole


def test_nobody_sets_out_in_the_past():
    (duty,) = left()
    assert (duty.start_at, duty.end_at) == (TEN, noon(0))


@pytest.mark.parametrize(("seconds", "count"), [(-1, 1), (0, 0), (1, 0)])
def test_a_duty_that_is_over_is_none(seconds, count):
    assert len(left(now_at=noon(0) + timedelta(seconds=seconds))) == count


def test_whoever_is_on_the_road_goes_on_from_there_and_may_go_out_again():
    assert told(left(at_the_door())) == [("v1.1.now", True), ("v1.1", False)]


def test_whoever_is_home_goes_out_from_home():
    assert told(left(entry())) == [("v1.1", False)]


def test_whoever_is_out_of_service_has_no_duty():
    assert left(at_the_door(out_of_service=True)) == ()


def test_whoever_is_on_the_road_rides_what_they_ride():
    two = rider(
        vehicles=(
            *rider().vehicles,
            Vehicle(mode=Mode.FOOT, max_mass_g=9000, max_volume_ml=9000),
        )
    )
    found = left(at_the_door(), volunteers=(two,))
    assert [str(duty.mode) for duty in found if duty.from_the_road] == ["motorcycle"]
    assert {str(duty.mode) for duty in found if not duty.from_the_road} == {"motorcycle", "foot"}


def passes_from_here(so_far, **fields):
    papers = {"passes": (permit("q1", **fields), permit("q2")), "movement_rules": (rule(),)}
    return [duty.pass_ids for duty in left(so_far, **papers) if duty.from_the_road]


def test_a_trip_outdoors_goes_on_under_its_pass():
    assert passes_from_here(at_the_door(pass_ids=("q1",))) == [("q1",)]


def test_indoors_another_pass_may_begin():
    so_far = entry(site_id="s1", **RIDES)
    assert passes_from_here(so_far) == [("q1",), ("q2",)]


def test_a_pass_that_holds_no_more_makes_way():
    assert passes_from_here(at_the_door(pass_ids=("q1",)), valid_to_at=TEN - timedelta(seconds=1)) == [("q2",)]


def test_what_is_aboard_is_covered():
    so_far = entry(site_id="s1", aboard=(FOOD,), **RIDES)
    assert passes_from_here(so_far, purposes=(Purpose.MEDICINE,)) == [("q2",)]


def test_two_go_on_together_from_one_place_only():
    pair = (rider("v1", pairs_with="v2"), rider("v2"))
    here = at_the_door()
    with_them = entry("v2", client_id="c1", mode=Mode.MOTORCYCLE, plate="DK v2")
    elsewhere = entry("v2", site_id="s1", mode=Mode.MOTORCYCLE, plate="DK v2")

    def together(other):
        found = left(here, other, volunteers=pair)
        return [duty.duty_id for duty in found if duty.from_the_road and duty.partner_id is not None]

    assert len(together(with_them)) == 2
    assert together(elsewhere) == []
