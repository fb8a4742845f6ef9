"""Ways to contradict a day so far: the programme's `day` is written so that a lawful plan of the day breaks it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from routing.checking import ViolationCode as Code
from tests.checking.spoils import Change, Json, Spoil


def lead(plan: Json) -> Json:
    """Return the first route that goes along with nobody."""
    return next(route for route in plan["routes"] if route["accompanies"] is None)


def visit(plan: Json) -> Json:
    """Return its first visit."""
    return next(step for step in lead(plan)["steps"] if step["type"] == "visit")


def shifted(instant: str, seconds: int) -> str:
    return (datetime.fromisoformat(instant) + timedelta(seconds=seconds)).isoformat()


def day_begun(plan: Json, programme: Json, **fields: Any) -> bool:
    """Write a day that has begun with the plan's first route, and say so in the plan."""
    now_at = min(route["start_at"] for route in plan["routes"])
    usual = {"on": plan["date"], "now_at": now_at, "volunteers": [], "served": [], "promised": [], "locks": []}
    programme["day"] = {**usual, **fields}
    plan["replans"] = {"now_at": programme["day"]["now_at"], "late": [], "stranded": []}
    return True


def somebody(plan: Json, **fields: Any) -> Json:
    """Return the entry of the first route's volunteer."""
    return {"volunteer_id": lead(plan)["volunteer_id"], "free_at": lead(plan)["start_at"], **fields}


def volunteer(**fields: Any) -> Change:
    def change(plan: Json, programme: Json) -> bool:
        return day_begun(plan, programme, volunteers=[somebody(plan, **fields)])

    return change


def at_the_first_door(plan: Json, **fields: Any) -> Json:
    """Return the entry of the first route's volunteer, at the door of its first visit."""
    route = lead(plan)
    return somebody(plan, client_id=visit(plan)["client_id"], mode=route["mode"], plate=route["plate"], **fields)


def elsewhere(plan: Json, programme: Json) -> bool:
    return day_begun(plan, programme, volunteers=[at_the_first_door(plan)])


def on_another_vehicle(plan: Json, programme: Json) -> bool:
    entry = {**at_the_first_door(plan), "mode": "car", "plate": None}
    return day_begun(plan, programme, volunteers=[entry])


def under_another_pass(plan: Json, programme: Json) -> bool:
    held = {pass_id for step in lead(plan)["steps"] if step["leg"] for pass_id in step["leg"]["pass_ids"]}
    other = next(each for each in programme["passes"] if each["pass_id"] not in held)
    other.update(status="active", hours=[], valid_from_at="2026-01-01T00:00:00Z", valid_to_at="2027-01-01T00:00:00Z")
    entry = at_the_first_door(plan, pass_ids=[other["pass_id"]])
    return bool(held) and day_begun(plan, programme, volunteers=[entry])


def before_the_plan(plan: Json, programme: Json) -> bool:
    day_begun(plan, programme)
    programme["day"]["now_at"] = shifted(programme["day"]["now_at"], 1)
    return True


def says_nothing(plan: Json, programme: Json) -> bool:
    day_begun(plan, programme)
    plan["replans"] = None
    return True


def one_left_behind(plan: Json, programme: Json) -> bool:
    out = {route["volunteer_id"] for route in plan["routes"]}
    idle = next((each for each in programme["volunteers"] if each["volunteer_id"] not in out), None)
    if idle is None:
        plan["routes"] = [route for route in plan["routes"] if route["volunteer_id"] != lead(plan)["volunteer_id"]]
        return bool(plan["routes"]) and one_left_behind(plan, programme)
    entry = {
        "volunteer_id": idle["volunteer_id"],
        "free_at": plan["routes"][0]["start_at"],
        "site_id": programme["sites"][0]["site_id"],
        "mode": idle["vehicles"][0]["mode"],
        "plate": idle["vehicles"][0]["plate"],
    }
    return day_begun(plan, programme, volunteers=[entry])


def served_before(plan: Json, programme: Json) -> bool:
    step = visit(plan)
    entry = {"client_id": step["client_id"], "at": lead(plan)["start_at"], "order_ids": step["order_ids"]}
    return day_begun(plan, programme, served=[entry])


def locked(seconds: int | None = None, **fields: Any) -> Change:
    """Lock the first visit; `seconds`: until so long after it begins."""

    def change(plan: Json, programme: Json) -> bool:
        lock = {"client_id": visit(plan)["client_id"], **fields}
        if seconds is not None:
            lock["to_at"] = shifted(visit(plan)["begin_at"], seconds)
        return day_begun(plan, programme, locks=[lock])

    return change


