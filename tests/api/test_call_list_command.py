"""`doorstep call-list`: who may be called, and where the numbers go."""

import csv
import io
import json
from pathlib import Path

import pytest

from routing.domain.clients import Consent
from routing.domain.loading import dump_programme
from routing.domain.places import PlaceKind
from routing.domain.programme import Programme
from tests.exchange.registers import PRIVATE, person, town, usual

DAY = ("--date", "2026-11-24")
NUMBER = "canary 0812"


def people(*, made_up: bool) -> Programme:
    safe = Consent(safe_to_call=True, call_first=True, if_others_answer="ask for the tailor")
    return town(
        person("c1", "Heron", usual(), consent=safe),
        person("c2", "Egret", usual()),
        person("c3", "Ibis", usual(), consent=Consent(safe_to_call=True)).changed(phone=None),
        person("c4", "Stork", usual()).changed(place=PRIVATE.changed(kind=PlaceKind.MEETING_POINT)),
        person("c5", "Crane", usual(), consent=Consent(safe_to_call=True)),
        made_up=made_up,
    )


@pytest.fixture(params=[True, False], ids=["made up", "real"])
def made_up(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def source(tmp_path: Path, made_up: bool) -> Path:
    path = tmp_path / "programme.json"
    path.write_bytes(dump_programme(people(made_up=made_up)))
    return path


def test_who_is_not_safe_to_call_stands_apart(doorstep, source: Path):
    done = doorstep("call-list", source, *DAY)
    assert done.code == 0
    phoned, visited = done.out.split("Not safe to call: ask at the door or by the meeting point")
    assert [name in phoned for name in ("Heron", "Crane", "Egret", "Ibis", "Stork")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert [name in visited for name in ("Heron", "Egret", "Ibis", "Stork")] == [False, True, True, True]
    assert "at the meeting point" in visited
    assert "(no number)" in visited


def test_nobody_is_sent_to_a_door_where_nobody_may_come(doorstep, tmp_path: Path):
    told = town(person("c1", "Heron", usual(), consent=Consent(home_delivery=False)), made_up=True)
    path = tmp_path / "programme.json"
    path.write_bytes(dump_programme(told))
    (heron,) = json.loads(doorstep("call-list", path, *DAY, "--json").out)["ask_in_person"]
    assert heron["how"] == "at the site: nobody may come"


def test_what_to_say_to_somebody_else_is_told(doorstep, source: Path):
    assert "ask for the tailor" in doorstep("call-list", source, *DAY).out
    found = json.loads(doorstep("call-list", source, *DAY, "--json").out)
    told = {each["client"]: each["if_others_answer"] for each in found["call"]}
    assert told == {"Heron": "ask for the tailor", "Crane": "nothing agreed: say it was a wrong number, nothing else"}
    assert [each["if_others_answer"] for each in found["ask_in_person"]] == [None] * 3


def test_real_numbers_go_to_a_terminal_alone(doorstep, source: Path, made_up: bool):
    done = doorstep("call-list", source, *DAY)  # the output is a file here
    assert (NUMBER in done.out) is made_up
    assert ("shown on a terminal" in done.err) is not made_up
    found = json.loads(doorstep("call-list", source, *DAY, "--json").out)
    assert [each["phone"] for each in found["call"]] == ([NUMBER] * 2 if made_up else [None] * 2)


def test_on_a_terminal_numbers_of_those_safe_to_call_are_shown(doorstep, source: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert doorstep("call-list", source, *DAY).out.count(NUMBER) == 2


def test_csv_that_somebody_asks_for_holds_the_numbers_of_those_safe_to_call(doorstep, source: Path):
    rows = list(csv.DictReader(io.StringIO(doorstep("call-list", source, *DAY, "--csv").out)))
    assert {row["client"]: row["phone"] for row in rows} == {
        "Heron": NUMBER,
        "Crane": NUMBER,
        "Egret": "",
        "Ibis": "",
        "Stork": "",
    }
    assert {row["question"] for row in rows} >= {"last_taken", "windows"}


def test_no_address_is_told_and_nothing_is_written(doorstep, source: Path, home: Path):
    before = sorted(source.parent.iterdir())
    for form in ([], ["--json"], ["--csv"]):
        done = doorstep("call-list", source, *DAY, *form)
        assert "canary street" not in done.out + done.err
        assert "canary door" not in done.out + done.err
    assert sorted(source.parent.iterdir()) == before
    assert not home.exists()


def test_json_says_what_to_ask_and_why(doorstep, source: Path):
    found = json.loads(doorstep("call-list", source, *DAY, "--json").out)
    heron = next(each for each in found["call"] if each["client"] == "Heron")
    assert (heron["tier"], heron["due_on"], heron["call_before_coming"]) == ("T0a", "2026-11-24", True)
    assert heron["asks"][0] == {
        "question": "last_taken",
        "product_id": "p1",
        "text": "when was the last dose taken? (as known: 2026-11-22)",
    }
