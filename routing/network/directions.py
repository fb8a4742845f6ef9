"""Directions for a leg: where to do what, onto which street, for how long. Data, not sentences.

Law: nothing is said that a driver cannot see. Languages and sentences belong to the sheets; `docs/network.md` tells of
every manoeuvre.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.network.courses import Course, class_of, course_of, heading_into, heading_out, length_m
from routing.network.extract import Extract
from routing.network.headings import Manoeuvre, Point, Side, heading_deg, side_of
from routing.network.junctions import Junctions
from routing.network.parts import Part, parts_of
from routing.network.street_arrays import Streets
from routing.network.travel import Leg, StreetPiece

__all__ = ["Directions", "Instruction", "Manoeuvre", "Side"]


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One line of directions: a manoeuvre, and what to follow from there to the next.

    Attributes
    ----------
    name
        What a sign says; None: the street has no name.
    way_class
        OpenStreetMap's `highway` value of most of it; None on arriving.
    distance_m
        Metres to the next instruction; those of a leg add up to its length.
    heading_deg
        Degrees from north on setting out; on arriving, on coming in. None: nothing was driven.
    lon, lat
        Where.
    node_id
        The junction's node; None on departing and arriving, which may be between nodes.
    exit
        Of a roundabout, counted from its entry; None where the leg ends within it.
    side
        On arriving: where the pin is, looking along the street.
    """

    manoeuvre: Manoeuvre
    name: str | None
    way_class: str | None
    distance_m: int
    heading_deg: int | None
    lon: float
    lat: float
    node_id: int | None = None
    exit: int | None = None
    side: Side | None = None


class Directions:
    """Gives directions for legs of one mode.

    Parameters
    ----------
    extract, streets
        The same extract, raw and compiled.
    """

    def __init__(self, extract: Extract, streets: Streets, mode: str) -> None:
        self._extract = extract
        self._streets = streets
        self._mode = mode
        self._junctions = Junctions(extract, mode)

    def of(self, leg: Leg, pin: Point | None = None) -> tuple[Instruction, ...]:
        """Return a leg's instructions; see `along`."""
        return self.along(leg.streets, leg.coordinates[-1], pin)

    def along(self, streets: Sequence[StreetPiece], end: Point, pin: Point | None = None) -> tuple[Instruction, ...]:
        """Return instructions: the first departs, the last arrives; only the latter where nothing is driven.

        Parameters
        ----------
        streets
            What is driven, as a leg or a step of a plan has it.
        end
            (lon, lat) of the street point arrived at.
        pin
            (lon, lat) of the door, to say on which side it is.
        """
        course = course_of(streets, self._extract, self._streets, self._mode)
        if not course:
            return (_arrival(end, None, None, None),)
        parts = parts_of(course, self._junctions)
        ends_m = [round(length_m(course[: part.end])) for part in parts]
        lengths = [stop - start for start, stop in zip([0, *ends_m], ends_m, strict=False)]
        told = [_instruction(course, part, metres) for part, metres in zip(parts, lengths, strict=True)]
        return (*told, _arrival(end, parts[-1].name(course), heading_into(course, len(course)), pin))


def _instruction(course: Course, part: Part, metres: int) -> Instruction:
    first = course[part.first]
    return Instruction(
        manoeuvre=part.manoeuvre,
        name=part.name(course),
        way_class=class_of(part.followed(course)),
        distance_m=metres,
        heading_deg=_whole(heading_out(course, part.first)),
        lon=round(first.start[0], 7),
        lat=round(first.start[1], 7),
        node_id=None if part.manoeuvre is Manoeuvre.DEPART else first.from_node,
        exit=part.exit,
    )


def _arrival(end: Point, name: str | None, facing_deg: float | None, pin: Point | None) -> Instruction:
    """Return the arrival; it has no side where the pin is on the street, or nobody came along it."""
    lon, lat = round(end[0], 7), round(end[1], 7)
    apart = pin is not None and pin != (lon, lat)
    return Instruction(
        manoeuvre=Manoeuvre.ARRIVE,
        name=name,
        way_class=None,
        distance_m=0,
        heading_deg=None if facing_deg is None else _whole(facing_deg),
        lon=lon,
        lat=lat,
        side=side_of(facing_deg, heading_deg(end, pin)) if pin and apart and facing_deg is not None else None,
    )


def _whole(degrees: float) -> int:
    return round(degrees) % 360
