"""Short directions for a leg of a plan. Law: what to do is the street engine's to say; here it is only made short.

Streets and turns are data; words are the reader's language's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from routing.domain.places import Position
from routing.domain.plan import Leg
from routing.network.directions import Directions, Instruction, Manoeuvre, Side

MOST = 6


class Turn(StrEnum):
    """How a street is entered from the one before."""

    ON = "on"
    LEFT = "left"
    RIGHT = "right"
    BACK = "back"
    ROUNDABOUT = "roundabout"
    DOOR_LEFT = "door_left"
    DOOR_RIGHT = "door_right"
    DOOR_AHEAD = "door_ahead"


_DOORS = {Side.LEFT: Turn.DOOR_LEFT, Side.RIGHT: Turn.DOOR_RIGHT, Side.AHEAD: Turn.DOOR_AHEAD}
_TURNS = {
    Manoeuvre.DEPART: Turn.ON,
    Manoeuvre.STRAIGHT: Turn.ON,
    Manoeuvre.SLIGHT_LEFT: Turn.LEFT,
    Manoeuvre.LEFT: Turn.LEFT,
    Manoeuvre.SHARP_LEFT: Turn.LEFT,
    Manoeuvre.SLIGHT_RIGHT: Turn.RIGHT,
    Manoeuvre.RIGHT: Turn.RIGHT,
    Manoeuvre.SHARP_RIGHT: Turn.RIGHT,
    Manoeuvre.TURN_ROUND: Turn.BACK,
    Manoeuvre.ROUNDABOUT: Turn.ROUNDABOUT,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Direction:
    """Follow one street; or, last of all, where the door is (a turn of that name, without street and distance).

    `street` empty: it has no name. `distance_m` 0: it is not told. `skipped`: streets are left out before this one.
    `exit`: of a roundabout, 0 where it is not counted.
    """

    turn: Turn
    street: str
    distance_m: int
    skipped: bool = False
    exit: int = 0


def directions_of(
    leg: Leg, engine: Directions, most: int = MOST, door: Position | None = None
) -> tuple[Direction, ...]:
    """Return the streets of a leg in order, with the turn into each.

    Parameters
    ----------
    engine
        Gives directions for the mode of the route, on the extract of the plan.
    most
        Where there are more, those in the middle are left out: the volunteer knows the town, and needs the end.
    door
        The pin, where it is surely the door: on which side it is then stands last.
    """
    if not leg.streets:
        return ()
    *driven, arrival = engine.along(leg.streets, leg.geometry.coordinates[-1], door)
    return _shortened([_direction(one) for one in driven], most) + _at_the_door(arrival)


def _at_the_door(arrival: Instruction) -> tuple[Direction, ...]:
    turn = _DOORS.get(arrival.side) if arrival.side else None  # behind: there is nothing to say that helps
    return () if turn is None else (Direction(turn=turn, street="", distance_m=0),)


def _direction(one: Instruction) -> Direction:
    return Direction(
        turn=_TURNS[one.manoeuvre],
        street=one.name or "",
        distance_m=max(1, one.distance_m),  # 0 would mean that it is not told
        exit=one.exit or 0,
    )


def _shortened(told: Sequence[Direction], most: int) -> tuple[Direction, ...]:
    if len(told) <= most:
        return tuple(told)
    return (told[0], replace(told[1 - most], skipped=True), *told[2 - most :])
