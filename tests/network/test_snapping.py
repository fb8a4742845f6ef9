"""Joining pins to streets. A thousandth of a degree is 111.195 m (see test_streets)."""

from __future__ import annotations

import pytest

from routing.network import snap, snap_all

ROAD = {"highway": "residential"}
NODES = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.003, 0.0), 4: (0.003, 0.001)}


@pytest.fixture
def street(streets_of):
    return streets_of(NODES, {7: ([1, 2, 3], ROAD)})


def test_the_interior_of_a_street_is_found_not_its_node(street):
    place = snap(street, "car", 0.0015, 0.0002)
    assert (place.stretch, place.fraction) == (1, 0.25)  # 0.0005 into the 0.002 between nodes 2 and 3
    assert (place.lon, place.lat) == (0.0015, 0.0)
    assert place.walk_m == pytest.approx(22.239, abs=1e-3)
    assert place.pin == (0.0015, 0.0002)
    assert place.mode == "car"


def test_past_the_end_the_end_is_nearest(street):
    place = snap(street, "car", -0.001, 0.0)
    assert (place.stretch, place.fraction, place.walk_m) == (0, 0.0, pytest.approx(111.195, abs=1e-3))
    place = snap(street, "car", 0.0035, 0.0)
    assert (place.stretch, place.fraction) == (1, 1.0)


def test_a_node_between_two_stretches_has_one_name(street):
    place = snap(street, "car", 0.001, -0.0001)
    assert (place.stretch, place.fraction) == (1, 0.0)


@pytest.mark.parametrize(("limit_m", "found"), [(111.19, False), (111.1951, True), (111.2, True)])
def test_the_limit_is_in_metres_walked(street, limit_m, found):
    assert (snap(street, "car", 0.0005, 0.001, limit_m=limit_m) is not None) is found


def test_ties_go_to_the_lowest_way(streets_of):
    parallel = {7: ([4, 3], ROAD), 5: ([3, 2], ROAD), 9: ([1, 2], ROAD)}
    streets = streets_of(NODES, parallel)
    place = snap(streets, "car", 0.0035, -0.0005)  # nearest is node 3, where 5 and 7 meet
    assert streets.chain_way[place.chain] == 5


def test_only_streets_of_the_mode_count(streets_of):
    ways = {7: ([1, 2, 3], ROAD), 8: ([3, 4], {"highway": "footway"})}
    streets = streets_of(NODES, ways)
    assert snap(streets, "foot", 0.003, 0.0005).walk_m == 0.0
    assert snap(streets, "car", 0.003, 0.0005).lat == 0.0


def test_islands_are_not_snapped_to(streets_of):
    ways = {7: ([1, 2, 3], ROAD), 8: ([4, 5], ROAD)}
    streets = streets_of(NODES | {5: (0.0031, 0.001)}, ways)
    assert snap(streets, "car", 0.003, 0.001).lat == 0.0


def test_a_mode_without_streets_snaps_nothing(streets_of):
    streets = streets_of(NODES, {7: ([1, 2], {"highway": "steps"})})
    assert snap_all(streets, "car", [(0.0, 0.0)]) == [None]


def test_many_pins_are_answered_in_their_order(street):
    pins = [(0.0005, 0.0), (9.0, 9.0), (0.002, 0.0001)]
    assert snap_all(street, "car", pins) == [snap(street, "car", *pin) for pin in pins]
    assert snap_all(street, "car", pins)[1] is None
    assert snap_all(street, "car", []) == []
