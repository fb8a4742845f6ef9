"""`doorstep network route`: a way with directions, or the code of why there is none; under a pass, too."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MONACO = ROOT / "tests/data/osm/monaco.osm.pbf"


def test_a_way_is_shown_with_directions_and_landmarks(doorstep):
    done = doorstep("network", "route", MONACO, "--from", "7.4275,43.7395", "--to", "7.4149,43.7283", "--mode", "foot")
    assert done.code == 0
    for word in ("depart", "arrive", "by foot", "Landmarks", "© OpenStreetMap contributors"):
        assert word in done.out


def test_a_way_as_json_and_as_geojson_says_the_same(doorstep, village_streets: Path, tmp_path: Path):
    out = tmp_path / "way.geojson"
    line = (
        "network",
        "route",
        village_streets,
        "--from",
        "115.2105,-8.650",
        "--to",
        "115.215,-8.651",
        "--out",
        out,
        "--json",
    )
    told = json.loads(doorstep(*line).out)
    # 0.0045° east (494.7 m) and 0.001° south (111.2 m)
    assert [(one["manoeuvre"], one["name"], one["distance_m"]) for one in told["instructions"]] == [
        ("depart", "Jalan Satu", 606),
        ("arrive", "Jalan Satu", 0),
    ]
    drawn = json.loads(out.read_text())
    assert (drawn["generator"], drawn["attribution"]) == ("doorstep", "© OpenStreetMap contributors, ODbL 1.0")
    way, start, end, departs, arrives = drawn["features"]
    assert way["geometry"] == told["geometry"]
    assert way["geometry"]["coordinates"] == [[115.2105, -8.65], [115.215, -8.65], [115.215, -8.651]]
    assert (way["properties"]["travel_s"], way["properties"]["distance_m"]) == (told["travel_s"], told["distance_m"])
    assert (start["geometry"]["coordinates"], end["geometry"]["coordinates"]) == ([115.2105, -8.65], [115.215, -8.651])
    assert [one["properties"]["manoeuvre"] for one in (departs, arrives)] == ["depart", "arrive"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_what_a_route_wrote_can_be_wiped_by_name(doorstep, village_streets: Path, tmp_path: Path):
    out = tmp_path / "way.geojson"
    doorstep("network", "route", village_streets, "--from", "115.2105,-8.650", "--to", "115.215,-8.651", "--out", out)
    assert doorstep("wipe", out, "--yes").code == 0
    assert not out.exists()


def test_a_pin_is_a_point_too(doorstep, village_streets: Path):
    done = doorstep("network", "route", village_streets, "--from", "6P3Q9626+XX", "--to", "8.650 S 115.215 E", "--json")
    assert done.code == 0


@pytest.mark.parametrize(
    ("start", "end", "code", "where"),
    [
        ("115.21,-8.65", "115.21,-8.682", "place_too_far_from_street", "--to"),  # 3 km south of the ring
        ("115.21,-8.65", "115.21005,-8.680", "place_too_far_from_street", "--to"),  # on the island, which was dropped
        ("115.5,-9.5", "115.21,-8.65", "place_too_far_from_street", "--from"),  # in the sea
        ("115.21,-8.65", "-8.65,115.21", "point_bad_degrees", "--to"),
        ("somewhere", "115.21,-8.65", "pin_unreadable", "--from"),
    ],
)
def test_a_way_that_is_not_there_is_told(doorstep, village_streets: Path, start, end, code, where):
    done = doorstep("network", "route", village_streets, "--from", start, "--to", end, "--json")
    assert (done.code, done.out) == (3, "")
    (problem,) = json.loads(done.err)["problems"]
    assert (problem["code"], problem["where"]) == (code, where)


# A pass


@pytest.mark.parametrize(
    ("end", "pass_id", "code", "where"),
    [
        ("115.215,-8.651", "both", "cut_off_by_pass", "--pass"),
        ("115.2125,-8.650", "west", "outside_pass_area", "--to"),
        ("115.30,-8.70", "west", "place_too_far_from_street", "--to"),
    ],
)
def test_a_way_that_a_pass_forbids_is_told(doorstep, village_streets, with_passes, end, pass_id, code, where):
    done = doorstep(
        *("network", "route", village_streets, "--from", "115.210,-8.651", "--to", end, "--mode", "foot"),
        *("--programme", with_passes, "--pass", pass_id, "--json"),
    )
    assert (done.code, done.out) == (3, "")
    (problem,) = json.loads(done.err.splitlines()[-1])["problems"]
    assert (problem["code"], problem["where"]) == (code, where)


def test_a_way_within_the_pass_keeps_to_it(doorstep, village_streets, with_passes):
    ends = ("--from", "115.210,-8.651", "--to", "115.210,-8.654")
    line = ("network", "route", village_streets, *ends, "--mode", "foot", "--json")
    done = doorstep(*line, "--programme", with_passes, "--pass", "west")
    told = json.loads(done.out)
    assert (done.code, told["pass_id"], told["distance_m"]) == (0, "west", 334)  # 0.003° of latitude
    assert "only its area counts here" in done.err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--mode", "horse"), "bad_usage", "foot, bicycle, motorcycle, car"),
        (("--pass", "west"), "bad_usage", "SOURCE:PASS_ID"),
        (("--programme", "denpasar"), "bad_usage", "without --pass"),
        (("--pass", "{programme}:wst"), "pass_unknown", "did you mean `west`?"),
        (("--pass", "{programme}:gone"), "pass_not_in_force", "revoked"),
        (("--pass", "{programme}:west", "--mode", "car"), "pass_other_mode", "it is for foot"),
        (("--pass", "nowhere:west"), "scenario_unknown", "denpasar"),
    ],
)
def test_a_pass_or_mode_that_cannot_be_is_refused(doorstep, village_streets, with_passes, options, code, said):
    given = [option.replace("{programme}", str(with_passes)) for option in options]
    done = doorstep("network", "route", village_streets, "--from", "115.21,-8.65", "--to", "115.215,-8.65", *given)
    assert (done.code, done.out) == (2, "")
    assert code in done.err
    assert said in done.err


@pytest.mark.parametrize(("degrees", "code"), [(0.48, 0), (0.49, 3)])
def test_a_way_of_more_than_twelve_hours_is_none(doorstep, tmp_path: Path, degrees: float, code: int):
    # on foot at 4.5 km/h 54 km, along the equator 54 / 111.195 = 0.4856°
    street = tmp_path / "street.osm"
    street.write_text(
        '<osm version="0.6"><node id="1" version="1" lat="0" lon="0"/>'
        f'<node id="2" version="1" lat="0" lon="{degrees}"/>'
        '<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way></osm>'
    )
    done = doorstep("network", "route", street, "--from", "0,0", "--to", f"{degrees},0", "--mode", "foot")
    assert done.code == code
    assert ("no_street_connection: no way of less than 12 hours" in done.err) == bool(code)
