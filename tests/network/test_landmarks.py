"""Landmarks read from OpenStreetMap files, and those near a stop at the equator (0.001° is 111.195 m)."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.domain.errors import ExtractError
from routing.network.headings import Side
from routing.network.landmarks import Landmark, Landmarks, read_landmarks


def names(landmarks) -> list[str]:
    return [one.name for one in landmarks]


def test_named_nodes_and_areas_are_read_with_what_they_are(osm):
    nodes = {
        1: (0.0, 0.0, {"name": "  Apotek   Sehat ", "amenity": "pharmacy", "phone": "canary", "shop": "chemist"}),
        2: (0.001, 0.001, {"amenity": "bench"}),
        3: (0.002, 0.0, {"name": "Nobody's field"}),
        4: (0.002, 0.0, {"name": "Gone", "shop": "no"}),
        5: (0.003, 0.0, {"name": "Shed", "building": "yes"}),
        6: (0.003, 0.0, {"name": "Platform", "railway": "switch"}),
        **{
            number: (0.01 + lon, lat)
            for number, (lon, lat) in enumerate([(0, 0), (0.002, 0), (0.002, 0.001), (0, 0.001)], 10)
        },
    }
    ways = {
        20: ([10, 11, 12, 13, 10], {"name": "Masjid Raya", "building": "mosque"}),
        21: ([10, 11], {"name": "Main", "highway": "residential"}),
        22: ([98, 99], {"name": "Off the map", "shop": "kiosk"}),
    }
    assert read_landmarks(osm(nodes, ways)) == (
        Landmark("Apotek Sehat", "amenity=pharmacy", 0.0, 0.0),
        Landmark("Masjid Raya", "building=mosque", 0.011, 0.0005),
    )


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path):
    with pytest.raises(ExtractError) as caught:
        read_landmarks(tmp_path / "nowhere.osm.pbf")
    assert caught.value.code == "extract_not_found"
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"nothing of the kind")
    with pytest.raises(ExtractError) as caught:
        read_landmarks(broken)
    assert caught.value.code == "extract_unreadable"


def test_the_nearest_come_first_with_distance_heading_and_side():
    near = Landmarks(
        [
            Landmark("East", "shop=kiosk", 0.0003, 0.0),  # 33.4 m
            Landmark("North", "amenity=bank", 0.0, 0.0005),  # 55.6 m
            Landmark("West", "amenity=cafe", -0.0002, 0.0),  # 22.2 m
            Landmark("Far", "amenity=cafe", 0.001, 0.0),  # 111.2 m
        ]
    ).near((0.0, 0.0), facing_deg=0)
    assert [(one.name, one.distance_m, one.heading_deg, one.side) for one in near] == [
        ("West", 22, 270, Side.LEFT),
        ("East", 33, 90, Side.RIGHT),
        ("North", 56, 0, Side.AHEAD),
    ]


@pytest.mark.parametrize(("lon", "found"), [(0.00071944, True), (0.00071950, False)])
def test_eighty_metres_are_near_and_no_more(lon, found):
    # 80 m are 80 / 111195.08 = 0.000719457°
    assert bool(Landmarks([Landmark("A", "shop=kiosk", lon, 0.0)]).near((0.0, 0.0))) is found


def test_at_most_three_are_told_and_each_name_once():
    many = [Landmark(name, "shop=kiosk", 0.0001 * number, 0.0) for number, name in enumerate("ABACD", 1)]
    near = Landmarks(many).near((0.0, 0.0))
    assert [(one.name, one.distance_m) for one in near] == [("A", 11), ("B", 22), ("C", 44)]
    assert near[0].side is None


def test_no_landmarks_are_none_near():
    assert Landmarks([]).near((115.2, -8.6)) == ()


def test_monaco_has_some_and_the_casino_is_found(monaco_pbf: Path):
    landmarks = read_landmarks(monaco_pbf)
    assert len(landmarks) > 500
    casino = next(one for one in landmarks if one.name == "Casino de Monte Carlo")
    assert "Casino de Monte Carlo" in names(Landmarks(landmarks).near((casino.lon, casino.lat)))
