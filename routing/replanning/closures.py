"""Ways that are closed, as a zone. Law: what crosses a closed way stays open: its junctions are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from math import cos, radians

from shapely import LineString, MultiPolygon, Polygon, unary_union
from shapely.affinity import affine_transform
from shapely.ops import substring

from routing.domain.passes import Zone
from routing.domain.places import AreaMultiPolygon, Ring
from routing.network.extract import Extract
from routing.network.projection import EARTH_RADIUS_M

HALF_WIDTH_M = 1.5
CLEAR_M = 5.0


def zone_of(extract: Extract, way_ids: Sequence[int], zone_id: str, from_at: datetime) -> Zone:
    """Return a zone over some ways, from junction to junction, from an instant on."""
    _, south, _, north = extract.bounds
    per_degree = radians(1) * EARTH_RADIUS_M
    wide = per_degree * cos(radians((south + north) / 2))
    lines = [
        LineString([(lon * wide, lat * per_degree) for lon, lat in piece])
        for way_id in dict.fromkeys(way_ids)
        for piece in _pieces(extract, way_id)
    ]
    shapes = unary_union([_shortened(line).buffer(HALF_WIDTH_M, quad_segs=2) for line in lines])
    polygons = list(shapes.geoms) if isinstance(shapes, MultiPolygon) else [shapes]
    degrees = [affine_transform(each, [1 / wide, 0, 0, 1 / per_degree, 0, 0]) for each in polygons]
    rings = tuple((_ring(each),) for each in degrees if isinstance(each, Polygon))
    return Zone(
        zone_id=zone_id,
        name="closed streets",
        area=AreaMultiPolygon(type="MultiPolygon", coordinates=rings),
        valid_from_at=from_at,
        source="reported in the day",
    )


def _pieces(extract: Extract, way_id: int) -> Iterator[list[tuple[float, float]]]:
    """Yield the way's lines from junction to junction."""
    nodes = extract.ways[way_id].nodes
    used = Counter(node for way in extract.ways.values() for node in way.nodes)
    piece: list[tuple[float, float]] = []
    for node in nodes:
        if node not in extract.nodes:
            piece = []
            continue
        piece.append(extract.nodes[node])
        if used[node] > 1 and len(piece) > 1:
            yield piece
            piece = [extract.nodes[node]]
    if len(piece) > 1:
        yield piece


def _shortened(line: LineString) -> LineString:
    """Return a line without its ends: a closed way closes no crossing."""
    clear = min(CLEAR_M, line.length / 3)
    return LineString(substring(line, clear, line.length - clear).coords)


def _ring(polygon: Polygon) -> Ring:
    return tuple((round(lon, 8), round(lat, 8)) for lon, lat in polygon.exterior.coords)
