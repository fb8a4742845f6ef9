"""Ways to spoil a lawful plan, each with the violation that must then be named.

Made for any plan, the town's or a real one: a spoil takes plan and programme and returns both spoiled, the plan
signed anew, or None where this plan has nothing to spoil that way. None needs the extract.

Long because it is one list: a row a rule, so that what is missing can be seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import shapely

from routing.checking import ViolationCode as Code
from routing.domain.loading import dump_programme, load_programme
from routing.domain.plan import Plan, dump_plan
from routing.domain.programme import Programme

Json = dict[str, Any]
Change = Callable[[Json, Json], bool]


@dataclass(frozen=True)
class Spoil:
    """A change of a plan's and a programme's documents, in place; False where there is nothing to change."""

    name: str
    code: Code
    change: Change

    def __call__(self, plan: Plan, programme: Programme) -> tuple[Plan, Programme] | None:
        written = json.loads(dump_plan(plan))
        known = json.loads(programme.model_dump_json(by_alias=True))
        if not self.change(written, known):
            return None
        changed = load_programme(json.dumps(known).encode())
        if written["inputs"]["programme_sha256"] == sha256(dump_programme(programme)).hexdigest():
            written["inputs"]["programme_sha256"] = sha256(dump_programme(changed)).hexdigest()
        return Plan.model_validate_json(json.dumps(written)), changed


SPOILS: list[Spoil] = []


def spoil(code: Code) -> Callable[[Change], Change]:
    def listed(change: Change) -> Change:
        SPOILS.append(Spoil(change.__name__, code, change))
        return change

    return listed


# What there is in a plan


def steps(plan: Json, kind: str) -> Iterator[tuple[Json, int, Json]]:
    """Steps of a kind on routes that go along with nobody: route, position, step."""
    for route in plan["routes"]:
        if route["accompanies"] is None:
            for index, step in enumerate(route["steps"]):
                if step["type"] == kind:
                    yield route, index, step


def first(plan: Json, kind: str, wanted: Callable[[Json], bool] = lambda _: True) -> tuple[Json, int, Json] | None:
    return next((found for found in steps(plan, kind) if wanted(found[2])), None)


def entry(programme: Json, kind: str, key: str, value: str | None) -> Json:
    found: Json = next(each for each in programme[kind] if each[key] == value)
    return found


def client_of(programme: Json, step: Json) -> Json:
    return entry(programme, "clients", "client_id", step["client_id"])


def volunteer_of(programme: Json, route: Json) -> Json:
    return entry(programme, "volunteers", "volunteer_id", route["volunteer_id"])


def doses(plan: Json) -> Iterator[tuple[Json, Json, Json]]:
    """Visits with a labelled unit: route, step, the item."""
    for route, _, step in steps(plan, "visit"):
        for item in step["items"]:
            if item["units"] and item["units"][0]["for_on"] is not None:
                yield route, step, item


def regimen_of(programme: Json, step: Json, item: Json) -> Json:
    regimens = client_of(programme, step)["regimens"]
    found: Json = next(each for each in regimens if each["product_id"] == item["product_id"])
    return found


def named_passes(plan: Json, programme: Json) -> list[Json]:
    """The passes named on some leg."""
    legs = [step["leg"] for route in plan["routes"] for step in route["steps"] if step["leg"]]
    ids = {pass_id for leg in legs for pass_id in leg["pass_ids"]}
    return [each for each in programme["passes"] if each["pass_id"] in ids]


def local(instant: str, *, minutes: int = 0) -> str:
    """The wall clock of a plan's instant (plans are written in local time or UTC; the town's in local time)."""
    return (datetime.fromisoformat(instant) + timedelta(minutes=minutes)).isoformat()


def box_around(location: Json, half_deg: float) -> shapely.Polygon:
    lon, lat = location["lon"], location["lat"]
    return shapely.box(lon - half_deg, lat - half_deg, lon + half_deg, lat + half_deg)


def always(kind: str, **more: Any) -> Json:
    return {"rule_id": f"spoil-{kind}", "kind": kind, "valid_from_at": "2000-01-01T00:00:00Z", **more}


# Orders


@spoil(Code.ORDER_NOT_DUE)
def a_client_who_has_died(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit")
    if found:
        change = {"status": "died", "from_at": "2000-01-01T00:00:00Z"}
        client_of(programme, found[2])["status"] = [change]
    return bool(found)


@spoil(Code.ORDER_NOT_DUE)
def goods_nobody_ordered(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["items"]))
    if found:
        found[2]["items"].append({**found[2]["items"][0], "product_id": "unheard-of"})
    return bool(found)


@spoil(Code.ORDER_NOT_DUE)
def an_order_of_somebody_else(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["order_ids"]))
    if found:
        found[2]["order_ids"].append("nobody.nothing")
    return bool(found)


@spoil(Code.ORDER_DELIVERED_TWICE)
def a_visit_made_twice(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["order_ids"]))
    if found:
        route, index, step = found
        route["steps"].insert(index + 1, step)
    return bool(found)


@spoil(Code.DOUBLE_SUPPLY)
def a_dose_day_brought_by_two_visits(plan: Json, _: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        route, step, _ = found
        route["steps"].insert(route["steps"].index(step) + 1, {**step, "order_ids": []})
    return bool(found)


@spoil(Code.DOUBLE_SUPPLY)
def a_dose_day_claimed_already(plan: Json, programme: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        _, step, item = found
        on = item["units"][0]["for_on"]
        claim = {"client_id": step["client_id"], "product_id": item["product_id"], "from_on": on, "to_on": on}
        at = {"at": f"{plan['date']}T00:00:01Z"}
        programme["ledger"].append({**claim, **at, "state": "dispensed_at_site"})
    return bool(found)


@spoil(Code.WRONG_QUANTITY)
def a_bottle_of_double_dose(plan: Json, _: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        _, _, item = found
        unit = item["units"][0]
        item["quantity"] += unit["quantity"]
        unit["quantity"] *= 2
    return bool(found)


@spoil(Code.WRONG_QUANTITY)
def a_sum_that_is_not_the_units(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["items"]))
    if found:
        found[2]["items"][0]["quantity"] += 1
    return bool(found)


@spoil(Code.WRONG_QUANTITY)
def a_supply_handed_over_in_part(plan: Json, programme: Json) -> bool:
    for _, _, step in steps(plan, "visit"):
        supplies = {each["product_id"] for each in client_of(programme, step)["supplies"]}
        for item in step["items"]:
            if item["product_id"] in supplies and item["units"][0]["for_on"] is None:
                item["units"][0]["quantity"] += 1
                item["quantity"] += 1
                return True
    return False


@spoil(Code.WRONG_QUANTITY)
def a_day_left_out(plan: Json, _: Json) -> bool:
    for _, _, item in doses(plan):
        if len(item["units"]) > 2:
            item["quantity"] -= item["units"].pop(1)["quantity"]
            return True
    return False


@spoil(Code.DOSE_OVER_CAP)
def a_dose_over_its_cap(plan: Json, programme: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        for each in programme["policies"]:
            if each["product_id"] == found[2]["product_id"]:
                each["max_days_on_hand"] = 1
        _, _, item = found
        last = item["units"][-1]
        on = datetime.fromisoformat(last["for_on"])
        item["units"] += [{**last, "for_on": (on + timedelta(days=n)).date().isoformat()} for n in (1, 2)]
        item["quantity"] += 2 * last["quantity"]
    return bool(found)


@spoil(Code.DOSE_OVER_CAP)
def doses_beyond_the_review(plan: Json, programme: Json) -> bool:
    for _, step, item in doses(plan):
        last_on = item["units"][-1]["for_on"]
        if last_on > plan["date"]:
            regimen_of(programme, step, item)["review_on"] = last_on
            return True
    return False


@spoil(Code.TOO_EARLY)
def doses_enough_at_home(plan: Json, programme: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        regimen = regimen_of(programme, found[1], found[2])
        yesterday = date.fromisoformat(plan["date"]) - timedelta(days=1)
        regimen.update(prescription_ends_on=None, review_on=None, last_taken_on=yesterday.isoformat())
        regimen["steps"][-1]["to_on"] = None
        regimen["home"] = {**regimen["home"], "doses": regimen["home"]["doses"] + 100}
    return bool(found)


@spoil(Code.DELIVERED_UNDER_HOLD)
def a_prescriber_who_says_no(plan: Json, programme: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        regimen_of(programme, found[1], found[2])["prescriber_hold"] = True
    return bool(found)


@spoil(Code.DELIVERED_UNDER_HOLD)
def doses_missed_too_long(plan: Json, programme: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        regimen = regimen_of(programme, found[1], found[2])
        long_ago = datetime.fromisoformat(plan["date"]) - timedelta(days=60)
        regimen["last_taken_on"] = long_ago.date().isoformat()
        regimen["steps"] = [{**regimen["steps"][0], "from_on": "2000-01-01"}, *regimen["steps"][1:]]
    return bool(found)


@spoil(Code.DELIVERED_UNDER_HOLD)
def a_policy_withdrawn(plan: Json, programme: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        for each in programme["policies"]:
            if each["product_id"] == found[2]["product_id"]:
                each["valid_from_on"], each["valid_to_on"] = "2000-01-01", "2000-12-31"
    return bool(found)


@spoil(Code.DELIVERED_UNDER_HOLD)
def a_delivery_nobody_reported(plan: Json, programme: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        _, step, item = found
        on = (datetime.fromisoformat(plan["date"]) - timedelta(days=3)).date().isoformat()
        claim = {"client_id": step["client_id"], "product_id": item["product_id"], "from_on": on, "to_on": on}
        programme["ledger"].append({**claim, "state": "planned", "at": f"{on}T01:00:00Z"})
    return bool(found)


@spoil(Code.STOCK_EXCEEDED)
def a_shelf_that_is_empty(plan: Json, programme: Json) -> bool:
    found = first(plan, "load", lambda step: bool(step["items"]))
    if found:
        entry(programme, "sites", "site_id", found[2]["site_id"])["stock"] = []
    return bool(found)


@spoil(Code.STOCK_EXCEEDED)
def goods_that_have_expired(plan: Json, programme: Json) -> bool:
    found = first(plan, "load", lambda step: bool(step["items"]))
    if found:
        yesterday = (datetime.fromisoformat(plan["date"]) - timedelta(days=1)).date().isoformat()
        for each in entry(programme, "sites", "site_id", found[2]["site_id"])["stock"]:
            each["expires_on"] = yesterday
    return bool(found)


@spoil(Code.AFTER_LATEST_SAFE)
def a_dose_after_its_time(plan: Json, programme: Json) -> bool:
    found = next(doses(plan), None)
    if found:
        regimen = regimen_of(programme, found[1], found[2])
        regimen["home"] = {"doses": 0, "as_of_on": plan["date"]}
        for each in programme["policies"]:
            if each["product_id"] == found[2]["product_id"]:
                each["dose_time"], each["grace_h"] = "00:00:00", 0
    return bool(found)


@spoil(Code.ORDER_FORGOTTEN)
def an_order_nobody_speaks_of(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["order_ids"]))
    if found:
        found[2]["order_ids"].clear()
    return bool(found)


@spoil(Code.ORDER_FORGOTTEN)
def an_order_served_and_unserved(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["order_ids"]))
    if found:
        order = {"client_id": found[2]["client_id"], "order_id": found[2]["order_ids"][0]}
        plan["unserved"].append({**order, "tier": "T3", "reasons": []})
    return bool(found)


# Visits and people


@spoil(Code.WRONG_PLACE)
def a_visit_next_door(plan: Json, _: Json) -> bool:
    found = first(plan, "visit")
    if found:
        found[2]["location"]["lat"] += 0.00002
    return bool(found)


@spoil(Code.WRONG_PLACE)
def a_route_that_ends_elsewhere(plan: Json, _: Json) -> bool:
    found = first(plan, "end")
    if found:
        found[2]["location"]["lon"] += 0.001
    return bool(found)


@spoil(Code.OUTSIDE_TIME_WINDOW)
def a_visit_past_its_window(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit")
    if found:
        client_of(programme, found[2])["windows"] = [{"from_time": "03:00:00", "to_time": "03:01:00"}]
    return bool(found)


@spoil(Code.SERVICE_TOO_SHORT)
def a_visit_in_a_hurry(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit")
    if found:
        client_of(programme, found[2])["service_s"] = 80_000
    return bool(found)


@spoil(Code.SERVICE_TOO_SHORT)
def a_call_at_a_site_in_a_hurry(plan: Json, programme: Json) -> bool:
    found = first(plan, "load")
    if found:
        entry(programme, "sites", "site_id", found[2]["site_id"])["load_s"] = 80_000
    return bool(found)


@spoil(Code.CLOSED_DAY)
def a_visit_on_a_closed_day(plan: Json, programme: Json) -> bool:
    programme["calendar"]["closed_days"] = [{"on": plan["date"]}]
    return first(plan, "visit") is not None


@spoil(Code.NO_CONSENT)
def a_consent_withdrawn(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit")
    if found:
        client_of(programme, found[2])["consent"] = {"home_delivery": False}
    return bool(found)


@spoil(Code.VETOED_VOLUNTEER)
def a_volunteer_the_client_refuses(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit")
    if found:
        client_of(programme, found[2])["vetoes"] = [found[0]["volunteer_id"]]
    return bool(found)


@spoil(Code.VETOED_VOLUNTEER)
def a_client_the_volunteer_refuses(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit")
    if found:
        volunteer_of(programme, found[0])["vetoes"] = [found[2]["client_id"]]
    return bool(found)


@spoil(Code.NOT_AUTHORISED)
def goods_the_volunteer_may_not_carry(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["items"]))
    if found:
        product_id = found[2]["items"][0]["product_id"]
        entry(programme, "products", "product_id", product_id)["requires"] = ["rare-licence"]
    return bool(found)


@spoil(Code.NOT_AUTHORISED)
def a_client_who_asks_for_training(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit")
    if found:
        yesterday = (datetime.fromisoformat(plan["date"]) - timedelta(days=1)).date().isoformat()
        client_of(programme, found[2])["requires"] = ["training"]
        expired = [{"authorisation_id": "training", "valid_to_on": yesterday}]
        volunteer_of(programme, found[0])["authorisations"] += expired
    return bool(found)


@spoil(Code.PAIR_MISSING)
def a_client_whom_two_must_visit(plan: Json, programme: Json) -> bool:
    together = [route["accompanies"] for route in plan["routes"]]
    for route, _, step in steps(plan, "visit"):
        if route["volunteer_id"] not in together:
            client_of(programme, step)["pair_required"] = True
            return True
    return False


@spoil(Code.ISOLATING_NOT_LAST)
def an_isolating_client_in_between(plan: Json, programme: Json) -> bool:
    for route, index, step in steps(plan, "visit"):
        client = client_of(programme, step)
        later = [each for each in route["steps"][index + 1 :] if each["type"] == "visit"]
        later = [each for each in later if not client_of(programme, each)["isolating"]]
        if later and not client["regimens"]:
            client["isolating"] = True
            for each in client["supplies"]:
                each["latest_on"] = None
            return True
    return False


@spoil(Code.INSTITUTION_TRIP_GOODS)
def controlled_goods_at_a_prison_gate(plan: Json, programme: Json) -> bool:
    controlled = {each["product_id"] for each in programme["products"] if each["controlled"]}
    found = first(plan, "visit", lambda step: any(item["product_id"] in controlled for item in step["items"]))
    if found:
        client_of(programme, found[2])["place"]["kind"] = "institution"
    return bool(found)


@spoil(Code.INSTITUTION_TRIP_SHARED)
def goods_of_others_at_a_prison_gate(plan: Json, programme: Json) -> bool:
    for route, index, step in steps(plan, "visit"):
        following = route["steps"][index + 1]
        if following["type"] == "visit" and following["items"]:
            client_of(programme, step)["place"]["kind"] = "institution"
            return True
    return False


# Sites and loads


@spoil(Code.GOODS_NOT_LOADED)
def goods_never_taken_aboard(plan: Json, _: Json) -> bool:
    found = first(plan, "load", lambda step: bool(step["items"]))
    if found:
        found[2]["items"].clear()
    return bool(found)


@spoil(Code.GOODS_NOT_LOADED)
def goods_of_a_site_never_called_at(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["items"]))
    if found:
        found[2]["items"][0]["site_id"] = "elsewhere"
    return bool(found)


@spoil(Code.GOODS_LEFT_ABOARD)
def goods_nobody_receives(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["items"]))
    if found:
        found[2]["items"].clear()
    return bool(found)


@spoil(Code.OUTSIDE_SITE_HOURS)
def a_site_that_is_closed(plan: Json, programme: Json) -> bool:
    found = first(plan, "load")
    if found:
        entry(programme, "sites", "site_id", found[2]["site_id"])["closed_on"] = [plan["date"]]
    return bool(found)


@spoil(Code.LOAD_NOT_READY)
def goods_that_are_not_ready(plan: Json, programme: Json) -> bool:
    found = first(plan, "load", lambda step: bool(step["items"]))
    if found:
        entry(programme, "sites", "site_id", found[2]["site_id"])["prep_s_per_unit"] = 86_400
    return bool(found)


@spoil(Code.MASS_EXCEEDED)
def a_load_too_heavy(plan: Json, programme: Json) -> bool:
    return _small_vehicle(plan, programme, "max_mass_g")


@spoil(Code.VOLUME_EXCEEDED)
def a_load_too_bulky(plan: Json, programme: Json) -> bool:
    return _small_vehicle(plan, programme, "max_volume_ml")


def _small_vehicle(plan: Json, programme: Json, measure: str) -> bool:
    found = first(plan, "load", lambda step: bool(step["items"]))
    if found:
        for vehicle in volunteer_of(programme, found[0])["vehicles"]:
            vehicle[measure] = 1
    return bool(found)


@spoil(Code.CUSTODY_EXCEEDED)
def custody_exceeded(plan: Json, programme: Json) -> bool:
    return _controlled(plan, programme, lambda volunteer: volunteer.update(custody=[]))


@spoil(Code.CUSTODY_EXCEEDED)
def custody_blocked(plan: Json, programme: Json) -> bool:
    return _controlled(plan, programme, lambda volunteer: volunteer.update(custody_blocked=True))


def _controlled(plan: Json, programme: Json, change: Callable[[Json], None]) -> bool:
    controlled = {each["product_id"] for each in programme["products"] if each["controlled"]}
    found = first(plan, "load", lambda step: any(item["product_id"] in controlled for item in step["items"]))
    if found:
        change(volunteer_of(programme, found[0]))
    return bool(found)


@spoil(Code.CONTROLLED_NOT_RETURNED)
def controlled_goods_not_counted_in(plan: Json, _: Json) -> bool:
    found = first(plan, "return")
    if found:
        for route in plan["routes"]:
            route["steps"] = [step for step in route["steps"] if step["type"] != "return"]
    return bool(found)


# Volunteers and time


@spoil(Code.OUTSIDE_SHIFT)
def a_route_before_the_shift(plan: Json, programme: Json) -> bool:
    if not plan["routes"]:
        return False
    for route in plan["routes"]:
        volunteer_of(programme, route)["shifts"] = [{"from_time": "23:58:00", "to_time": "23:59:00"}]
    return True


@spoil(Code.VOLUNTEER_ABSENT)
def a_volunteer_who_is_away(plan: Json, programme: Json) -> bool:
    if plan["routes"]:
        volunteer_of(programme, plan["routes"][0])["absent_on"] = [plan["date"]]
    return bool(plan["routes"])


@spoil(Code.CLEARANCE_EXPIRED)
def a_volunteer_not_cleared(plan: Json, programme: Json) -> bool:
    if plan["routes"]:
        volunteer_of(programme, plan["routes"][0])["clearance_to_on"] = "2000-01-01"
    return bool(plan["routes"])


@spoil(Code.ROUTES_OVERLAP)
def overlapping_routes(plan: Json, _: Json) -> bool:
    if plan["routes"]:
        plan["routes"].append(plan["routes"][0])
    return bool(plan["routes"])


@spoil(Code.MODE_NOT_AVAILABLE)
def a_vehicle_the_volunteer_has_not(plan: Json, _: Json) -> bool:
    if plan["routes"]:
        plan["routes"][0]["plate"] = "XX 0000"
    return bool(plan["routes"])


@spoil(Code.TOO_MANY_STOPS)
def too_many_stops(plan: Json, programme: Json) -> bool:
    for route in plan["routes"]:
        if sum(1 for step in route["steps"] if step["type"] == "visit") > 1:
            volunteer_of(programme, route)["max_stops"] = 1
            return True
    return False


@spoil(Code.BREAK_MISSING)
def a_break_not_taken(plan: Json, programme: Json) -> bool:
    if not plan["routes"]:
        return False
    for route in plan["routes"]:
        # every quarter of an hour: some latest beginning falls into the route, whatever the clock's offset
        clocks = [f"{minute // 60:02}:{minute % 60:02}:00" for minute in range(0, 1440, 15)]
        rests = [{"earliest_time": clock, "latest_time": clock, "duration_s": 14_400} for clock in clocks]
        volunteer_of(programme, route)["breaks"] = rests
    return True


@spoil(Code.CLOCK_RUNS_BACKWARDS)
def a_clock_that_runs_backwards(plan: Json, _: Json) -> bool:
    found = first(plan, "visit")
    if found:
        found[2]["departure_at"] = local(found[2]["begin_at"], minutes=-5)
    return bool(found)


@spoil(Code.CLOCK_RUNS_BACKWARDS)
def an_arrival_before_the_leg_is_over(plan: Json, _: Json) -> bool:
    for _, _, step in steps(plan, "visit"):
        if step["leg"]["travel_s"] > 0:
            step["leg"]["travel_s"] += 86_400
            return True
    return False


@spoil(Code.BROKEN_ROUTE)
def a_route_without_an_end(plan: Json, _: Json) -> bool:
    if plan["routes"]:
        plan["routes"][0]["steps"].pop()
    return bool(plan["routes"])


@spoil(Code.BROKEN_ROUTE)
def a_step_without_a_leg(plan: Json, _: Json) -> bool:
    found = first(plan, "visit")
    if found:
        found[2]["leg"] = None
    return bool(found)


@spoil(Code.BROKEN_ROUTE)
def a_client_nobody_knows(plan: Json, _: Json) -> bool:
    found = first(plan, "visit")
    if found:
        found[2]["client_id"] = "nobody"
    return bool(found)


@spoil(Code.BROKEN_ROUTE)
def a_volunteer_nobody_knows(plan: Json, _: Json) -> bool:
    if plan["routes"]:
        plan["routes"][0]["volunteer_id"] = "nobody"
    return bool(plan["routes"])


# Legs


@spoil(Code.LEG_DISCONNECTED)
def a_leg_cut_in_the_middle(plan: Json, _: Json) -> bool:
    for kind in ("visit", "end", "load"):
        for _, _, step in steps(plan, kind):
            if step["leg"] and len(step["leg"]["streets"]) > 2:
                del step["leg"]["streets"][1]
                return True
    return False


@spoil(Code.LEG_DISCONNECTED)
def a_leg_that_ends_short_of_the_door(plan: Json, _: Json) -> bool:
    for _, _, step in steps(plan, "visit"):
        if step["leg"]["distance_m"] > 50 and len(step["leg"]["streets"]) > 1:
            step["leg"]["streets"].pop()
            return True
    return False


@spoil(Code.LEG_DISCONNECTED)
def a_street_that_is_not_on_the_map(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["leg"]["streets"]))
    if found:
        found[2]["leg"]["streets"][0][0] = 1
    return bool(found)


@spoil(Code.AGAINST_ONEWAY)
def against_the_oneway(plan: Json, _: Json) -> bool:
    """All legs driven backwards: names one-ways wherever the plan uses one."""
    for route in plan["routes"]:
        for step in route["steps"]:
            if step["leg"]:
                there = step["leg"]["streets"]
                step["leg"]["streets"] = [[way, b, a, 1 - f1, 1 - f0] for way, a, b, f0, f1 in reversed(there)]
    return bool(plan["routes"])


@spoil(Code.GEOMETRY_WRONG)
def a_line_drawn_round_the_corner(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: len(step["leg"]["geometry"]["coordinates"]) > 1)
    if found:
        found[2]["leg"]["geometry"]["coordinates"].insert(1, [115.2, -8.6])
    return bool(found)


@spoil(Code.GEOMETRY_WRONG)
def a_line_that_is_not_drawn(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: len(step["leg"]["geometry"]["coordinates"]) > 1)
    if found:
        found[2]["leg"]["geometry"]["coordinates"] = []
    return bool(found)


@spoil(Code.LEG_TOO_FAST)
def a_leg_too_fast(plan: Json, _: Json) -> bool:
    found = first(plan, "visit", lambda step: step["leg"]["distance_m"] > 50)
    if found:
        found[2]["leg"]["travel_s"] //= 2
    return bool(found)


@spoil(Code.SUMMARY_WRONG)
def a_leg_longer_than_it_is(plan: Json, _: Json) -> bool:
    found = first(plan, "visit")
    if found:
        found[2]["leg"]["distance_m"] *= 2
        found[2]["leg"]["distance_m"] += 100
    return bool(found)


# The law of movement


@spoil(Code.NO_PASS)
def a_leg_without_a_pass(plan: Json, programme: Json) -> bool:
    programme["movement_rules"].append(always("pass_required"))
    found = first(plan, "visit")
    if found:
        found[2]["leg"]["pass_ids"] = []
    return bool(found)


@spoil(Code.PASS_NOT_VALID)
def a_pass_revoked(plan: Json, programme: Json) -> bool:
    named = named_passes(plan, programme)
    for each in named:
        each["status"] = "revoked"
    return bool(named)


@spoil(Code.PASS_NOT_VALID)
def a_pass_of_somebody_else(plan: Json, programme: Json) -> bool:
    named = named_passes(plan, programme)
    others = {each["volunteer_id"] for each in programme["volunteers"]}
    for each in named[:1]:
        others.discard(each["volunteer_id"])
        each["volunteer_id"] = min(others, default=each["volunteer_id"])
    return bool(named and others)


def _walked(plan: Json) -> Json | None:
    """Let the first visit's door be walked to from where its street is left, and return the visit's route."""
    found = first(plan, "visit", lambda step: bool(step["items"]) and len(step["leg"]["geometry"]["coordinates"]) > 1)
    if found is None:
        return None
    route, _, step = found
    end = step["leg"]["geometry"]["coordinates"][-1]
    step["leg"]["walk_to"] = {"distance_m": 8, "streets": [], "geometry": {"type": "LineString", "coordinates": [end]}}
    return route


def _limited(plan: Json, programme: Json, **limits: int) -> bool:
    route = _walked(plan)
    if route is not None:
        for vehicle in entry(programme, "volunteers", "volunteer_id", route["volunteer_id"])["vehicles"]:
            vehicle.update(limits)
    return route is not None


@spoil(Code.WALK_WRONG)
def a_walk_that_begins_elsewhere(plan: Json, _: Json) -> bool:
    route = _walked(plan)
    for step in route["steps"] if route else ():
        if step["leg"] and step["leg"].get("walk_to"):
            step["leg"]["walk_to"]["geometry"]["coordinates"] = [
                [step["location"]["lon"], step["location"]["lat"] + 0.001]
            ]
    return route is not None


@spoil(Code.WALK_TOO_FAR)
def a_walk_from_a_vehicle_nobody_leaves(plan: Json, programme: Json) -> bool:
    return _limited(plan, programme, walk_max_m=0)


@spoil(Code.WALK_TOO_HEAVY)
def a_walk_with_more_than_is_carried(plan: Json, programme: Json) -> bool:
    return _limited(plan, programme, carry_max_g=1)


@spoil(Code.PASS_NOT_VALID)
def a_pass_for_two_whose_holder_is_elsewhere(plan: Json, programme: Json) -> bool:
    named = named_passes(plan, programme)
    for each in named:
        each["persons_max"] = 2
    return bool(named) and a_pass_of_somebody_else(plan, programme)


@spoil(Code.CHECKPOINT_NOT_COUNTED)
def a_checkpoint_nobody_reckoned_with(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit", lambda step: len(step["leg"]["geometry"]["coordinates"]) > 1)
    if found:
        lon, lat = found[2]["leg"]["geometry"]["coordinates"][1]
        where = {"location": {"lon": lon, "lat": lat}, "radius_m": 5}
        since = {"valid_from_at": "2000-01-01T00:00:00Z"}
        programme["checkpoints"].append({"checkpoint_id": "spoil", "name": "spoil", "delay_s": 60, **where, **since})
    return bool(found)


@spoil(Code.PASS_NOT_VALID)
def a_pass_nobody_issued(plan: Json, _: Json) -> bool:
    found = first(plan, "visit")
    if found:
        found[2]["leg"]["pass_ids"] = ["nowhere"]
    return bool(found)


@spoil(Code.PASS_NOT_VALID)
def a_pass_used_up(plan: Json, programme: Json) -> bool:
    named = named_passes(plan, programme)
    for each in named:
        each["single_use"], each["used"] = True, True
    return bool(named)


@spoil(Code.PASS_MODE)
def a_pass_for_another_mode(plan: Json, programme: Json) -> bool:
    named = named_passes(plan, programme)
    used = {route["mode"] for route in plan["routes"]}
    spare = {"foot", "bicycle", "motorcycle", "car"} - used
    for each in named:
        each["modes"] = [min(spare, default="foot")]
    return bool(named and spare)


@spoil(Code.PASS_MODE)
def a_pass_for_another_plate(plan: Json, programme: Json) -> bool:
    named = named_passes(plan, programme)
    for each in named:
        each["plates"] = ["XX 0000"]
    return bool(named)


@spoil(Code.PASS_PURPOSE)
def cargo_the_pass_is_not_for(plan: Json, programme: Json) -> bool:
    carried = {item["product_id"] for _, _, step in steps(plan, "visit") for item in step["items"]}
    named = named_passes(plan, programme)
    purposes = {each["purpose"] for each in programme["products"] if each["product_id"] in carried}
    spare = sorted({"medicine", "harm_reduction", "food", "hygiene"} - purposes)
    for each in programme["products"]:
        if carried and not spare and each["product_id"] == min(carried):
            each["purpose"] = "food"
    for each in named:
        each["purposes"] = spare or ["harm_reduction"]
    return bool(named and carried)


@spoil(Code.OUTSIDE_PASS_HOURS)
def a_pass_for_other_hours(plan: Json, programme: Json) -> bool:
    named = named_passes(plan, programme)
    for each in named:
        each["hours"] = [{"from_time": "03:00:00", "to_time": "03:01:00"}]
    return bool(named)


@spoil(Code.OUTSIDE_PASS_HOURS)
def a_pass_that_has_run_out(plan: Json, programme: Json) -> bool:
    named = named_passes(plan, programme)
    for each in named:
        each["valid_from_at"], each["valid_to_at"] = "2000-01-01T00:00:00Z", "2000-12-31T00:00:00Z"
    return bool(named)


@spoil(Code.OUTSIDE_PASS_AREA)
def a_stop_outside_the_pass(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit", lambda step: bool(step["leg"]["pass_ids"]))
    if found:
        _, _, step = found
        hole = box_around(step["location"], 0.0002)
        for each in named_passes(plan, programme):
            around = box_around(step["location"], 1.0).difference(hole)
            each["areas"], each["corridors"] = [json.loads(shapely.to_geojson(around))], []
    return bool(found)


@spoil(Code.PASSES_COMBINED)
def two_passes_on_one_trip(plan: Json, programme: Json) -> bool:
    for route, index, step in steps(plan, "visit"):
        following = route["steps"][index + 1]
        if step["leg"]["pass_ids"] and following["type"] == "visit" and following["leg"]["pass_ids"]:
            one = entry(programme, "passes", "pass_id", step["leg"]["pass_ids"][0])
            programme["passes"].append({**one, "pass_id": "second"})
            following["leg"]["pass_ids"] = ["second"]
            return True
    return False


@spoil(Code.CURFEW)
def a_curfew_all_day(plan: Json, programme: Json) -> bool:
    programme["movement_rules"].append(always("curfew"))
    return first(plan, "visit") is not None


@spoil(Code.MODE_BARRED)
def a_mode_barred_all_day(plan: Json, programme: Json) -> bool:
    modes = sorted({route["mode"] for route in plan["routes"]})
    programme["movement_rules"].append(always("mode_barred", modes=modes))
    return first(plan, "visit") is not None


@spoil(Code.INSIDE_CLOSED_ZONE)
def a_leg_through_a_closed_zone(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit")
    if found:
        area = json.loads(shapely.to_geojson(box_around(found[2]["location"], 0.0001)))
        zone = {"zone_id": "spoil", "name": "spoil", "area": area, "entry": "blocked"}
        programme["zones"].append({**zone, "valid_from_at": "2000-01-01T00:00:00Z"})
    return bool(found)


@spoil(Code.WRONG_PLACE)
def a_visit_inside_a_zone_served_at_its_edge(plan: Json, programme: Json) -> bool:
    found = first(plan, "visit")
    if found:
        area = json.loads(shapely.to_geojson(box_around(client_of(programme, found[2])["place"]["location"], 0.0001)))
        zone = {"zone_id": "spoil", "name": "spoil", "area": area, "entry": "handover_at_edge"}
        programme["zones"].append({**zone, "valid_from_at": "2000-01-01T00:00:00Z"})
    return bool(found)


# The document


@spoil(Code.WRONG_INPUTS)
def another_programme(plan: Json, _: Json) -> bool:
    plan["inputs"]["programme_sha256"] = "0" * 64
    return True


@spoil(Code.WRONG_INPUTS)
def another_extract(plan: Json, _: Json) -> bool:
    plan["inputs"]["extract_sha256"] = "0" * 64
    return True


@spoil(Code.SUMMARY_WRONG)
def a_summary_that_is_kinder(plan: Json, _: Json) -> bool:
    plan["summary"]["clients_served"] += 1
    return True


@spoil(Code.SUMMARY_WRONG)
def a_day_shared_more_evenly_than_it_is(plan: Json, _: Json) -> bool:
    plan["summary"]["preferences"] = {"too_many_people": 99}
    return True


@spoil(Code.RESILIENCE_WRONG)
def nobody_could_be_missing(plan: Json, _: Json) -> bool:
    plan["resilience"] = []
    return bool(plan["routes"])


@spoil(Code.SUMMARY_WRONG)
def a_bound_above_the_travel(plan: Json, _: Json) -> bool:
    plan["summary"]["travel_bound_s"] = plan["summary"]["travel_s"] + 1
    return True


@spoil(Code.SUMMARY_WRONG)
def a_gap_without_a_bound(plan: Json, _: Json) -> bool:
    plan["summary"].update(travel_bound_s=None, gap_percent=1.5)
    return True


@spoil(Code.SUMMARY_WRONG)
def a_gap_smaller_than_it_is(plan: Json, _: Json) -> bool:
    plan["summary"].update(travel_bound_s=plan["summary"]["travel_s"] // 2, gap_percent=1.5)
    return plan["summary"]["travel_s"] > 3


@spoil(Code.SUMMARY_WRONG)
def a_route_shorter_than_its_legs(plan: Json, _: Json) -> bool:
    if plan["routes"]:
        plan["routes"][0]["travel_s"] += 1
    return bool(plan["routes"])