def locked_to_another(plan: Json, programme: Json) -> bool:
    step = visit(plan)
    there = {
        route["volunteer_id"]
        for route in plan["routes"]
        for each in route["steps"]
        if each["client_id"] == step["client_id"]
    }
    other = next(each["volunteer_id"] for each in programme["volunteers"] if each["volunteer_id"] not in there)
    return day_begun(plan, programme, locks=[{"client_id": step["client_id"], "volunteer_id": other}])


def locked_away_from_who_comes(plan: Json, programme: Json) -> bool:
    lock = {"client_id": visit(plan)["client_id"], "not_volunteer_ids": [lead(plan)["volunteer_id"]]}
    return day_begun(plan, programme, locks=[lock])


def locked_away_from_somebody_else(plan: Json, programme: Json) -> bool:
    locked_to_another(plan, programme)
    (lock,) = programme["day"]["locks"]
    lock["not_volunteer_ids"] = [lock.pop("volunteer_id")]
    return True


def locked_and_unserved(plan: Json, programme: Json) -> bool:
    client_id = plan["unserved"][0]["client_id"]
    return day_begun(plan, programme, locks=[{"client_id": client_id, "to_at": "2026-11-24T00:00:00Z"}])


def promised(seconds: int, *, told: bool = False) -> Change:
    """Promise the first visit so many seconds before it begins; the tolerance is 900 s."""

    def change(plan: Json, programme: Json) -> bool:
        step = visit(plan)
        promise = {
            "client_id": step["client_id"],
            "volunteer_id": lead(plan)["volunteer_id"],
            "begin_at": shifted(step["begin_at"], -seconds),
            "order_ids": step["order_ids"],
        }
        day_begun(plan, programme, promised=[promise], tolerance_s=900)
        if told:
            late = {"client_id": step["client_id"], "promised_at": promise["begin_at"], "begin_at": step["begin_at"]}
            plan["replans"]["late"] = [late]
        return True

    return change


SO_FAR = [
    Spoil("a plan that does not know of the day", Code.WRONG_INPUTS, says_nothing),
    Spoil("a plan of another moment", Code.WRONG_INPUTS, before_the_plan),
    Spoil("a start in the past", Code.STARTS_TOO_SOON, before_the_plan),
    Spoil("somebody who is not free yet", Code.STARTS_TOO_SOON, volunteer(free_at="2026-11-23T23:00:00+08:00")),
    Spoil("somebody who has fallen out", Code.VOLUNTEER_ABSENT, volunteer(out_of_service=True)),
    Spoil("a start at home of who is on the road", Code.WRONG_PLACE, elsewhere),
    Spoil("another vehicle than they are on the road with", Code.MODE_NOT_AVAILABLE, on_another_vehicle),
    Spoil("another pass in the midst of a trip", Code.PASSES_COMBINED, under_another_pass),
    Spoil("somebody left on the road", Code.LEFT_ON_THE_ROAD, one_left_behind),
    Spoil("an order that was served before", Code.ORDER_DELIVERED_TWICE, served_before),
    Spoil("as many visits as there are stops, before", Code.TOO_MANY_STOPS, volunteer(visits=10_000)),
    Spoil("a client who is locked out", Code.LOCK_BROKEN, locked(excluded=True)),
    Spoil("a client who is locked to another", Code.LOCK_BROKEN, locked_to_another),
    Spoil("a client who is locked away from who comes", Code.LOCK_BROKEN, locked_away_from_who_comes),
    Spoil("a visit after its lock", Code.LOCK_BROKEN, locked(-1)),
    Spoil("a locked client who is not served", Code.LOCK_BROKEN, locked_and_unserved),
    Spoil("a visit later than promised", Code.PROMISE_NOT_TOLD, promised(901)),
    Spoil("a visit earlier than promised", Code.PROMISE_NOT_TOLD, promised(-901)),
]

# At the limit, or told: nothing of these is a violation.
KEPT: list[tuple[Change, Code]] = [
    (promised(900), Code.PROMISE_NOT_TOLD),
    (promised(-900), Code.PROMISE_NOT_TOLD),
    (promised(901, told=True), Code.PROMISE_NOT_TOLD),
    (locked(0), Code.LOCK_BROKEN),
    (locked_away_from_somebody_else, Code.LOCK_BROKEN),
    (volunteer(), Code.STARTS_TOO_SOON),
]
