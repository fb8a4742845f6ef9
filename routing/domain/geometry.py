"""Areas and pins of a document. Law: works on plain JSON, so that it still runs when fields are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shapely import GEOSException, MultiPolygon, Polygon
from shapely.validation import explain_validity

from routing.domain.errors import Problem
from routing.domain.pins import PinError, parse_pin
from routing.domain.reading import Json, pointer
from routing.domain.references import at_path

_AREAS = ("passes/*/areas/*", "zones/*/area")
_PLACES = (
    "sites/*/place",
    "clients/*/place",
    "clients/*/edge_place",
    "volunteers/*/start",
    "volunteers/*/end",
)
# A pin and a location of one place may differ by this much, in degrees (about 200 m).
_SAME_PLACE_DEG = 0.002


def area_problems(raw: Json) -> Iterator[Problem]:
    """Find rings that are too short or open, and polygons that are no areas (crossing themselves, say)."""
    for path in _AREAS:
        for where, area in at_path(raw, path):
            problem = _area_problem(area)
            if problem is not None:
                yield Problem(
                    code=problem[0],
                    where=pointer(*where),
                    message=problem[1],
                    remedy="draw the area again: closed rings, four positions at least, no line crossing another",
                )


def _area_problem(area: Json) -> tuple[str, str] | None:
    polygons = _polygons(area)
    if polygons is None:
        return None
    if not polygons or not all(polygons):
        return "area_not_valid", "the area is empty"
    for ring in (ring for polygon in polygons for ring in polygon):
        if len(ring) < 4 or ring[0] != ring[-1]:
            return "area_ring_open", "a ring needs four positions at least, the last equal to the first"
    try:
        shape = MultiPolygon([Polygon(polygon[0], polygon[1:]) for polygon in polygons])
        if not shape.is_valid:
            # shapely's text ends in coordinates, which are left out
            return "area_not_valid", f"not an area: {explain_validity(shape).split('[')[0].lower()}"
        if shape.area == 0:
            return "area_not_valid", "the area is empty"
    except (ValueError, TypeError, GEOSException):
        return None  # wrong types: the field checks name them
    return None


def _polygons(area: Json) -> list[list[list[tuple[float, float]]]] | None:
    """Return the polygons' rings, or None where the structure is wrong (the field checks name it)."""
    if not isinstance(area, dict):
        return None
    coordinates: Any = area.get("coordinates")
    try:
        nested = [coordinates] if area.get("type") == "Polygon" else coordinates
        return [[[(float(x), float(y)) for x, y in ring] for ring in polygon] for polygon in nested]
    except (TypeError, ValueError, OverflowError):
        return None


def locate_pins(raw: Json) -> list[Problem]:
    """Read every place's `pin` and fill `location` in place; report pins that cannot be read."""
    problems = []
    near = _point(raw.get("near")) if isinstance(raw, dict) else None
    for path in _PLACES:
        for where, place in at_path(raw, path):
            if isinstance(place, dict) and isinstance(place.get("pin"), str):
                problem = _locate(place, where, near)
                if problem is not None:
                    problems.append(problem)
    return problems


def _locate(place: dict[str, Json], where: list[str | int], near: tuple[float, float] | None) -> Problem | None:
    try:
        pin = parse_pin(str(place["pin"]), near=near)
    except PinError as error:
        # the pin's own remedy for a swapped pair repeats the coordinates
        swapped = error.code == "pin_out_of_range"
        remedy = "check both numbers; latitude comes first" if swapped else error.remedy
        return Problem(code=error.code, where=pointer(*where, "pin"), message=error.message, remedy=remedy)
    written = _point(place.get("location"))
    if written is None:
        if place.get("location") is None:
            place["location"] = {"lon": pin.lon, "lat": pin.lat}
        return None
    if max(abs(written[0] - pin.lon), abs(written[1] - pin.lat)) > _SAME_PLACE_DEG:
        return Problem(
            code="pin_contradicts_location",
            where=pointer(*where, "pin"),
            message="`pin` and `location` are not the same place",
            remedy="keep the one that is right",
        )
    return None


def _point(value: Json) -> tuple[float, float] | None:
    if not isinstance(value, dict):
        return None
    lon, lat = value.get("lon"), value.get("lat")
    if not isinstance(lon, int | float) or not isinstance(lat, int | float):
        return None
    try:
        return float(lon), float(lat)
    except OverflowError:  # a whole number beyond every float: the field checks name it
        return None
