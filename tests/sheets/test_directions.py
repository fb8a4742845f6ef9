"""Directions and junctions on streets drawn by hand.

4 --- 5
|     |
1 --- 2 --- 3      Jalan Satu: 1-2-3; Gang A: 2-5, north; no name: 5-4-1
"""

import pytest

from routing.domain.places import Location
from routing.domain.plan import Leg
from routing.network.extract import Extract, Way
from routing.sheets.directions import Turn, directions_of
from routing.sheets.junctions import Junctions

D = 0.0009  # 100.08 m of latitude, and at the equator of longitude
NODES = {1: (0.0, 0.0), 2: (D, 0.0), 3: (2 * D, 0.0), 4: (0.0, D), 5: (D, D)}
WAYS = {
    10: Way(10, (1, 2, 3), {"highway": "tertiary", "name": "Jalan Satu"}),
    11: Way(11, (2, 5), {"highway": "residential", "name": "Gang A"}),
    12: Way(12, (5, 4, 1), {"highway": "residential"}),
}
EXTRACT = Extract(NODES, {}, WAYS, "0" * 64, (0.0, 0.0, D, D))


def told(*streets: tuple[int, int, int, float, float]) -> list[tuple[Turn, str, int]]:
    return [(way.turn, way.street, way.distance_m) for way in directions_of(streets, EXTRACT)]


def test_pieces_of_one_street_are_one_direction():
    # half of the first 100 m and all of the second
    assert told((10, 1, 2, 0.5, 1.0), (10, 2, 3, 0.0, 1.0)) == [(Turn.ON, "Jalan Satu", 150)]


def test_left_and_right_are_those_of_whoever_drives():
    east_then_north = told((10, 1, 2, 0.0, 1.0), (11, 2, 5, 0.0, 1.0))
    assert east_then_north == [(Turn.ON, "Jalan Satu", 100), (Turn.LEFT, "Gang A", 100)]
    west_then_north = told((10, 3, 2, 0.0, 1.0), (11, 2, 5, 0.0, 1.0))
    assert west_then_north == [(Turn.ON, "Jalan Satu", 100), (Turn.RIGHT, "Gang A", 100)]


def test_a_lane_without_a_name_that_bends_is_two_directions():
    bent = told((11, 2, 5, 0.0, 1.0), (12, 5, 4, 0.0, 1.0), (12, 4, 1, 0.0, 1.0))
    assert bent == [(Turn.ON, "Gang A", 100), (Turn.LEFT, "", 100), (Turn.LEFT, "", 100)]


def test_turning_back_is_said():
    back = directions_of(((11, 2, 5, 0.0, 1.0), (12, 5, 4, 0.0, 0.9), (10, 1, 2, 0.0, 1.0)), EXTRACT)
    assert back[-1].turn is Turn.BACK  # west, then east


@pytest.mark.parametrize("length", [0.2, 0.3])
def test_a_nameless_piece_as_short_as_a_crossing_is_not_told(length: float):
    # 20 m are less than the 25 m of a crossing, 30 m are more
    named = [street for _, street, _ in told((10, 1, 2, 0.0, 1.0), (12, 5, 4, 0.0, length), (11, 2, 5, 0.0, 1.0))]
    assert named == (["Jalan Satu", "Gang A"] if length < 0.25 else ["Jalan Satu", "", "Gang A"])


def test_of_a_long_way_the_middle_is_left_out():
    many = [(10, 1, 2, 0.0, 1.0), (11, 2, 5, 0.0, 1.0)] * 6
    ways = directions_of(many, EXTRACT, most=4)
    assert len(ways) == 4
    assert [way.skipped for way in ways] == [False, True, False, False]
    assert ways[-1].street == "Gang A"


def test_a_way_that_the_extract_lacks_is_passed_over():
    assert told((99, 1, 2, 0.0, 1.0)) == []
    assert told() == []


JUNCTIONS = Junctions(EXTRACT)


def test_the_pin_is_the_last_junction_passed():
    # three stretches meet at node 2 alone
    leg = Leg(streets=((10, 1, 2, 0.0, 1.0), (10, 2, 3, 0.0, 0.6)))
    assert JUNCTIONS.last_on(leg, Location(lon=1.6 * D, lat=0.0)) == NODES[2]


def test_without_a_junction_on_the_way_it_is_the_nearest_one():
    leg = Leg(streets=((10, 2, 3, 0.4, 0.6),))
    assert JUNCTIONS.last_on(leg, Location(lon=1.6 * D, lat=0.0)) == NODES[2]
    assert JUNCTIONS.last_on(None, Location(lon=2 * D, lat=0.0)) == NODES[2]


def test_a_line_ends_at_junctions_never_at_a_door():
    leg = Leg(streets=((10, 1, 2, 0.5, 1.0), (11, 2, 5, 0.0, 0.5)))
    assert JUNCTIONS.between(leg) == (NODES[2],)
    assert JUNCTIONS.between(Leg(streets=((10, 1, 2, 0.2, 0.8),))) == ()
