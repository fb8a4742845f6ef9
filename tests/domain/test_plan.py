"""The plan's document: written and read without loss, by readers older than the writer, and refused with a place."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from routing.domain.errors import PlanError
from routing.domain.orders import Gap, Hold, HoldCode, Item, LabelledUnit, Shortfall, Tier
from routing.domain.places import Location
from routing.domain.plan import (
    Inputs,
    Leg,
    LineString,
    Plan,
    Proposal,
    Reason,
    Remedy,
    Route,
    Step,
    StepType,
    Summary,
    Unserved,
    dump_plan,
    load_plan,
)
from routing.domain.products import Unit
from routing.domain.reading import pointer, walk
from routing.domain.reasons import ReasonCode
from routing.domain.remedies import RemedyCode, RemedySearch
from routing.domain.volunteers import Mode

MONDAY = date(2026, 11, 23)
SITE, DOOR = Location(lon=115.21, lat=-8.67), Location(lon=115.22, lat=-8.66)


def instant(minute: int) -> datetime:
    return datetime(2026, 11, 23, 1, minute, tzinfo=UTC)


def step(kind: StepType, minute: int, location: Location, **more: Any) -> Step:
    at = instant(minute)
    return Step(type=kind, location=location, arrival_at=at, begin_at=at, departure_at=at, **more)


BOTTLE = Item(
    product_id="p1",
    site_id="s1",
    unit=Unit.ML,
    units=(LabelledUnit(for_on=MONDAY, quantity=12.0),),
    quantity=12.0,
)
LEG = Leg(
    distance_m=1800,
    travel_s=300,
    walk_m=20,
    checkpoint_s=60,
    pass_ids=("n1",),
    streets=((7, 70, 71, 0.25, 1.0), (8, 71, 72, 0.0, 0.1)),
    geometry=LineString(coordinates=(SITE.point, DOOR.point)),
)
# One volunteer takes one bottle from the site to one door, ten minutes later; a second client is not served.
PLAN = Plan(
    programme_id="story",
    date=MONDAY,
    timezone="Asia/Makassar",
    seed=1,
    inputs=Inputs(
        programme_sha256="a" * 64, extract_sha256="b" * 64, versions={"doorstep": "0.1.0"}, budget={"s": 1.5}
    ),
    routes=(
        Route(
            volunteer_id="v1",
            mode=Mode.MOTORCYCLE,
            plate="DK 1",
            start_at=instant(0),
            end_at=instant(10),
            distance_m=1800,
            travel_s=300,
            service_s=300,
            waiting_s=0,
            steps=(
                step(StepType.LOAD, 0, SITE, site_id="s1", items=(BOTTLE,)),
                step(StepType.VISIT, 10, DOOR, client_id="c1", items=(BOTTLE,), order_ids=("o1",), leg=LEG),
            ),
        ),
    ),
    unserved=(
        Unserved(
            client_id="c2",
            order_id="o2",
            tier=Tier.T1,
            latest_safe_at=instant(30),
            reasons=(
                Reason(
                    code=ReasonCode.OUTSIDE_PASS_AREA,
                    params={"passes": ["n1"], "distance_m": 12.5, "count": 1},
                    message="no pass covers the place",
                    remedy=Remedy(
                        code=RemedyCode.PASS_AREA,
                        message="farther",
                        params={"pass_id": "n1", "metres": 100},
                        verified=True,
                    ),
                ),
            ),
            remedy_search=RemedySearch.FOUND,
        ),
    ),
    proposals=(
        Proposal(
            code=RemedyCode.PASS_AREA,
            message="farther",
            params={"pass_id": "n1", "metres": 100},
            clients=9,
            verified=True,
        ),
    ),
    gaps=(
        Gap(
            client_id="c1",
            product_id="p1",
            from_on=MONDAY,
            to_on=MONDAY,
            act_by_on=MONDAY,
            binding_cap="affordable_days",
            message="one day",
        ),
    ),
    holds=(
        Hold(
            client_id="c1",
            product_id="p2",
            code=HoldCode.PRESCRIBER_HOLD,
            params={"days": 1},
            message="held",
            owner="prescriber",
            decision="go on or stop",
            deadline_at=instant(59),
        ),
    ),
    shortfalls=(Shortfall(site_id="s1", product_id="p1", wanted=36.0, available=24.0, cut={"c2": 12.0}),),
    summary=Summary(
        clients_due=2,
        clients_served=1,
        missed_dose_days=0,
        routes=1,
        travel_s=300,
        distance_m=1800,
        objective=(1.0, 300.0),
        engine="none",
    ),
)


def written() -> Any:
    return json.loads(dump_plan(PLAN))


def spoilt(where: str, value: object) -> bytes:
    raw = written()
    *path, last = [int(part) if part.isdigit() else part for part in where.split("/")[1:]]
    inside = raw
    for part in path:
        inside = inside[part]
    inside[last] = value
    return json.dumps(raw).encode()


def refusal(data: bytes) -> PlanError:
    with pytest.raises(PlanError) as caught:
        load_plan(data)
    return caught.value


def test_a_plan_is_read_as_it_was_written():
    assert load_plan(dump_plan(PLAN)) == PLAN


def test_the_same_plan_gives_the_same_bytes():
    assert dump_plan(load_plan(dump_plan(PLAN))) == dump_plan(PLAN)


def test_the_document_says_what_it_is_first_and_leaves_nothing_out():
    assert list(written())[:4] == ["schema", "programme_id", "date", "timezone"]
    assert written()["routes"][0]["steps"][0]["leg"] is None
    assert written()["routes"][0]["steps"][1]["leg"]["streets"][0] == [7, 70, 71, 0.25, 1.0]
    assert dump_plan(PLAN).endswith(b"}\n")


def test_instants_carry_their_offset():
    assert written()["routes"][0]["start_at"] == "2026-11-23T01:00:00Z"


# Objects with names of their own choosing: any key belongs to them.
OPEN = ("params", "versions", "budget", "cut")
OBJECTS = [pointer(*path) for path, value in walk(written()) if isinstance(value, dict) and not {*path[-1:]} & {*OPEN}]


@pytest.mark.parametrize("where", OBJECTS)
def test_a_key_that_this_reader_does_not_know_is_ignored(where: str):
    assert load_plan(spoilt(f"{where}/from_a_later_version", {"a": [1]})) == PLAN


@pytest.mark.parametrize(
    ("where", "value", "code"),
    [
        ("/schema", "doorstep.plan/2", "unknown_value"),
        ("/schema", "doorstep.programme/1", "unknown_value"),
        ("/date", 20261123, "bad_date_or_time"),
        ("/seed", "1", "wrong_type"),
        ("/routes/0/mode", "ox", "unknown_value"),
        ("/routes/0/start_at", "2026-11-23T01:00:00", "bad_date_or_time"),
        ("/routes/0/start_at", "2026-11-23T01:00:00.5Z", "bad_date_or_time"),
        ("/routes/0/end_at", "9999-12-31T23:59:59Z", "bad_date_or_time"),
        ("/routes/0/end_at", "2220-01-01T00:00:00Z", "bad_date_or_time"),
        ("/routes/0/start_at", "1880-12-31T23:59:59Z", "bad_date_or_time"),
        ("/date", "1899-12-31", "bad_date_or_time"),
        ("/date", "2200-01-02", "bad_date_or_time"),
        ("/routes/0/distance_m", -1, "out_of_range"),
        ("/routes/0/distance_m", 10**12 + 1, "out_of_range"),
        ("/routes/0/volunteer_id", "v 1", "bad_identifier"),
        ("/routes/0/steps/1/type", "wander", "unknown_value"),
        ("/routes/0/steps/1/location/lat", 91, "out_of_range"),
        ("/routes/0/steps/1/leg/streets/1/3", "0", "wrong_type"),
        ("/routes/0/steps/1/leg/geometry/type", "Point", "unknown_value"),
        ("/routes/0/steps/1/items/0/unit", "litre", "unknown_value"),
        ("/unserved/0/reasons/0/code", "bad_luck", "unknown_value"),
        ("/unserved/0/tier", "T9", "unknown_value"),
        ("/holds/0/code", "no_reason", "unknown_value"),
        ("/gaps/0/from_on", "soon", "bad_date_or_time"),
        ("/summary", None, "wrong_type"),
        ("/routes", {}, "wrong_type"),
    ],
)
def test_a_broken_plan_is_refused_at_its_place(where: str, value: object, code: str):
    error = refusal(spoilt(where, value))
    assert (error.code, error.where, error.exit_code) == (code, where, 3)
    assert error.message
    assert error.remedy


@pytest.mark.parametrize("on", ["1900-01-01", "2200-01-01"])
def test_a_plan_may_be_of_the_first_and_the_last_day_of_the_calendar(on: str):
    assert str(load_plan(spoilt("/date", on)).date) == on


@pytest.mark.parametrize("at", ["1881-01-01T00:00:00Z", "2219-12-31T23:59:59Z"])
def test_what_follows_from_a_day_may_lie_some_years_beyond_the_calendar(at: str):
    assert load_plan(spoilt("/unserved/0/latest_safe_at", at)).unserved[0].latest_safe_at == datetime.fromisoformat(at)


@pytest.mark.parametrize("key", ["programme_id", "date", "inputs", "routes", "unserved", "gaps", "holds", "summary"])
def test_a_plan_without_one_of_its_parts_is_refused(key: str):
    raw = written()
    del raw[key]
    error = refusal(json.dumps(raw).encode())
    assert (error.code, error.where) == ("missing_key", f"/{key}")


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        (b"", "not_json", "line 1, column 1"),
        (dump_plan(PLAN)[:-20], "not_json", None),
        (b"\xff", "not_utf8", ""),
        (b"[]", "wrong_type", ""),
        (b"null", "wrong_type", ""),
        (dump_plan(PLAN).replace(b"12.0", b"NaN", 1), "not_a_number", ""),
        (dump_plan(PLAN).replace(b'"seed"', b'"date": "2026-11-23", "seed"', 1), "duplicate_key", "/date"),
        (b"[" * 300 + b"]" * 300, "too_deep", ""),
        (b'{"seed": ' + b"1" * 5000 + b"}", "not_a_number", ""),
    ],
)
def test_what_is_no_plan_is_refused(data: bytes, code: str, where: str | None):
    error = refusal(data)
    assert error.code == code
    assert where is None or error.where == where


def test_a_byte_order_mark_is_accepted():
    assert load_plan(b"\xef\xbb\xbf" + dump_plan(PLAN)) == PLAN


def test_no_value_of_a_plan_is_repeated():
    for where in ("/routes/0/mode", "/routes/0/start_at", "/holds/0/code", "/routes/0/volunteer_id", "/summary"):
        error = refusal(spoilt(where, "Jalan Mawar 7"))
        assert "Mawar" not in str(error) + repr(error.problems)
