"""A way with its directions: on the terminal, as JSON, as GeoJSON. Law: all three say the same.

The points are those that were asked for, and whoever gets the file sees them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console

from api.cli.console import say
from api.cli.tables import numbers, show_table, texts, wholes
from api.exchange.points import NamedPoint
from routing.maps.marks import GEOJSON_MARK
from routing.network.directions import Instruction
from routing.network.landmarks import Nearby
from routing.network.street_arrays import ATTRIBUTION
from routing.network.travel import Leg

Json = dict[str, object]
COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True)
class Shown:
    """What was found."""

    mode: str
    pass_id: str | None
    points: tuple[NamedPoint, NamedPoint]
    leg: Leg
    instructions: Sequence[Instruction]
    near: Sequence[Nearby]


def show_route(console: Console, shown: Shown) -> None:
    """Print a way's figures, directions and landmarks."""
    leg = shown.leg
    walk = f", {leg.walk_m} m of it on foot at the ends" if leg.walk_m else ""
    say(console, f"{leg.travel_s / 60:.0f} min, {leg.distance_m} m by {shown.mode}{walk}", style="bold")
    columns = (*texts("what to do", "street"), *numbers("metres"), *wholes("heading"))
    show_table(console, "Directions", columns, [_row(one) for one in shown.instructions])
    if shown.near:
        columns = (*texts("near the end", "what"), *numbers("metres"), *wholes("side"))
        show_table(console, "Landmarks", columns, [_landmark(one) for one in shown.near])
    say(console, ATTRIBUTION)


def _row(one: Instruction) -> tuple[object, ...]:
    word = str(one.manoeuvre).replace("_", " ")
    exit_ = f", exit {one.exit}" if one.exit is not None else ""
    side = f", {one.side}" if one.side is not None else ""
    return word + exit_ + side, one.name or f"({one.way_class or 'no name'})", one.distance_m, compass(one.heading_deg)


def _landmark(one: Nearby) -> tuple[object, ...]:
    return one.name, one.kind, one.distance_m, one.side or compass(one.heading_deg)


def compass(heading_deg: int | None) -> str:
    """Return the nearest of eight points of the compass."""
    return "–" if heading_deg is None else COMPASS[round(heading_deg / 45) % len(COMPASS)]


def route_document(shown: Shown) -> Json:
    """Return all of it as a document."""
    return {
        "attribution": ATTRIBUTION,
        **_figures(shown),
        "instructions": [asdict(one) for one in shown.instructions],
        "landmarks": [asdict(one) for one in shown.near],
        "streets": [list(piece) for piece in shown.leg.streets],
        "geometry": _line(shown),
    }


def route_geojson(shown: Shown) -> bytes:
    """Return a FeatureCollection (RFC 7946): the way, the two points, and a point for each instruction."""
    points = zip(("from", "to"), shown.points, strict=True)
    features = [
        _feature(_line(shown), {"kind": "route", **_figures(shown)}),
        *(_feature(_point(*point.pin), {"kind": kind}) for kind, point in points),
        *(_feature(_point(one.lon, one.lat), _properties(one)) for one in shown.instructions),
    ]
    collection: Json = {"type": "FeatureCollection", **json.loads(b"{" + GEOJSON_MARK + b"}")}
    collection |= {"attribution": ATTRIBUTION, "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _figures(shown: Shown) -> Json:
    leg = shown.leg
    return {
        "mode": shown.mode,
        "pass_id": shown.pass_id,
        "travel_s": leg.travel_s,
        "distance_m": leg.distance_m,
        "walk_m": leg.walk_m,
    }


def _properties(one: Instruction) -> Json:
    return {"kind": "instruction", **{key: value for key, value in asdict(one).items() if key not in ("lon", "lat")}}


def _line(shown: Shown) -> Json:
    return {"type": "LineString", "coordinates": [list(point) for point in shown.leg.coordinates]}


def _point(lon: float, lat: float) -> Json:
    return {"type": "Point", "coordinates": [lon, lat]}


def _feature(geometry: Mapping[str, object], properties: Mapping[str, object]) -> Json:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
