"""Each rule of access, one-way and barrier, on both sides of its edge."""

from __future__ import annotations

import pytest

from routing.network.access import MODES, directions, passable

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
