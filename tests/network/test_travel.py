"""Travel on networks small enough to solve by hand.

A thousandth of a degree is L = 111.195 m: 16,013 ms for a motorcycle at 25 km/h (see test_streets).
"""

from __future__ import annotations

import pytest
from shapely import MultiPolygon, Polygon, box

from routing.network import UNREACHABLE, LegalArea, StreetEngine, snap_all

ROAD = {"highway": "residential"}
ONE_WAY = ROAD | {"oneway": "yes"}
EVERYWHERE = LegalArea()


def travel(streets, pins, area=EVERYWHERE, mode="motorcycle", walk_s=None):
    places = snap_all(streets, mode, pins)
    return StreetEngine(streets).travel(mode, area, places, walk_s or [None] * len(pins))


@pytest.fixture
def square(streets_of):
    """A one-way ring 1 -> 2 -> 3 -> 4 -> 1 with sides of L."""
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.001, 0.001), 4: (0.0, 0.001)}
    return streets_of(nodes, {7: ([1, 2, 3, 4, 1], ONE_WAY)})


@pytest.fixture
def line(streets_of):
    """Nodes 1 to 5 in a row, L apart; ways 11, 12, 13, 14 between them."""
    nodes = {n + 1: (n / 1000, 0.0) for n in range(5)}
    return streets_of(nodes, {10 + n: ([n, n + 1], ROAD) for n in range(1, 5)})


def test_ahead_is_direct_and_behind_is_the_way_round(square):
    answer = travel(square, [(0.0002, 0.0), (0.0008, 0.0)])
    # Ahead: 0.6 L = 66.717 m: 9,607.3 ms -> 10 s. Behind: 3.4 L = 378.06 m: 54,441.1 ms -> 55 s.
    assert answer.time_s.tolist() == [[0, 10], [55, 0]]
    assert answer.distance_m.tolist() == [[0, 67], [378, 0]]
    assert answer.leg(0, 1).streets == ((7, 1, 2, 0.2, 0.8),)
    assert answer.leg(1, 0).streets == (
        (7, 1, 2, 0.8, 1.0), (7, 2, 3, 0.0, 1.0), (7, 3, 4, 0.0, 1.0), (7, 4, 1, 0.0, 1.0), (7, 1, 2, 0.0, 0.2),
    )  # fmt: skip


def test_the_same_places_on_foot_go_straight_back(square):
    answer = travel(square, [(0.0002, 0.0), (0.0008, 0.0)], mode="foot")
    assert answer.leg(1, 0).streets == ((7, 2, 1, 0.2, 0.8),)
    assert answer.leg(1, 0).coordinates == ((0.0008, 0.0), (0.0002, 0.0))
    assert answer.time_s[1, 0] == 54  # 66.717 m at 4.5 km/h: 53.4 s


def test_a_leg_crosses_ways_in_the_direction_driven(line):
    leg = travel(line, [(0.0035, 0.0), (0.0005, 0.0)]).leg(0, 1)
    assert leg.streets == ((14, 5, 4, 0.5, 1.0), (13, 4, 3, 0.0, 1.0), (12, 3, 2, 0.0, 1.0), (11, 2, 1, 0.0, 0.5))
    assert leg.coordinates == ((0.0035, 0.0), (0.003, 0.0), (0.002, 0.0), (0.001, 0.0), (0.0005, 0.0))
    assert leg.distance_m == 334  # 3 L
    assert leg.travel_s == 49  # 8,007 + 16,013 * 2 + 8,007 ms, each rounded up once


def test_walks_are_added_at_both_ends(line):
    pins = [(0.0005, 0.0001), (0.0015, 0.0002)]
    # 11.12 m and 22.24 m at 4 km/h: 10.01 -> 11 s and 20.02 -> 21 s; between them L: 16.02 -> 17 s
    answer = travel(line, pins)
    assert answer.time_s.tolist() == [[0, 17 + 11 + 21], [17 + 11 + 21, 0]]
    assert answer.leg(0, 1).walk_m == 33
    assert answer.leg(0, 1).coordinates[0] == (0.0005, 0.0)  # the walk is not drawn
    assert travel(line, pins, walk_s=[5, None]).time_s[0, 1] == 17 + 5 + 21


