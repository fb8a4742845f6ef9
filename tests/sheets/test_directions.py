"""Directions and junctions on streets drawn by hand.

4 --- 5
|     |
1 --- 2 --- 3      Jalan Satu: 1-2-3; Gang A: 2-5, north; no name: 5-4-1
"""

import pytest

from routing.domain.places import Location
from routing.domain.plan import Leg, LineString, Street
from routing.network.directions import Directions, Instruction, Manoeuvre
from routing.network.extract import Extract, Way
from routing.network.streets import compile_streets
from routing.sheets.directions import Turn, _direction, directions_of
from routing.sheets.junctions import Junctions

D = 0.0009  # 100.08 m of latitude, and at the equator of longitude
NODES = {1: (0.0, 0.0), 2: (D, 0.0), 3: (2 * D, 0.0), 4: (0.0, D), 5: (D, D)}
WAYS = {
    10: Way(10, (1, 2, 3), {"highway": "tertiary", "name": "Jalan Satu"}),
    11: Way(11, (2, 5), {"highway": "residential", "name": "Gang A"}),
    12: Way(12, (5, 4, 1), {"highway": "residential"}),
}
EXTRACT = Extract(NODES, {}, WAYS, "0" * 64, (0.0, 0.0, D, D))


ENGINE = Directions(EXTRACT, compile_streets(EXTRACT), "motorcycle")


def leg(*streets: Street) -> Leg:
    line = [NODES[tail] for _, tail, *_ in streets] + [NODES[head] for _, _, head, *_ in streets[-1:]]
    return Leg(streets=streets, geometry=LineString(coordinates=tuple(line)))


def told(*streets: Street) -> list[tuple[Turn, str, int]]:
    return [(way.turn, way.street, way.distance_m) for way in directions_of(leg(*streets), ENGINE)]


def test_pieces_of_one_street_are_one_direction():
    # half of the first 100 m and all of the second
    assert told((10, 1, 2, 0.5, 1.0), (10, 2, 3, 0.0, 1.0)) == [(Turn.ON, "Jalan Satu", 150)]


def test_left_and_right_are_those_of_whoever_drives():
    east_then_north = told((10, 1, 2, 0.0, 1.0), (11, 2, 5, 0.0, 1.0))
    assert east_then_north == [(Turn.ON, "Jalan Satu", 100), (Turn.LEFT, "Gang A", 100)]
    west_then_north = told((10, 3, 2, 0.0, 1.0), (11, 2, 5, 0.0, 1.0))
    assert west_then_north == [(Turn.ON, "Jalan Satu", 100), (Turn.RIGHT, "Gang A", 100)]


def test_a_street_without_a_name_has_an_empty_one():
    assert told((11, 2, 5, 0.0, 1.0), (12, 5, 4, 0.0, 1.0))[-1] == (Turn.LEFT, "", 100)


def test_turning_back_is_said():
    assert told((10, 1, 2, 0.0, 1.0), (10, 2, 1, 0.0, 1.0))[-1] == (Turn.BACK, "Jalan Satu", 100)


def test_a_street_of_no_length_worth_telling_is_still_told():
    assert told((10, 1, 2, 0.0, 0.001)) == [(Turn.ON, "Jalan Satu", 1)]


@pytest.mark.parametrize(
    ("most", "skipped"), [(4, [False, True, False, False]), (12, [False] * 12), (11, [False, True] + [False] * 9)]
)
def test_of_a_long_way_the_middle_is_left_out(most: int, skipped: list[bool]):
    there, back = ((10, 1, 2, 0.0, 1.0), (11, 2, 5, 0.0, 1.0)), ((11, 5, 2, 0.0, 1.0), (10, 2, 1, 0.0, 1.0))
    way = directions_of(leg(*(there + back) * 3), ENGINE, most=most)  # twelve directions: every piece is a turn
    assert [one.skipped for one in way] == skipped
    assert way[-1].street == "Jalan Satu"


def test_where_nothing_is_driven_nothing_is_said():
    assert directions_of(Leg(), ENGINE) == ()


@pytest.mark.parametrize(
    ("door", "turn"),
    [
        ((2 * D, D / 10), Turn.DOOR_LEFT),  # driven east, so north is left
        ((2 * D, -D / 10), Turn.DOOR_RIGHT),
        ((2 * D + D / 10, 0.0), Turn.DOOR_AHEAD),
    ],
)
def test_the_side_of_the_door_stands_last(door: tuple[float, float], turn: Turn):
    way = directions_of(leg((10, 2, 3, 0.0, 1.0)), ENGINE, door=door)
    assert [(one.turn, one.street) for one in way] == [(Turn.ON, "Jalan Satu"), (turn, "")]


def test_a_door_behind_or_on_the_street_has_no_side():
    for door in ((2 * D - D / 10, 0.0), (2 * D, 0.0), None):
        assert [one.turn for one in directions_of(leg((10, 2, 3, 0.0, 1.0)), ENGINE, door=door)] == [Turn.ON]


def test_every_manoeuvre_of_the_engine_has_a_turn():
    turns = {manoeuvre: _direction(instruction(manoeuvre)).turn for manoeuvre in Manoeuvre if manoeuvre != "arrive"}
    assert set(turns.values()) == {turn for turn in Turn if not turn.startswith("door")}
    assert turns[Manoeuvre.ROUNDABOUT] is Turn.ROUNDABOUT


def instruction(manoeuvre: Manoeuvre) -> Instruction:
    return Instruction(manoeuvre=manoeuvre, name="x", way_class=None, distance_m=9, heading_deg=0, lon=0.0, lat=0.0)


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
