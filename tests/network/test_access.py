"""Each rule of access, one-way and barrier, on both sides of its edge.

The tables of `docs/streets.md` hold both readings of the law, the router's and the checker's.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.checking.streets import StreetLaw
from routing.domain.volunteers import Mode
from routing.network.access import MODES, directions, passable
from routing.network.extract import Extract, Way
from routing.network.speeds import street_kph
from tests.network.osm_tables import Row, rows

BOTH, ALONG, AGAINST, CLOSED = (True, True), (True, False), (False, True), (False, False)


def open_to(tags: dict[str, str]) -> set[str]:
    return {mode for mode in MODES if directions(tags, mode) != CLOSED}


ALL = set(MODES)


@pytest.mark.parametrize(
    ("tags", "modes"),
    [
        ({"highway": "residential"}, ALL),
        ({"highway": "motorway"}, {"motorcycle", "car"}),
        ({"highway": "footway"}, {"foot"}),
        ({"highway": "path"}, {"foot", "bicycle"}),
        ({"highway": "cycleway"}, {"bicycle"}),
        ({"highway": "steps"}, {"foot"}),
        ({"highway": "steps", "bicycle": "yes", "motorcycle": "yes"}, {"foot"}),
        ({"highway": "footway", "motorcycle": "yes"}, {"foot", "motorcycle"}),
        ({"highway": "footway", "access": "yes"}, {"foot"}),
        ({"highway": "footway", "bicycle": "designated"}, {"foot", "bicycle"}),
        ({"highway": "residential", "access": "private"}, set()),
        ({"highway": "residential", "access": "no"}, set()),
        ({"highway": "residential", "access": "military"}, set()),
        ({"highway": "residential", "access": "what?"}, set()),
        ({"highway": "residential", "access": "destination"}, ALL),
        ({"highway": "residential", "access": "customers"}, ALL),
        ({"highway": "residential", "access": "no", "foot": "yes"}, {"foot"}),
        ({"highway": "residential", "vehicle": "no"}, {"foot"}),
        ({"highway": "residential", "vehicle": "no", "bicycle": "yes"}, {"foot", "bicycle"}),
        ({"highway": "residential", "motor_vehicle": "no"}, {"foot", "bicycle"}),
        ({"highway": "residential", "motor_vehicle": "no", "motorcycle": "yes"}, {"foot", "bicycle", "motorcycle"}),
        ({"highway": "living_street", "motorcar": "no", "motorcycle": "yes"}, {"foot", "bicycle", "motorcycle"}),
        ({"highway": "track", "access": "agricultural"}, set()),
        ({"highway": "track", "motor_vehicle": "forestry"}, {"foot", "bicycle"}),
        ({"highway": "service", "access": "yes;no"}, set()),
        ({"highway": "service", "service": "driveway"}, set()),
        ({"highway": "service", "service": "driveway", "access": "private"}, set()),
        ({"highway": "service", "service": "driveway", "access": "permissive"}, ALL),
        ({"highway": "service", "service": "alley"}, ALL),
        ({"highway": "trunk", "motorroad": "yes"}, {"motorcycle", "car"}),
        ({"highway": "trunk", "motorroad": "no"}, ALL),
        ({"highway": "pedestrian", "area": "yes"}, set()),
        ({"highway": "platform"}, set()),
        ({"highway": "construction", "construction": "primary"}, set()),
        ({"highway": "proposed"}, set()),
        ({"highway": "residential", "route": "ferry"}, set()),
        ({"route": "ferry"}, set()),
        ({"highway": "residential", "bicycle": "dismount"}, ALL - {"bicycle"}),
    ],
)  # fmt: skip
def test_who_may_use_a_street(tags, modes):
    assert open_to(tags) == modes


@pytest.mark.parametrize(
    ("tags", "mode", "expected"),
    [
        ({}, "car", BOTH),
        ({"oneway": "yes"}, "car", ALONG),
        ({"oneway": "1"}, "car", ALONG),
        ({"oneway": "true"}, "bicycle", ALONG),
        ({"oneway": "-1"}, "car", AGAINST),
        ({"oneway": "reverse"}, "motorcycle", AGAINST),
        ({"oneway": "no"}, "car", BOTH),
        ({"oneway": "reversible"}, "car", CLOSED),
        ({"oneway": "yes"}, "foot", BOTH),
        ({"oneway:foot": "yes"}, "foot", ALONG),
        ({"oneway": "yes", "oneway:motorcycle": "no"}, "motorcycle", BOTH),
        ({"oneway": "yes", "oneway:motorcycle": "no"}, "car", ALONG),
        ({"oneway:motorcar": "yes"}, "car", ALONG),
        ({"oneway:motorcar": "yes"}, "motorcycle", BOTH),
        ({"oneway": "yes", "oneway:bicycle": "no"}, "bicycle", BOTH),
        ({"oneway": "yes", "cycleway": "opposite"}, "bicycle", BOTH),
        ({"oneway": "yes", "cycleway:left": "opposite_lane"}, "bicycle", BOTH),
        ({"oneway": "yes", "cycleway": "opposite", "oneway:bicycle": "yes"}, "bicycle", ALONG),
        ({"oneway": "yes", "cycleway": "opposite"}, "car", ALONG),
        ({"oneway": "yes", "cycleway": "lane"}, "bicycle", ALONG),
        ({"junction": "roundabout"}, "car", ALONG),
        ({"junction": "circular"}, "bicycle", ALONG),
        ({"junction": "roundabout", "oneway": "no"}, "car", BOTH),
        ({"junction": "roundabout", "oneway": "-1"}, "car", AGAINST),
        ({"junction": "roundabout"}, "foot", BOTH),
        ({"highway": "motorway"}, "car", ALONG),
        ({"highway": "motorway_link"}, "car", BOTH),
        ({"access:backward": "no"}, "car", ALONG),
        ({"motor_vehicle:forward": "no"}, "car", AGAINST),
        ({"motor_vehicle:forward": "no"}, "bicycle", BOTH),
    ],
)
def test_in_which_direction(tags, mode, expected):
    assert directions({"highway": "residential"} | tags, mode) == expected


@pytest.mark.parametrize(
    ("tags", "modes"),
    [
        ({}, ALL),
        ({"highway": "traffic_signals"}, ALL),
        ({"highway": "crossing", "bicycle": "no"}, ALL),
        ({"barrier": "gate"}, ALL),
        ({"barrier": "gate", "locked": "yes"}, set()),
        ({"barrier": "gate", "access": "private"}, set()),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, {"foot"}),
        ({"barrier": "lift_gate"}, {"foot", "bicycle"}),
        ({"barrier": "lift_gate", "access": "permissive"}, ALL),
        ({"barrier": "swing_gate;lift_gate"}, {"foot", "bicycle"}),
        ({"barrier": "bollard"}, {"foot", "bicycle"}),
        ({"barrier": "bollard", "motorcar": "no", "motorcycle": "yes"}, {"foot", "bicycle", "motorcycle"}),
        ({"barrier": "kissing_gate"}, {"foot"}),
        ({"barrier": "wall"}, set()),
        ({"barrier": "no"}, ALL),
        ({"access": "no"}, set()),
        ({"motor_vehicle": "no"}, {"foot", "bicycle"}),
    ],
)  # fmt: skip
def test_who_passes_a_node(tags, modes):
    assert {mode for mode in MODES if passable(tags, mode)} == modes


# Two readings, one law

WAYS, NODES, SPEEDS = (rows(f"{kind}, by example") for kind in ("Ways", "Nodes", "Speeds"))
WORDS = {"both": BOTH, "along": ALONG, "against": AGAINST, "no": CLOSED}
STREET = {"highway": "residential"}


def checker(way_tags: dict[str, str], node_tags: dict[str, str] | None = None) -> tuple[StreetLaw, Way]:
    """Return the checker's law over one way, whose node 2 has tags."""
    way = Way(1, (1, 2), way_tags)
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0)}
    return StreetLaw(Extract(nodes, {2: node_tags or {}}, {1: way}, "", (0.0, 0.0, 0.001, 0.0))), way


