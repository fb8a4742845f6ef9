"""`doorstep replan` and `doorstep compare`: what is shown, what is written, and who may read it."""

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from api.security.sealing import is_sealed
from routing.domain.plan import load_plan
from tests.api.conftest import PASSPHRASE

QUICK = ("--date", "2026-11-23", "--iterations", "5")
SECRET = ("canary street", "canary door", "canary phone", "canary soap", "115.2")


@pytest.fixture
def plan(doorstep, made_up: Path, tmp_path: Path) -> Path:
    done = doorstep("plan", made_up, *QUICK, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    return tmp_path / "out" / "plan.json"


def first_visit(plan: Path) -> dict[str, str]:
    steps = json.loads(plan.read_text("utf-8"))["routes"][0]["steps"]
    return next(step for step in steps if step["type"] == "visit")


@pytest.fixture
def events(plan: Path, tmp_path: Path) -> Path:
    """Nobody was at home at the first visit."""
    step = first_visit(plan)
    document = {
        "schema": "doorstep.events/1",
        "on": "2026-11-23",
        "now_at": step["departure_at"],
        "events": [
            {
                "type": "visit_failed",
                "at": step["departure_at"],
                "volunteer_id": "v01",
                "client_id": step["client_id"],
                "reason": "not_home",
            }
        ],
    }
    path = tmp_path / "events.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


@pytest.fixture
def replanned(doorstep, plan: Path, made_up: Path, events: Path, tmp_path: Path):
    def run(*more: object):
        given = ("--programme", made_up, "--events", events, "--iterations", 5, "--out", tmp_path / "rest")
        return doorstep("replan", plan, *given, *more)

    return run


def test_it_says_what_differs_and_whom_to_tell(replanned, plan: Path):
    done = replanned()
    number = first_visit(plan)["client_id"].removeprefix("c")
    assert done.code == 0, done.err
    assert done.out.splitlines()[0] == "1 visit otherwise, 1 of them moved"
    assert f"Clients to tell: Canary {number}" in done.out
    assert "Volunteers to tell: Canary walker" in done.out
    assert not any(word in done.out + done.err for word in SECRET)


def test_it_writes_the_plan_and_the_programme_for_their_owner_alone(replanned, tmp_path: Path):
    replanned()
    rest = tmp_path / "rest"
    assert {path.name for path in rest.iterdir()} == {"plan.json", "programme.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in rest.iterdir()} == {0o600}
    assert load_plan((rest / "plan.json").read_bytes()).replans is not None


def test_what_is_written_can_be_checked_and_printed_and_planned_again(replanned, doorstep, plan: Path, tmp_path: Path):
    replanned()
    rest = tmp_path / "rest"
    given = (rest / "plan.json", "--programme", rest / "programme.json")
    assert doorstep("check", *given).out == "ok\n"
    assert doorstep("sheets", *given, "--out", tmp_path / "papers").code == 0
    later = datetime.fromisoformat(first_visit(plan)["departure_at"]) + timedelta(minutes=1)
    document = {"schema": "doorstep.events/1", "on": "2026-11-23", "now_at": later.isoformat()}
    (tmp_path / "more.json").write_text(json.dumps(document), "utf-8")
    again = doorstep("replan", *given, "--events", tmp_path / "more.json", "--out", tmp_path / "third")
    assert again.code == 0, again.err


def test_json_is_what_differs_and_nothing_else(replanned, plan: Path):
    done = replanned("--json")
    found = json.loads(done.out)
    client_id = first_visit(plan)["client_id"]
    assert (found["moves"], found["clients_to_tell"], found["volunteers_to_tell"]) == (1, [client_id], ["v01"])
    assert set(found["figures"]) == {"before", "after"}
    assert found["code_names"]["v01"] == "Canary walker"
    assert not any(word in done.out for word in SECRET)


def test_a_folder_with_a_plan_in_it_is_left_alone(replanned, plan: Path, tmp_path: Path):
    before = plan.read_bytes()
    done = replanned("--out", plan.parent)
    assert done.code == 2
    assert "file_exists" in done.err
    assert plan.read_bytes() == before
    assert not (tmp_path / "rest").exists()


def test_events_that_cannot_be_are_bad_input(replanned, events: Path, tmp_path: Path):
    document = json.loads(events.read_text("utf-8"))
    document["events"][0]["client_id"] = "c9"
    events.write_text(json.dumps(document), "utf-8")
    done = replanned()
    assert done.code == 3
    assert "event_about_unknown" in done.err
    assert "/events/0/client_id" in done.err
    assert not (tmp_path / "rest").exists()


def test_a_plan_of_real_people_is_sealed_and_so_is_its_programme(doorstep, real: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "words").write_text(PASSPHRASE, "utf-8")
    monkeypatch.setenv("DOORSTEP_PASSPHRASE_FILE", str(tmp_path / "words"))
    assert doorstep("plan", real, *QUICK, "--out", tmp_path / "out").code == 0
    document = {"schema": "doorstep.events/1", "on": "2026-11-23", "now_at": "2026-11-23T07:00:00+08:00"}
    (tmp_path / "events.json").write_text(json.dumps(document), "utf-8")
    given = ("--programme", real, "--events", tmp_path / "events.json", "--out", tmp_path / "rest")
    done = doorstep("replan", tmp_path / "out" / "plan.json.sealed", *given)
    assert done.code == 0, done.err
    written = sorted(path.name for path in (tmp_path / "rest").iterdir())
    assert written == ["plan.json.sealed", "programme.json.sealed"]
    assert all(is_sealed((tmp_path / "rest" / name).read_bytes()) for name in written)


# compare


def test_two_plans_are_compared(replanned, doorstep, plan: Path, made_up: Path, tmp_path: Path):
    replanned()
    done = doorstep("compare", plan, tmp_path / "rest" / "plan.json", "--programme", made_up)
    assert done.code == 0
    assert done.out.splitlines()[0] == "1 visit otherwise, 1 of them moved"
    assert not any(word in done.out for word in SECRET)


def test_without_a_programme_ids_are_shown(replanned, doorstep, plan: Path, tmp_path: Path):
    replanned()
    done = doorstep("compare", plan, tmp_path / "rest" / "plan.json", "--json")
    assert json.loads(done.out)["clients_to_tell"] == [first_visit(plan)["client_id"]]
    assert "Canary" not in done.out


def test_a_plan_is_as_itself(doorstep, plan: Path):
    done = doorstep("compare", plan, plan)
    assert (done.code, done.out.splitlines()[0]) == (0, "0 visits otherwise, 0 of them moved")


@pytest.mark.parametrize(("tolerance", "moved"), [(3599, 1), (3600, 1), (86_400, 0)])
def test_what_counts_as_the_same_time_can_be_said(replanned, doorstep, plan: Path, tmp_path: Path, tolerance, moved):
    replanned()
    done = doorstep("compare", plan, tmp_path / "rest" / "plan.json", "--json", "--tolerance", tolerance)
    assert json.loads(done.out)["moves"] == moved


def test_plans_of_two_days_are_not_compared(doorstep, plan: Path, made_up: Path, tmp_path: Path):
    doorstep("plan", made_up, "--date", "2026-11-24", "--iterations", "5", "--out", tmp_path / "other")
    done = doorstep("compare", plan, tmp_path / "other" / "plan.json")
    assert done.code == 2
    assert "plans_of_two_days" in done.err
