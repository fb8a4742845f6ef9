"""Routes as lines. Law: where routes share a street each can be seen; they take turns along it as stripes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shapely import LineString, MultiLineString
from shapely.ops import linemerge

from routing.maps.frame import Frame, Point, path_data
from routing.maps.journeys import Journey

# Okabe and Ito's colours, told apart by nearly everybody, without yellow (too pale on paper) and with two greys-browns.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b4c2a", "#333333")
STRIPE_PX = 9

Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Stretch:
    """SVG path data of all that the same routes share."""

    routes: tuple[int, ...]
    data: str


def colour(number: int) -> str:
    """Return a route's colour; they come again after eight."""
    return COLOURS[(number - 1) % len(COLOURS)]


def ink(number: int) -> str:
    """Return the colour in which a number is legible on a route's colour."""
    red, green, blue = (int(colour(number)[index : index + 2], 16) for index in (1, 3, 5))
    return "#000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#fff"


def stretches(journeys: Sequence[Journey], frame: Frame) -> list[Stretch]:
    """Return what is driven, each street once, grouped by the routes that share it."""
    users: dict[Segment, set[int]] = defaultdict(set)
    for journey in journeys:
        for line in journey.lines:
            for a, b in pairwise([(round(x), round(y)) for x, y in frame.points(line)]):
                if a != b:
                    users[min(a, b), max(a, b)].add(journey.number)
    shared: dict[tuple[int, ...], list[Segment]] = defaultdict(list)
    for segment, routes in users.items():
        shared[tuple(sorted(routes))].append(segment)
    return [Stretch(routes, path_data(_joined(segments))) for routes, segments in sorted(shared.items())]


def _joined(segments: Sequence[Segment]) -> list[list[Point]]:
    merged = linemerge(MultiLineString([LineString(segment) for segment in segments]))
    parts = merged.geoms if isinstance(merged, MultiLineString) else [merged]
    return [[(x, y) for x, y in part.coords] for part in parts]