def checked_directions(tags: dict[str, str], mode: str) -> tuple[bool, bool]:
    law, way = checker(tags)
    forward, backward = (
        law.is_open(way, Mode(mode), forward=each) and not law.against_oneway(way, Mode(mode), forward=each)
        for each in (True, False)
    )
    return forward, backward


def checked_kph(tags: dict[str, str], mode: str) -> float | None:
    law, way = checker(tags)
    speed_mps = law.speed_mps(way, Mode(mode))
    return None if speed_mps is None else speed_mps * 3.6


def test_the_tables_are_long_enough_and_name_the_page_they_follow():
    assert len(WAYS) + len(NODES) >= 60
    assert all(row.page for row in (*WAYS, *NODES, *SPEEDS))
    assert len({str(row) for row in WAYS}) == len(WAYS)
    assert len({str(row) for row in NODES}) == len(NODES)


@pytest.mark.parametrize("reading", [directions, checked_directions], ids=["router", "checker"])
@pytest.mark.parametrize("row", WAYS, ids=str)
def test_ways_by_example(row: Row, reading):
    answers = {mode: WORDS[word] for mode, word in row.answers.items()}
    assert {mode: reading(STREET | row.tags, mode) for mode in MODES} == answers


@pytest.mark.parametrize("row", NODES, ids=str)
def test_nodes_by_example(row: Row):
    answers = {mode: {"yes": True, "no": False}[word] for mode, word in row.answers.items()}
    law, _ = checker(STREET, row.tags)
    assert {mode: passable(row.tags, mode) for mode in MODES} == answers
    assert {mode: not law.stops(2, Mode(mode)) for mode in MODES} == answers


