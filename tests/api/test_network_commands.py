"""`doorstep network build`, `info` and `matrix`: what each shows, writes and refuses."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import numpy as np
import pytest

from tests.api.test_startup import HEAVY, imported_by

ROOT = Path(__file__).parents[2]
MONACO = ROOT / "tests/data/osm/monaco.osm.pbf"


def points_file(folder: Path, *rows: str) -> Path:
    path = folder / "points.csv"
    path.write_text("\n".join(["id,lon,lat", *rows]), encoding="utf-8")
    return path


def is_private(path: Path) -> bool:
    return stat.S_IMODE(path.stat().st_mode) == 0o600


# build, info


def test_build_leaves_compiled_streets_in_the_cache(doorstep, village_streets: Path, home: Path):
    done = doorstep("network", "build", village_streets)
    assert (done.code, done.err) == (0, "")
    assert "village.osm: streets are ready" in done.out
    kept = [path for path in (home / "cache").rglob("*") if path.is_file()]
    assert kept
    assert all(map(is_private, kept))
    assert json.loads(doorstep("network", "build", village_streets, "--json").out)["file"] == "village.osm"


def test_info_tells_islands_restrictions_names_age_and_whose_data_it_is(doorstep, village_streets: Path):
    said = doorstep("network", "info", MONACO).out
    assert "data of 2025-01-01T21:21:00Z" in said
    assert "turn restrictions: 46 relations" in said
    assert "member_missing" in said
    assert "© OpenStreetMap contributors, ODbL 1.0" in said
    assert {"foot", "bicycle", "motorcycle", "car"} <= set(said.split())
    said = doorstep("network", "info", village_streets).out
    assert "an unknown date" in said
    assert "0 relations, 0 turns read" in said


def test_info_as_json_counts_what_was_dropped(doorstep, village_streets: Path):
    told = json.loads(doorstep("network", "info", village_streets, "--json").out)
    assert told["dated"] is None
    # the island's one street is 0.0001° of longitude: 11 m, both ways
    assert told["modes"]["foot"]["dropped_arcs"] == 2
    assert told["unnamed_share"] == pytest.approx(11 / (4 * 553), abs=0.001)


@pytest.mark.parametrize("command", ["build", "info"])
@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (None, "extract_not_found"),
        (b"no map", "extract_unreadable"),
        (b"<osm version='0.6'></osm>", "extract_without_roads"),
    ],
)
def test_what_is_no_extract_is_told(doorstep, tmp_path: Path, command: str, contents: bytes | None, code: str):
    path = tmp_path / "town.osm"
    if contents is not None:
        path.write_bytes(contents)
    done = doorstep("network", command, path)
    assert (done.code, done.out) == (3, "")
    assert code in done.err


# matrix


def test_a_matrix_has_a_row_for_each_pair(doorstep, village_streets: Path, tmp_path: Path):
    points = points_file(tmp_path, "a,115.210,-8.650", "=b,115.215,-8.650")
    out = tmp_path / "matrix.csv"
    done = doorstep("network", "matrix", village_streets, "--points", points, "--mode", "foot", "--out", out)
    assert done.code == 0
    assert "2 points, 4 of 4 pairs have a way" in done.out
    # 0.005° of longitude at 8.65° south: 0.005 · 111195.08 · cos 8.65° = 549.7 m; at 4.5 km/h 439.7 s
    assert out.read_text() == (
        "from_id,to_id,time_s,distance_m,code\na,a,0,0,\na,'=b,440,550,\n'=b,a,440,550,\n'=b,'=b,0,0,\n"
    )
    assert is_private(out)


def test_what_cannot_be_reached_has_a_code_and_is_summed_up(doorstep, village_streets: Path, tmp_path: Path):
    points = points_file(tmp_path, "a,115.210,-8.650", "b,115.215,-8.650", "sea,115.30,-8.70")
    done = doorstep("network", "matrix", village_streets, "--points", points, "--out", tmp_path / "m.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "m.csv").read_text())))
    assert done.code == 0
    for row in rows:
        far = "sea" in (row["from_id"], row["to_id"])
        assert row["code"] == ("place_too_far_from_street" if far else "")
        assert (row["time_s"] == "", row["distance_m"] == "") == (far, far)
    assert "place_too_far_from_street" in done.out
    assert "sea" in done.out


def test_npz_holds_arrays_without_pickles(doorstep, village_streets: Path, tmp_path: Path):
    points = points_file(tmp_path, "a,115.210,-8.650", "b,115.215,-8.650", "sea,115.30,-8.70")
    out = tmp_path / "m.npz"
    assert doorstep("network", "matrix", village_streets, "--points", points, "--mode", "foot", "--out", out).code == 0
    with np.load(out, allow_pickle=False) as stored:
        assert stored["id"].tolist() == ["a", "b", "sea"]
        assert stored["time_s"].tolist() == [[0, 440, -1], [440, 0, -1], [-1, -1, -1]]
        assert stored["distance_m"].tolist() == [[0, 550, -1], [550, 0, -1], [-1, -1, -1]]
        assert [str(stored["codes"][index]) for index in stored["code"][2]] == ["place_too_far_from_street"] * 3
    assert is_private(out)


def test_bad_rows_are_named_and_nothing_is_written(doorstep, village_streets: Path, tmp_path: Path):
    points = points_file(tmp_path, "a,115.210,-8.650", "a,east,-8.650")
    done = doorstep("network", "matrix", village_streets, "--points", points, "--out", tmp_path / "m.csv")
    assert (done.code, done.out) == (3, "")
    assert "row 3, column lon" in done.err
    assert "row 3, column id" in done.err
    assert not (tmp_path / "m.csv").exists()


def test_swapped_coordinates_are_noticed(doorstep, village_streets: Path, tmp_path: Path):
    points = points_file(tmp_path, "a,115.210,-8.650", "b,-8.650,80.0")
    done = doorstep("network", "matrix", village_streets, "--points", points, "--out", tmp_path / "m.csv")
    assert done.code == 0  # 80 degrees north is far away either way round
    latitude_first = points_file(tmp_path, "a,1.5,0.5", "b,0.5,1.5")
    square = tmp_path / "square.osm"
    square.write_text(
        '<osm version="0.6"><node id="1" version="1" lat="1.4" lon="0.4"/>'
        '<node id="2" version="1" lat="1.6" lon="0.6"/>'
        '<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way></osm>'
    )
    done = doorstep("network", "matrix", square, "--points", latitude_first, "--out", tmp_path / "n.csv", "--json")
    assert done.code == 2  # matrix writes a file, and prints no JSON
    done = doorstep("network", "matrix", square, "--points", latitude_first, "--out", tmp_path / "n.csv")
    assert done.code == 3
    assert "point_swapped" in done.err
    assert "row 2, column lon" in done.err


@pytest.mark.parametrize(
    ("name", "code"), [("m.txt", "out_form_unknown"), ("taken.csv", "file_exists"), ("no/such\0.csv", "cannot_write")]
)
def test_a_file_that_cannot_be_is_refused(doorstep, village_streets: Path, tmp_path: Path, name: str, code: str):
    (tmp_path / "taken.csv").write_text("mine")
    if "\0" in name:
        (tmp_path / "file").write_text("in the way")
        name = "file/m.csv"
    points = points_file(tmp_path, "a,115.210,-8.650")
    done = doorstep("network", "matrix", village_streets, "--points", points, "--out", tmp_path / name)
    assert done.code == 2
    assert code in done.err
    assert (tmp_path / "taken.csv").read_text() == "mine"


def test_a_pass_that_cuts_the_village_in_two_is_told(doorstep, village_streets, with_passes, tmp_path: Path):
    points = points_file(tmp_path, "a,115.210,-8.651", "b,115.215,-8.651", "mid,115.2125,-8.650")
    out = tmp_path / "m.csv"
    done = doorstep(
        *("network", "matrix", village_streets, "--points", points, "--out", out, "--mode", "foot"),
        *("--pass", f"{with_passes}:both"),
    )
    assert done.code == 0
    assert "only its area counts here" in done.err
    codes = {(row["from_id"], row["to_id"]): row["code"] for row in csv.DictReader(io.StringIO(out.read_text()))}
    assert codes["a", "b"] == codes["b", "a"] == "cut_off_by_pass"
    assert codes["a", "mid"] == codes["mid", "mid"] == "outside_pass_area"
    assert codes["a", "a"] == ""


# All of them


def test_the_group_alone_shows_its_commands(doorstep):
    done = doorstep("network")
    assert (done.code, done.err) == (2, "")
    assert [name for name in ("build", "info", "fetch", "matrix", "route") if name not in done.out] == []


@pytest.mark.parametrize(
    "line", [["network", "--help"], ["network", "fetch", "--help"], ["network", "route", "--help"]]
)
def test_help_imports_nothing_heavy(line: list[str]):
    assert imported_by(line) & {*HEAVY, "osmnx", "networkx", "numba"} == set()


def test_what_needs_no_connection_never_loads_what_opens_one(village_streets: Path, tmp_path: Path):
    points = points_file(tmp_path, "a,115.210,-8.650", "b,115.215,-8.650")
    line = ["network", "matrix", str(village_streets), "--points", str(points), "--out", str(tmp_path / "m.csv")]
    assert imported_by(line) & {"osmnx", "requests", "urllib3"} == set()
