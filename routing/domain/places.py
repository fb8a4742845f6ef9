"""Places and areas. Law: `lon` before `lat`, WGS 84; GeoJSON on the wire."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from routing.domain.base import Document, Seconds, Text

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Position = tuple[Longitude, Latitude]
Ring = tuple[Position, ...]


class Location(Document):
    """A point."""

    lon: Longitude
    lat: Latitude

    @property
    def point(self) -> tuple[float, float]:
        """`(lon, lat)`."""
        return self.lon, self.lat


class PlaceKind(StrEnum):
    """What sort of place a visit goes to."""

    HOME = "home"
    MEETING_POINT = "meeting_point"
    INSTITUTION = "institution"


class PinConfidence(StrEnum):
    """How far a pin may be from the door."""

    DOOR = "door"
    STREET = "street"
    AREA = "area"


class Place(Document):
    """Where somebody is found: an address as people say it, and a pin.

    `location` is filled by the reader where only `pin` (any notation of `routing.domain.pins`) is written. A
    place with neither is kept: nobody can be sent there yet, and the plan says so.
    """

    kind: PlaceKind = PlaceKind.HOME
    address: Text = ""
    location: Location | None = None
    pin: Text | None = None
    confidence: PinConfidence = PinConfidence.DOOR
    hint: Text = ""
    walk_s: Seconds | None = None


class AreaPolygon(Document):
    """A GeoJSON polygon: first ring outside, the others holes."""

    type: Literal["Polygon"]
    coordinates: tuple[Ring, ...]

    @cached_property
    def shape(self) -> Polygon:
        """As a shapely geometry in degrees."""
        return Polygon(self.coordinates[0], self.coordinates[1:])


class AreaMultiPolygon(Document):
    """A GeoJSON multipolygon."""

    type: Literal["MultiPolygon"]
    coordinates: tuple[tuple[Ring, ...], ...]

    @cached_property
    def shape(self) -> MultiPolygon:
        """As a shapely geometry in degrees."""
        return MultiPolygon([(rings[0], rings[1:]) for rings in self.coordinates])


Area = Annotated[AreaPolygon | AreaMultiPolygon, Field(discriminator="type")]


class Corridor(Document):
    """A line somebody may travel along, and how far to each side of it."""

    coordinates: Annotated[tuple[Position, ...], Field(min_length=2)]
    half_width_m: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]


def shape_of(area: AreaPolygon | AreaMultiPolygon) -> BaseGeometry:
    """Return the geometry of an area in degrees."""
    return area.shape
