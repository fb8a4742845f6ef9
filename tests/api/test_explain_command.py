"""`doorstep explain`: reasons, remedies and visits in words and as JSON; what it refuses; what it never writes."""

import csv
import io
import json
import stat
from pathlib import Path

import pytest

DATE = ("--date", "2026-11-23", "--iterations", "2")


def changed(programme: Path, **of_first_client: object) -> Path:
    document = json.loads(programme.read_text(encoding="utf-8"))
    document["clients"][0] |= of_first_client
    programme.write_text(json.dumps(document), encoding="utf-8")
    return programme


@pytest.fixture
def refused(made_up: Path) -> Path:
    """A village whose first client has not agreed to visits."""
    return changed(made_up, consent={"home_delivery": False})


def planned(doorstep, programme: Path, folder: Path, *more: str) -> Path:
    done = doorstep("plan", programme, *DATE, *more, "--out", folder / "out")
    assert done.code == 0, done.err
    return folder / "out" / "plan.json"


def test_the_plan_shows_what_would_help_and_says_that_it_is_proved(doorstep, refused: Path, tmp_path: Path):
    done = doorstep("plan", refused, *DATE, "--out", tmp_path / "out")
    assert "what would help" in done.out
    assert "agrees to home" in done.out
    assert "(proved)" in done.out


def test_without_a_search_the_plan_says_so(doorstep, refused: Path, tmp_path: Path):
    for more in (("--no-remedies",), ("--remedies", "0")):
        assert "not searched" in doorstep("plan", refused, *DATE, *more, "--out", tmp_path / "out").out


def test_explain_searches_what_the_plan_left_open(doorstep, refused: Path, tmp_path: Path):
    plan = planned(doorstep, refused, tmp_path, "--no-remedies")
    done = doorstep("explain", plan, "--programme", refused)
    assert done.code == 0
    assert "Monday 23 November 2026: 1 clients not served" in done.out
    assert "why: the client has not consented to home delivery (no_home_delivery_consent)" in done.out
    assert "what would help: the client agrees to home delivery (proved)" in done.out
    assert "not searched" in doorstep("explain", plan, "--programme", refused, "--remedies", "0").out


def test_one_client_who_is_left_out(doorstep, refused: Path, tmp_path: Path):
    plan = planned(doorstep, refused, tmp_path, "--no-remedies")
    for name in ("c1", "Canary 1"):
        done = doorstep("explain", plan, "--programme", refused, "--client", name, "--json")
        found = json.loads(done.out)
        assert (found["client_id"], found["visits"]) == ("c1", [])
        remedy = found["unserved"][0]["reasons"][0]["remedy"]
        assert (remedy["code"], remedy["params"], remedy["verified"]) == ("consent", {}, True)


def test_one_client_who_is_served(doorstep, made_up: Path, tmp_path: Path):
    plan = planned(doorstep, made_up, tmp_path)
    done = doorstep("explain", plan, "--programme", made_up, "--client", "c2")
    assert "by Canary walker (foot), no pass is asked for" in done.out
    assert "not earlier: " in done.out
    found = json.loads(doorstep("explain", plan, "--programme", made_up, "--client", "c2", "--json").out)
    (visit,) = found["visits"]
    assert (visit["volunteer_ids"], visit["order_ids"], visit["others"]) == (["v01"], ["c2.s2"], [])
    assert visit["not_earlier"] in {"start", "loading", "stop_before"}


def test_others_are_told_with_what_keeps_them_away(doorstep, made_up: Path, tmp_path: Path):
    document = json.loads(made_up.read_text(encoding="utf-8"))
    second = {**document["volunteers"][0], "volunteer_id": "v02", "code_name": "Canary rider"}
    third = {**document["volunteers"][0], "volunteer_id": "v03", "code_name": "Canary third", "vetoes": ["c1"]}
    document["volunteers"] += [second, third]
    made_up.write_text(json.dumps(document), encoding="utf-8")
    plan = planned(doorstep, made_up, tmp_path)
    found = json.loads(doorstep("explain", plan, "--programme", made_up, "--client", "c1", "--json").out)
    others = {each["volunteer_id"]: each for each in found["visits"][0]["others"]}
    assert others["v03"]["rules"] == ["volunteer_vetoed"]
    assert set(others) | set(found["visits"][0]["volunteer_ids"]) == {"v01", "v02", "v03"}
    free = next(each for name, each in others.items() if name != "v03")
    assert free["rules"] == []
    assert free["added_s"] is not None


def test_a_client_with_nothing_due_is_told(doorstep, made_up: Path, tmp_path: Path):
    plan = planned(doorstep, changed(made_up, supplies=[]), tmp_path)
    done = doorstep("explain", plan, "--programme", made_up, "--client", "c1")
    assert done.out == "Canary 1: nothing goes to this client on this day\n"


def test_an_unknown_client_is_refused(doorstep, made_up: Path, tmp_path: Path):
    plan = planned(doorstep, made_up, tmp_path)
    done = doorstep("explain", plan, "--programme", made_up, "--client", "nobody", "--json")
    assert (done.code, json.loads(done.err)["type"]) == (2, "urn:doorstep:error:unknown_client")


def test_a_plan_of_an_earlier_state_is_refused(doorstep, made_up: Path, tmp_path: Path):
    plan = planned(doorstep, made_up, tmp_path)
    done = doorstep("explain", plan, "--programme", changed(made_up, service_s=301))
    assert done.code == 3
    assert "plan_of_other_inputs" in done.err


def test_an_export_in_another_format_is_refused(doorstep, made_up: Path, tmp_path: Path):
    plan = planned(doorstep, made_up, tmp_path)
    done = doorstep("explain", plan, "--programme", made_up, "--export", tmp_path / "ask.pdf")
    assert done.code == 2
    assert "export_format_unknown" in done.err


def test_the_export_holds_what_authorities_could_grant(doorstep, made_up: Path, tmp_path: Path):
    """A pass that ends before anybody can be out leaves both clients out; one longer pass serves them."""
    document = json.loads(made_up.read_text(encoding="utf-8"))
    valid = {"valid_from_at": "2026-11-01T00:00:00+08:00", "valid_to_at": "2026-12-01T00:00:00+08:00"}
    document["passes"] = [
        {
            "pass_id": "q1",
            "number": "N 17",
            "issuer": "district",
            "area_name": "all of the village",
            "volunteer_id": "v01",
            "purposes": ["hygiene"],
            "hours": [{"from_time": "08:00:00", "to_time": "08:05:00"}],
            **valid,
        }
    ]
    document["movement_rules"] = [
        {"rule_id": "order", "kind": "pass_required", "valid_from_at": "2026-11-01T00:00:00+08:00"}
    ]
    made_up.write_text(json.dumps(document), encoding="utf-8")
    plan = planned(doorstep, made_up, tmp_path)
    assert "What would serve the most" in doorstep("explain", plan, "--programme", made_up).out
    for name in ("ask.csv", "ask.json"):
        done = doorstep("explain", plan, "--programme", made_up, "--export", tmp_path / name)
        assert done.code == 0
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        assert not [word for word in ("canary", "Canary", "c1", "c2", "v01", "p01", "115.2") if word in written]
    (row,) = csv.DictReader(io.StringIO((tmp_path / "ask.csv").read_text(encoding="utf-8")))
    assert (row["code"], row["pass_number"], row["area"]) == ("pass_later", "N 17", "all of the village")
    assert (row["unit"], row["clients"]) == ("minutes", "fewer than 10")
    assert json.loads((tmp_path / "ask.json").read_text(encoding="utf-8"))["proposals"][0]["size"] == int(row["size"])
