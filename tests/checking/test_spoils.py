"""Every way to spoil the town's lawful day is found out, and every violation has a way to cause it."""

from __future__ import annotations

from typing import Any

import pytest

from routing.checking import ViolationCode, check
from routing.checking import ViolationCode as Code
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.network.extract import Extract
from tests.checking.so_far_spoils import KEPT, SO_FAR
from tests.checking.spoils import SPOILS, Change, Json, Spoil

LONG_AGO = "2026-01-01T00:00:00Z"


def put(path: str, value: object) -> Change:
    """Write a value into the plan (paths that begin with `plan/`) or the programme."""

    def change(plan: Json, programme: Json) -> bool:
        *way, last = path.removeprefix("plan/").split("/")
        place: Any = plan if path.startswith("plan/") else programme
        for key in way:
            place = place[int(key) if key.isdigit() else key]
        place[int(last) if last.isdigit() else last] = value
        return True

    return change


def through(route: int, step: int, *nodes: tuple[int, int, int]) -> Change:
    """Send a leg another way between its first and its last piece."""

    def change(plan: Json, _: Json) -> bool:
        streets = plan["routes"][route]["steps"][step]["leg"]["streets"]
        streets[1:-1] = [[way_id, a, b, 0.0, 1.0] for way_id, a, b in nodes]
        return True

    return change


def along(route: int, step: int, *pieces: tuple[int, int, int, float, float]) -> Change:
    """Send a leg over other pieces altogether."""

    def change(plan: Json, _: Json) -> bool:
        plan["routes"][route]["steps"][step]["leg"]["streets"] = [list(piece) for piece in pieces]
        return True

    return change


def one_trip_pass_on_two_routes(plan: Json, programme: Json) -> bool:
    programme["passes"][2]["single_use"] = True
    plan["routes"].append(plan["routes"][1])
    return True


def second_route_from_elsewhere(plan: Json, programme: Json) -> bool:
    programme["volunteers"][2]["end"] = programme["volunteers"][0]["start"]
    plan["routes"].append(plan["routes"][2])
    return True


def fewer_than_the_least(plan: Json, programme: Json) -> bool:
    programme["policies"][1].update(min_days_a_delivery=6, max_days_a_delivery=6)
    return bool(plan)


def status(name: str) -> Change:
    return put("clients/0/status", [{"status": name, "from_at": LONG_AGO}])


HANDED_OVER = {"client_id": "c5", "product_id": "p06", "supply_id": "x", "state": "handed_over", "at": LONG_AGO}
LONG_BREAK = {"earliest_time": "09:00:00", "latest_time": "10:30:00", "duration_s": 901}