def test_one_place_and_one_street_point(line):
    answer = travel(line, [(0.0005, 0.0001), (0.0005, -0.0001)])
    assert answer.time_s.tolist() == [[0, 22], [22, 0]]
    here, there = answer.leg(0, 0), answer.leg(0, 1)
    assert (here.streets, here.distance_m, here.travel_s, here.walk_m) == ((), 0, 0, 0)
    assert (there.streets, there.distance_m, there.travel_s, there.walk_m) == ((), 0, 22, 22)
    assert there.coordinates == ((0.0005, 0.0), (0.0005, 0.0))


def test_one_point_on_a_one_way_is_no_way_round(square):
    answer = travel(square, [(0.0005, 0.0), (0.0005, 0.0)])
    assert answer.time_s.tolist() == [[0, 0], [0, 0]]


def test_at_a_junction_a_place_belongs_to_every_street(streets_of):
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.001, 0.001), 4: (0.002, 0.0)}
    streets = streets_of(nodes, {7: ([1, 2], ONE_WAY), 8: ([2, 3, 1], ONE_WAY), 9: ([2, 4], ROAD)})
    answer = travel(streets, [(0.001, 0.0), (0.002, 0.0)])  # the first snaps to way 7, at its end
    assert answer.leg(0, 1).streets == ((9, 2, 4, 0.0, 1.0),)
    assert answer.leg(1, 0).streets == ((9, 4, 2, 0.0, 1.0),)


def test_two_places_at_a_junction_with_a_street_closed_to_the_mode_are_one_point(streets_of):
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.001, 0.001), 4: (0.002, 0.0)}
    ways = {7: ([1, 2], ROAD), 8: ([2, 3], {"highway": "steps"}), 9: ([2, 4], ROAD)}
    answer = travel(streets_of(nodes, ways), [(0.001, 0.0), (0.001, 0.0), (0.002, 0.0)])
    assert answer.time_s.tolist() == [[0, 0, 17], [0, 0, 17], [17, 17, 0]]  # L: 16,013 ms
    assert answer.leg(0, 1).streets == ()


def test_of_parallel_streets_the_faster_is_driven(streets_of):
    nodes = {n: (n / 1000, 0.0) for n in (1, 2, 3, 4)} | {5: (0.0025, 0.0001)}
    ways = {6: ([1, 2], ROAD), 7: ([2, 3], {"highway": "living_street"}), 8: ([2, 5, 3], ROAD), 9: ([3, 4], ROAD)}
    leg = travel(streets_of(nodes, ways), [(0.0015, 0.0), (0.0035, 0.0)]).leg(0, 1)
    assert [piece[0] for piece in leg.streets] == [6, 8, 8, 9]


def test_of_equal_times_the_shorter_is_driven(streets_of):
    # Way 7 shoots 0.5 L past node 3 and comes back: 2 L at 20 km/h lasts as long as way 8, L at 10 km/h.
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.002, 0.0), 4: (0.003, 0.0), 5: (0.0025, 0.0)}
    ways = {
        6: ([1, 2], ROAD), 9: ([3, 4], ROAD),
        7: ([2, 5, 3], ROAD | {"maxspeed": "20"}), 8: ([2, 3], ROAD | {"maxspeed": "10"}),
    }  # fmt: skip
    answer = travel(streets_of(nodes, ways), [(0.0005, 0.0), (0.003, 0.0)])
    assert [piece[0] for piece in answer.leg(0, 1).streets] == [6, 8, 9]
    assert answer.leg(0, 1).distance_m == 278  # 2.5 L


def test_a_lollipop_is_entered_by_the_shorter_side(streets_of):
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.002, 0.0), 4: (0.002, 0.001), 5: (0.001, 0.001)}
    streets = streets_of(nodes, {7: ([1, 2, 3, 4, 5, 2], ROAD)})
    answer = travel(streets, [(0.0005, 0.0), (0.002, 0.0002), (0.001, 0.0002)])
    assert [piece[1:3] for piece in answer.leg(0, 1).streets] == [(1, 2), (2, 3), (3, 4)]
    assert [piece[1:3] for piece in answer.leg(0, 2).streets] == [(1, 2), (2, 5)]
    assert [piece[1:3] for piece in answer.leg(1, 2).streets] == [(4, 3), (3, 2), (2, 5)]  # past the stick