@pytest.mark.parametrize("row", SPEEDS, ids=str)
def test_speeds_by_example(row: Row):
    tags = STREET | row.tags
    for mode, word in row.answers.items():
        kph = None if word == "–" else pytest.approx(float(word))
        assert checked_kph(tags, mode) == kph
        assert (street_kph(tags, mode) or None) == kph


ACCESS_KEYS = ("access", "vehicle", "motor_vehicle", "motorcycle", "motorcar", "bicycle", "foot")
ACCESS = st.sampled_from(["yes", "no", "private", "destination", "designated", "permit", "yes;no", "yes; delivery", ""])
ONE_WAY = st.sampled_from(["yes", "no", "-1", "1", "true", "false", "reversible", "alternating", "both"])
HOURS = st.sampled_from(
    ["no @ (07:00-09:00)", "yes @ 20:00-06:00", "no @ (weight>3.5)", "delivery @ (Mo-Fr 05:00-11:00; SH off)", "no",
     "no @ (weight>3.5); private @ (Su)", "-1 @ (16:00-19:00)", "yes @ (Mo); no @ (Tu)"]
)  # fmt: skip
WAY_TAGS = st.fixed_dictionaries(
    {"highway": st.sampled_from(
        ["residential", "motorway", "trunk", "footway", "path", "steps", "cycleway", "service", "track", "proposed"]
    )},
    optional=dict.fromkeys(ACCESS_KEYS, ACCESS)
    | {f"{key}:forward": ACCESS for key in ACCESS_KEYS}
    | {f"{key}:backward": ACCESS for key in ("access", "motor_vehicle", "bicycle")}
    | {f"{key}:conditional": HOURS for key in (*ACCESS_KEYS, "oneway", "oneway:motorcycle", "motorcar:forward")}
    | {f"oneway:{key}": ONE_WAY for key in ACCESS_KEYS}
    | {
        "oneway": ONE_WAY,
        "conveying": st.sampled_from(["yes", "no", "forward", "backward", "reversible"]),
        "junction": st.sampled_from(["roundabout", "circular", "yes"]),
        "motorroad": st.sampled_from(["yes", "no"]),
        "cycleway": st.sampled_from(["opposite", "lane"]),
        "cycleway:left": st.sampled_from(["opposite_track", "no"]),
        "service": st.sampled_from(["driveway", "alley", "emergency_access"]),
        "area": st.sampled_from(["yes", "no"]),
        "route": st.sampled_from(["ferry", "road"]),
        "smoothness": st.sampled_from(["bad", "horrible", "impassable"]),
        "surface": st.sampled_from(["asphalt", "sett", "gravel;mud", "ground", "sand ", "unknown"]),
        "tracktype": st.sampled_from(["grade1", "grade3", "grade5", "grade9"]),
        "incline": st.sampled_from(["up", "5%", "-9.9 %", "12", "+20%", "8°", "-89°", "steep", "1:10"]),
        "maxspeed": st.sampled_from(["5", "20", "10 mph", "8 knots", "walk", "none", "0", "30;7", "ID:urban", " 9 "]),
        "maxspeed:forward": st.sampled_from(["3", "signals"]),
        "maxspeed:motorcycle": st.sampled_from(["4", "50"]),
        "maxspeed:vehicle:backward": st.sampled_from(["6", "x"]),
    },
)  # fmt: skip
NODE_TAGS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(ACCESS_KEYS, ACCESS)
    | {f"{key}:conditional": HOURS for key in ACCESS_KEYS}
    | {
        "barrier": st.sampled_from(
            ["gate", "bollard", "stile", "lift_gate", "wall", "gate;stile", "no", "log", "kerb"]
        ),
        "highway": st.sampled_from(["crossing", "bus_stop", "elevator"]),
        "locked": st.sampled_from(["yes", "no"]),
    },
)


@settings(max_examples=400, deadline=None)
@given(WAY_TAGS, st.sampled_from(MODES))
def test_router_and_checker_read_a_way_alike(tags, mode):
    assert directions(tags, mode) == checked_directions(tags, mode)
    assert street_kph(tags, mode) == pytest.approx(checked_kph(tags, mode) or 0.0)


@settings(max_examples=200, deadline=None)
@given(NODE_TAGS, st.sampled_from(MODES))
def test_router_and_checker_read_a_node_alike(tags, mode):
    law, _ = checker(STREET, tags)
    assert passable(tags, mode) is not law.stops(2, Mode(mode))
