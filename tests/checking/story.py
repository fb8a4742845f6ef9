"""One lawful day in the town: three volunteers, four orders of doses, an institution, a zone served at its edge.

v1 takes methadone to c1 and buprenorphine to c4, whom two must visit: v2 comes along. v3 goes first to the
institution c3 alone, then with food and tablets to c2, with soap to c6 at the edge of a closed zone and to c5, who
isolates and so is last. c7 is left out and listed, c8 is held.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from routing.domain.loading import dump_programme, load_programme
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from tests.checking.town import Spot, box, leg

ON = "2026-11-23"  # a Monday
OFFSET = "+08:00"

SPOTS = {
    "home12": Spot(110, 1, 5, 0.5),
    "home3": Spot(112, 3, 7, 0.25),
    "s1": Spot(100, 1, 2, 0.25),
    "s2": Spot(100, 3, 4, 0.5),
    "c1": Spot(101, 5, 6, 0.75),
    "c2": Spot(116, 7, 8, 0.5),
    "c3": Spot(102, 10, 11, 0.5),
    "c4": Spot(102, 9, 10, 0.5),
    "c5": Spot(113, 4, 8, 0.5),
    "c6": Spot(102, 11, 12, 0.8),
    "c6edge": Spot(117, 7, 11, 0.5),
    "c7": Spot(101, 6, 7, 0.5),
    "c8": Spot(100, 2, 3, 0.5),
}


def moment(clock: str) -> str:
    """An instant of the day, from HH:MM or HH:MM:SS."""
    return datetime.fromisoformat(f"{ON}T{clock}{OFFSET}").isoformat()


def place(name: str, **more: Any) -> dict[str, Any]:
    lon, lat = SPOTS[name].pin
    return {"location": {"lon": lon, "lat": lat}, **more}


def hours(from_time: str, to_time: str) -> dict[str, str]:
    return {"from_time": from_time, "to_time": to_time}


def product(product_id: str, kind: str, form: str, purpose: str, **more: Any) -> dict[str, Any]:
    base = {"product_id": product_id, "name": product_id, "kind": kind, "form": form, "purpose": purpose}
    return {**base, "mass_g": 40, "volume_ml": 50, **more}


def policy(policy_id: str, product_id: str, **more: Any) -> dict[str, Any]:
    base = {"policy_id": policy_id, "place": "town", "product_id": product_id, "tier_weight": 10, "source": "test"}
    caps = {"max_days_a_delivery": 7, "min_days_a_delivery": 2, "max_days_on_hand": 9, "early_days": 1}
    times = {"dose_time": "10:00:00", "grace_h": 8, "valid_from_on": "2026-01-01"}
    missed = {"missed_doses": [{"phase": "maintenance", "resume_up_to": 1, "clearance_up_to": 2}]}
    return {**base, **caps, **times, **missed, **more}


def regimen(product_id: str, site_id: str, doses: int, **more: Any) -> dict[str, Any]:
    home = {"doses": doses, "as_of_on": ON}
    return {"product_id": product_id, "site_id": site_id, "home": home, "steps": [{"from_on": "2026-01-01"}], **more}


def dose(milligrams: float) -> dict[str, Any]:
    return {"steps": [{"from_on": "2026-01-01", "dose_mg": milligrams}]}


def supply(product_id: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"supply_id": "x", "product_id": product_id, "site_id": "s2", "quantity": quantity, "due_on": ON, **more}


def client(client_id: str, **more: Any) -> dict[str, Any]:
    return {"client_id": client_id, "code_name": client_id, "place": place(client_id), **more}


def volunteer(volunteer_id: str, home: str, **more: Any) -> dict[str, Any]:
    vehicle = {"mode": "motorcycle", "plate": f"DK {volunteer_id}", "max_mass_g": 30_000, "max_volume_ml": 60_000}
    base = {"volunteer_id": volunteer_id, "code_name": volunteer_id, "start": place(home), "vehicles": [vehicle]}
    return {**base, "shifts": [hours("07:00:00", "17:00:00")], **more}


def permit(pass_id: str, volunteer_id: str, purposes: list[str], **more: Any) -> dict[str, Any]:
    base = {"pass_id": pass_id, "number": pass_id, "issuer": "town", "volunteer_id": volunteer_id}
    valid = {"valid_from_at": moment("00:00"), "valid_to_at": "2026-12-31T00:00:00+08:00"}
    where = {"areas": [box(-0.5, -0.5, 4, 2.5)], "hours": [hours("06:00:00", "18:00:00")], "modes": ["motorcycle"]}
    return {**base, "purposes": purposes, **valid, **where, "plates": [f"DK {volunteer_id}"], **more}


def programme_json() -> dict[str, Any]:
    """The programme's document."""
    custody = [{"product_id": "p01", "quantity": 25.0}, {"product_id": "p05", "quantity": 20.0}]
    trained = {"authorisations": [{"authorisation_id": "controlled"}], "custody": custody}
    since = {"valid_from_at": "2026-01-01T00:00:00+08:00"}
    return {
        "schema": "doorstep.programme/1",
        "programme_id": "town",
        "name": "Town",
        "timezone": "Asia/Makassar",
        "made_up": True,
        "products": [
            product("p01", "methadone", "liquid", "medicine", strength_mg_per_ml=10, controlled=True)
            | {"requires": ["controlled"]},
            product("p02", "art", "pack", "medicine", pack_days=30),
            product("p03", "food", "item", "food", mass_g=10_000, volume_ml=20_000),
            product("p04", "needles", "item", "harm_reduction"),
            product("p05", "buprenorphine", "tablet", "medicine", tablets_mg=[2, 8], controlled=True),
            product("p06", "hygiene", "item", "hygiene"),
        ],
        "sites": [
            {
                "site_id": "s1",
                "name": "one",
                "place": place("s1"),
                "hours": [hours("08:00:00", "16:00:00")],
                "ready_from_time": "08:10:00",
                "prep_s_per_unit": 10,
                "stock": [{"product_id": "p01", "quantity": 500}, {"product_id": "p05", "quantity": 300}],
            },
            {
                "site_id": "s2",
                "name": "two",
                "place": place("s2", walk_s=20),
                "hours": [hours("08:00:00", "16:00:00")],
                "stock": [
                    {"product_id": "p02", "quantity": 10, "expires_on": "2027-06-30"},
                    {"product_id": "p02", "quantity": 90, "expires_on": "2026-11-22"},
                    {"product_id": "p03", "quantity": 20},
                    {"product_id": "p04", "quantity": 20},
                    {"product_id": "p06", "quantity": 20},
                ],
            },
        ],
        "policies": [
            policy("m", "p01"),
            policy("b", "p05", max_days_a_delivery=5),
            policy("a", "p02", max_days_a_delivery=60, max_days_on_hand=70, early_days=14, buffer_days=7),
        ],
        "clients": [
            # 3 mL a day, nothing at home: run out today, 7 days at most
            client("c1", regimens=[regimen("p01", "s1", 0, **dose(30))], windows=[hours("08:00:00", "12:00:00")]),
            client("c2", regimens=[regimen("p02", "s2", 5)], supplies=[supply("p03")]),
            client("c3", supplies=[supply("p03", 2)], place=place("c3", kind="institution"), service_s=600),
            # 12 mg is 8 + 2 + 2: three tablets a day
            client("c4", regimens=[regimen("p05", "s1", 1, **dose(12))], pair_required=True),
            client("c5", supplies=[supply("p06")], isolating=True),
            client("c6", supplies=[supply("p06", 3)], edge_place=place("c6edge")),
            client("c7", supplies=[supply("p06")]),
            client("c8", regimens=[regimen("p01", "s1", 0, prescriber_hold=True, **dose(40))]),
        ],
        "volunteers": [
            volunteer("v1", "home12", pairs_with="v2", max_stops=5, **trained),
            volunteer("v2", "home12", clearance_to_on=ON),
            volunteer(
                "v3",
                "home3",
                breaks=[{"earliest_time": "09:00:00", "latest_time": "10:30:00", "duration_s": 900}],
            ),
        ],
        "passes": [
            permit("q1", "v1", ["medicine", "harm_reduction"]),
            permit("q1b", "v1", ["medicine"]),
            permit("q2", "v2", ["medicine"]),
            permit("q3", "v3", ["medicine", "food", "hygiene"]),
            permit("q3r", "v3", ["medicine", "food", "hygiene"], status="revoked"),
        ],
        "movement_rules": [
            {"rule_id": "must", "kind": "pass_required", "hours": [hours("05:00:00", "22:00:00")], **since},
            {"rule_id": "night", "kind": "curfew", "hours": [hours("20:00:00", "05:00:00")], **since},
            {"rule_id": "cars", "kind": "mode_barred", "modes": ["car"], **since},
        ],
        "zones": [
            {"zone_id": "z1", "name": "blocked", "area": box(0.9, 0.3, 1.1, 0.7), **since},
            {"zone_id": "z2", "name": "edge", "area": box(2.4, 1.6, 3.2, 2.4), "entry": "handover_at_edge", **since},
            {
                "zone_id": "z3",
                "name": "essential",
                "area": box(2.3, 0.9, 2.7, 1.1),
                "entry": "essential_allowed",
                "essential_purposes": ["medicine", "food", "hygiene"],
                **since,
            },
        ],
    }


