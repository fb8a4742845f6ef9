"""Doors at the steps east of (6, 3): the motorcycle stays at (6, 3). Every plan here has passed the checker.

c1 at (6.8, 3) wants 81 g. The walk is 0.8 L = 88.96 m of steps at 2 km/h, 160.12 s.
"""

import pytest

from routing.checking import ViolationCode, check
from routing.domain.plan import StepType
from routing.domain.volunteers import Authorisation, CustodyCeiling, Mode, Vehicle
from tests.continuity.stories import CONTROLLED_ITEM
from tests.solver.town import area, at, day, hours, permit, plan, reasons, rider, rule, served, town, wanting, zone

DOOR = (6.8, 3)


def c1(**fields):
    return wanting("c1", at(*DOOR, **fields.pop("place", {})), **fields)


def bike(**fields):
    usual = {"mode": Mode.MOTORCYCLE, "plate": "DK 1", "max_mass_g": 20_000, "max_volume_ml": 50_000}
    trained = {
        "custody": (CustodyCeiling(product_id=CONTROLLED_ITEM.product_id, quantity=9.0),),
        "authorisations": (Authorisation(authorisation_id="controlled"),),
    }
    return rider(vehicles=(Vehicle(**{**usual, **fields}),), **trained)


def steps(found):
    return [step for route in found.routes for step in route.steps]


def test_the_motorcycle_is_left_and_the_steps_are_walked_both_ways():
    found = steps(plan(day(c1(), volunteers=(bike(),))))
    number = next(index for index, step in enumerate(found) if step.type is StepType.VISIT)
    there, back = found[number].leg, found[number + 1].leg
    assert there.walk_to.streets == ((98, 307, 9003, 0.0, 0.8),)
    assert there.walk_to.geometry.coordinates == ((0.006, 0.003), (0.0068, 0.003))
    assert (there.walk_to.distance_m, there.walk_m, there.walk_from) == (89, 89, None)
    assert back.walk_from.streets == ((98, 9003, 307, 0.2, 1.0),)
    assert back.walk_from.geometry.coordinates == ((0.0068, 0.003), (0.006, 0.003))
    assert (back.walk_m, back.walk_to) == (89, None)
    # 9 L ridden: 144.12 s, a turn of 3 s, 161 s on foot
    assert there.geometry.coordinates[-1] == (0.006, 0.003)
    assert 305 <= there.travel_s <= 315


@pytest.mark.parametrize(("walk_s", "less"), [(161, 0), (60, 101)])
def test_the_time_that_somebody_took_there_counts_instead(walk_s, less):
    usual = plan(day(c1(), volunteers=(bike(),)))
    said = plan(day(c1(place={"walk_s": walk_s}), volunteers=(bike(),)))
    legs = [[step.leg.travel_s for step in steps(found) if step.type is StepType.VISIT] for found in (usual, said)]
    assert legs[0][0] - legs[1][0] == less


@pytest.mark.parametrize(("walk_max_m", "reached"), [(90, True), (89, True), (88, False), (0, False)])
def test_nobody_walks_farther_than_the_vehicle_says(walk_max_m, reached):
    found = plan(day(c1(), volunteers=(bike(walk_max_m=walk_max_m),)))
    assert served(found) == ({"c1"} if reached else set())
    assert reasons(found) == ({} if reached else {"c1": ["no_street_connection"]})


@pytest.mark.parametrize(("carry_max_g", "carried"), [(82, True), (81, True), (80, False)])
def test_what_is_too_heavy_to_be_carried_is_not_sent(carry_max_g, carried):
    found = plan(day(c1(), volunteers=(bike(carry_max_g=carry_max_g),)))
    assert reasons(found) == ({} if carried else {"c1": ["too_heavy_to_walk"]})


def test_what_is_too_heavy_at_once_is_carried_in_two_visits():
    client = c1(goods=(CONTROLLED_ITEM, CONTROLLED_ITEM))
    found = plan(day(client, volunteers=(bike(carry_max_g=100),)))
    assert served(found) == {"c1"}
    assert sum(step.type is StepType.VISIT for step in steps(found)) == 2


@pytest.mark.parametrize(("carry_max_g", "loads"), [(162, 1), (161, 2)])
def test_controlled_goods_of_others_are_carried_along(carry_max_g, loads):
    # c1 is visited first; c2's 81 g of controlled goods come along on the walk, or are loaded after it.
    clients = (
        c1(windows=(hours("08:00", "09:00"),)),
        wanting("c2", at(3), goods=(CONTROLLED_ITEM,), windows=(hours("10:00", "12:00"),)),
    )
    found = plan(day(*clients, volunteers=(bike(carry_max_g=carry_max_g),)), iterations=20)
    assert served(found) == {"c1", "c2"}
    assert sum(step.type is StepType.LOAD for step in steps(found)) == loads


