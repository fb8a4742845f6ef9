"""Areas and pins of a document. Law: works on plain JSON, so that it still runs when fields are wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from shapely import GEOSException, MultiPolygon, Polygon
from shapely.validation import explain_validity

from routing.domain.errors import Problem
from routing.domain.pins import Pin, PinError, parse_pin
from routing.domain.reading import Json, pointer
from routing.domain.references import at_path

_AREAS = ("passes/*/areas/*", "zones/*/area", "checkpoints/*/area")
_LINES = ("passes/*/corridors/*/coordinates", "checkpoints/*/line")
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
    """Find areas that are none (open, empty, crossing themselves) or swapped, and lines that lead nowhere."""
    for path in _AREAS:
        for where, area in at_path(raw, path):
            fault = _area_fault(area)
            if fault is not None:
                yield replace(fault, where=pointer(*where))
    for path in _LINES:
        for where, line in at_path(raw, path):
            fault = _line_fault(line)
            if fault is not None:
                yield replace(fault, where=pointer(*where))


def without_echoes(problems: list[Problem]) -> list[Problem]:
    """Leave out what the field checks say of each number of an area that is known to be swapped."""
    swapped = [problem.where for problem in problems if problem.code == "coordinates_swapped"]
    return [
        problem
        for problem in problems
        if problem.code != "out_of_range" or not any(problem.where.startswith(f"{where}/") for where in swapped)
    ]


# What is wrong with a shape, and what to do; the place is added by who walks the document.
_SWAPPED = Problem(
    code="coordinates_swapped",
    where="",
    message="latitude stands before longitude",
    remedy="write each position as [lon, lat]",
)
_EMPTY = Problem(
    code="area_not_valid",
    where="",
    message="the area is empty",
    remedy="draw a ring of three corners at least; a pass that holds everywhere has no areas at all",
)
_SHORT = Problem(
    code="area_ring_open",
    where="",
    message="a ring has fewer than three corners",
    remedy="give four positions at least, the last equal to the first",
)
_OPEN = Problem(
    code="area_ring_open",
    where="",
    message="a ring's last position is not its first",
    remedy="repeat the first position at the end",
)
_NOWHERE = Problem(
    code="line_without_length",
    where="",
    message="the line leads nowhere",
    remedy="give two different positions at least",
)
_DRAW_AGAIN = "draw the area again: no line crosses another, parts do not overlap"
# What GEOS calls it -> what to do
_REMEDIES = {
    "self-intersection": "two lines of a ring cross: put its corners in the order in which they are walked",
    "ring self-intersection": "a ring touches itself: draw the parts as polygons of their own",
    "hole lies outside shell": "draw the hole within the first ring, or as a polygon of its own",
    "holes are nested": "draw one hole around both",
    "nested shells": "draw one polygon around both",
    "interior is disconnected": "the holes cut the area apart: draw the parts as polygons of their own",
}


def _area_fault(area: Json) -> Problem | None:
    polygons = _polygons(area)
    if polygons is None:
        return None
    rings = [ring for polygon in polygons for ring in polygon]
    if not polygons or not all(polygons):
        return _EMPTY
    if is_swapped(position for ring in rings for position in ring):
        return _SWAPPED
    for ring in rings:
        if len(ring) < 4 and (len(ring) < 3 or ring[0] == ring[-1]):
            return _SHORT
        if len(ring) < 4 or ring[0] != ring[-1]:
            return _OPEN
    try:
        return _shape_fault(MultiPolygon([Polygon(polygon[0], polygon[1:]) for polygon in polygons]))
    except (ValueError, TypeError, GEOSException):
        return None  # wrong types: the field checks name them


def _shape_fault(shape: MultiPolygon) -> Problem | None:
    if not shape.is_valid:
        # shapely's text ends in coordinates, which are left out
        fault = explain_validity(shape).split("[")[0].lower()
        return Problem(
            code="area_not_valid",
            where="",
            message=f"not an area: {fault}",
            remedy=_REMEDIES.get(fault, _DRAW_AGAIN),
        )
    return _EMPTY if shape.area == 0 else None


def _line_fault(line: Json) -> Problem | None:
    try:
        listed: Any = line
        positions = [(float(x), float(y)) for x, y in listed]
    except (TypeError, ValueError, OverflowError):
        return None  # the field checks name it
    if is_swapped(positions):
        return _SWAPPED
    return _NOWHERE if len(positions) > 1 and len(set(positions)) == 1 else None


def is_swapped(positions: Iterable[tuple[float, float]]) -> bool:
    """Whether `(lon, lat)` can only be meant the other way round: a latitude beyond 90 that would be a longitude."""
    listed = list(positions)
    beyond = any(abs(lat) > 90 for _, lat in listed)
    return beyond and all(abs(lon) <= 90 and abs(lat) <= 180 for lon, lat in listed)


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


@lru_cache(maxsize=4096)  # a service reads the same programme after every change of it
def _read_pin(text: str, near: tuple[float, float] | None) -> Pin:
    return parse_pin(text, near=near)


def forget_pins() -> None:
    """Forget the pins that have been read: those of somebody who is erased must not stay in memory."""
    _read_pin.cache_clear()


def _locate(place: dict[str, Json], where: list[str | int], near: tuple[float, float] | None) -> Problem | None:
    try:
        pin = _read_pin(str(place["pin"]), near)
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