def test_a_bollard_sends_the_motorcycle_round(streets_of):
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0, {"barrier": "bollard"}), 3: (0.002, 0.0), 4: (0.001, 0.001)}
    streets = streets_of(nodes, {7: ([1, 2, 3], ROAD), 8: ([1, 4, 3], ROAD)})
    pins = [(0.0009, 0.0), (0.0011, 0.0)]
    assert {piece[0] for piece in travel(streets, pins).leg(0, 1).streets} == {7, 8}
    assert [piece[0] for piece in travel(streets, pins, mode="foot").leg(0, 1).streets] == [7, 7]


def test_a_pin_without_a_street_is_not_reached(line):
    answer = travel(line, [(0.0005, 0.0), (5.0, 5.0)])
    assert answer.place_legal.tolist() == [True, False]
    assert answer.time_s.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    assert answer.distance_m.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    with pytest.raises(ValueError, match="no legal way"):
        answer.leg(0, 1)


def test_places_of_another_mode_are_refused(line):
    places = snap_all(line, "foot", [(0.0, 0.0)])
    with pytest.raises(ValueError, match="not snapped for car"):
        StreetEngine(line).travel("car", EVERYWHERE, places, [None])


def test_no_places_is_no_travel(line):
    assert travel(line, []).time_s.shape == (0, 0)


# ------------------------------------------------------------------------------------------ passes and zones


@pytest.fixture
def bent(streets_of):
    """From 1 to 2 a street that bends north out of the pass (way 7), and a long way south of it (way 8)."""
    nodes = {
        1: (0.001, 0.0), 2: (0.003, 0.0), 3: (0.002, 0.002), 4: (0.001, -0.003), 5: (0.003, -0.003),
        6: (0.0, 0.0), 9: (0.004, 0.0),
    }  # fmt: skip
    return streets_of(nodes, {7: ([1, 3, 2], ROAD), 8: ([1, 4, 5, 2], ROAD), 5: ([6, 1], ROAD), 6: ([2, 9], ROAD)})


ENDS = [(0.0005, 0.0), (0.0035, 0.0)]


def test_a_street_with_both_ends_inside_that_leaves_the_pass_is_no_street(bent):
    assert {piece[0] for piece in travel(bent, ENDS).leg(0, 1).streets} == {5, 6, 7}
    masked = travel(bent, ENDS, LegalArea(box(-0.001, -0.004, 0.005, 0.001)))
    assert {piece[0] for piece in masked.leg(0, 1).streets} == {5, 6, 8}
    closed = travel(bent, ENDS, LegalArea(box(-0.001, -0.001, 0.005, 0.001)))
    assert closed.place_legal.tolist() == [True, True]  # cut off, not outside
    assert closed.time_s[0, 1] == UNREACHABLE


def test_a_blocked_zone_closes_the_street_it_touches(bent):
    zone = box(0.0019, 0.0019, 0.0021, 0.0021)
    assert {piece[0] for piece in travel(bent, ENDS, LegalArea(None, (zone,))).leg(0, 1).streets} == {5, 6, 8}


def test_a_hole_in_the_pass_closes_the_street_through_it(bent):
    outer = [(-0.001, -0.004), (0.005, -0.004), (0.005, 0.004), (-0.001, 0.004)]
    hole = [(0.0019, 0.0019), (0.0021, 0.0019), (0.0021, 0.0021), (0.0019, 0.0021)]
    masked = travel(bent, ENDS, LegalArea(Polygon(outer, [hole])))
    assert {piece[0] for piece in masked.leg(0, 1).streets} == {5, 6, 8}


def test_two_passes_that_share_a_border_are_one_ground(bent):
    halves = MultiPolygon([box(-0.001, -0.004, 0.002, 0.004), box(0.002, -0.004, 0.005, 0.004)])
    assert {piece[0] for piece in travel(bent, ENDS, LegalArea(halves)).leg(0, 1).streets} == {5, 6, 7}


