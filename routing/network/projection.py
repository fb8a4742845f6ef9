"""Measure on the earth: great-circle metres, and a local plane in metres.

Law: the plane is an affine image of longitude and latitude, so a straight line on the map stays straight and
"inside" means the same in both. Lengths that become travel times are always great-circle ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

EARTH_RADIUS_M = 6_371_009.0
Floats = npt.NDArray[np.float64]


def haversine_m(lon_a: npt.ArrayLike, lat_a: npt.ArrayLike, lon_b: npt.ArrayLike, lat_b: npt.ArrayLike) -> Floats:
    """Return great-circle distances in metres between points in degrees (arrays broadcast)."""
    lon_1, lat_1, lon_2, lat_2 = (
        np.radians(np.asarray(degrees, np.float64)) for degrees in (lon_a, lat_a, lon_b, lat_b)
    )
    chord = np.sin((lat_2 - lat_1) / 2) ** 2 + np.cos(lat_1) * np.cos(lat_2) * np.sin((lon_2 - lon_1) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0))), np.float64)


@dataclass(frozen=True)
class Projection:
    """An equirectangular plane around (`lon`, `lat`), in metres."""

    lon: float
    lat: float

    @property
    def metres_per_degree(self) -> Floats:
        """Metres for one degree of (longitude, latitude)."""
        north = np.radians(1.0) * EARTH_RADIUS_M
        return np.array([north * np.cos(np.radians(self.lat)), north])

    def to_m(self, lon_lat: npt.ArrayLike) -> Floats:
        """Project points of shape [n, 2] in degrees to metres."""
        return np.asarray((np.asarray(lon_lat, np.float64) - (self.lon, self.lat)) * self.metres_per_degree)

    def geometry_to_m(self, geometry: BaseGeometry) -> BaseGeometry:
        """Project a whole geometry in degrees to metres."""
        return shapely.transform(shapely.force_2d(geometry), self.to_m)
