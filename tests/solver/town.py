"""A made-up town to plan whole days in: seven streets north, four east, L = 111.195 m from corner to corner.

Corner (x, y) lies at x and y thousandths of a degree from the point 0, 0. A motorcycle rides L in 16.013 s. The site
`s1` and the volunteers are at (0, 0). Far out at y = 10 lies a lane that no street joins to the town. From (6, 3) to
(7, 3) lead steps.
"""

from __future__ import annotations

import tempfile
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from routing.domain.clients import Client
from routing.domain.hours import Hours
from routing.domain.passes import Checkpoint, MovementRule, Pass, RuleKind, Zone
from routing.domain.places import AreaPolygon, Location, Place
from routing.domain.plan import Plan, StepType
from routing.domain.products import Purpose
from routing.domain.programme import Programme
from routing.domain.sites import Site
from routing.domain.volunteers import Mode, Vehicle, Volunteer
from routing.network import Streets, compile_streets, read_extract
from routing.network.extract import Extract
from routing.plan_day import Budget, plan_day
from tests.continuity.stories import MONDAY, NALOXONE, noon, programme, stocked, supply

WIDTH, HEIGHT = 7, 4
MORNING = Hours(from_time=time(8), to_time=time(12))
ALL_DAY = Hours(from_time=time(0), to_time=time(0))


def hours(start: str, end: str, **more: Any) -> Hours:
    """Return hours from texts like 08:00."""
    return Hours(from_time=time.fromisoformat(start), to_time=time.fromisoformat(end), **more)


@cache
def town() -> tuple[Extract, Streets]:
    """Return the town's extract, read and compiled."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "town.osm"
        path.write_text(_osm_xml(), encoding="utf-8")
        extract = read_extract(path)
    return extract, compile_streets(extract)


def _osm_xml() -> str:
    corner = {(x, y): 1 + x + 100 * y for x in range(WIDTH) for y in range(HEIGHT)} | {(0, 10): 9001, (1, 10): 9002}
    corner |= {(WIDTH, HEIGHT - 1): 9003}
    ways = {10 + y: [corner[x, y] for x in range(WIDTH)] for y in range(HEIGHT)}
    ways |= {50 + x: [corner[x, y] for y in range(HEIGHT)] for x in range(WIDTH)} | {99: [9001, 9002]}
    ways |= {98: [corner[WIDTH - 1, HEIGHT - 1], 9003]}
    nodes = "".join(
        f'<node id="{node}" version="1" lon="{x / 1000}" lat="{y / 1000}"/>' for (x, y), node in corner.items()
    )
    lines = "".join(
        f'<way id="{way}" version="1">{"".join(f"""<nd ref="{ref}"/>""" for ref in refs)}'
        f'<tag k="highway" v="{"steps" if way == 98 else "residential"}"/></way>'
        for way, refs in ways.items()
    )
    return f'<?xml version="1.0"?><osm version="0.6">{nodes}{lines}</osm>'


def at(x: float, y: float = 0.0, **more: Any) -> Place:
    """Return a place, in thousandths of a degree."""
    return Place(location=Location(lon=x / 1000, lat=y / 1000), **more)


def area(west: float, south: float, east: float, north: float) -> AreaPolygon:
    """Return a rectangle, in thousandths of a degree."""
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return AreaPolygon(type="Polygon", coordinates=(tuple((x / 1000, y / 1000) for x, y in ring),))


EVERYWHERE = area(-9, -9, 19, 19)


def wanting(client_id: str, place: Place, *, goods: Any = (NALOXONE,), **fields: Any) -> Client:
    """Return a client who wants two of each item today; `due` goes to the supplies."""
    due = fields.pop("due", {})
    supplies = tuple(supply(product, supply_id=f"x{number}", **due) for number, product in enumerate(goods))
    return Client(client_id=client_id, code_name=client_id, place=place, **{"supplies": supplies, **fields})


def rider(volunteer_id: str = "v1", **fields: Any) -> Volunteer:
    """Return somebody on a motorcycle from 08:00 to 12:00."""
    usual: dict[str, Any] = {
        "volunteer_id": volunteer_id,
        "code_name": volunteer_id,
        "start": at(0),
        "shifts": (MORNING,),
        "vehicles": (
            Vehicle(mode=Mode.MOTORCYCLE, plate=f"DK {volunteer_id}", max_mass_g=20_000, max_volume_ml=50_000),
        ),
    }
    return Volunteer(**{**usual, **fields})


def permit(pass_id: str = "q1", volunteer_id: str = "v1", **fields: Any) -> Pass:
    """Return a pass for everything, everywhere, all week."""
    usual: dict[str, Any] = {
        "pass_id": pass_id,
        "number": pass_id,
        "issuer": "town",
        "volunteer_id": volunteer_id,
        "purposes": tuple(Purpose),
        "valid_from_at": noon(-7),
        "valid_to_at": noon(7),
    }
    return Pass(**{**usual, **fields})


def rule(kind: RuleKind = RuleKind.PASS_REQUIRED, **fields: Any) -> MovementRule:
    """Return a rule for everybody since long ago."""
    return MovementRule(**{"rule_id": kind.value, "kind": kind, "valid_from_at": noon(-90), **fields})


def zone(shape: AreaPolygon, **fields: Any) -> Zone:
    """Return a zone closed since long ago."""
    return Zone(**{"zone_id": "z1", "name": "z1", "area": shape, "valid_from_at": noon(-90), **fields})


def checkpoint(x: float = 2.5, y: float = 0.0, **fields: Any) -> Checkpoint:
    """Return a checkpoint of 20 m and five minutes at (x, y), manned since long ago."""
    usual: dict[str, Any] = {
        "checkpoint_id": "k1",
        "name": "k1",
        "radius_m": 20.0,
        "delay_s": 300,
        "valid_from_at": noon(-90),
    }
    if not {"line", "area"} & set(fields):
        usual["location"] = Location(lon=x / 1000, lat=y / 1000)
    return Checkpoint(**{**usual, **fields})


def store(site_id: str = "s1", **fields: Any) -> Site:
    """Return a full site, open from 07:00 to 15:00."""
    usual: dict[str, Any] = {
        "site_id": site_id,
        "name": site_id,
        "place": at(0),
        "hours": (hours("07:00", "15:00"),),
        "stock": stocked(),
        "load_s": 300,
    }
    return Site(**{**usual, **fields})


def day(*clients: Client, volunteers: tuple[Volunteer, ...] = (rider(),), **fields: Any) -> Programme:
    """Return a programme in the town."""
    return programme(*clients, volunteers=volunteers, **{"sites": (store(),), **fields})


def plan(told: Programme, on: date = MONDAY, iterations: int = 3, **more: Any) -> Plan:
    """Plan a day; the checker has passed what comes back."""
    return plan_day(told, on, *town(), Budget(iterations=iterations), **more)


def served(found: Plan) -> set[str]:
    """Return the clients visited."""
    steps = (step for route in found.routes for step in route.steps if step.type is StepType.VISIT)
    return {str(step.client_id) for step in steps}


def reasons(found: Plan) -> dict[str, list[str]]:
    """Return the reasons' codes by client not served."""
    return {entry.client_id: [str(reason.code) for reason in entry.reasons] for entry in found.unserved}
