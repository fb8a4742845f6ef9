"""Why two places are not joined: the first code that holds, for each pair.

Two streets along the equator that do not meet (0.001° is 111 m); the longer one is the town, the other an island.
"""

from __future__ import annotations

import pytest
import shapely

from routing.network import LegalArea, StreetEngine, snap_all
from routing.network.unreached import WHY, why_unreached

LIVING = {"highway": "residential"}
# A ring road: north along the equator, south 0.002° below; cut by the pass in its middle.
NODES = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.01, -0.002), 4: (0.0, -0.002)}
WAYS = {10: ([1, 2, 3, 4, 1], LIVING)}
WEST, EAST = shapely.box(-0.001, -0.003, 0.003, 0.001), shapely.box(0.007, -0.003, 0.011, 0.001)

PLACES = {"west": (0.001, 0.0), "middle": (0.005, 0.0), "east": (0.009, 0.0), "sea": (0.005, 0.02)}


@pytest.fixture
def codes(streets_of):
    def of(area: LegalArea | None) -> dict[tuple[str, str], str]:
        streets = streets_of(NODES, WAYS)
        places = snap_all(streets, "foot", list(PLACES.values()))
        engine, walks = StreetEngine(streets), [None] * len(places)
        travel = engine.travel("foot", area or LegalArea(), places, walks)
        everywhere = engine.travel("foot", LegalArea(), places, walks) if area else None
        why = why_unreached(places, travel, everywhere)
        return {(a, b): str(WHY[why[i, j]]) for i, a in enumerate(PLACES) for j, b in enumerate(PLACES)}

    return of


def test_without_a_pass_only_what_is_far_from_streets_is_told(codes):
    found = codes(None)
    assert {pair: code for pair, code in found.items() if code} == {
        pair: "place_too_far_from_street" for pair in found if "sea" in pair
    }


def test_a_pass_of_two_islands_cuts_one_from_the_other_and_leaves_the_middle_outside(codes):
    found = codes(LegalArea(allowed=WEST | EAST))
    assert found["west", "west"] == found["east", "east"] == ""
    assert found["west", "east"] == found["east", "west"] == "cut_off_by_pass"
    assert {found[pair] for pair in found if "middle" in pair and "sea" not in pair} == {"outside_pass_area"}
    assert {found[pair] for pair in found if "sea" in pair} == {"place_too_far_from_street"}


def test_where_streets_do_not_join_no_pass_is_to_blame(streets_of):
    """Islands are dropped, so this is made of answers: nothing leads from the first place to the second."""
    streets = streets_of(NODES, WAYS)
    places = snap_all(streets, "foot", [PLACES["west"], PLACES["east"]])
    engine = StreetEngine(streets)
    travel, everywhere = (
        engine.travel("foot", LegalArea(allowed=area), places, [None, None]) for area in (WEST | EAST, WEST | EAST)
    )
    assert WHY[why_unreached(places, travel, everywhere)[0, 1]] == "no_street_connection"
    assert WHY[why_unreached(places, travel, None)[0, 1]] == "no_street_connection"