TOWN = [
    Spoil("a client on pause", Code.ORDER_NOT_DUE, status("paused")),
    Spoil("a lead gets no doses", Code.ORDER_NOT_DUE, status("lead")),
    Spoil("a supply of tomorrow", Code.ORDER_NOT_DUE, put("clients/4/supplies/0/due_on", "2026-11-24")),
    Spoil("a supply handed over before", Code.ORDER_NOT_DUE, put("ledger", [HANDED_OVER])),
    Spoil("a review due", Code.DELIVERED_UNDER_HOLD, put("clients/0/regimens/0/review_on", "2026-11-23")),
    Spoil(
        "an old prescription", Code.DELIVERED_UNDER_HOLD, put("clients/0/regimens/0/prescription_ends_on", "2026-11-22")
    ),
    Spoil("a remote renewal", Code.DELIVERED_UNDER_HOLD, put("clients/0/regimens/0/remote", value=True)),
    Spoil("two days missed", Code.DELIVERED_UNDER_HOLD, put("clients/0/regimens/0/last_taken_on", "2026-11-20")),
    Spoil("too much at home", Code.DELIVERED_UNDER_HOLD, put("clients/3/regimens/0/last_taken_on", "2026-11-21")),
    Spoil("a minor without a policy", Code.DELIVERED_UNDER_HOLD, put("clients/0/client_class", "minor")),
    Spoil("a hold the plan lists", Code.DELIVERED_UNDER_HOLD, put("plan/holds/0/client_id", "c1")),
    Spoil(
        "a prescription that ends", Code.DOSE_OVER_CAP, put("clients/0/regimens/0/prescription_ends_on", "2026-11-28")
    ),
    Spoil("days nobody can afford", Code.DOSE_OVER_CAP, put("clients/0/regimens/0/affordable_days", 6)),
    Spoil("packs over the cap", Code.DOSE_OVER_CAP, put("policies/2/max_days_on_hand", 64)),
    Spoil("an observed day", Code.WRONG_QUANTITY, put("policies/0/observed_weekdays", ["fri"])),
    Spoil("more tablets than needed", Code.WRONG_QUANTITY, put("products/4/tablets_mg", [4, 8])),
    Spoil("a dose not measurable", Code.WRONG_QUANTITY, put("products/0/strength_mg_per_ml", 7)),
    Spoil("fewer days than the least", Code.WRONG_QUANTITY, fewer_than_the_least),
    Spoil("a refill too early", Code.TOO_EARLY, put("policies/2/early_days", 4)),
    Spoil("a pair that is none", Code.PAIR_MISSING, put("volunteers/0/pairs_with", None)),
    Spoil("a companion late", Code.PAIR_MISSING, put("plan/routes/1/steps/1/begin_at", "2026-11-23T09:00:01+08:00")),
    Spoil("cargo not essential", Code.INSIDE_CLOSED_ZONE, put("zones/2/essential_purposes", ["medicine"])),
    Spoil("at the edge of nothing", Code.WRONG_PLACE, put("zones/1/valid_to_at", "2026-01-02T00:00:00Z")),
    Spoil("a second route from elsewhere", Code.WRONG_PLACE, second_route_from_elsewhere),
    Spoil("one trip's pass twice", Code.PASS_NOT_VALID, one_trip_pass_on_two_routes),
    Spoil("a break too short", Code.BREAK_MISSING, put("volunteers/2/breaks", [LONG_BREAK])),
    Spoil("a motorcycle on a footway", Code.STREET_NOT_OPEN, through(2, 2, (114, 11, 21), (114, 21, 6))),
    Spoil("a private drive", Code.STREET_NOT_OPEN, through(2, 1, (115, 4, 22), (115, 22, 4))),
    Spoil("past a bollard", Code.BARRIER_PASSED, through(2, 2, (113, 8, 20), (113, 20, 12))),
    Spoil("down the one-way", Code.AGAINST_ONEWAY, through(0, 3, (111, 10, 6), (111, 6, 2))),
    Spoil("a jump over a block", Code.LEG_DISCONNECTED, through(0, 3, (116, 7, 8))),
    Spoil(
        "a left turn that is forbidden",
        Code.TURN_FORBIDDEN,
        along(2, 4, (100, 3, 4, 0.5, 1.0), (113, 4, 8, 0.0, 1.0), (116, 8, 7, 0.0, 0.5)),
    ),
    Spoil(
        "a turn where one must go straight on",
        Code.TURN_FORBIDDEN,
        through(0, 3, (101, 6, 7), (117, 7, 11), (102, 11, 10)),
    ),
    Spoil(
        "turning round over a way between",
        Code.TURN_FORBIDDEN,
        along(2, 1, (112, 3, 7, 0.25, 1.0), (116, 7, 8, 0.0, 1.0), (113, 8, 4, 0.0, 1.0), (100, 4, 3, 0.0, 0.5)),
    ),
    Spoil("an unserved order not listed", Code.ORDER_FORGOTTEN, put("plan/unserved", [])),
    Spoil("a client nobody counted", Code.SUMMARY_WRONG, put("plan/unserved", [])),
]


@pytest.mark.parametrize("spoil", [*SPOILS, *TOWN, *SO_FAR], ids=lambda spoil: spoil.name)
def test_a_spoiled_plan_is_found_out(spoil: Spoil, plan: Plan, programme: Programme, town: Extract) -> None:
    spoiled = spoil(plan, programme)
    assert spoiled is not None
    found = check(*spoiled, town)
    assert spoil.code in {each.code for each in found}
    assert all(each.where.startswith("/") and "{" not in each.message for each in found)


@pytest.mark.parametrize(("change", "code"), KEPT)
def test_what_keeps_to_the_day_so_far_is_no_violation(
    change: Change, code: Code, plan: Plan, programme: Programme, town: Extract
) -> None:
    spoiled = Spoil("", code, change)(plan, programme)
    assert spoiled is not None
    assert [each for each in check(*spoiled, town) if each.code in {code, Code.WRONG_INPUTS}] == []


def test_every_violation_has_a_way_to_cause_it() -> None:
    assert {spoil.code for spoil in [*SPOILS, *TOWN, *SO_FAR]} == set(ViolationCode)
