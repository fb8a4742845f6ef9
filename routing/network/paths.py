"""Write a drive down as a plan does: stretches with fractions, and a line to draw.

Law: what is written is what was driven, in the order and direction driven, so that anyone can check it against
the extract without this program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor

from routing.network.runs import Run
from routing.network.snapping import Snap
from routing.network.street_arrays import Streets
from routing.network.travel import StreetPiece

Coordinates = tuple[tuple[float, float], ...]


def driven_pieces(streets: Streets, runs: Iterable[Run]) -> tuple[StreetPiece, ...]:
    """Return the stretches of runs that follow each other."""
    return tuple(piece for run in runs for piece in _pieces(streets, run))


def _pieces(streets: Streets, run: Run) -> Iterator[StreetPiece]:
    way_id = int(streets.chain_way[run.chain])
    nodes = streets.node_id[streets.chain_nodes(run.chain)].tolist()
    low, high = sorted((run.start, run.end))
    stretches = range(floor(low), ceil(high))
    for k in stretches if run.start < run.end else reversed(stretches):
        from_f, to_f = max(low - k, 0.0), min(high - k, 1.0)
        if run.start < run.end:
            piece = (way_id, nodes[k], nodes[k + 1], round(from_f, 6), round(to_f, 6))
        else:
            piece = (way_id, nodes[k + 1], nodes[k], round(1 - to_f, 6), round(1 - from_f, 6))
        if piece[3] < piece[4]:
            yield piece


def driven_coordinates(streets: Streets, runs: Sequence[Run], start: Snap, end: Snap) -> Coordinates:
    """Return (lon, lat) from one street point over the nodes driven to the other, seven decimals."""
    points = [(start.lon, start.lat)]
    for run in runs:
        lon_lat = streets.node_lon_lat[streets.chain_nodes(run.chain)]
        low, high = sorted((run.start, run.end))
        inner = lon_lat[ceil(low) : floor(high) + 1]
        points.extend((round(lon, 7), round(lat, 7)) for lon, lat in _driven(inner.tolist(), run))
    points.append((end.lon, end.lat))
    line = [point for point, before in zip(points, [None, *points], strict=False) if point != before]
    return tuple(line) if len(line) > 1 else (line[0], line[0])


def _driven(along_way: list[list[float]], run: Run) -> list[list[float]]:
    return along_way if run.start <= run.end else along_way[::-1]
