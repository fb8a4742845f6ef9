"""Short directions from a leg's streets. Law: streets and turns as data; words are the reader's language's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from routing.domain.places import Position
from routing.domain.plan import Street
from routing.network.extract import Extract
from routing.network.projection import haversine_m

STRAIGHT_DEG = 35.0
BACK_DEG = 150.0
NEGLIGIBLE_M = 25.0  # a shorter piece is the crossing itself, not a way anybody would name
MOST = 6


class Turn(StrEnum):
    """How a street is entered from the one before."""

    ON = "on"
    LEFT = "left"
    RIGHT = "right"
    BACK = "back"


@dataclass(frozen=True, kw_only=True, slots=True)
class Direction:
    """Follow one street.

    `street` empty: it has no name. `distance_m` 0: it is not told. `skipped`: streets are left out before this one.
    """

    turn: Turn
    street: str
    distance_m: int
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class _Stretch:
    street: str
    length_m: float
    first_deg: float
    last_deg: float


def directions_of(streets: Sequence[Street], extract: Extract, most: int = MOST) -> tuple[Direction, ...]:
    """Return the streets of a leg in order, with the turn into each.

    Parameters
    ----------
    streets
        A leg's pieces, as a plan holds them; pieces the extract does not know are passed over.
    most
        Where there are more, those in the middle are left out: the volunteer knows the town, and needs the end.
    """
    stretches = _without_crossings(_merged(_stretches(streets, extract)))
    told = [
        Direction(turn=_turn(before, now), street=now.street, distance_m=max(1, round(now.length_m)))
        for before, now in zip([None, *stretches], stretches, strict=False)
    ]
    if len(told) <= most:
        return tuple(told)
    return (told[0], replace(told[1 - most], skipped=True), *told[2 - most :])


def _stretches(streets: Sequence[Street], extract: Extract) -> Iterator[_Stretch]:
    for way_id, tail, head, first, last in streets:
        way = extract.ways.get(way_id)
        if way is None or tail not in extract.nodes or head not in extract.nodes or first == last:
            continue
        start, end = extract.nodes[tail], extract.nodes[head]
        bearing = _bearing_deg(start, end)
        length_m = float(haversine_m(*start, *end)) * (last - first)
        yield _Stretch(way.tags.get("name") or way.tags.get("ref") or "", length_m, bearing, bearing)


def _merged(stretches: Iterator[_Stretch]) -> list[_Stretch]:
    """Join pieces of one street; a sharp turn within it (a lane that bends back) stays a turn."""
    merged: list[_Stretch] = []
    for piece in stretches:
        last = merged[-1] if merged else None
        if last is not None and last.street == piece.street and not _is_sharp(last, piece):
            merged[-1] = replace(last, length_m=last.length_m + piece.length_m, last_deg=piece.last_deg)
        else:
            merged.append(piece)
    return merged


def _without_crossings(stretches: list[_Stretch]) -> list[_Stretch]:
    """Drop pieces too short to be seen, nameless or at the very start; join what then meets itself."""
    last = len(stretches) - 1
    kept = [
        piece
        for index, piece in enumerate(stretches)
        if index == last or piece.length_m >= (NEGLIGIBLE_M if index == 0 or not piece.street else 0.0)
    ]
    return _merged(iter(kept))


def _is_sharp(before: _Stretch, now: _Stretch) -> bool:
    return not now.street and abs(_angle_deg(before.last_deg, now.first_deg)) > STRAIGHT_DEG * 2


def _turn(before: _Stretch | None, now: _Stretch) -> Turn:
    angle = 0.0 if before is None else _angle_deg(before.last_deg, now.first_deg)
    if abs(angle) <= STRAIGHT_DEG:
        return Turn.ON
    if abs(angle) >= BACK_DEG:
        return Turn.BACK
    return Turn.RIGHT if angle > 0 else Turn.LEFT


def _angle_deg(before: float, now: float) -> float:
    """Return the change of bearing, clockwise positive, above -180 up to 180."""
    return 180.0 - (180.0 - (now - before)) % 360.0


def _bearing_deg(start: Position, end: Position) -> float:
    """Return the direction of travel clockwise from north; flat, since a piece of street is short."""
    east = (end[0] - start[0]) * math.cos(math.radians((start[1] + end[1]) / 2))
    return math.degrees(math.atan2(east, end[1] - start[1])) % 360.0
