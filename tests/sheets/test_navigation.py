"""Files for navigation apps: valid, and no more in them than numbers and junctions."""

import csv
import io
import json
from pathlib import Path

import pytest
import xmlschema

from routing.sheets.navigation import sheet_csv, sheet_geojson, sheet_gpx
from routing.sheets.small_map import small_map
from tests.sheets.story import sheet

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "gpx-part.xsd")


@pytest.mark.parametrize("stops", [0, 1, 40])
def test_gpx_is_valid_and_has_a_waypoint_and_a_route_point_for_each_stop(stops: int):
    gpx = sheet_gpx(sheet(stops)).decode()
    SCHEMA.validate(gpx)
    assert gpx.count("<wpt ") == gpx.count("<rtept ") == stops


def test_the_schema_refuses_what_is_no_gpx():
    gpx = sheet_gpx(sheet(1)).decode()
    for wrong in (gpx.replace('lat="-8', 'lat="-98'), gpx.replace("<name>1</name>", "<door>1</door>")):
        assert not SCHEMA.is_valid(wrong)


def test_geojson_has_a_point_for_each_stop():
    document = json.loads(sheet_geojson(sheet(2)))
    assert document["type"] == "FeatureCollection"
    assert [feature["geometry"]["coordinates"] for feature in document["features"]] == [
        [115.211, -8.659],
        [115.212, -8.658],
    ]
    assert [feature["properties"] for feature in document["features"]] == [{"stop": 1}, {"stop": 2}]


def test_csv_has_a_row_for_each_stop():
    rows = list(csv.reader(io.StringIO(sheet_csv(sheet(2)).decode())))
    assert rows == [["stop", "lon", "lat"], ["1", "115.21100", "-8.65900"], ["2", "115.21200", "-8.65800"]]


def test_no_name_hint_time_or_parcel_is_in_them():
    for made in (sheet_gpx(sheet(3)), sheet_geojson(sheet(3)), sheet_csv(sheet(3))):
        for told in (b"Lantern", b"gate", b"09:15", b"KX", b"Jalan", b"Kingfisher"):
            assert told not in made


def test_the_map_has_a_number_for_each_junction_and_the_way_between():
    drawing = small_map(sheet(3, with_map=True))
    assert [f">{number}</text>" in drawing for number in (1, 2, 3)] == [True, True, True]
    assert drawing.count("<polyline") == 1


def test_without_ways_there_is_no_map():
    assert small_map(sheet(3)) == ""
    assert small_map(sheet(0)) == ""
