"""Areas as people get them wrong: `validate` and `plan` both say what, where and what to do, and write nothing."""

import json
from pathlib import Path

import pytest

SINCE = {"valid_from_at": "2026-01-01T00:00:00Z"}
# The village's streets run round 115.210 .. 115.215 E, 8.655 .. 8.650 S.
GOOD = [[115.21, -8.655], [115.212, -8.655], [115.212, -8.65], [115.21, -8.655]]
BAD = {
    "crossing itself": ([[115.21, -8.65], [115.22, -8.64], [115.22, -8.65], [115.21, -8.64], [115.21, -8.65]],),
    "outside the map": ([[117.0, -8.65], [117.1, -8.65], [117.1, -8.6], [117.0, -8.65]],),
    "latitude first": ([[lat, lon] for lon, lat in GOOD],),
    "of two points": (GOOD[:2],),
    "open": (GOOD[:3],),
    "with a hole outside": (GOOD, [[lon + 0.1, lat] for lon, lat in GOOD]),
    "of nothing": (),
}
TOLD = {
    "crossing itself": ("area_not_valid", "two lines of a ring cross"),
    "outside the map": ("outside_map", "leave it out"),
    "latitude first": ("coordinates_swapped", "[lon, lat]"),
    "of two points": ("area_ring_open", "four positions at least"),
    "open": ("area_ring_open", "repeat the first position"),
    "with a hole outside": ("area_not_valid", "draw the hole within"),
    "of nothing": ("area_not_valid", "three corners"),
}


def with_zone(programme: Path, rings: tuple[object, ...]) -> Path:
    document = json.loads(programme.read_text(encoding="utf-8"))
    area = {"type": "Polygon", "coordinates": list(rings)}
    document["zones"] = [{"zone_id": "z1", "name": "a zone", "area": area, **SINCE}]
    programme.write_text(json.dumps(document), encoding="utf-8")
    return programme


def test_the_good_one_is_valid(doorstep, made_up: Path):
    assert doorstep("validate", with_zone(made_up, (GOOD,))).code == 0


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("command", ["validate", "plan"])
def test_a_bad_area_is_told_with_place_and_remedy(doorstep, made_up: Path, home: Path, command: str, kind: str):
    spoiled = with_zone(made_up, BAD[kind])
    done = doorstep(command, spoiled, *(["--date", "2026-11-23"] if command == "plan" else []))
    code, remedy = TOLD[kind]
    assert done.code == 3
    said = " ".join(done.err.split())
    assert code in said
    assert "/zones/0/area" in said
    assert remedy in said
    assert "115.2" not in said  # no message repeats a coordinate
    assert not list(home.rglob("plan.json*"))


def test_a_checkpoint_beside_the_map_is_told_as_json(doorstep, made_up: Path):
    document = json.loads(made_up.read_text(encoding="utf-8"))
    line = [[85.0, -8.655], [85.0, -8.65]]
    document["checkpoints"] = [{"checkpoint_id": "k1", "name": "k1", "line": line, "delay_s": 60, **SINCE}]
    made_up.write_text(json.dumps(document), encoding="utf-8")
    done = doorstep("validate", made_up, "--json")
    (problem,) = json.loads(done.out)["problems"]
    assert (problem["code"], problem["where"]) == ("outside_map", "/checkpoints/0/line")
