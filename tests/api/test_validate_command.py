"""`doorstep validate`: everything that is wrong, at once."""

import json
from pathlib import Path

import pytest


def test_a_good_programme_is_counted(doorstep, made_up: Path):
    done = doorstep("validate", made_up)
    assert done.code == 0
    assert done.out.startswith("valid: 2 clients, 1 volunteers, 1 sites")


def test_the_scenario_is_valid(doorstep):
    assert doorstep("validate", "denpasar").code == 0


@pytest.fixture
def faulty(made_up: Path) -> Path:
    document = json.loads(made_up.read_text(encoding="utf-8"))
    document["clients"][0]["code_nmae"] = document["clients"][0].pop("code_name")
    document["clients"][1]["supplies"][0]["site_id"] = "site-9"
    made_up.write_text(json.dumps(document), encoding="utf-8")
    return made_up


def test_all_problems_are_told_with_place_and_remedy(doorstep, faulty: Path):
    done = doorstep("validate", faulty)
    assert (done.code, done.out) == (3, "")
    for text in ("unknown_key", "missing_key", "dangling_id", "/clients/1/supplies/0/site_id", "did you mean"):
        assert text in done.err


def test_json_gives_the_problems_as_the_result(doorstep, faulty: Path):
    done = doorstep("validate", faulty, "--json")
    found = json.loads(done.out)
    assert (done.code, found["valid"], done.err) == (3, False, "")
    assert {"unknown_key", "missing_key", "dangling_id"} <= {problem["code"] for problem in found["problems"]}


def test_json_of_a_good_programme_has_the_counts(doorstep, made_up: Path):
    assert json.loads(doorstep("validate", made_up, "--json").out)["counts"]["clients"] == 2


def test_an_extract_that_is_not_there_is_told(doorstep, made_up: Path):
    made_up.with_name("village.osm").unlink()
    done = doorstep("validate", made_up)
    assert done.code == 3
    assert "extract_not_found" in done.err
