"""What OpenStreetMap's tags allow, as the wiki's pages on access, one-ways and barriers have it."""

from __future__ import annotations

import pytest

from routing.checking.streets import StreetLaw
from routing.domain.volunteers import Mode
from routing.network.extract import Extract, Way

FOOT, BICYCLE, MOTORCYCLE, CAR = Mode
ROAD = {"highway": "residential"}


def law(tags: dict[str, str], node: dict[str, str] | None = None) -> tuple[StreetLaw, Way]:
    way = Way(1, (1, 2), tags)
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0)}
    return StreetLaw(Extract(nodes, {2: node or {}}, {1: way}, "", (0.0, 0.0, 0.001, 0.0))), way


@pytest.mark.parametrize(
    ("tags", "modes"),
    [
        (ROAD, {FOOT, BICYCLE, MOTORCYCLE, CAR}),
        ({**ROAD, "access": "no"}, set()),
        ({**ROAD, "access": "private"}, set()),
        ({**ROAD, "access": "destination"}, {FOOT, BICYCLE, MOTORCYCLE, CAR}),
        ({**ROAD, "access": "no", "foot": "yes"}, {FOOT}),
        ({**ROAD, "motor_vehicle": "no"}, {FOOT, BICYCLE}),
        ({**ROAD, "motor_vehicle": "no", "motorcycle": "yes"}, {FOOT, BICYCLE, MOTORCYCLE}),
        ({**ROAD, "motorcar": "no"}, {FOOT, BICYCLE, MOTORCYCLE}),
        ({**ROAD, "vehicle": "no"}, {FOOT}),
        ({**ROAD, "bicycle": "dismount"}, {FOOT, MOTORCYCLE, CAR}),
        ({**ROAD, "access": "agricultural"}, set()),
        ({"highway": "motorway"}, {MOTORCYCLE, CAR}),
        ({"highway": "trunk", "motorroad": "yes"}, {MOTORCYCLE, CAR}),
        ({"highway": "footway"}, {FOOT}),
        ({"highway": "footway", "motorcycle": "yes"}, {FOOT, MOTORCYCLE}),
        ({"highway": "footway", "access": "yes"}, {FOOT}),
        ({"highway": "path"}, {FOOT, BICYCLE}),
        ({"highway": "steps", "motorcycle": "yes"}, {FOOT}),
        ({"highway": "cycleway"}, {BICYCLE}),
        ({"highway": "proposed"}, set()),
        ({}, set()),
    ],
)
def test_who_may_use_a_street(tags: dict[str, str], modes: set[Mode]) -> None:
    streets, way = law(tags)
    assert {mode for mode in Mode if streets.is_open(way, mode, forward=True)} == modes


def test_a_direction_may_be_closed_to_a_mode() -> None:
    streets, way = law({**ROAD, "motor_vehicle:backward": "no"})
    assert streets.is_open(way, MOTORCYCLE, forward=True)
    assert not streets.is_open(way, MOTORCYCLE, forward=False)
    assert streets.is_open(way, BICYCLE, forward=False)


@pytest.mark.parametrize(
    ("tags", "mode", "forward", "backward"),
    [
        ({}, CAR, True, True),
        ({"oneway": "yes"}, CAR, True, False),
        ({"oneway": "-1"}, CAR, False, True),
        ({"oneway": "no", "junction": "roundabout"}, CAR, True, True),
        ({"junction": "roundabout"}, CAR, True, False),
        ({"highway": "motorway"}, CAR, True, False),
        ({"oneway": "yes"}, FOOT, True, True),
        ({"oneway": "yes", "oneway:foot": "yes"}, FOOT, True, False),
        ({"oneway": "yes"}, BICYCLE, True, False),
        ({"oneway": "yes", "oneway:bicycle": "no"}, BICYCLE, True, True),
        ({"oneway": "yes", "cycleway:left": "opposite_lane"}, BICYCLE, True, True),
        ({"oneway": "yes", "oneway:motorcycle": "no"}, MOTORCYCLE, True, True),
        ({"oneway:motorcar": "yes", "oneway:motorcycle": "no"}, MOTORCYCLE, True, True),
        ({"oneway:motor_vehicle": "yes"}, MOTORCYCLE, True, False),
        ({"oneway:vehicle": "yes"}, BICYCLE, True, False),
        ({"oneway": "reversible"}, CAR, False, False),
    ],
)
def test_one_ways(*, tags: dict[str, str], mode: Mode, forward: bool, backward: bool) -> None:
    streets, way = law({**ROAD, **tags})
    allowed = [not streets.against_oneway(way, mode, forward=direction) for direction in (True, False)]
    assert allowed == [forward, backward]


@pytest.mark.parametrize(
    ("tags", "passing"),
    [
        ({"highway": "crossing"}, {FOOT, BICYCLE, MOTORCYCLE, CAR}),
        ({"barrier": "gate"}, {FOOT, BICYCLE, MOTORCYCLE, CAR}),
        ({"barrier": "gate", "locked": "yes"}, set()),
        ({"barrier": "gate", "access": "private"}, set()),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, {FOOT}),
        ({"barrier": "bollard"}, {FOOT, BICYCLE}),
        ({"barrier": "bollard", "motorcar": "no", "motorcycle": "yes"}, {FOOT, BICYCLE, MOTORCYCLE}),
        ({"barrier": "stile"}, {FOOT}),
        ({"barrier": "wall"}, set()),
    ],
)
def test_who_gets_past_a_barrier(tags: dict[str, str], passing: set[Mode]) -> None:
    streets, _ = law(ROAD, tags)
    assert {mode for mode in Mode if not streets.stops(2, mode)} == passing


@pytest.mark.parametrize(
    ("tags", "mode", "kph"),
    [
        (ROAD, MOTORCYCLE, 25),
        ({**ROAD, "maxspeed": "20"}, MOTORCYCLE, 20),
        ({**ROAD, "maxspeed": "10 mph"}, MOTORCYCLE, 16.09344),
        ({**ROAD, "maxspeed": "walk"}, CAR, 7),
        ({**ROAD, "maxspeed": "none"}, CAR, 20),
        ({**ROAD, "maxspeed": "0"}, CAR, 20),
        ({**ROAD, "maxspeed": "3"}, FOOT, 4.5),
    ],
)
def test_how_fast_a_street_is(tags: dict[str, str], mode: Mode, kph: float) -> None:
    streets, way = law(tags)
    assert streets.speed_mps(way, mode) == pytest.approx(kph / 3.6)