def item(product_id: str, site_id: str, unit: str, units: list[tuple[str | None, float]]) -> dict[str, Any]:
    written = [{"for_on": for_on, "quantity": float(quantity)} for for_on, quantity in units]
    total = float(sum(quantity for _, quantity in units))
    return {"product_id": product_id, "site_id": site_id, "unit": unit, "units": written, "quantity": total}


def days(first: int, count: int) -> list[str]:
    on = datetime.fromisoformat(ON)
    return [(on + timedelta(days=first + offset)).date().isoformat() for offset in range(count)]


METHADONE = item("p01", "s1", "mL", [(on, 3.0) for on in days(0, 7)])
BUPRENORPHINE = item("p05", "s1", "tablet", [(on, 3) for on in days(1, 5)])
ART = item("p02", "s2", "pack", [(None, 2)])
PARCEL = item("p03", "s2", "item", [(None, 1)])
PARCELS = item("p03", "s2", "item", [(None, 2)])
SOAP = item("p06", "s2", "item", [(None, 1)])
SOAPS = item("p06", "s2", "item", [(None, 3)])


class RouteWriter:
    """Writes a route step by step, each as early as may be."""

    def __init__(self, volunteer_id: str, home: str, clock: str, pass_id: str, accompanies: str | None = None) -> None:
        self.volunteer_id, self.pass_id, self.accompanies = volunteer_id, pass_id, accompanies
        self.home = self.spot = home
        self.now = datetime.fromisoformat(moment(clock))
        self.steps: list[dict[str, Any]] = []
        self._write({"type": "start"}, 0, None, None)

    def _write(self, step: dict[str, Any], service_s: int, leg_there: dict[str, Any] | None, at: str | None) -> None:
        arrival = self.now
        begin = max(arrival, datetime.fromisoformat(moment(at))) if at else arrival
        self.now = begin + timedelta(seconds=service_s)
        times = {"arrival_at": arrival, "begin_at": begin, "departure_at": self.now}
        lon, lat = SPOTS[self.spot].pin
        written = {name: value.isoformat() for name, value in times.items()}
        self.steps.append({**step, "location": {"lon": lon, "lat": lat}, **written, "leg": leg_there})

    def go(self, kind: str, spot: str, service_s: int, at: str | None = None, **step: Any) -> RouteWriter:
        leg_there = leg(SPOTS[self.spot], SPOTS[spot], (self.pass_id,))
        if "s2" in (self.spot, spot) and leg_there["streets"]:  # `walk_s` of 20 for 7.8 m, which take 7 s
            leg_there["travel_s"] = int(str(leg_there["travel_s"])) + 13
        self.now += timedelta(seconds=int(str(leg_there["travel_s"])))
        self.spot = spot
        self._write({"type": kind, **step}, service_s, leg_there, at)
        return self

    def rest(self, service_s: int, at: str) -> RouteWriter:
        self._write({"type": "break"}, service_s, None, at)
        return self

    def end(self) -> dict[str, Any]:
        """Go home and return the route's document."""
        self.go("end", self.home, 0)
        legs = [step["leg"] for step in self.steps if step["leg"]]
        spans = [tuple(datetime.fromisoformat(s[k]) for k in _TIMES) for s in self.steps]
        return {
            "volunteer_id": self.volunteer_id,
            "mode": "motorcycle",
            "plate": f"DK {self.volunteer_id}",
            "accompanies": self.accompanies,
            "start_at": self.steps[0]["arrival_at"],
            "end_at": self.steps[-1]["arrival_at"],
            "distance_m": sum(each["distance_m"] for each in legs),
            "travel_s": sum(each["travel_s"] for each in legs),
            "service_s": int(sum((left - begun).total_seconds() for _, begun, left in spans)),
            "waiting_s": int(sum((begun - come).total_seconds() for come, begun, _ in spans)),
            "steps": self.steps,
        }


