"""Turn restrictions and turn costs on towns small enough to solve by hand.

A thousandth of a degree is L = 111.195 m: 16,013 ms for a motorcycle at 25 km/h (see test_streets). A motorcycle's
ordinary turn costs 3 s, a sharp one 6 s, turning round 12 s; a walker's cost nothing.
"""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from shapely import box

from routing.network import (
    MODES,
    UNREACHABLE,
    LegalArea,
    StreetEngine,
    compile_streets,
    load_streets,
    read_extract,
    snap_all,
)
from routing.network.forbidden_turns import forbidden_sequences
from routing.network.restrictions import read_restrictions
from routing.network.street_arrays import DISTANCE_BITS

ROAD = {"highway": "residential"}

# A crossing at 5 with four arms, and a street from the eastern arm's end across to the northern one's:
#
#         2
#         |  60
#   1 --- 5 ---- 3
#         |
#         4
NODES = {
    1: (-0.001, 0.0), 2: (0.0, 0.001), 3: (0.001, 0.0), 4: (0.0, -0.001), 5: (0.0, 0.0),
}  # fmt: skip
WAYS = {10: ([1, 5], ROAD), 20: ([5, 2], ROAD), 30: ([5, 3], ROAD), 40: ([4, 5], ROAD), 60: ([3, 2], ROAD)}
WEST, NORTH, SOUTH = (-0.0005, 0.0), (0.0, 0.0005), (0.0, -0.0005)


def restriction(value: str, from_: int, via: tuple[str, int], to: int, **tags: str):
    members = [("w", "from", from_), (via[0], "via", via[1]), ("w", "to", to)]
    return members, {"type": "restriction", "restriction": value} | tags


def travel(streets, pins, mode="motorcycle", area=None):
    places = snap_all(streets, mode, pins)
    return StreetEngine(streets).travel(mode, area or LegalArea(), places, [0] * len(pins))


def ways_driven(streets, pins, mode="motorcycle") -> list[int]:
    pieces = [piece[0] for piece in travel(streets, pins, mode).leg(0, 1).streets]
    return [way for way, _ in itertools.groupby(pieces)]


def test_a_turn_costs_its_seconds(streets_of):
    streets = streets_of(NODES, WAYS)
    # West to north: half an arm each (8,007 ms) and a left turn of 90 degrees, 3 s: 19,014 ms -> 20 s.
    assert travel(streets, [WEST, NORTH]).time_s[0, 1] == 20
    # West to a point on the eastern arm: straight on, nothing: 16,014 ms -> 17 s.
    assert travel(streets, [WEST, (0.0005, 0.0)]).time_s[0, 1] == 17
    # On foot L takes 88.956 s at 4.5 km/h, and turning nothing.
    assert travel(streets, [WEST, NORTH], mode="foot").time_s[0, 1] == 89


@pytest.mark.parametrize(("degrees", "cost_s"), [(44.9, 0), (45.1, 3), (109.9, 3), (110.1, 6), (174.9, 6), (175.1, 12)])
def test_the_angle_decides_what_a_turn_costs(streets_of, degrees, cost_s):
    angle = np.radians(degrees)
    nodes = NODES | {7: (0.001 * np.cos(angle), 0.001 * np.sin(angle))}
    streets = streets_of(nodes, {10: ([1, 5], ROAD), 40: ([4, 5], ROAD), 70: ([5, 7], ROAD)})
    pin = (0.0005 * np.cos(angle), 0.0005 * np.sin(angle))
    answer = travel(streets, [WEST, pin])
    assert int(answer.weights()[0, 1] >> DISTANCE_BITS) in (16_014 + 1000 * cost_s, 16_013 + 1000 * cost_s)


def test_a_bend_without_a_choice_costs_nothing(streets_of):
    streets = streets_of(NODES, {10: ([1, 5], ROAD), 20: ([5, 2], ROAD)})
    assert travel(streets, [WEST, NORTH]).time_s[0, 1] == 17  # 16,014 ms


def test_no_left_turn_sends_vehicles_round_and_walkers_not(streets_of):
    no_left = {1: restriction("no_left_turn", 10, ("n", 5), 20)}
    streets = streets_of(NODES, WAYS, no_left)
    assert ways_driven(streets, [WEST, NORTH]) == [10, 30, 60, 20]
    assert ways_driven(streets, [WEST, NORTH], "foot") == [10, 20]
    # Half of 10, 30, 60 (L times the root of 2) and half of 20: 8,007 + 16,013 + 22,645 + 8,007 ms = 54,672 -> 55 s.
    # The bends at 3 and 2 leave no choice. (Turning round at 3 would be 12 s + 16,013 ms, and the right turn 3 s.)
    assert travel(streets, [WEST, NORTH]).time_s[0, 1] == 55
    assert ways_driven(streets, [SOUTH, NORTH]) == [40, 20]  # only from the west is it forbidden


