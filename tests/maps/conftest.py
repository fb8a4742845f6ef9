"""A day drawn by hand: two routes in a town of three streets, small enough to follow on paper.

    home     A (site)   1          2        all on one street along latitude -8.65,
    115.190  115.200    115.210    115.220  a step of 0.01 degrees to the east each time

Route 1 rides home, A, stop 1, stop 2, A, home. Route 2 walks from another home to A, to stop 1's crossing and back.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

import pytest

from routing.domain.orders import Hold, HoldCode, Item, LabelledUnit, Tier
from routing.domain.places import Location
from routing.domain.plan import (
    Inputs,
    Leg,
    LineString,
    Plan,
    Reason,
    Route,
    Step,
    StepType,
    Summary,
    Unserved,
)
from routing.domain.products import Unit
from routing.domain.reasons import ReasonCode
from routing.domain.volunteers import Mode
from routing.network.extract import Extract, Way

LAT = -8.65
HOME, SITE, ONE, TWO, OTHER_HOME = 115.19, 115.2, 115.21, 115.22, 115.195
CANARY = "canary"
EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=8)))

Call = tuple[StepType, float]


def leg(start: float, end: float) -> Leg:
    """1.1 km a hundredth of a degree, ten minutes; with a corner half way."""
    ways = ((start, LAT), ((start + end) / 2, LAT), (end, LAT))
    line = LineString(coordinates=ways if start != end else ())
    return Leg(distance_m=round(abs(end - start) * 110_000), travel_s=600, pass_ids=(f"pass-{CANARY}",), geometry=line)


def step(kind: StepType, lon: float, before: float | None, at: datetime) -> Step:
    item = Item(
        product_id=f"product-{CANARY}",
        site_id=f"site-{CANARY}",
        unit=Unit.ITEM,
        units=(LabelledUnit(quantity=1.0),),
        quantity=1.0,
    )
    visit = kind is StepType.VISIT
    return Step(
        type=kind,
        site_id=f"site-{CANARY}" if kind in (StepType.LOAD, StepType.RETURN) else None,
        client_id=f"client-{CANARY}" if visit else None,
        location=Location(lon=lon, lat=LAT),
        arrival_at=at,
        begin_at=at,
        departure_at=at + timedelta(minutes=5),
        items=(item,) if visit else (),
        order_ids=(f"order-{CANARY}",) if visit else (),
        leg=None if before is None else leg(before, lon),
    )


def route(volunteer: str, mode: Mode, calls: list[Call], **fields: object) -> Route:
    """A step every quarter of an hour from eight."""
    lons = [None, *(lon for _, lon in calls)]
    steps = tuple(
        step(kind, lon, before, EIGHT + index * timedelta(minutes=15))
        for index, ((kind, lon), before) in enumerate(zip(calls, lons, strict=False))
    )
    return Route(
        volunteer_id=f"{volunteer}-{CANARY}",
        mode=mode,
        plate=f"plate {CANARY}",
        start_at=steps[0].arrival_at,
        end_at=steps[-1].departure_at,
        distance_m=1,
        travel_s=1,
        service_s=1,
        waiting_s=0,
        steps=steps,
        **fields,
    )


RIDE: list[Call] = [
    (StepType.START, HOME),
    (StepType.LOAD, SITE),
    (StepType.VISIT, ONE),
    (StepType.VISIT, TWO),
    (StepType.RETURN, SITE),
    (StepType.END, HOME),
]
WALK: list[Call] = [
    (StepType.START, OTHER_HOME),
    (StepType.LOAD, SITE),
    (StepType.VISIT, ONE),
    (StepType.END, OTHER_HOME),
]


def day(*routes: Route) -> Plan:
    reason = Reason(code=ReasonCode.TIME_WINDOW, message=f"reason {CANARY}")
    return Plan(
        programme_id=f"programme-{CANARY}",
        date=date(2026, 11, 23),
        timezone="Asia/Makassar",
        seed=1,
        inputs=Inputs(programme_sha256="", extract_sha256="", versions={}, budget={}),
        routes=routes,
        unserved=(Unserved(client_id=f"u-{CANARY}", order_id=f"o-{CANARY}", tier=Tier.T0A, reasons=(reason,)),),
        gaps=(),
        holds=(
            Hold(
                client_id=f"h-{CANARY}",
                product_id=f"p-{CANARY}",
                code=HoldCode.REVIEW_DUE,
                message=f"hold {CANARY}",
                owner=CANARY,
                decision=CANARY,
            ),
        ),
        summary=Summary(
            clients_due=3, clients_served=2, missed_dose_days=0, routes=2, travel_s=1, distance_m=1, engine=CANARY
        ),
        attribution=f"attribution {CANARY}",
    )


@pytest.fixture
def make_route() -> Callable[..., Route]:
    return route


@pytest.fixture
def make_day() -> Callable[..., Plan]:
    return day


@pytest.fixture
def plan() -> Plan:
    return day(route("v01", Mode.MOTORCYCLE, RIDE), route("v02", Mode.FOOT, WALK))


@pytest.fixture
def extract() -> Extract:
    """The street along the line, a lane across it, and a way whose nodes are not in the file."""
    nodes = {index: (115.18 + index * 0.01, LAT) for index in range(6)}
    nodes |= {10: (115.21, LAT - 0.005), 11: (115.21, LAT + 0.005)}
    ways = {
        1: Way(1, tuple(range(6)), {"highway": "primary", "name": "Jalan <Utama> & Co"}),
        2: Way(2, (10, 3, 11), {"highway": "residential"}),
        3: Way(3, (98, 99), {"highway": "residential"}),
    }
    return Extract(nodes, {}, ways, "0" * 64, (115.18, LAT - 0.005, 115.23, LAT + 0.005))
