"""Zones over a span: from 08:00 to 12:00 local, 00:00 to 04:00 UTC, on Monday."""

from datetime import UTC, datetime, timedelta

from routing.domain.passes import ZoneEntry
from routing.domain.products import Purpose
from routing.passes.zones import zone_runs
from tests.solver.town import area, zone

MEDICINE, FOOD, HYGIENE = Purpose.MEDICINE, Purpose.FOOD, Purpose.HYGIENE
SECOND = timedelta(seconds=1)


def at(hour: int) -> datetime:
    return datetime(2026, 11, 23, hour, tzinfo=UTC) - timedelta(hours=8)


SPAN = at(8), at(12)


def closed(zone_id: str = "z1", **fields):
    return zone(area(1, 1, 2, 2), zone_id=zone_id, **fields)


def essential(zone_id: str, *purposes: Purpose, **fields):
    return closed(zone_id, entry=ZoneEntry.ESSENTIAL_ALLOWED, essential_purposes=purposes, **fields)


def runs(*zones, purposes=None):
    """Return (span, ids closed, purposes) of each way."""
    found = zone_runs(zones, SPAN, purposes)
    return [(run.span, {each.zone_id for each in run.closed}, run.purposes) for run in found]


def test_no_zone_is_one_way_open_to_all():
    assert runs() == [(SPAN, set(), None)]
    assert runs(purposes=frozenset({FOOD})) == [(SPAN, set(), {FOOD})]


def test_a_zone_in_force_all_along_is_closed_all_along():
    assert runs(closed()) == [(SPAN, {"z1"}, None)]
    assert runs(closed(entry=ZoneEntry.HANDOVER_AT_EDGE)) == [(SPAN, {"z1"}, None)]


def test_a_zone_that_is_over_or_not_yet_in_force_is_open():
    assert runs(closed(valid_to_at=at(8) - SECOND)) == [(SPAN, set(), None)]
    assert runs(closed(valid_from_at=at(12) + SECOND)) == [(SPAN, set(), None)]


def test_a_zone_that_begins_leaves_two_ways():
    # Round it for all of the span, or through it until a second before it begins.
    assert runs(closed(valid_from_at=at(10))) == [(SPAN, {"z1"}, None), ((at(8), at(10) - SECOND), set(), None)]


def test_a_zone_that_ends_leaves_two_ways():
    assert runs(closed(valid_to_at=at(10))) == [(SPAN, {"z1"}, None), ((at(10) + SECOND, at(12)), set(), None)]


def test_a_zone_within_the_span_leaves_what_is_before_and_after():
    brief = closed(valid_from_at=at(9), valid_to_at=at(10))
    assert runs(brief) == [
        (SPAN, {"z1"}, None), ((at(8), at(9) - SECOND), set(), None), ((at(10) + SECOND, at(12)), set(), None),
    ]  # fmt: skip


def test_two_zones_one_after_the_other():
    first, second = closed("z1", valid_to_at=at(9)), closed("z2", valid_from_at=at(11))
    found = runs(first, second)
    assert ((at(9) + SECOND, at(11) - SECOND), set(), None) in found
    assert ((at(8), at(11) - SECOND), {"z1"}, None) in found
    assert ((at(9) + SECOND, at(12)), {"z2"}, None) in found
    assert found[0] == (SPAN, {"z1", "z2"}, None)
    assert len(found) == 4


def test_no_way_is_shorter_than_another_closed_to_no_more():
    found = runs(closed("z1", valid_from_at=at(9)), closed("z2", valid_to_at=at(10)), closed("z3"))
    for one in found:
        for other in found:
            inside = other[0][0] <= one[0][0] and one[0][1] <= other[0][1]
            assert one is other or not inside or not other[1] <= one[1]


def test_essential_cargo_opens_its_zone():
    assert runs(essential("z1", FOOD)) == [(SPAN, {"z1"}, None), (SPAN, set(), {FOOD})]


def test_essential_cargo_has_to_be_on_the_pass_too():
    food_pass = frozenset({FOOD, HYGIENE})
    assert runs(essential("z1", FOOD, MEDICINE), purposes=food_pass) == [
        (SPAN, {"z1"}, food_pass), (SPAN, set(), {FOOD}),
    ]  # fmt: skip
    assert runs(essential("z1", MEDICINE), purposes=food_pass) == [(SPAN, {"z1"}, food_pass)]


def test_a_zone_that_lets_nothing_in_is_closed():
    assert runs(essential("z1")) == [(SPAN, {"z1"}, None)]


def test_zones_open_together_for_what_both_admit():
    found = runs(essential("z1", FOOD, MEDICINE), essential("z2", FOOD), closed("z3"))
    assert found == [
        (SPAN, {"z1", "z2", "z3"}, None), (SPAN, {"z3"}, {FOOD}), (SPAN, {"z2", "z3"}, {FOOD, MEDICINE}),
    ]  # fmt: skip


def test_zones_with_different_exceptions_open_together_for_what_they_share():
    found = runs(essential("z1", FOOD, MEDICINE), essential("z2", FOOD, HYGIENE))
    assert (SPAN, set(), {FOOD}) in found
    assert (SPAN, {"z2"}, {FOOD, MEDICINE}) in found
    assert (SPAN, {"z1"}, {FOOD, HYGIENE}) in found


def test_an_essential_zone_that_begins_within_the_span():
    found = runs(essential("z1", FOOD, valid_from_at=at(10)))
    assert found == [
        (SPAN, {"z1"}, None), (SPAN, set(), {FOOD}), ((at(8), at(10) - SECOND), set(), None),
    ]  # fmt: skip


def test_the_areas_closed_are_those_of_the_zones():
    (run,) = zone_runs([closed()], SPAN, None)
    assert [shape.bounds for shape in run.blocked] == [(0.001, 0.001, 0.002, 0.002)]