_TIMES = ("arrival_at", "begin_at", "departure_at")


def routes() -> list[dict[str, Any]]:
    one = RouteWriter("v1", "home12", "08:00", "q1")
    # 12 units take 120 s to prepare; ready from 08:10
    one.go("load", "s1", 300, "08:10", site_id="s1", items=[METHADONE, BUPRENORPHINE])
    one.go("visit", "c1", 300, client_id="c1", order_ids=["c1.p01"], items=[METHADONE])
    one.go("visit", "c4", 300, "09:00", client_id="c4", order_ids=["c4.p05"], items=[BUPRENORPHINE])
    one.go("return", "s1", 300, site_id="s1")
    two = RouteWriter("v2", "home12", "08:30", "q2", accompanies="v1")
    two.go("visit", "c4", 300, "09:00", client_id="c4")
    three = RouteWriter("v3", "home3", "08:00", "q3")
    three.go("load", "s2", 300, site_id="s2", items=[PARCELS])
    three.go("visit", "c3", 600, client_id="c3", order_ids=["c3.x"], items=[PARCELS])
    three.go("load", "s2", 300, site_id="s2", items=[ART, PARCEL, SOAP, SOAPS])
    three.go("visit", "c2", 300, client_id="c2", order_ids=["c2.p02", "c2.x"], items=[ART, PARCEL])
    three.go("visit", "c6edge", 300, client_id="c6", order_ids=["c6.x"], items=[SOAPS])
    three.rest(900, "09:30")
    three.go("visit", "c5", 300, client_id="c5", order_ids=["c5.x"], items=[SOAP])
    return [one.end(), two.end(), three.end()]


