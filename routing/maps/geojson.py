"""A plan as GeoJSON (RFC 7946). Law: a route's number, mode and times, a stop's number, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator

from routing.domain.plan import Plan
from routing.maps.journeys import Journey, journeys
from routing.maps.marks import GEOJSON_MARK
from routing.network.street_arrays import ATTRIBUTION

Json = dict[str, object]


def plan_geojson(plan: Plan) -> bytes:
    """Return a FeatureCollection: one feature a route, then one point a stop, in order.

    A route is a `LineString`, or a `MultiLineString` where a rest at home was cut out, or has no geometry (null)
    where it has no way that may be drawn. Stops of a route that accompanies another are those of the other.
    """
    drawn = journeys(plan)
    features = [*map(_route, drawn), *(stop for journey in drawn if journey.beside is None for stop in _stops(journey))]
    collection: Json = {"type": "FeatureCollection"}
    collection |= json.loads(b"{" + GEOJSON_MARK + b"}")
    collection |= {"attribution": ATTRIBUTION, "date": plan.date.isoformat(), "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _route(journey: Journey) -> Json:
    properties: Json = {
        "kind": "route",
        "route": journey.number,
        "mode": journey.mode.value,
        "begin_at": journey.begin_at.isoformat() if journey.begin_at else None,
        "end_at": journey.end_at.isoformat() if journey.end_at else None,
    }
    if journey.beside is not None:
        properties["beside_route"] = journey.beside
    return {"type": "Feature", "geometry": _lines(journey), "properties": properties}


def _lines(journey: Journey) -> Json | None:
    if len(journey.lines) == 1:
        return {"type": "LineString", "coordinates": journey.lines[0]}
    return {"type": "MultiLineString", "coordinates": journey.lines} if journey.lines else None


def _stops(journey: Journey) -> Iterator[Json]:
    for number, position in enumerate(journey.stops, start=1):
        yield {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": position},
            "properties": {"kind": "stop", "route": journey.number, "stop": number},
        }