def test_an_exception_is_for_its_modes_only(streets_of):
    streets = streets_of(NODES, WAYS, {1: restriction("no_left_turn", 10, ("n", 5), 20, **{"except": "bicycle"})})
    assert ways_driven(streets, [WEST, NORTH], "bicycle") == [10, 20]
    assert ways_driven(streets, [WEST, NORTH], "car") == [10, 30, 60, 20]


def test_only_straight_on_forbids_everything_else(streets_of):
    streets = streets_of(NODES, WAYS, {1: restriction("only_straight_on", 10, ("n", 5), 30)})
    assert ways_driven(streets, [WEST, NORTH]) == [10, 30, 60, 20]
    # South lies ahead of who turns round on 30 and comes back: 12 s and a left turn, 3 s.
    assert ways_driven(streets, [WEST, SOUTH]) == [10, 30, 40]
    assert ways_driven(streets, [WEST, (0.0005, 0.0)]) == [10, 30]


def test_two_only_from_one_street_allow_both_turns(streets_of):
    both = {
        1: restriction("only_straight_on", 10, ("n", 5), 30),
        2: restriction("only_left_turn", 10, ("n", 5), 20),
    }
    streets = streets_of(NODES, WAYS, both)
    assert ways_driven(streets, [WEST, NORTH]) == [10, 20]
    assert ways_driven(streets, [WEST, (0.0005, 0.0)]) == [10, 30]
    assert ways_driven(streets, [WEST, SOUTH]) in ([10, 20, 40], [10, 30, 40])  # both after turning round, alike


def test_a_dead_end_is_left_by_turning_round(streets_of):
    streets = streets_of(NODES, {10: ([1, 5], ROAD), 30: ([5, 3], ROAD), 40: ([4, 5], ROAD)}, {
        1: restriction("no_right_turn", 10, ("n", 5), 40),
    })  # fmt: skip
    # West to south is forbidden: on to the end of 30, round (12 s), back, left into 40 (3 s):
    # 8,007 + 16,013 + 12,000 + 16,013 + 3,000 + 8,007 ms = 63,040 -> 64 s.
    assert travel(streets, [WEST, SOUTH]).time_s[0, 1] == 64
    assert ways_driven(streets, [WEST, SOUTH]) == [10, 30, 40]


def test_a_no_u_turn_at_a_dead_end_makes_an_island(streets_of):
    ways = {10: ([1, 5], ROAD), 30: ([5, 3], ROAD), 40: ([4, 5], ROAD)}
    streets = streets_of(NODES, ways, {1: restriction("no_u_turn", 30, ("n", 3), 30)})
    assert snap_all(streets, "car", [(0.0005, 0.0)], 20.0) == [None]
    assert snap_all(streets, "foot", [(0.0005, 0.0)], 20.0) != [None]


# A divided road: west-east on 70, 71, 72; east-west on 80, 81, 82; joined by 90 at 21-31 and by 91 at 22-32.
#
#   30 <-82- 31 <-81- 32 <-80- 33
#             |90      |91
#   20 -70-> 21 -71-> 22 -72-> 23
ONE_WAY = ROAD | {"oneway": "yes"}
DIVIDED = {20 + n: (n / 1000, 0.0) for n in range(4)} | {30 + n: (n / 1000, 0.0002) for n in range(4)}
DUAL = {
    70: ([20, 21], ONE_WAY), 71: ([21, 22], ONE_WAY), 72: ([22, 23], ONE_WAY),
    80: ([33, 32], ONE_WAY), 81: ([32, 31], ONE_WAY), 82: ([31, 30], ONE_WAY),
    90: ([21, 31], ROAD), 91: ([22, 32], ROAD),
    98: ([30, 20], ROAD), 99: ([23, 33], ROAD),
}  # fmt: skip
EAST_BOUND, WEST_BOUND = (0.0005, 0.0), (0.0005, 0.0002)


def test_no_u_turn_by_way_closes_the_sequence_and_nothing_else(streets_of):
    by_way = {1: restriction("no_u_turn", 70, ("w", 90), 82)}
    free, bound = streets_of(DIVIDED, DUAL), streets_of(DIVIDED, DUAL, by_way)
    assert ways_driven(free, [EAST_BOUND, WEST_BOUND]) == [70, 90, 82]
    assert ways_driven(bound, [EAST_BOUND, WEST_BOUND]) == [70, 71, 91, 81, 82]
    assert ways_driven(bound, [EAST_BOUND, WEST_BOUND], "foot") == [70, 90, 82]
    # The way between may still be reached, and left, by who comes from or goes elsewhere.
    assert ways_driven(bound, [EAST_BOUND, (0.001, 0.0001)]) == [70, 90]
    assert ways_driven(bound, [(0.001, 0.0001), WEST_BOUND]) == [90, 82]


def test_a_place_on_the_way_between_is_left_as_one_arrived(streets_of):
    """A stop on 90 ends the drive: the next leg knows nothing of 70."""
    bound = streets_of(DIVIDED, DUAL, {1: restriction("no_u_turn", 70, ("w", 90), 82)})
    answer = travel(bound, [EAST_BOUND, (0.001, 0.0001), WEST_BOUND])
    assert answer.time_s[0, 1] + answer.time_s[1, 2] < answer.time_s[0, 2]


