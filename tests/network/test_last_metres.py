"""Where the vehicle is left and how one walks on: steps, a lane behind a bollard, a river, a footway beside the street.

One thousandth of a degree is 111.195 m. The road leads east along y = 0 from (0, 0) over (1, 0) to (2, 0).
"""

import pytest
import shapely

from routing.network.last_metres import needs_walk, walks_of
from routing.network.legal import LegalArea
from routing.network.snapping import snap

L = 111.195
ROAD = {10: ((1, 3, 2), {"highway": "residential"})}
NODES = {1: (0.0, 0.0), 2: (0.002, 0.0), 3: (0.001, 0.0)}
STEPS = (NODES | {4: (0.001, 0.001)}, ROAD | {20: ((3, 4), {"highway": "steps"})})
BOLLARD = (
    NODES | {5: (0.001, 0.0005, {"barrier": "bollard"}), 4: (0.001, 0.001)},
    ROAD | {20: ((3, 5, 4), {"highway": "residential"})},
)
# The far bank, and the bridge at its east end.
RIVER = (
    NODES | {6: (0.0, 0.0006), 7: (0.002, 0.0006)},
    ROAD | {20: ((6, 7), {"highway": "footway"}), 21: ((7, 2), {"highway": "footway"})},
)


def found(streets, x, y, mode="motorcycle", limit_m=300.0, area=None):
    """Return (asked for, the walk) of a door at (x, y) thousandths."""
    lon, lat = x / 1000, y / 1000
    on_foot = snap(streets, "foot", lon, lat)
    if not needs_walk(streets, mode, snap(streets, mode, lon, lat), on_foot):
        return False, None
    return True, walks_of(streets, mode, area or LegalArea(), [on_foot], limit_m)[0]


def test_at_steps_the_motorcycle_stays_on_the_road(streets_of):
    asked, walk = found(streets_of(*STEPS), 1.02, 0.8)
    assert asked
    # 0.8 L of steps at 2 km/h, 0.02 L straight at 4 km/h: 160.12 s + 2.00 s
    assert walk.walk_s == 163
    assert walk.walk_m == pytest.approx(0.82 * L, abs=0.01)
    assert walk.streets == ((20, 3, 4, 0.0, 0.8),)
    assert walk.coordinates == ((0.001, 0.0), (0.001, 0.0008))
    assert (walk.parking.lon, walk.parking.lat, walk.parking.pin) == (0.001, 0.0, (0.001, 0.0))


def test_from_the_far_end_the_steps_are_walked_the_other_way(streets_of):
    nodes = NODES | {4: (0.001, -0.001)}
    _, walk = found(streets_of(nodes, ROAD | {20: ((4, 3), {"highway": "steps"})}), 1.0, -0.8)
    assert walk.streets == ((20, 3, 4, 0.0, 0.8),)


@pytest.mark.parametrize(("y", "asked"), [(0.269, False), (0.271, True)])
def test_within_thirty_metres_of_the_road_one_walks_straight(streets_of, y, asked):
    # 29.9 m and 30.1 m from the road
    assert found(streets_of(*STEPS), 1.0, y)[0] is asked


@pytest.mark.parametrize(("limit_m", "reached"), [(92, True), (91.2, True), (91.1, False), (0, False)])
def test_nobody_walks_farther_than_the_limit(streets_of, limit_m, reached):
    # 0.82 L are 91.18 m
    assert (found(streets_of(*STEPS), 1.02, 0.8, limit_m=limit_m)[1] is not None) is reached


def test_behind_a_bollard_the_lane_is_walked(streets_of):
    _, walk = found(streets_of(*BOLLARD), 1.0, 0.8)
    assert walk.streets == ((20, 5, 4, 0.0, 0.6),)
    assert walk.walk_s == 27  # 0.3 L at 4.5 km/h: 26.69 s
    assert (walk.parking.lon, walk.parking.lat) == (0.001, 0.0005)


def test_a_bicycle_goes_round_the_bollard(streets_of):
    assert found(streets_of(*BOLLARD), 1.0, 0.8, mode="bicycle") == (False, None)


def test_who_is_on_foot_leaves_nothing_behind(streets_of):
    assert found(streets_of(*STEPS), 1.0, 0.8, mode="foot") == (False, None)


def test_a_river_is_walked_round_and_never_across(streets_of):
    # The road is 68 m off, across the water. Over the bridge: 1.9 L along the bank, 0.6 L of bridge, 0.01 L straight.
    _, walk = found(streets_of(*RIVER), 0.1, 0.61)
    assert walk.walk_m == pytest.approx(2.51 * L, abs=0.05)
    assert [piece[0] for piece in walk.streets] == [21, 20]
    assert walk.coordinates == ((0.002, 0.0), (0.002, 0.0006), (0.0001, 0.0006))


def test_across_a_river_too_wide_to_walk_round_there_is_no_way(streets_of):
    assert found(streets_of(*RIVER), 0.1, 0.61, limit_m=200.0) == (True, None)


def test_a_footway_drawn_beside_the_road_changes_nothing(streets_of):
    beside = (NODES | {6: (0.0, 0.00005), 7: (0.002, 0.00005)}, ROAD | {20: ((6, 7, 2), {"highway": "footway"})})
    assert found(streets_of(*beside), 1.0, 0.1) == (False, None)


def test_what_is_open_one_way_only_is_no_way_there_and_back(streets_of):
    moving = ROAD | {20: ((3, 4), {"highway": "steps", "conveying": "forward"})}
    way_back = {21: ((4, 2), {"highway": "footway"})}
    streets = streets_of(STEPS[0], moving | way_back)
    assert found(streets, 1.0, 0.8)[1] is None


GROUND = shapely.box(-1, -1, 1, 1)


@pytest.mark.parametrize(
    ("area", "reached"),
    [
        (LegalArea(allowed=GROUND), True),
        # the pass ends below the door, a metre above it, or holds the door and not the way
        (LegalArea(allowed=shapely.box(-1, -1, 1, 0.0007)), False),
        (LegalArea(allowed=shapely.box(-1, -1, 1, 0.00082)), True),
        (LegalArea(allowed=GROUND - shapely.box(0, 0.0003, 1, 0.0004)), False),
        (LegalArea(blocked=(shapely.box(0, 0.0003, 1, 0.0004),)), False),
        (LegalArea(blocked=(shapely.box(0.00103, 0.0003, 1, 0.0004),)), True),
        # the road itself is closed
        (LegalArea(blocked=(shapely.box(-1, -0.0001, 1, 0.0001),)), False),
    ],
)
def test_the_way_is_lawful_for_the_duty(streets_of, area, reached):
    assert (found(streets_of(*STEPS), 1.0, 0.8, area=area)[1] is not None) is reached


def test_of_two_ways_the_quicker_is_taken(streets_of):
    # from the door at the steps' middle down 0.5 L of steps, or up them and round by a footway
    nodes = STEPS[0] | {8: (0.0012, 0.001), 9: (0.0012, 0.0)}
    ways = {
        10: ((1, 3, 9, 2), {"highway": "residential"}),
        20: ((3, 4), {"highway": "steps"}),
        21: ((4, 8, 9), {"highway": "footway"}),
    }
    streets = streets_of(nodes, ways)
    assert [piece[0] for piece in found(streets, 1.0, 0.5)[1].streets] == [20]
    # At 0.9 L: down the steps 180.1 s; up 0.1 L of them and 1.2 L of footway 20.0 + 106.7 s.
    assert [piece[0] for piece in found(streets, 1.0, 0.9)[1].streets] == [21, 21, 20]
