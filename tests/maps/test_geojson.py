"""The GeoJSON of a plan: RFC 7946, and nothing that tells of a person."""

import json

from routing.domain.plan import StepType
from routing.domain.volunteers import Mode
from routing.maps.geojson import plan_geojson


def test_one_line_a_route_and_one_point_a_stop(plan):
    collection = json.loads(plan_geojson(plan))
    kinds = [(one["properties"]["kind"], one["geometry"]["type"]) for one in collection["features"]]
    assert kinds == [("route", "LineString")] * 2 + [("stop", "Point")] * 3
    assert collection["attribution"] == "© OpenStreetMap contributors, ODbL 1.0"


def test_properties_are_numbers_mode_and_times(plan):
    features = json.loads(plan_geojson(plan))["features"]
    assert features[0]["properties"] == {
        "kind": "route",
        "route": 1,
        "mode": "motorcycle",
        "begin_at": "2026-11-23T08:15:00+08:00",
        "end_at": "2026-11-23T09:05:00+08:00",
    }
    assert features[3]["properties"] == {"kind": "stop", "route": 1, "stop": 2}


def test_nothing_of_a_person_is_in_it(plan):
    text = plan_geojson(plan).decode()
    assert "canary" not in text
    assert not any(home in text for home in ("115.19,", "115.195", "T0a", "review_due"))


def test_a_rest_at_home_makes_two_lines_and_no_stops_no_geometry(make_day, make_route):
    rest = [(StepType.START, 1.0), (StepType.LOAD, 2.0), (StepType.VISIT, 3.0), (StepType.BREAK, 1.0)]
    rest += [(StepType.VISIT, 4.0), (StepType.RETURN, 2.0), (StepType.END, 1.0)]
    idle = [(StepType.START, 1.0), (StepType.END, 1.0)]
    made = make_day(make_route("a", Mode.CAR, rest), make_route("b", Mode.FOOT, idle))
    first, second, *_ = json.loads(plan_geojson(made))["features"]
    assert (first["geometry"]["type"], second["geometry"]) == ("MultiLineString", None)


def test_the_same_plan_gives_the_same_bytes(plan):
    assert plan_geojson(plan) == plan_geojson(plan)
