"""Two under two passes, or under one pass for two persons."""

import pytest

from routing.domain.passes import PassStatus
from routing.domain.products import Purpose
from routing.domain.volunteers import Mode, Vehicle
from routing.passes import duties_of
from tests.continuity.stories import MONDAY, noon
from tests.solver.town import area, at, day, hours, permit, plan, reasons, rider, rule, served, wanting


def bike(plate: str) -> dict[str, object]:
    return {"vehicles": (Vehicle(mode=Mode.MOTORCYCLE, plate=plate, max_mass_g=20_000, max_volume_ml=50_000),)}


def told(*papers, first=None, second=None, **fields):
    pair = (rider("v1", pairs_with="v2", **(first or {})), rider("v2", **(second or {})))
    client = wanting("c1", at(3), pair_required=True)
    return day(client, volunteers=pair, passes=papers, movement_rules=(rule(),), **fields)


def pairs(*papers, **fields):
    found = duties_of(told(*papers, **fields), MONDAY)
    return [duty for duty in found if duty.partner_id is not None]


@pytest.mark.parametrize(("persons", "either_way"), [(1, 0), (2, 2), (3, 2)])
def test_a_pass_for_two_covers_the_holder_and_who_rides_beside(persons, either_way):
    found = pairs(permit("q1", "v1", persons_max=persons))
    assert [(duty.pass_ids, duty.partner_pass_ids) for duty in found] == [(("q1",), ("q1",))] * either_way
    assert {duty.volunteer_id for duty in found} == ({"v1", "v2"} if either_way else set())


def test_a_guest_alone_has_no_duty():
    found = duties_of(told(permit("q1", "v1", persons_max=2)), MONDAY)
    assert {(duty.volunteer_id, duty.partner_id) for duty in found} == {("v1", None), ("v1", "v2"), ("v2", "v1")}


def test_the_ground_hours_and_cargo_are_those_of_the_one_pass():
    paper = permit(
        "q1", "v1", persons_max=2, areas=(area(0, 0, 3, 3),), hours=(hours("09:00", "11:00"),), purposes=(Purpose.FOOD,)
    )
    for duty in pairs(paper):
        assert duty.allowed.bounds == (0, 0, 0.003, 0.003)
        assert (duty.start_at, duty.end_at) == (noon(0).replace(hour=1), noon(0).replace(hour=3))  # 09:00 in UTC+8
        assert duty.purposes == {Purpose.FOOD}


@pytest.mark.parametrize(("plates", "count"), [((), 2), (("DK 1", "DK 2"), 2), (("DK 1",), 0), (("DK 2",), 0)])
def test_a_pass_with_plates_names_both_vehicles(plates, count):
    found = pairs(permit("q1", "v1", persons_max=2, plates=plates), first=bike("DK 1"), second=bike("DK 2"))
    assert len(found) == count


@pytest.mark.parametrize("fields", [{"status": PassStatus.REVOKED}, {"used": True}, {"valid_to_at": noon(-1)}])
def test_a_pass_for_two_that_is_not_in_force_covers_neither(fields):
    assert pairs(permit("q1", "v1", persons_max=2, **fields)) == []


def test_two_passes_and_one_for_two_are_all_tried():
    found = pairs(permit("q1", "v1", persons_max=2), permit("q2", "v2"))
    assert {(duty.pass_ids, duty.partner_pass_ids) for duty in found} == {
        (("q1",), ("q2",)), (("q2",), ("q1",)), (("q1",), ("q1",)),
    }  # fmt: skip


# The whole day: the checker has passed what comes back.


@pytest.mark.parametrize(("persons", "visited"), [(1, set()), (2, {"c1"})])
def test_a_pair_goes_out_under_one_pass_for_two(persons, visited):
    found = plan(told(permit("q1", "v1", persons_max=persons)))
    assert served(found) == visited
    assert reasons(found) == ({} if visited else {"c1": ["no_pair"]})
    legs = [step.leg for route in found.routes for step in route.steps if step.leg is not None]
    assert all(leg.pass_ids == ("q1",) for leg in legs)
    assert len(found.routes) == 2 * len(visited)


@pytest.mark.parametrize(("single_use", "visits"), [(False, 2), (True, 1)])
def test_a_pass_for_two_for_one_trip_is_good_for_one_trip_of_both(single_use, visits):
    # Between the two spans of the pass they are indoors, so that two visits are two trips.
    spans = (hours("08:00", "09:00"), hours("10:00", "12:00"))
    paper = permit("q1", "v1", persons_max=2, single_use=single_use, hours=spans)
    clients = [wanting(f"c{n}", at(3), pair_required=True, windows=(span,)) for n, span in enumerate(spans)]
    found = plan(told(paper).changed(clients=tuple(clients)))
    assert len(served(found)) == visits
    assert len(found.routes) == 2 * visits
