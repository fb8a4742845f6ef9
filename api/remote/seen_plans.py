"""Parts of a plan that one's roles see, on the terminal. Law: nothing is made up for what is not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from api.cli.console import say
from api.cli.tables import Column, show_table, texts, wholes
from api.remote.programmes import Remote

ROUTE_COLUMNS = (
    *wholes("#", "volunteer"),
    Column("by", whole=True, missed=2),
    *wholes("start", "end"),
    Column("stops", "right", whole=True),
    Column("km", "right", whole=True, missed=1),
)
STOP_COLUMNS = (*wholes("what", "where", "arrival", "begin", "departure"), *texts("goods"))
LEFT_OUT_COLUMNS = (*wholes("client"), *texts("order"), *wholes("tier"), *texts("why"))


def show_seen(console: Console, document: Mapping[str, Any], remote: Remote) -> None:
    """Print what is seen of a day: one line first, then routes and who is not served."""
    summary = document["summary"]
    say(console, f"served {summary['clients_served']} of {summary['clients_due']} clients due", style="bold")
    say(console, f"{date.fromisoformat(document['date']):%A %d %B %Y}, times in {document['timezone']}")
    zone = ZoneInfo(document["timezone"])
    rows = list(_routes(document, remote, zone))
    if rows:
        show_table(console, "Routes", ROUTE_COLUMNS, rows)
    rows = list(_left_out(document, remote))
    if rows:
        show_table(console, "Not served", LEFT_OUT_COLUMNS, rows)


def show_routes(console: Console, routes: list[Mapping[str, Any]], timezone: str, remote: Remote) -> None:
    """Print one volunteer's routes stop by stop."""
    zone = ZoneInfo(timezone)
    for number, route in enumerate(routes, start=1):
        start, end = (_clock(route[key], zone) for key in ("start_at", "end_at"))
        name = remote.names("volunteers").get(route["volunteer_id"], route["volunteer_id"])
        title = f"Route {number} of {name}, {start} to {end}, times in {timezone}"
        show_table(console, title, STOP_COLUMNS, [_stop(step, remote, zone) for step in route["steps"]])


def _routes(document: Mapping[str, Any], remote: Remote, zone: ZoneInfo) -> Iterator[tuple[object, ...]]:
    volunteers = remote.names("volunteers")
    for number, route in enumerate(document["routes"], start=1):
        distance_m = route.get("distance_m")
        yield (
            number,
            volunteers.get(route["volunteer_id"], route["volunteer_id"]),
            route.get("mode", "–"),
            _clock(route["start_at"], zone),
            _clock(route["end_at"], zone),
            sum(step["type"] == "visit" for step in route["steps"]),
            "–" if distance_m is None else f"{distance_m / 1000:.1f}",
        )


def _left_out(document: Mapping[str, Any], remote: Remote) -> Iterator[tuple[object, ...]]:
    clients = remote.names("clients")
    for entry in document["unserved"]:
        why = "; ".join(reason.get("message", reason["code"]) for reason in entry["reasons"])
        yield clients.get(entry["client_id"], entry["client_id"]), entry["order_id"], entry["tier"], why


def _stop(step: Mapping[str, Any], remote: Remote, zone: ZoneInfo) -> tuple[object, ...]:
    client, site = step.get("client_id"), step.get("site_id")
    where = remote.names("clients").get(client, client) if client else remote.names("sites").get(site or "", site)
    times = (_clock(step[key], zone) for key in ("arrival_at", "begin_at", "departure_at"))
    goods = ", ".join(f"{item['quantity']:g} {item['unit']} {item['product_id']}" for item in step.get("items", ()))
    return step["type"], where or "–", *times, goods or "–"


def _clock(instant: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(zone):%H:%M}"