def signed(plan: dict[str, Any], programme: Programme) -> dict[str, Any]:
    """Let a plan say that it was made from this programme."""
    inputs = {**plan["inputs"], "programme_sha256": sha256(dump_programme(programme)).hexdigest()}
    return {**plan, "inputs": inputs}


def plan_json(extract_sha256: str) -> dict[str, Any]:
    """The plan's document, not yet signed."""
    written = routes()
    hold = {"client_id": "c8", "product_id": "p01", "code": "prescriber_hold", "message": "", "owner": "prescriber"}
    return {
        "schema": "doorstep.plan/1",
        "programme_id": "town",
        "date": ON,
        "timezone": "Asia/Makassar",
        "seed": 1,
        "inputs": {"programme_sha256": "", "extract_sha256": extract_sha256, "versions": {}, "budget": {}},
        "routes": written,
        "unserved": [{"client_id": "c7", "order_id": "c7.x", "tier": "T3", "reasons": []}],
        "gaps": [],
        "holds": [{**hold, "decision": ""}],
        "summary": {
            "clients_due": 7,
            "clients_served": 6,
            "missed_dose_days": 0,
            "routes": 3,
            "travel_s": sum(route["travel_s"] for route in written),
            "distance_m": sum(route["distance_m"] for route in written),
            "engine": "by hand",
        },
    }


def town_programme() -> Programme:
    return load_programme(json.dumps(programme_json()).encode())


def town_plan(programme: Programme, extract_sha256: str) -> Plan:
    return Plan.model_validate_json(json.dumps(signed(plan_json(extract_sha256), programme)))
