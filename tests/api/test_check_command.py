"""`doorstep check`: ok, or what the plan breaks."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def plan(doorstep, made_up: Path, tmp_path: Path) -> Path:
    done = doorstep("plan", made_up, "--date", "2026-11-23", "--iterations", "5", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    return tmp_path / "out" / "plan.json"


def test_a_lawful_plan_is_ok(doorstep, plan: Path, made_up: Path):
    done = doorstep("check", plan, "--programme", made_up)
    assert (done.code, done.out, done.err) == (0, "ok\n", "")


def test_a_changed_plan_is_told_what_it_breaks(doorstep, plan: Path, made_up: Path):
    document = json.loads(plan.read_text(encoding="utf-8"))
    document["summary"]["clients_served"] = 1
    plan.write_text(json.dumps(document), encoding="utf-8")
    done = doorstep("check", plan, "--programme", made_up)
    assert done.code == 1
    assert "violation" in done.out
    assert "summary_wrong" in done.out


def test_json_lists_violations(doorstep, plan: Path, made_up: Path):
    assert json.loads(doorstep("check", plan, "--programme", made_up, "--json").out) == {"ok": True, "violations": []}
    document = json.loads(plan.read_text(encoding="utf-8"))
    document["summary"]["clients_served"] = 1
    plan.write_text(json.dumps(document), encoding="utf-8")
    done = doorstep("check", plan, "--programme", made_up, "--json")
    found = json.loads(done.out)
    assert (done.code, found["ok"]) == (1, False)
    assert {"code", "where", "message", "params"} == set(found["violations"][0])


@pytest.mark.parametrize("contents", [b"", b"{}", b"[]", b"\xff", b'{"schema": "doorstep.plan/1"}'])
def test_what_is_no_plan_is_bad_input(doorstep, made_up: Path, tmp_path: Path, contents: bytes):
    (tmp_path / "plan.json").write_bytes(contents)
    done = doorstep("check", tmp_path / "plan.json", "--programme", made_up)
    assert (done.code, done.out) == (3, "")
    assert "remedy" in done.err


def test_a_plan_needs_its_programme(doorstep, plan: Path):
    done = doorstep("check", plan)
    assert done.code == 2
    assert "bad_usage" in done.err
    assert "--programme" in done.err
