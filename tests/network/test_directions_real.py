"""What holds of the directions of any leg, on legs of real towns: each is whole, on its way, and says nothing twice."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from routing.network import LegalArea, StreetEngine, Streets, compile_streets, read_extract, snap_all
from routing.network.directions import Directions, Instruction, Manoeuvre
from routing.network.extract import Extract
from routing.network.projection import haversine_m
from routing.network.travel import UNREACHABLE, Leg

ROOT = Path(__file__).parents[2]
TOWNS = {
    "denpasar": ROOT / "scenarios/denpasar/denpasar.osm.pbf",
    "monaco": ROOT / "tests/data/osm/monaco.osm.pbf",
    "copenhagen": ROOT / "tests/data/osm/copenhagen_centre.osm.pbf",
}
PLACES = 9

Told = list[tuple[Leg, tuple[Instruction, ...]]]


@pytest.fixture(scope="module", params=TOWNS)
def town(request: pytest.FixtureRequest) -> tuple[Extract, Streets]:
    extract = read_extract(TOWNS[request.param])
    return extract, compile_streets(extract)


@pytest.fixture(scope="module", params=["foot", "bicycle", "motorcycle"])
def told(request: pytest.FixtureRequest, town) -> Told:
    """Directions between places at random nodes (the same in every run)."""
    extract, streets = town
    mode = request.param
    nodes = np.random.default_rng(4).choice(np.array(sorted(extract.nodes)), PLACES, replace=False)
    pins = [extract.nodes[node] for node in nodes.tolist()]
    travel = StreetEngine(streets).travel(mode, LegalArea(), snap_all(streets, mode, pins), [0] * PLACES)
    directions = Directions(extract, streets, mode)
    legs = [travel.leg(i, j) for i, j in np.argwhere(travel.time_s < UNREACHABLE).tolist() if i != j]
    assert len(legs) > PLACES
    return [(leg, directions.of(leg)) for leg in legs]


def test_a_leg_begins_with_departing_and_ends_with_arriving(told: Told):
    for leg, instructions in told:
        if leg.streets:
            words = [one.manoeuvre for one in instructions]
            assert (words[0], words[-1]) == (Manoeuvre.DEPART, Manoeuvre.ARRIVE)
            assert {Manoeuvre.DEPART, Manoeuvre.ARRIVE} & set(words[1:-1]) == set()


def test_the_metres_add_up_to_the_legs(told: Told):
    for leg, instructions in told:
        # each street of the leg was rounded to a decimetre once
        assert sum(one.distance_m for one in instructions) == pytest.approx(
            leg.distance_m, abs=1 + 0.05 * len(leg.streets)
        )


def test_every_manoeuvre_is_at_a_point_of_the_way_in_order(told: Told):
    for leg, instructions in told:
        line = list(leg.coordinates)
        at = 0
        for one in instructions:
            away = haversine_m(one.lon, one.lat, *np.array(line[at:]).T)
            assert away.min() < 0.1
            at += int(away.argmin())


def test_only_roundabouts_have_exits_and_all_but_the_last_have_one(told: Told):
    for _, instructions in told:
        for one, after in pairwise(instructions):
            if one.exit is not None:
                assert one.manoeuvre is Manoeuvre.ROUNDABOUT
                assert 1 <= one.exit <= 12
            elif one.manoeuvre is Manoeuvre.ROUNDABOUT:
                assert after.manoeuvre is Manoeuvre.ARRIVE


def test_going_straight_on_along_one_named_street_is_never_announced(told: Told):
    for _, instructions in told:
        for before, one in pairwise(instructions):
            if one.manoeuvre is Manoeuvre.STRAIGHT and before.manoeuvre is not Manoeuvre.ROUNDABOUT:
                assert one.name is None or one.name != before.name


def test_there_are_far_fewer_instructions_than_stretches(told: Told):
    stretches = sum(len(leg.streets) for leg, _ in told)
    assert sum(len(instructions) for _, instructions in told) < stretches / 2