def test_only_by_way_must_be_followed_to_its_end(streets_of):
    only = {1: restriction("only_straight_on", 70, ("w", 71), 72)}
    bound = streets_of(DIVIDED, DUAL, only)
    # From 70 on along 71 and 72: neither 90 at its beginning nor 91 at its end; round by 99.
    assert ways_driven(bound, [EAST_BOUND, WEST_BOUND]) == [70, 71, 72, 99, 80, 81, 82]
    # Who comes onto 71 from 90 is free.
    assert ways_driven(bound, [(0.001, 0.0001), WEST_BOUND]) == [90, 82]
    assert ways_driven(bound, [(0.001, 0.0001), (0.002, 0.0001)]) == [90, 71, 91]


def test_restrictions_are_kept_by_the_cache(osm, tmp_path):
    path = osm(DIVIDED, DUAL, {1: restriction("no_u_turn", 70, ("w", 90), 82)})
    cold, warm = load_streets(path, tmp_path / "cache"), load_streets(path, tmp_path / "cache")
    assert cold.forbidden == warm.forbidden != {}
    assert ways_driven(warm, [EAST_BOUND, WEST_BOUND]) == [70, 71, 91, 81, 82]


def test_a_barrier_is_turned_at_and_not_passed(streets_of):
    nodes = NODES | {5: (0.0, 0.0, {"barrier": "bollard"})}
    streets = streets_of(nodes, WAYS)
    # All four arms end at the bollard: only north and east still meet, round the square.
    answer = travel(streets, [NORTH, (0.0005, 0.0)])
    assert [piece[0] for piece in answer.leg(0, 1).streets] == [20, 60, 30]


def test_a_zone_over_the_detour_leaves_turning_round(streets_of):
    streets = streets_of(NODES, WAYS, {1: restriction("no_left_turn", 10, ("n", 5), 20)})
    zone = box(0.0004, 0.0004, 0.0006, 0.0006)
    # 60 is shut: from the west one still gets north by turning round, at the end of the southern or the eastern arm.
    answer = travel(streets, [WEST, NORTH], area=LegalArea(None, (zone,)))
    assert [piece[0] for piece in answer.leg(0, 1).streets] in ([10, 40, 40, 20], [10, 30, 30, 20])


@pytest.mark.parametrize("extract", ["monaco", "copenhagen"])
def test_every_restriction_is_read_or_listed_and_none_is_broken(extract, request):
    path = request.getfixturevalue(f"{extract}_pbf")
    raw = read_extract(path)
    read = read_restrictions(raw)
    handled = {turn.relation_id for turn in read.turns} | {each.relation_id for each in read.unread}
    assert handled == {relation.relation_id for relation in raw.restrictions}
    assert len(handled) == {"monaco": 46, "copenhagen": 41}[extract]
    streets = compile_streets(raw)
    assert streets.forbidden == forbidden_sequences(streets, read.turns)
    rng = random.Random(7)  # noqa: S311  a fixed scatter of places, no secret
    near = [pin for turn in read.turns if turn.via_node for pin in _around(raw.nodes[turn.via_node], rng)]
    for mode in ("bicycle", "motorcycle", "car"):
        answer = travel(streets, near, mode)
        assert _broken(streets, answer, mode, rng, len(near)) == set()


def _around(node, rng):
    return [(node[0] + rng.uniform(-0.001, 0.001), node[1] + rng.uniform(-0.001, 0.001)) for _ in range(2)]


def _broken(streets, answer, mode, rng, places: int) -> set[tuple[int, ...]]:
    """Return the forbidden sequences that random legs drive; arcs are found anew from the pieces."""
    bit, broken, legs = 1 << MODES.index(mode), set(), 0
    while legs < 300:
        i, j = rng.randrange(places), rng.randrange(places)
        if answer.time_s[i, j] == UNREACHABLE or i == j:
            continue
        legs += 1
        arcs = list(_arcs(streets, answer.leg(i, j)))
        for length in range(2, 6):
            for begin in range(len(arcs) - length + 1):
                run = tuple(arcs[begin : begin + length])
                if streets.forbidden.get(run, 0) & bit:
                    broken.add(run)
    return broken


def _arcs(streets, leg):
    """Yield the arcs of a leg; a node at a chain's end begins a new one."""
    where = {}
    for way in {piece[0] for piece in leg.streets}:
        for chain in np.flatnonzero(streets.chain_way == way).tolist():
            for pair in itertools.pairwise(streets.node_id[streets.chain_nodes(chain)].tolist()):
                where[way, *pair], where[way, *pair[::-1]] = 2 * chain, 2 * chain + 1
    arcs = [where[piece[:3]] for piece in leg.streets]
    return (arc for arc, _ in itertools.groupby(arcs))
