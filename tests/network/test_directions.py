"""Directions on small towns at the equator, where a thousandth of a degree is 111.195 m both ways.

`told` writes an instruction as (manoeuvre, name, metres), with the exit of a roundabout after it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from routing.network import Leg, LegalArea, StreetEngine, compile_streets, read_extract, snap_all
from routing.network.directions import Directions, Instruction, Manoeuvre, Side
from routing.network.travel import StreetPiece
from tests.network.conftest import Nodes, Ways, osm_xml

LIVING = {"highway": "residential"}
SERVICE = {"highway": "service"}

Told = list[tuple[object, ...]]


def street(name: str, **tags: str) -> dict[str, str]:
    return {"highway": "residential", "name": name, **tags}


@pytest.fixture
def directed(osm: Callable[[Nodes, Ways], Path]) -> Callable[..., tuple[Instruction, ...]]:
    """Give directions from one point to another in a town drawn in thousandths of a degree."""

    def direct(nodes: dict, ways: Ways, start, end, mode: str = "motorcycle") -> tuple[Instruction, ...]:
        placed = {node: (row[0] / 1000, row[1] / 1000, *row[2:]) for node, row in nodes.items()}
        extract = read_extract(osm(placed, ways))
        streets = compile_streets(extract)
        pins = [(lon / 1000, lat / 1000) for lon, lat in (start, end)]
        travel = StreetEngine(streets).travel(mode, LegalArea(), snap_all(streets, mode, pins), [None, None])
        return Directions(extract, streets, mode).of(travel.leg(0, 1), pins[1])

    return direct


def read_town(nodes: dict, ways: Ways) -> Directions:
    """Return directions for a town, for legs written by hand."""
    placed = {node: (lon / 1000, lat / 1000) for node, (lon, lat) in nodes.items()}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "town.osm"
        path.write_text(osm_xml(placed, ways), encoding="utf-8")
        extract = read_extract(path)
    return Directions(extract, compile_streets(extract), "motorcycle")


def leg_over(*pieces: StreetPiece) -> Leg:
    return Leg(travel_s=60, distance_m=0, walk_m=0, streets=pieces, coordinates=((0.0, 0.0), (0.0, 0.0)))


def told(instructions: tuple[Instruction, ...]) -> Told:
    return [
        (str(one.manoeuvre), one.name, one.distance_m, *([one.exit] if one.exit is not None else []))
        for one in instructions
    ]


# A crossing at 1, with arms of 222.39 m: south 2, north 3, east 4, west 5
CROSSING = {1: (0, 0), 2: (0, -2), 3: (0, 2), 4: (2, 0), 5: (-2, 0)}


@pytest.mark.parametrize(
    ("end", "word", "name"),
    [((1, 0), "right", "East"), ((-1, 0), "left", "West"), ((0, 1), "straight", "North")],
)
def test_a_turn_at_a_crossing_names_the_street_taken(directed, end, word, name):
    ways = {
        10: ([2, 1], street("South")),
        11: ([1, 3], street("North")),
        12: ([1, 4], street("East")),
        13: ([1, 5], street("West")),
    }
    # from the middle of the southern arm (111 m) to the middle of another (111 m)
    assert told(directed(CROSSING, ways, (0, -1), end)) == [
        ("depart", "South", 111),
        (word, name, 111),
        ("arrive", name, 0),
    ]


def test_headings_places_and_nodes_are_those_of_the_manoeuvre(directed):
    ways = {10: ([2, 1], street("South")), 11: ([1, 3], street("North")), 12: ([5, 1, 4], street("Across"))}
    departs, turns, arrives = directed(CROSSING, ways, (0, -1), (1, 0.1))
    assert (departs.heading_deg, departs.node_id, departs.lon, departs.lat) == (0, None, 0, -0.001)
    assert (turns.heading_deg, turns.node_id, turns.lon, turns.lat) == (90, 1, 0, 0)
    assert (arrives.heading_deg, arrives.node_id, arrives.lon, arrives.lat) == (90, None, 0.001, 0)
    assert (departs.way_class, turns.way_class, arrives.way_class) == ("residential", "residential", None)


@pytest.mark.parametrize(("lat", "side"), [(0.1, Side.LEFT), (-0.1, Side.RIGHT), (0, None)])
def test_the_door_is_on_a_side_of_the_street(directed, lat, side):
    arrives = directed({1: (0, 0), 2: (4, 0)}, {10: ([1, 2], LIVING)}, (1, 0), (3, lat))[-1]
    assert (arrives.manoeuvre, arrives.side) == (Manoeuvre.ARRIVE, side)


def test_a_door_beyond_the_end_of_the_street_is_ahead(directed):
    assert directed({1: (0, 0), 2: (4, 0)}, {10: ([1, 2], LIVING)}, (1, 0), (4.2, 0))[-1].side is Side.AHEAD


def test_a_named_street_is_one_instruction_across_ways_crossings_and_gentle_bends(directed):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0.5), 4: (3, 1), 5: (1, 1), 6: (2, -1)}
    ways = {
        10: ([1, 2], street("Main")),
        11: ([2, 3], street("Main", surface="asphalt")),  # bends by 27° at a crossing
        12: ([3, 4], street("Main")),
        13: ([2, 5], LIVING),
        14: ([3, 6], LIVING),
    }
    # 0.5 + √1.25 + √1.25 / 2 thousandths = 55.6 + 124.3 + 62.2 = 242.1 m
    assert told(directed(nodes, ways, (0.5, 0), (2.5, 0.75))) == [("depart", "Main", 242), ("arrive", "Main", 0)]


def test_a_bend_is_no_turn_where_there_is_no_choice(directed):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 1)}
    ways = {10: ([1, 2], LIVING), 11: ([2, 3], LIVING)}
    assert told(directed(nodes, ways, (0.5, 0), (1, 0.5))) == [("depart", None, 111), ("arrive", None, 0)]


def test_a_named_street_that_turns_off_at_a_crossing_is_announced(directed):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (2, 0)}
    ways = {10: ([1, 2], street("Main")), 11: ([2, 3], street("Main")), 12: ([2, 4], street("Other"))}
    assert told(directed(nodes, ways, (0.5, 0), (1, 0.5))) == [
        ("depart", "Main", 56),
        ("left", "Main", 55),  # 111.195 m in all: rounded sums, so that the parts add up
        ("arrive", "Main", 0),
    ]


@pytest.mark.parametrize(
    ("bend", "announced"),
    # tan 44° = 0.9657, tan 46° = 1.0355: the street bends by so much where another goes straight on
    [(0.9657, False), (1.0355, True)],
)
def test_a_named_street_may_bend_by_less_than_45_degrees_without_a_word(directed, bend, announced):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, bend), 4: (2, 0)}
    ways = {10: ([1, 2], street("Main")), 11: ([2, 3], street("Main")), 12: ([2, 4], LIVING)}
    words = [str(one.manoeuvre) for one in directed(nodes, ways, (0.5, 0), (2, bend))]
    assert words == (["depart", "left", "arrive"] if announced else ["depart", "arrive"])


@pytest.mark.parametrize(
    ("ours", "other", "word"),
    [
        ((2, 0.3), (2, -0.3), "slight_left"),  # a fork, 17° each way
        ((2, -0.3), (2, 0.3), "slight_right"),
        ((2, 0), (2, 0.14), "slight_right"),  # straight on, but the other branch is but 8° off
        ((2, 0), (2, 0.3), None),  # straight on, the other 17° off: no doubt
        ((2, 0.6), (2, 0), "slight_left"),  # 31° off, while another goes straight on
    ],
)
def test_a_nameless_fork_is_announced_where_straight_on_is_not_clear(directed, ours, other, word):
    nodes = {1: (0, 0), 2: (1, 0), 3: ours, 4: other}
    ways = {10: ([1, 2], SERVICE), 11: ([2, 3], SERVICE), 12: ([2, 4], SERVICE)}
    words = [str(one.manoeuvre) for one in directed(nodes, ways, (0.5, 0), ours)]
    assert words == ["depart", *([word] if word else []), "arrive"]


def test_a_kink_at_the_very_junction_is_not_taken_for_a_turn(directed):
    # The last 2 m of the way jump aside by 45°: over 15 m the street still heads east, and goes straight on.
    nodes = {1: (0, 0), 2: (0.98, 0), 3: (1, 0.02), 4: (2, 0.02), 5: (1, 1)}
    ways = {10: ([1, 2, 3], street("A")), 11: ([3, 4], street("B")), 12: ([3, 5], street("C"))}
    assert [str(one.manoeuvre) for one in directed(nodes, ways, (0.5, 0), (1.5, 0.02))] == [
        "depart",
        "straight",
        "arrive",
    ]


def test_a_new_name_is_told_even_without_a_choice(directed):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0)}
    ways = {10: ([1, 2], street("A")), 11: ([2, 3], street("B"))}
    assert told(directed(nodes, ways, (0, 0), (2, 0))) == [
        ("depart", "A", 111),
        ("straight", "B", 111),
        ("arrive", "B", 0),
    ]


def test_a_street_that_loses_its_name_without_a_choice_goes_on(directed):
    nodes = {1: (0, 0), 2: (1, 0), 3: (3, 0)}
    ways = {10: ([1, 2], street("A")), 11: ([2, 3], LIVING)}
    assert told(directed(nodes, ways, (0, 0), (3, 0))) == [("depart", "A", 334), ("arrive", "A", 0)]


@pytest.mark.parametrize(("gap", "joined"), [(0.53, True), (0.55, False)])  # 58.9 m and 61.2 m; the limit is 60
def test_a_street_may_lack_its_name_for_sixty_metres(directed, gap, joined):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1 + gap, 0), 4: (3, 0), 5: (1, 1), 6: (1 + gap, 1)}
    ways = {
        10: ([1, 2], street("A")),
        11: ([2, 3], LIVING),
        12: ([3, 4], street("A")),
        13: ([2, 5], LIVING),
        14: ([3, 6], LIVING),
    }
    names = [one.name for one in directed(nodes, ways, (0, 0), (3, 0))]
    assert names == (["A", "A"] if joined else ["A", None, "A", "A"])


def test_two_left_turns_through_a_median_are_one_turn_round(directed):
    # Two carriageways 11 m apart, driven on the left: east along the northern one, back west along the southern one.
    nodes = {1: (0, 0.1), 2: (1, 0.1), 3: (2, 0.1), 4: (0, 0), 5: (1, 0), 6: (2, 0)}
    ways = {
        10: ([4, 5, 6], street("Ring", oneway="yes")),
        11: ([3, 2, 1], street("Ring", oneway="yes")),
        12: ([5, 2], SERVICE),
        13: ([6, 3], SERVICE),
        14: ([1, 4], SERVICE),
    }
    # 0.5 along, the link (part of the turn), 0.5 back: 55.6 + 11.1 + 55.6 m
    assert told(directed(nodes, ways, (0.5, 0), (0.5, 0.1))) == [
        ("depart", "Ring", 56),
        ("turn_round", "Ring", 66),
        ("arrive", "Ring", 0),
    ]


@pytest.mark.parametrize(("link", "turns"), [(0.17, 1), (0.19, 2)])  # 18.9 m and 21.1 m; the limit is 20
def test_only_a_short_nameless_link_is_a_part_of_the_turn(directed, link, turns):
    # From a lane that ends at the side of A, over the link, and left onto B.
    nodes = {1: (0, 0), 2: (1, 0), 3: (1 + link, 0), 4: (1 + link, 1), 5: (1, -1), 6: (1 + link, -1)}
    ways = {
        10: ([1, 2], street("A")),
        11: ([2, 3], LIVING),
        12: ([3, 4], street("B")),
        13: ([2, 5], street("C")),
        14: ([3, 6], street("B")),
    }
    words = [str(one.manoeuvre) for one in directed(nodes, ways, (0, 0), (1 + link, 1))]
    assert words == (["depart", "left", "arrive"] if turns == 1 else ["depart", "straight", "left", "arrive"])


def test_left_and_then_right_over_a_link_stay_two_turns(directed):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 0.1), 4: (2, 0.1), 5: (1, -1), 6: (1, 1)}
    ways = {
        10: ([1, 2], street("A")),
        11: ([2, 3], LIVING),
        12: ([3, 4], street("B")),
        13: ([2, 5], LIVING),
        14: ([3, 6], LIVING),
    }
    assert [str(one.manoeuvre) for one in directed(nodes, ways, (0, 0), (2, 0.1))] == [
        "depart",
        "left",
        "right",
        "arrive",
    ]


def test_going_back_over_the_same_street_is_a_turn_round():
    nodes = {1: (0, 0), 2: (2, 0), 3: (2, 1)}
    ways = {10: ([1, 2], street("A")), 11: ([2, 3], LIVING)}
    town = read_town(nodes, ways)
    leg = leg_over((10, 1, 2, 0.5, 1.0), (10, 2, 1, 0.0, 0.75))
    # 111 m to the end, 167 m back
    assert told(town.of(leg)) == [("depart", "A", 111), ("turn_round", "A", 167), ("arrive", "A", 0)]


def test_one_street_point_needs_no_way():
    town = read_town({1: (0, 0), 2: (2, 0)}, {10: ([1, 2], street("A"))})
    (arrives,) = town.of(leg_over())
    assert (arrives.manoeuvre, arrives.name, arrives.distance_m, arrives.heading_deg) == ("arrive", None, 0, None)


# A roundabout driven clockwise (on the left): in at 1 from the south; out at 2 to the west, at 3 to the north, at 4 to
# the east, and at 5, just before the entry, back to the south.
CIRCLE = {
    1: (0, -0.2),
    2: (-0.2, 0),
    3: (0, 0.2),
    4: (0.2, 0),
    5: (0.1, -0.17),
    11: (0, -2),
    12: (-2, 0),
    13: (0, 2),
    14: (2, 0),
    15: (0.1, -2),
}
ROUND = {"highway": "residential", "junction": "roundabout"}
ARMS: Ways = {
    21: ([11, 1], street("South", oneway="yes")),
    22: ([2, 12], street("West")),
    23: ([3, 13], street("North")),
    24: ([4, 14], street("East")),
    25: ([5, 15, 11], street("South", oneway="yes")),
}
TOWN: Ways = {20: ([1, 2, 3, 4, 5, 1], ROUND), **ARMS}


@pytest.mark.parametrize(
    ("end", "name", "number"),
    [((-1, 0), "West", 1), ((0, 1), "North", 2), ((1, 0), "East", 3), ((0.1, -1), "South", 4)],
)
def test_exits_of_a_roundabout_are_counted_from_the_entry(directed, end, name, number):
    departs, takes, arrives = directed(CIRCLE, TOWN, (0, -1), end)
    assert told((departs,)) == [("depart", "South", 89)]  # 0.8 thousandths
    assert (takes.manoeuvre, takes.name, takes.exit, takes.node_id) == ("roundabout", name, number, 1)
    assert arrives.name == name


def test_a_roundabout_driven_on_the_right_counts_the_other_way(directed):
    mirrored = {node: (-lon, lat) for node, (lon, lat) in CIRCLE.items()}
    takes = directed(mirrored, TOWN, (0, -1), (0, 1))[1]
    assert (takes.manoeuvre, takes.name, takes.exit) == ("roundabout", "North", 2)


def test_a_circle_of_several_ways_and_of_the_other_tag_is_one_roundabout(directed):
    circular = {"highway": "residential", "junction": "circular", "oneway": "yes"}
    ways = {18: ([1, 2], ROUND), 19: ([2, 3, 4], circular), 20: ([4, 5, 1], ROUND), **ARMS}
    takes = directed(CIRCLE, ways, (0, -1), (1, 0))[1]
    assert (takes.manoeuvre, takes.name, takes.exit) == ("roundabout", "East", 3)


def test_only_exits_that_the_mode_may_take_are_counted(directed):
    ways = {**TOWN, 22: ([2, 12], street("West", oneway="-1")), 23: ([3, 13], {"highway": "footway"})}
    assert directed(CIRCLE, ways, (0, -1), (1, 0))[1].exit == 1
    assert directed(CIRCLE, {**ways, 23: ([3, 13], {"highway": "path"})}, (0, -1), (1, 0), "bicycle")[1].exit == 2


def test_of_two_exits_at_one_node_the_sharper_comes_first(directed):
    # At 2 one heads north-west: "Far" goes on north (45° to the right), "Near" back south (135° to the left).
    nodes = {**CIRCLE, 16: (-0.2, -2), 17: (-1, 1)}
    ways = {**TOWN, 22: ([2, 17], street("Far")), 26: ([2, 16], street("Near"))}
    assert directed(nodes, ways, (0, -1), (-0.2, -1))[1].exit == 1
    assert directed(nodes, ways, (0, -1), (-0.6, 0.5))[1].exit == 2
    assert directed(nodes, ways, (0, -1), (0, 1))[1].exit == 3


def test_people_on_foot_are_told_turns_not_exits(directed):
    instructions = directed(CIRCLE, TOWN, (0, -1), (-1, 0), "foot")
    assert {one.exit for one in instructions} == {None}
    assert "roundabout" not in {one.manoeuvre for one in instructions}


def test_whoever_departs_within_a_circle_counts_from_there(directed):
    departs, takes, _ = directed(CIRCLE, TOWN, (-0.1, 0.1), (1, 0))  # between 2 and 3: North is the first
    assert (departs.manoeuvre, takes.manoeuvre, takes.name, takes.exit) == ("depart", "roundabout", "East", 2)


def test_whoever_arrives_within_a_circle_takes_no_exit(directed):
    _, takes, _ = directed(CIRCLE, TOWN, (0, -1), (-0.1, 0.1))
    assert (takes.manoeuvre, takes.name, takes.exit, takes.way_class) == ("roundabout", None, None, "residential")


def test_short_nameless_lanes_at_a_roundabout_are_parts_of_it(directed):
    nodes = {**CIRCLE, 6: (0, -0.3), 7: (0, 0.4), 8: (0.5, -0.3), 9: (0.5, 0.4)}
    ways = {
        **TOWN,
        21: ([11, 6], street("South", oneway="yes")),
        26: ([6, 1], {"highway": "tertiary_link", "oneway": "yes"}),  # in: 11 m
        27: ([3, 7], {"highway": "tertiary_link"}),  # out: 22 m
        23: ([7, 13], street("North")),
        28: ([6, 8], LIVING),
        29: ([7, 9], LIVING),
    }
    instructions = directed(nodes, ways, (0, -1), (0, 1))
    assert [(one.manoeuvre, one.name, one.exit) for one in instructions] == [
        ("depart", "South", None),
        ("roundabout", "North", 2),
        ("arrive", "North", None),
    ]
    assert instructions[0].distance_m == 89