def test_an_empty_area_is_nowhere(bent):
    answer = travel(bent, ENDS, LegalArea(Polygon()))
    assert answer.place_legal.tolist() == [False, False]


# One metre is 0.000009 degrees; the pass reaches to 0.002 + margin, the street's legal part ends there.
@pytest.mark.parametrize(("east", "legal"), [(0.00199, False), (0.002, False), (0.002008, False), (0.00201, True)])
def test_a_place_needs_a_metre_of_legal_ground_around_it(line, east, legal):
    answer = travel(line, [(0.0005, 0.0), (0.002, 0.0)], LegalArea(box(-0.001, -0.001, east, 0.001)))
    assert answer.place_legal.tolist() == [True, legal]
    assert bool(answer.time_s[0, 1] < UNREACHABLE) is legal


def test_pin_and_walk_must_be_legal_as_well_as_the_street_point(line):
    pin = (0.0015, 0.001)
    pass_without_pin = box(-0.001, -0.001, 0.005, 0.0009)
    assert travel(line, [pin], LegalArea(pass_without_pin)).place_legal.tolist() == [False]
    zone_on_the_walk = box(0.0014, 0.0004, 0.0016, 0.0006)
    assert travel(line, [pin], LegalArea(None, (zone_on_the_walk,))).place_legal.tolist() == [False]
    assert travel(line, [pin]).place_legal.tolist() == [True]


def test_a_place_on_a_partly_legal_street_leaves_by_its_legal_end_only(streets_of):
    # A square; the pass ends in the middle of side 1-2, so from 0.0003 only node 1 is reached,
    # and node 2, close by, only the long way round.
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.001, 0.001), 4: (0.0, 0.001)}
    streets = streets_of(nodes, {7: ([1, 2], ROAD), 8: ([2, 3, 4, 1], ROAD)})
    zone = box(0.0004, -0.0001, 0.0006, 0.0001)
    answer = travel(streets, [(0.0003, 0.0), (0.0008, 0.0)], LegalArea(None, (zone,)))
    assert answer.leg(0, 1).streets == (
        (7, 2, 1, 0.7, 1.0), (8, 1, 4, 0.0, 1.0), (8, 4, 3, 0.0, 1.0), (8, 3, 2, 0.0, 1.0), (7, 2, 1, 0.0, 0.2),
    )  # fmt: skip


def test_two_places_in_the_middle_of_a_street_whose_ends_are_illegal(line):
    ground = LegalArea(box(0.0012, -0.001, 0.0018, 0.001))
    answer = travel(line, [(0.0013, 0.0), (0.0017, 0.0)], ground)
    assert answer.leg(0, 1).streets == ((12, 2, 3, 0.3, 0.7),)
    parted = LegalArea(ground.allowed, (box(0.00149, -0.001, 0.00151, 0.001),))
    assert travel(line, [(0.0013, 0.0), (0.0017, 0.0)], parted).time_s[0, 1] == UNREACHABLE


def test_one_ways_bind_at_the_ends_too(square):
    # Behind is the way round; with side 3-4 blocked there is none, though the street itself is legal.
    zone = box(0.0004, 0.0009, 0.0006, 0.0011)
    answer = travel(square, [(0.0002, 0.0), (0.0008, 0.0)], LegalArea(None, (zone,)))
    assert answer.time_s[0, 1] == 10
    assert answer.time_s[1, 0] == UNREACHABLE


class Forgetful(StreetEngine):
    """An engine that another thread asks something between any two steps of this one."""

    def wake(self, travel):
        super().wake(travel)
        travel.forget()


def test_an_answer_whose_weights_are_forgotten_while_it_needs_them_is_the_same(line):
    places = snap_all(line, "car", [(0.0005, 0.0), (0.0035, 0.0)])
    answer = Forgetful(line).travel("car", EVERYWHERE, places, [0, 0])
    assert answer.leg(0, 1) == StreetEngine(line).travel("car", EVERYWHERE, places, [0, 0]).leg(0, 1)