def test_the_checker_weighs_what_is_carried():
    told = day(c1(), volunteers=(bike(),))
    found = plan(told)
    for carry_max_g, wrong in ((81, False), (80, True)):
        codes = {
            each.code for each in check(found, told.changed(volunteers=(bike(carry_max_g=carry_max_g),)), town()[0])
        }
        assert (ViolationCode.WALK_TOO_HEAVY in codes) is wrong


@pytest.mark.parametrize(("walk_max_m", "wrong"), [(89, False), (88, True)])
def test_the_checker_measures_the_walk(walk_max_m, wrong):
    told = day(c1(), volunteers=(bike(),))
    codes = {
        each.code for each in check(plan(told), told.changed(volunteers=(bike(walk_max_m=walk_max_m),)), town()[0])
    }
    assert (ViolationCode.WALK_TOO_FAR in codes) is wrong


SPOILS = {
    "over a street that is not there": {"streets": ((98, 1, 9003, 0.0, 0.8),)},
    "from where nobody stands": {"streets": ((98, 307, 9003, 0.4, 0.8),)},
    "drawn elsewhere": {"geometry": {"coordinates": ((0.006, 0.003), (0.0069, 0.003))}},
    "shorter than it is": {"distance_m": 60},
    "to another door": {"streets": ((98, 307, 9003, 0.0, 0.2),)},
}


@pytest.mark.parametrize("kind", SPOILS)
def test_a_walk_that_is_none_is_found_out(kind):
    told = day(c1(), volunteers=(bike(),))
    found = plan(told)
    (route,) = found.routes
    changed = []
    for step in route.steps:
        if step.leg is not None and step.leg.walk_to is not None:
            walk = step.leg.walk_to
            spoil = {**SPOILS[kind]}
            if "geometry" in spoil:
                spoil["geometry"] = walk.geometry.changed(**spoil["geometry"])
            step = step.changed(leg=step.leg.changed(walk_to=walk.changed(**spoil)))
        changed.append(step)
    spoiled = found.changed(routes=(route.changed(steps=tuple(changed)),))
    assert ViolationCode.WALK_WRONG in {each.code for each in check(spoiled, told, town()[0])}


# The walk is under the law of movement.


@pytest.mark.parametrize(("east", "code"), [(9, None), (6.9, None), (6.7, "outside_pass_area")])
def test_the_pass_holds_on_the_steps(east, code):
    told = day(c1(), volunteers=(bike(),), passes=(permit(areas=(area(-1, -1, east, 4),)),), movement_rules=(rule(),))
    assert reasons(plan(told)) == ({} if code is None else {"c1": [code]})


def test_a_zone_on_the_steps_cuts_the_door_off():
    found = plan(day(c1(), volunteers=(bike(),), zones=(zone(area(6.3, 2.9, 6.4, 3.1)),)))
    assert reasons(found) == {"c1": ["cut_off_by_pass"]}
    ((entry,),) = (each.reasons for each in found.unserved)
    assert entry.params == {"volunteers": ["v1"], "passes": [], "zones": ["z1"]}


def test_the_checker_sees_a_zone_on_the_steps():
    told = day(c1(), volunteers=(bike(),))
    closed = told.changed(zones=(zone(area(6.3, 2.9, 6.4, 3.1)),))
    assert ViolationCode.INSIDE_CLOSED_ZONE in {each.code for each in check(plan(told), closed, town()[0])}


def test_who_walks_all_day_walks_the_steps_too():
    walker = rider(vehicles=(Vehicle(mode=Mode.FOOT, max_mass_g=9000, max_volume_ml=9000),))
    found = plan(day(c1(), volunteers=(walker,)))
    assert served(found) == {"c1"}
    assert all(step.leg.walk_to is None for step in steps(found) if step.leg is not None)


def test_two_at_the_steps_go_back_to_the_vehicle_between():
    found = plan(day(c1(), wanting("c2", at(6.5, 3)), volunteers=(bike(),)))
    assert served(found) == {"c1", "c2"}


@pytest.mark.parametrize(("walk_max_m", "reached"), [(89, True), (88, False)])
def test_a_pair_parks_and_walks_together_as_far_as_both_go(walk_max_m, reached):
    partner = rider("v2")
    weary = partner.changed(vehicles=(partner.vehicles[0].changed(walk_max_m=walk_max_m),))
    found = plan(day(c1(pair_required=True), volunteers=(bike().changed(pairs_with="v2"), weary)))
    assert served(found) == ({"c1"} if reached else set())
    assert len(found.routes) == (2 if reached else 0)
