"""`doorstep plan`: what is shown, what is written, who may read it, and what happens when it cannot be done."""

import json
import re
import stat
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.security.sealing import is_sealed, unseal
from routing import plan_day as planning
from routing.domain.plan import load_plan

QUICK = ("--date", "2026-11-23", "--iterations", "5")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# What is shown


def test_the_first_line_says_how_many_are_served_and_the_last_what_was_written(doorstep, made_up: Path, home: Path):
    done = doorstep("plan", made_up, *QUICK)
    lines = done.out.splitlines()
    written = home / "plans" / "village" / "2026-11-23" / "plan.json"
    assert (done.code, lines[0]) == (0, "served 2 of 2 clients due, 0 missed dose-days")
    assert lines[-1] == f"wrote {written}"
    assert load_plan(written.read_bytes()).summary.clients_served == 2


def test_a_route_is_a_row_with_volunteer_mode_times_stops_distance_and_load(doorstep, made_up: Path):
    row = next(line for line in doorstep("plan", made_up, *QUICK).out.splitlines() if "Canary walker" in line)
    # Two clients with two pieces of 250 g each: 1.0 kg.
    assert re.fullmatch(r" 1 +Canary walker +foot +\d\d:\d\d +\d\d:\d\d +2 +\d\.\d +1\.0 *", row)


def test_how_the_work_is_shared_and_what_became_of_wishes_are_figures(doorstep, made_up: Path):
    document = json.loads(made_up.read_text(encoding="utf-8"))
    document["clients"][0]["prefers"] = ["v01"]
    made_up.write_text(json.dumps(document), encoding="utf-8")
    out = doorstep("plan", made_up, *QUICK).out
    assert re.search(r"stops by volunteer: least, median, most +2 – 2 – 2", out)
    assert re.search(r"clients who see whom they prefer +1 of 1", out)
    assert "who came last" not in out  # nobody came before


def test_who_takes_over_if_one_is_missing_is_said_on_request(doorstep, made_up: Path):
    document = json.loads(made_up.read_text(encoding="utf-8"))
    document["clients"][0]["supplies"][0]["latest_on"] = "2026-11-23"
    made_up.write_text(json.dumps(document), encoding="utf-8")
    assert "If one is missing" not in doorstep("plan", made_up, *QUICK).out
    done = doorstep("plan", made_up, *QUICK, "--resilience")
    name = document["clients"][0]["code_name"]
    row = next(line for line in done.out.splitlines() if "not found" in line and "Canary walker" in line)
    assert (done.code, name in row, "nobody else can" in row) == (0, True, True)


def test_asked_for_a_bound_it_says_how_far_travel_is_from_the_best_possible(doorstep, made_up: Path, tmp_path: Path):
    done = doorstep("plan", made_up, *QUICK, "--bound", "--out", tmp_path / "out")
    # Two visits by one volunteer: there is one best order, and the search has found it.
    assert "travel is at most 0 % above the best possible for these visits" in done.out
    assert "Proving how short routes could be: travel s" in done.err
    summary = load_plan((tmp_path / "out" / "plan.json").read_bytes()).summary
    assert (summary.travel_bound_s, summary.gap_percent) == (summary.travel_s, 0.0)


def test_unasked_it_says_nothing_of_a_bound(doorstep, made_up: Path, tmp_path: Path):
    out = doorstep("plan", made_up, *QUICK, "--out", tmp_path / "out").out
    summary = load_plan((tmp_path / "out" / "plan.json").read_bytes()).summary
    assert (summary.travel_bound_s, summary.gap_percent, "best possible" in out) == (None, None, False)


def test_progress_goes_to_standard_error(doorstep, made_up: Path):
    done = doorstep("plan", made_up, *QUICK)
    assert "Working out who needs what" in done.err
    assert "Working out" not in done.out


def test_json_is_the_plan_and_nothing_else(doorstep, made_up: Path, tmp_path: Path):
    done = doorstep("plan", made_up, *QUICK, "--json", "--out", tmp_path / "out")
    assert done.code == 0
    assert done.out.encode() == (tmp_path / "out" / "plan.json").read_bytes()
    assert "wrote" in done.err


def test_a_client_who_is_not_served_is_listed_with_the_reason(doorstep, made_up: Path):
    document = json.loads(made_up.read_text(encoding="utf-8"))
    document["clients"][0]["vetoes"] = ["v01"]
    made_up.write_text(json.dumps(document), encoding="utf-8")
    done = doorstep("plan", made_up, *QUICK)
    assert done.out.startswith("served 1 of 2 clients due")
    assert "Not served" in done.out
    assert "volunteer_vetoed" in done.out


def test_texts_of_a_programme_cannot_steer_the_terminal(doorstep, made_up: Path):
    document = json.loads(made_up.read_text(encoding="utf-8"))
    document["volunteers"][0]["code_name"] = "[red]x\u001b[31m\u202e"
    made_up.write_text(json.dumps(document), encoding="utf-8")
    out = doorstep("plan", made_up, *QUICK).out
    assert "[red]x" in out
    assert not {"\u001b", "\u202e"} & set(out)


# The day


def test_without_a_date_it_is_tomorrow_where_the_programme_is(doorstep, made_up: Path):
    zone = ZoneInfo("Asia/Makassar")
    before = datetime.now(zone).date()
    done = doorstep("plan", made_up, "--iterations", "1")
    expected = {f"tomorrow, {day + timedelta(days=1)}" for day in (before, datetime.now(zone).date())}
    assert any(text in done.err for text in expected)


