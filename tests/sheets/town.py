"""A street with a crossing every hundred metres, and a plan that visits a door between each two.

Jalan Satu runs east through nodes 1, 2, 3, …; a lane runs north from each. The volunteer starts at home in the first
lane, loads at the site by node 2, makes the visits, comes back, and goes home.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache

from routing.domain.loading import load_programme
from routing.domain.orders import Item, LabelledUnit
from routing.domain.places import Location
from routing.domain.plan import Inputs, Leg, LineString, Plan, Route, Step, StepType, Street, Summary
from routing.domain.products import Unit
from routing.domain.programme import Programme
from routing.domain.volunteers import Mode
from routing.network.extract import Extract, Way
from routing.network.street_arrays import Streets
from routing.network.streets import compile_streets
from tests.domain.stories import document

ON = date(2026, 11, 23)
KEY = bytes(range(32))
EAST_DEG, NORTH_DEG = 0.0009, 0.0009  # about 100 m
MAIN, LANE = 1000, 2000
SHA = "0" * 64


def node(column: int, row: int = 0) -> int:
    return column + 10_000 * row


def point(column: float, row: float = 0.0) -> tuple[float, float]:
    return 115.2 + column * EAST_DEG, -8.65 + row * NORTH_DEG


def extract(columns: int) -> Extract:
    """Return the streets: the main one, and a lane of two nodes north of each of its nodes."""
    nodes = {node(column, row): point(column, row) for column in range(1, columns + 1) for row in (0, 1)}
    main = Way(
        MAIN, tuple(node(column) for column in range(1, columns + 1)), {"highway": "tertiary", "name": "Jalan Satu"}
    )
    lanes = [
        Way(LANE + column, (node(column), node(column, 1)), {"highway": "residential", "name": f"Gang {column}"})
        for column in range(1, columns + 1)
    ]
    ways = {way.way_id: way for way in (main, *lanes)}
    return Extract(nodes, {}, ways, SHA, (115.2, -8.7, 115.3, -8.6))


@cache
def streets(columns: int) -> Streets:
    """Return the streets, compiled."""
    return compile_streets(extract(columns))


def programme(clients: int, hint: str = "green gate", **changes: object) -> Programme:
    """Return a programme with so many clients, each halfway between two crossings; `changes` replace its keys."""
    return load_programme(document(raw_programme(clients, hint) | changes))


def raw_programme(clients: int, hint: str) -> dict[str, object]:
    return {
        "schema": "doorstep.programme/1",
        "programme_id": "town",
        "name": "Canary programme",
        "timezone": "Asia/Makassar",
        "made_up": True,
        "coordinator": {"phone": "+62 361 000 000"},
        "products": [
            {
                "product_id": "p01",
                "name": "canary syrup",
                "kind": "methadone",
                "form": "liquid",
                "purpose": "medicine",
                "controlled": True,
                "strength_mg_per_ml": 5,
                "mass_g": 40,
                "volume_ml": 60,
            }
        ],
        "sites": [
            {
                "site_id": "s1",
                "name": "Canary clinic",
                "place": _place(2.0, "canary counter"),
                "hours": [{"from_time": "08:00", "to_time": "16:00"}],
            }
        ],
        "clients": [_client(number, hint) for number in range(1, clients + 1)],
        "volunteers": [
            {
                "volunteer_id": "v01",
                "code_name": "Kingfisher",
                "start": _place(1.0, "canary home", row=1.0),
                "shifts": [{"from_time": "08:00", "to_time": "20:00"}],
                "vehicles": [{"mode": "motorcycle", "plate": "DK 0001 ZA", "max_mass_g": 9000, "max_volume_ml": 9000}],
            }
        ],
        "passes": [
            {
                "pass_id": "n1",
                "number": "INV-7/2026",
                "issuer": "district command post",
                "volunteer_id": "v01",
                "organisation": "Canary network",
                "purposes": ["medicine"],
                "valid_from_at": "2026-11-01T00:00:00+08:00",
                "valid_to_at": "2026-12-01T00:00:00+08:00",
                "hours": [{"from_time": "07:00", "to_time": "17:00"}],
                "area_name": "the long street",
            }
        ],
    }


def _place(column: float, told: str, row: float = 0.0) -> dict[str, object]:
    lon, lat = point(column, row)
    return {"address": told, "hint": told, "location": {"lon": lon, "lat": lat}}


def _client(number: int, hint: str) -> dict[str, object]:
    place = _place(number + 2.5, f"canary address {number}") | {"hint": hint}
    return {
        "client_id": f"c{number}",
        "code_name": f"Canary {number}",
        "phone": "+62 812 3456 789",
        "guardian": "canary guardian",
        "challenge": "canary word",
        "place": place,
    }


def plan(clients: int, pass_ids: tuple[str, ...] = ("n1",)) -> Plan:
    """Return the plan of one route that visits all; without clients, of no route."""
    routes = (_route(clients, pass_ids),) if clients else ()
    return Plan(
        programme_id="town",
        date=ON,
        timezone="Asia/Makassar",
        seed=1,
        inputs=Inputs(programme_sha256=SHA, extract_sha256=SHA, versions={}, budget={}),
        routes=routes,
        unserved=(),
        gaps=(),
        holds=(),
        summary=Summary(
            clients_due=clients,
            clients_served=clients,
            missed_dose_days=0,
            routes=len(routes),
            travel_s=0,
            distance_m=0,
            engine="none",
        ),
    )


def _route(clients: int, pass_ids: tuple[str, ...]) -> Route:
    begin = datetime(2026, 11, 23, 0, 15, tzinfo=UTC)  # 08:15 in the programme's zone
    home = Step(type=StepType.START, location=_location(1.0, 1.0), arrival_at=begin, begin_at=begin, departure_at=begin)
    units = (LabelledUnit(for_on=ON, quantity=12.0), LabelledUnit(for_on=ON + timedelta(days=1), quantity=12.0))
    item = Item(product_id="p01", site_id="s1", unit=Unit.ML, units=units, quantity=24.0)
    steps = [home, _step(StepType.LOAD, 1, 2.0, (_lane(1, up=False), _along(1)), pass_ids, {"site_id": "s1"})]
    for number in range(1, clients + 1):
        way = (
            (_along(2), _along(3, last=0.5))
            if number == 1
            else (_along(number + 1, first=0.5), _along(number + 2, last=0.5))
        )
        visit = {"client_id": f"c{number}", "items": (item,), "order_ids": (f"o{number}",)}
        steps.append(_step(StepType.VISIT, number + 1, number + 2.5, way, pass_ids, visit))
    steps.append(_step(StepType.RETURN, clients + 2, 2.0, (), pass_ids, {"site_id": "s1"}))
    steps.append(_step(StepType.END, clients + 3, 1.0, (_along(1, back=True), _lane(1, up=True)), pass_ids, {}))
    return Route(
        volunteer_id="v01",
        mode=Mode.MOTORCYCLE,
        plate="DK 0001 ZA",
        start_at=begin,
        end_at=steps[-1].departure_at,
        distance_m=0,
        travel_s=0,
        service_s=0,
        waiting_s=0,
        steps=tuple(steps),
    )


def _step(
    kind: StepType,
    order: int,
    column: float,
    streets: tuple[Street, ...],
    pass_ids: tuple[str, ...],
    more: Mapping[str, object],
) -> Step:
    arrival = datetime(2026, 11, 23, 0, 20, tzinfo=UTC) + timedelta(minutes=12 * order)
    line = (point(column),) * 2 if streets else ()  # only where it ends is read
    leg = Leg(streets=streets, pass_ids=pass_ids, geometry=LineString(coordinates=line))
    return Step.model_validate(
        {
            "type": kind,
            "location": _location(column),
            "arrival_at": arrival,
            "begin_at": arrival,
            "departure_at": arrival + timedelta(minutes=5),
            "leg": leg,
            **more,
        }
    )


def _location(column: float, row: float = 0.0) -> Location:
    lon, lat = point(column, row)
    return Location(lon=lon, lat=lat)


def _along(column: int, *, first: float = 0.0, last: float = 1.0, back: bool = False) -> Street:
    ends = (node(column + 1), node(column)) if back else (node(column), node(column + 1))
    return (MAIN, *ends, first, last)


def _lane(column: int, *, up: bool) -> Street:
    ends = (node(column), node(column, 1)) if up else (node(column, 1), node(column))
    return (LANE + column, *ends, 0.0, 1.0)
