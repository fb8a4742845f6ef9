"""Bad input is normal input: every bad programme and extract gets its coded error, every hopeless day its reasons.

Nothing is half written, nobody sees a traceback, and the exit code is the documented one.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.domain.bad_programmes import BAD_PROGRAMMES, Bad

QUICK = ("--date", "2026-11-23", "--iterations", "2")
Document = dict[str, Any]


def _left_behind(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if "plans" in path.parts] if home.exists() else []


@pytest.mark.parametrize("bad", BAD_PROGRAMMES, ids=lambda bad: bad.name)
def test_a_bad_programme_is_refused_with_code_and_place(doorstep, tmp_path: Path, home: Path, bad: Bad):
    path = tmp_path / "programme.json"
    path.write_bytes(bad.data)
    validated = doorstep("validate", path, "--json")
    problems = json.loads(validated.out)["problems"]
    assert validated.code == 3
    assert (bad.code, bad.where) in [(problem["code"], problem["where"]) for problem in problems]
    assert all(problem["message"] and problem["remedy"] for problem in problems)
    planned = doorstep("plan", path, *QUICK)
    assert planned.code == 3
    assert "Traceback" not in validated.err + planned.err
    assert bad.code in planned.err
    assert _left_behind(home) == []


ROOT = Path(__file__).parents[2]
REAL = ROOT / "scenarios" / "denpasar" / "denpasar.osm.pbf"


def _osm(nodes: dict[int, tuple[float, float]], ways: dict[int, tuple[tuple[int, ...], str]]) -> bytes:
    """Write nodes {id: (lon, lat)} and ways {id: (nodes, highway)}; no highway makes a building."""
    points = [f'<node id="{node}" version="1" lon="{lon}" lat="{lat}"/>' for node, (lon, lat) in nodes.items()]
    lines = [
        f'<way id="{way}" version="1">{"".join(f"""<nd ref="{ref}"/>""" for ref in refs)}'
        f'<tag k="{"highway" if highway else "building"}" v="{highway or "yes"}"/></way>'
        for way, (refs, highway) in ways.items()
    ]
    return f'<osm version="0.6">{"".join(points + lines)}</osm>'.encode()


SQUARE = {1: (115.210, -8.650), 2: (115.215, -8.650), 3: (115.215, -8.655), 4: (115.210, -8.655)}
AROUND = (1, 2, 3, 4, 1)
EXTRACTS = {
    "missing": ("village.osm", None, "extract_not_found"),
    "empty": ("village.osm", b"", "extract_unreadable"),
    "empty pbf": ("village.osm.pbf", b"", "extract_unreadable"),
    "truncated": ("village.osm", b'<osm version="0.6"><node id="1"', "extract_unreadable"),
    "truncated pbf": ("village.osm.pbf", REAL.read_bytes()[:60_000], "extract_unreadable"),
    "cut by one byte": ("village.osm.pbf", REAL.read_bytes()[:-1], "extract_unreadable"),
    "web page": ("village.osm", b"<html><body>not found</body></html>", "extract_unreadable"),
    "web page for a pbf": ("village.osm.pbf", b"<html><body>not found</body></html>", "extract_unreadable"),
    "a picture": ("village.osm.pbf", b"\x89PNG\r\n\x1a\n" + bytes(500), "extract_unreadable"),
    "another name": ("village.zip", REAL.read_bytes(), "extract_unreadable"),
    "without ways": ("village.osm", _osm({1: SQUARE[1]}, {}), "extract_without_roads"),
    "without highways": ("village.osm", _osm(SQUARE, {10: (AROUND, "")}), "extract_without_roads"),
    "without nodes": ("village.osm", _osm({}, {10: (AROUND, "residential")}), "extract_without_roads"),
    "no two nodes in a row": ("village.osm", _osm(SQUARE, {10: ((1, 9, 2, 9, 3), "path")}), "extract_without_roads"),
}


@pytest.mark.parametrize("name", EXTRACTS)
def test_a_bad_extract_is_refused(doorstep, made_up: Path, home: Path, name: str):
    file, data, code = EXTRACTS[name]
    (made_up.parent / "village.osm").unlink()
    if data is not None:
        (made_up.parent / file).write_bytes(data)
    made_up.write_text(made_up.read_text("utf-8").replace('"village.osm"', f'"{file}"'), "utf-8")
    planned = doorstep("plan", made_up, *QUICK)
    assert (planned.code, "Traceback" in planned.err) == (3, False)
    assert code in planned.err
    assert str(made_up.parent) not in planned.err
    assert _left_behind(home) == []


# An island, 3 km to the north of the square, with client c2.
ISLAND = {5: (115.210, -8.620), 6: (115.213, -8.620)}
TOO_FAR = {"c1": "place_too_far_from_street", "c2": "place_too_far_from_street"}
ODD = {
    # The square has 2.2 km of streets, the island 0.3.
    "two islands": (_osm(SQUARE | ISLAND, {10: (AROUND, "residential"), 11: ((5, 6), "residential")}),
                    {"c2": "place_too_far_from_street"}),
    "a place 3 km from any street": (_osm(SQUARE, {10: (AROUND, "residential")}), {"c2": "place_too_far_from_street"}),
    # Without node 3 the sides 2-3 and 3-4 are gone; the start is 55 m from node 4 as before.
    "a way with a missing node": (_osm({1: SQUARE[1], 2: SQUARE[2], 4: SQUARE[4]}, {10: (AROUND, "residential")}),
                                  {"c2": "place_too_far_from_street"}),
    "roads that are only planned": (_osm(SQUARE, {10: (AROUND, "proposed")}), TOO_FAR),
    "roads nobody walks on": (_osm(SQUARE, {10: (AROUND, "motorway")}), TOO_FAR),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_extract_is_planned_on_and_who_cannot_be_reached_is_told_why(
    doorstep, made_up: Path, tmp_path: Path, name: str
):
    data, unserved = ODD[name]
    day = json.loads(made_up.read_text(encoding="utf-8"))
    day["clients"][1]["place"]["location"] = {"lon": 115.211, "lat": -8.620}
    made_up.write_text(json.dumps(day), encoding="utf-8")
    (made_up.parent / "village.osm").write_bytes(data)
    done = doorstep("plan", made_up, *QUICK, "--out", tmp_path / "out", "--json")
    assert done.code == 0, done.err
    plan = json.loads(done.out)
    told = {entry["client_id"]: [reason["code"] for reason in entry["reasons"]] for entry in plan["unserved"]}
    assert told == {client_id: [code] for client_id, code in unserved.items()}
    served = [step["client_id"] for route in plan["routes"] for step in route["steps"] if step["type"] == "visit"]
    assert served == sorted({"c1", "c2"} - set(unserved))
    assert doorstep("check", tmp_path / "out" / "plan.json", "--programme", made_up).code == 0


# Days that cannot be served: planned all the same, with the true reason for everybody.


def _in_the_sea(day: Document) -> None:
    for client in day["clients"]:
        client["place"]["location"] = {"lon": 115.5, "lat": -9.2}


FAR = {"lon": 115.210, "lat": -8.620}  # 3.3 km north of the nearest street


def _far_clients(day: Document) -> None:
    for client in day["clients"]:
        client["place"]["location"] = FAR


def _far_site(day: Document) -> None:
    day["sites"][0]["place"]["location"] = FAR


def _far_start(day: Document) -> None:
    day["volunteers"][0]["start"]["location"] = FAR


def _unlocated(day: Document) -> None:
    for client in day["clients"]:
        del client["place"]["location"]


def _nobody(day: Document) -> None:
    day["volunteers"] = []


def _pass_required(day: Document) -> None:
    day["movement_rules"] = [
        {"rule_id": "r1", "kind": "pass_required", "valid_from_at": "2026-11-01T00:00:00+08:00"},
    ]


def _expired_pass(day: Document) -> None:
    _pass_required(day)
    day["passes"] = [_pass(valid_to_at="2026-11-10T00:00:00+08:00")]


def _food_pass(day: Document) -> None:
    _pass_required(day)
    day["passes"] = [_pass(purposes=["food"])]


def _pass_elsewhere(day: Document) -> None:
    _pass_required(day)
    ring = [[115.30, -8.70], [115.31, -8.70], [115.31, -8.69], [115.30, -8.69], [115.30, -8.70]]
    day["passes"] = [_pass(areas=[{"type": "Polygon", "coordinates": [ring]}])]


def _pass(**fields: object) -> Document:
    return {
        "pass_id": "p1",
        "number": "1",
        "issuer": "office",
        "volunteer_id": "v01",
        "purposes": ["hygiene"],
        "valid_from_at": "2026-11-01T00:00:00+08:00",
        "valid_to_at": "2026-12-01T00:00:00+08:00",
        **fields,
    }


def _closed_site(day: Document) -> None:
    day["sites"][0]["closed_on"] = ["2026-11-23"]


def _closed_day(day: Document) -> None:
    day["calendar"] = {"closed_days": [{"on": "2026-11-23"}]}


def _too_heavy(day: Document) -> None:
    day["products"][0]["mass_g"] = 9000


def _no_consent(day: Document) -> None:
    for client in day["clients"]:
        client["consent"] = {"home_delivery": False}


def _all_day_curfew(day: Document) -> None:
    hours = [{"from_time": "00:00", "to_time": "23:59"}]
    day["movement_rules"] = [
        {"rule_id": "r1", "kind": "curfew", "hours": hours, "valid_from_at": "2026-11-01T00:00:00+08:00"},
    ]


def _late_window(day: Document) -> None:
    for client in day["clients"]:
        client["windows"] = [{"from_time": "19:00", "to_time": "20:00"}]


HOPELESS: dict[str, tuple[Callable[[Document], None], str]] = {
    "clients in the sea": (_in_the_sea, "place_too_far_from_street"),
    "clients 3 km from any street": (_far_clients, "place_too_far_from_street"),
    "a site 3 km from any street": (_far_site, "no_street_connection"),
    "a start 3 km from any street": (_far_start, "no_street_connection"),
    "no pins": (_unlocated, "place_not_located"),
    "no volunteers": (_nobody, "no_volunteer_on_duty"),
    "passes asked for, none there": (_pass_required, "no_valid_pass"),
    "date outside every pass": (_expired_pass, "no_valid_pass"),
    "pass for other cargo": (_food_pass, "pass_purpose"),
    "pass for another area": (_pass_elsewhere, "outside_pass_area"),
    "closed site": (_closed_site, "site_closed"),
    "closed day": (_closed_day, "closed_day"),
    "too heavy": (_too_heavy, "too_heavy"),
    "no consent": (_no_consent, "no_home_delivery_consent"),
    "curfew all day": (_all_day_curfew, "curfew"),
    "windows after the shift": (_late_window, "time_window"),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_a_day_that_cannot_be_served_says_why(doorstep, made_up: Path, tmp_path: Path, name: str):
    spoil, code = HOPELESS[name]
    day = json.loads(made_up.read_text(encoding="utf-8"))
    spoil(day)
    made_up.write_text(json.dumps(day), encoding="utf-8")
    done = doorstep("plan", made_up, *QUICK, "--out", tmp_path / "out", "--json")
    assert done.code == 0, done.err
    plan = json.loads(done.out)
    assert plan["routes"] == []
    assert [[reason["code"] for reason in entry["reasons"]] for entry in plan["unserved"]] == [[code]] * 2
    assert doorstep("check", tmp_path / "out" / "plan.json", "--programme", made_up).code == 0