@pytest.mark.parametrize("text", ["2026-13-01", "tomorrow", "20261123", "2026-W48-1", "", "２０２６-11-23"])
def test_what_is_no_date_is_refused(doorstep, made_up: Path, home: Path, text: str):
    done = doorstep("plan", made_up, "--date", text)
    assert (done.code, home.exists()) == (2, False)
    assert "bad_date" in done.err


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf"])
def test_what_is_no_time_limit_is_refused(doorstep, made_up: Path, text: str):
    done = doorstep("plan", made_up, "--date", "2026-11-23", "--time-limit", text)
    assert done.code == 2
    assert "bad_time_limit" in done.err


# What is written


def test_files_are_for_their_owner_only(doorstep, made_up: Path, tmp_path: Path):
    doorstep("plan", made_up, *QUICK, "--map", "--out", tmp_path / "out")
    modes = {path.name: mode(path) for path in (tmp_path / "out").iterdir()}
    assert mode(tmp_path / "out") == 0o700
    assert modes == {"plan.json": 0o600, "plan.geojson": 0o600, "map.html": 0o600}


def test_maps_tell_nothing_of_a_person(doorstep, made_up: Path, tmp_path: Path):
    doorstep("plan", made_up, *QUICK, "--map", "--out", tmp_path / "out")
    for name in ("plan.geojson", "map.html"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8").lower()
        # Client, product and site ids of the village; a volunteer's home at 115.2105.
        assert not re.search(r'canary|"c1"|"p01"|site-1|v01|village|115\.2105|\bt[0-4]\b', text), name


def test_a_new_plan_does_not_leave_an_older_map_beside_it(doorstep, made_up: Path, tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("theirs", encoding="utf-8")
    doorstep("plan", made_up, *QUICK, "--map", "--out", tmp_path / "out")
    doorstep("plan", made_up, *QUICK, "--out", tmp_path / "out")
    assert names(tmp_path / "out") == {"plan.json", "notes.txt"}


def test_the_same_rounds_give_the_same_bytes(doorstep, made_up: Path, tmp_path: Path):
    for name in ("a", "b"):
        doorstep("plan", made_up, *QUICK, "--map", "--out", tmp_path / name)
    for name in ("plan.json", "plan.geojson", "map.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


# Real people


def test_a_real_plan_is_sealed_and_so_are_its_maps(doorstep, real: Path, tmp_path: Path, passphrase: str):
    done = doorstep("plan", real, *QUICK, "--map", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert names(tmp_path / "out") == {"plan.json.sealed", "plan.geojson.sealed", "map.html.sealed"}
    for path in (tmp_path / "out").iterdir():
        assert is_sealed(path.read_bytes())
        assert mode(path) == 0o600
    plan = load_plan(unseal((tmp_path / "out" / "plan.json.sealed").read_bytes(), passphrase))
    assert plan.programme_id == "village"


@pytest.mark.usefixtures("passphrase")
def test_no_map_of_real_people_unless_asked_for(doorstep, real: Path, tmp_path: Path):
    doorstep("plan", real, *QUICK, "--out", tmp_path / "out")
    assert names(tmp_path / "out") == {"plan.json.sealed"}


def test_a_real_plan_needs_a_passphrase_before_anything_is_done(doorstep, real: Path, home: Path):
    done = doorstep("plan", real, *QUICK)
    assert (done.code, home.exists()) == (2, False)
    assert "passphrase_needed" in done.err


@pytest.mark.usefixtures("passphrase")
def test_a_sealed_programme_is_planned_as_it_is(doorstep, real: Path, tmp_path: Path):
    doorstep("seal", real)
    real.unlink()
    assert doorstep("validate", f"{real}.sealed").code == 0
    assert doorstep("plan", f"{real}.sealed", *QUICK, "--out", tmp_path / "out").code == 0
    checked = doorstep("check", tmp_path / "out" / "plan.json.sealed", "--programme", f"{real}.sealed")
    assert (checked.code, checked.out) == (0, "ok\n")


@pytest.mark.usefixtures("passphrase")
@pytest.mark.parametrize(("marker", "code"), [(".git", "folder_under_version_control"), (".stfolder", "folder_synced")])
def test_a_real_plan_is_not_put_where_it_is_handed_on(doorstep, real: Path, tmp_path: Path, marker: str, code: str):
    (tmp_path / "shared" / marker).mkdir(parents=True)
    done = doorstep("plan", real, *QUICK, "--out", tmp_path / "shared" / "out")
    assert (done.code, names(tmp_path / "shared")) == (2, {marker})
    assert code in done.err


def test_a_made_up_plan_may_go_anywhere(doorstep, made_up: Path, tmp_path: Path):
    (tmp_path / "shared" / ".git").mkdir(parents=True)
    assert doorstep("plan", made_up, *QUICK, "--out", tmp_path / "shared" / "out").code == 0


# What goes wrong


def test_planning_that_fails_leaves_no_folder(doorstep, made_up: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise ValueError("canary")

    monkeypatch.setattr(planning, "pose", fail)
    done = doorstep("plan", made_up, *QUICK)
    assert (done.code, (home / "plans").exists()) == (4, False)
    assert "internal_error" in done.err
    assert not {"canary", "Traceback"} & set(re.findall(r"\w+", done.out + done.err))


def test_an_interrupted_plan_leaves_nothing(doorstep, made_up: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(planning, "pose", interrupt)
    done = doorstep("plan", made_up, *QUICK)
    assert (done.code, done.out, (home / "plans").exists()) == (130, "", False)


def test_a_programme_without_an_extract_asks_for_one(doorstep, made_up: Path):
    document = json.loads(made_up.read_text(encoding="utf-8"))
    del document["extract"]
    made_up.write_text(json.dumps(document), encoding="utf-8")
    done = doorstep("plan", made_up, *QUICK)
    assert done.code == 3
    assert "extract_not_named" in done.err
    assert doorstep("plan", made_up, *QUICK, "--extract", made_up.with_name("village.osm")).code == 0
