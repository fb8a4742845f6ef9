"""Coordinates as people write them: decimal degrees, degrees and minutes, degrees, minutes and seconds.

Law: every way to cut the text into a latitude and a longitude is tried; one reading is an answer, two are an
error. Without letters the latitude comes first. Text arrives tidied by `routing.domain.pins.parsing`: ASCII
digits, hyphens for minus signs, and only ``° ' "`` for the marks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from routing.domain.pins.pin import Cell, Notation, Pin, PinError, unreadable

# Signs by hemisphere; the two-letter ones are Indonesian. "O" is east in German and west in Spanish: refused.
_LATITUDE_SIGNS = {"N": 1, "S": -1, "NORTH": 1, "SOUTH": -1, "LU": 1, "LS": -1}
_LONGITUDE_SIGNS = {"E": 1, "W": -1, "EAST": 1, "WEST": -1, "BT": 1, "BB": -1}
_HEMISPHERES = "(?i:NORTH|SOUTH|EAST|WEST|LU|LS|BT|BB|[NSEWO])"

_NUMBER = r"(?<![\d.])\d++(?:\.\d++)?+(?![\d.])"
_DEGREES, _MINUTES, _SECONDS = (rf"(?P<{name}>{_NUMBER})\s*" for name in ("degrees", "minutes", "seconds"))
_STYLES = (
    # Marks: the last may be missing, as in 8°40.23 S.
    rf"{_DEGREES}°\s*(?:{_MINUTES}(?:'\s*{_SECONDS}\"?|'?))?",
    # Letters: a small s is seconds, a capital S is south.
    rf"{_DEGREES}[dD]\s*(?:{_MINUTES}(?:[mM]\s*{_SECONDS}(?:s|(?=\s*[NSEWO]))|[mM]?))?",
    rf"{_DEGREES}(?:(?<=\s){_MINUTES}(?:(?<=\s){_SECONDS})?)?",
)
_HALVES = tuple(
    re.compile(rf"(?P<before>{_HEMISPHERES})?\s*(?P<sign>[-+])?\s*{style}\s*(?P<after>{_HEMISPHERES})?", re.ASCII)
    for style in _STYLES
)
_ONLY_TIGHT_COMMAS = re.compile(r"[-+]?\d+(?:,\d+)+", re.ASCII)  # 8,67 may be half a pin with a decimal comma
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)", re.ASCII)
_SEPARATOR = re.compile(r"[,;]")  # never a slash: 12/24 is a house number or a date
_CUT = re.compile(r"(?!^)(?<![\d.])(?=.)|(?<=\d)(?=[^\d.])", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Half:
    """One coordinate: exact degrees, half a unit of its last digit, and what was written beside it."""

    text: str
    degrees: Fraction
    half_unit: Fraction
    parts: int
    is_bare: bool
    hemisphere: str
    is_contradictory: bool
    is_impossible: bool

    @property
    def axis(self) -> Literal["lat", "lon", ""]:
        """Which coordinate the letter says this is, if there is one."""
        if self.hemisphere in _LATITUDE_SIGNS:
            return "lat"
        return "lon" if self.hemisphere in _LONGITUDE_SIGNS else ""


_Reading = tuple[_Half, _Half]


def read_coordinates(text: str) -> Pin:
    """Read a pair of coordinates.

    Raises
    ------
    PinError
        ``pin_unreadable``; ``pin_ambiguous`` for two readings, a sign beside a letter, one letter for two
        numbers; ``pin_out_of_range``, whose remedy shows the swapped form where that would be a place.
    """
    if _ONLY_TIGHT_COMMAS.fullmatch(text):
        raise _commas_everywhere()
    found = set(_readings(text))
    readings = {r for r in found if not any(half.is_impossible for half in r)} or found
    if not readings:
        raise unreadable()
    if len(readings) > 1:
        raise _several_readings()
    return _pin(*readings.pop())


def read_pair(lat_text: str, lon_text: str) -> Pin:
    """Read a latitude and a longitude that are known to be apart and decimal, as in a link."""
    lat, lon = _half(lat_text), _half(lon_text)
    if lat is None or lon is None:
        raise unreadable()
    return _pin(lat, lon)


def _readings(text: str) -> Iterator[_Reading]:
    """Yield every reading, first with commas between numbers and then with commas inside them."""
    yield from _cuts(text)
    if "." not in text and _DECIMAL_COMMA.search(text):
        yield from _cuts(_DECIMAL_COMMA.sub(".", text))


def _cuts(text: str) -> Iterator[_Reading]:
    """Yield the readings of a text whose decimal mark is the point."""
    parts = _SEPARATOR.split(text)
    pairs = [(parts[0], parts[1])] if len(parts) == 2 else []
    if len(parts) == 1:
        pairs = [(text[: cut.start()], text[cut.start() :]) for cut in _CUT.finditer(text)]
    for left, right in pairs:
        first, second = _half(left.strip()), _half(right.strip())
        if first and second and _match_in_form(first, second):
            yield first, second


def _match_in_form(first: _Half, second: _Half) -> bool:
    """Tell whether two halves belong together; bare numbers do only if there are as many on either side."""
    if first.hemisphere or second.hemisphere or not (first.is_bare and second.is_bare):
        return True
    return first.parts == second.parts


def _half(text: str) -> _Half | None:
    """Read one coordinate; None if the text is not exactly one."""
    match = next((m for m in (pattern.fullmatch(text) for pattern in _HALVES) if m), None)
    if match is None or (match["before"] and match["after"]):
        return None
    numbers = [match[name] for name in ("degrees", "minutes", "seconds") if match[name]]
    if any("." in number for number in numbers[:-1]):
        return None
    hemisphere = (match["before"] or match["after"] or "").upper()
    sign = -1 if match["sign"] == "-" else (_LATITUDE_SIGNS | _LONGITUDE_SIGNS).get(hemisphere, 1)
    return _Half(
        text=text,
        degrees=sign * sum((Fraction(number) / 60**i for i, number in enumerate(numbers)), Fraction(0)),
        half_unit=Fraction(1, 2 * 10 ** len(numbers[-1].partition(".")[2]) * 60 ** (len(numbers) - 1)),
        parts=len(numbers),
        is_bare=match.re is _HALVES[-1],
        hemisphere=hemisphere,
        is_contradictory=bool(hemisphere and match["sign"]),
        is_impossible=any(Fraction(number) >= 60 for number in numbers[1:]),
    )


def _pin(first: _Half, second: _Half) -> Pin:
    """Put the two halves in order, check them and return their pin."""
    _refuse_unclear_letters(first, second)
    if first.is_impossible or second.is_impossible:
        raise PinError(
            "pin_out_of_range",
            "Minutes and seconds stay below 60.",
            "Check the numbers, or write decimal degrees.",
        )
    lat, lon = (second, first) if first.axis == "lon" else (first, second)
    if abs(lat.degrees) > 90 or abs(lon.degrees) > 180:
        raise _out_of_range(lat, lon)
    notation: Notation = "decimal" if lat.parts == lon.parts == 1 else "dms"
    return Cell(lon.degrees, lat.degrees, lon.half_unit, lat.half_unit).to_pin(notation)


def _refuse_unclear_letters(first: _Half, second: _Half) -> None:
    """Raise `PinError` where hemisphere letters are half given, doubled, contradicted by a sign, or an O."""
    if "O" in (first.hemisphere, second.hemisphere):
        raise PinError("pin_ambiguous", "O is east in some languages and west in others.", "Write E or W.")
    if first.is_contradictory or second.is_contradictory:
        raise PinError("pin_ambiguous", "A number has both a sign and a letter.", "Write either -8.67 or 8.67 S.")
    if (first.hemisphere or second.hemisphere) and {first.axis, second.axis} != {"lat", "lon"}:
        raise PinError(
            "pin_ambiguous",
            "The letters do not name one latitude and one longitude.",
            "Write N or S beside the latitude and E or W beside the longitude.",
        )


def _out_of_range(lat: _Half, lon: _Half) -> PinError:
    message = "A latitude lies within -90 and 90 degrees, a longitude within -180 and 180."
    swapped_is_a_place = not lat.axis and abs(lon.degrees) <= 90 and abs(lat.degrees) <= 180
    if swapped_is_a_place:
        remedy = f"Latitude comes first: if that is the place, write {lon.text}, {lat.text}"
    else:
        remedy = "Check both numbers and where their decimal points are."
    return PinError("pin_out_of_range", message, remedy)


def _commas_everywhere() -> PinError:
    return PinError(
        "pin_ambiguous",
        "Each comma may stand inside a number or between two.",
        "Use points inside the numbers, or a semicolon between them.",
    )


def _several_readings() -> PinError:
    return PinError(
        "pin_ambiguous",
        "This can be read as more than one place.",
        "Write decimal degrees with points, latitude first, such as -8.6705, 115.2126",
    )
