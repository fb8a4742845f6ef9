"""Plus codes (Open Location Code): written, read, and short ones recovered near a reference.

Law: cells are counted in whole numbers from the South Pole and the antimeridian; no float decides which cell a
place is in.

Source: the published specification (Apache-2.0), Documentation/Specification/specification.md in
https://github.com/google/open-location-code: five pairs of base-20 digits, then up to five digits that each divide
the cell into five rows of four.
"""

import re
from fractions import Fraction

from routing.domain.pins.pin import Cell, Pin, PinError, exact_degrees, unreadable

_ALPHABET = "23456789CFGHJMPQRVWX"
_PAIRS, _REFINEMENTS = 5, 5
_PAIR_DIGITS = 2 * _PAIRS
_MAX_DIGITS = _PAIR_DIGITS + _REFINEMENTS
_PAIR_CELLS_A_DEGREE: int = 20 ** (_PAIRS - 2)  # the first pair is 20 degrees, the last 1/8000
_ROWS_A_DEGREE: int = _PAIR_CELLS_A_DEGREE * 5**_REFINEMENTS
_COLUMNS_A_DEGREE: int = _PAIR_CELLS_A_DEGREE * 4**_REFINEMENTS
_LENGTHS = (2, 4, 6, 8, *range(_PAIR_DIGITS, _MAX_DIGITS + 1))
_BEFORE_PLUS = 8

_PATTERN = re.compile(
    rf"(?P<head>[{_ALPHABET}]{{0,8}})(?P<padding>0*)\+(?P<tail>[{_ALPHABET}]*)(?P<place>[\s,]+[^\s\d,.+-].*)?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)


def to_plus_code(lon: float, lat: float, length: int = 10) -> str:
    """Write a place as a full plus code, such as ``6P3Q86HX+W9``.

    Parameters
    ----------
    lon, lat : float
        WGS 84 degrees. The pole belongs to the cells south of it, 180 E to the cells east of it.
    length : int
        Digits without the plus sign: 2, 4, 6, 8 or 10 to 15; 10 name a cell of about 14 m, 11 of about 3 m.

    Raises
    ------
    PinError
        ``pin_out_of_range`` beyond 90 or 180 degrees.
    ValueError
        For a length no code has.
    """
    if length not in _LENGTHS:
        raise ValueError(f"a plus code has one of {_LENGTHS} digits, not {length}")
    digits = _digits(*exact_degrees(lon, lat))[:length]
    return f"{digits[:_BEFORE_PLUS]:0<{_BEFORE_PLUS}}+{digits[_BEFORE_PLUS:]}"


def read_plus_code(text: str, near: tuple[float, float] | None) -> Pin | None:
    """Read a plus code in any case; None if the text is not shaped like one.

    Parameters
    ----------
    text : str
        A full code of 8 or at least 10 digits, or a short one; digits after the fifteenth are ignored.
    near : tuple[float, float], optional
        The (lon, lat) a short code is recovered nearest to.

    Raises
    ------
    PinError
        ``pin_unreadable`` for a wrong number of digits, ``pin_out_of_range`` for a first pair off the globe,
        ``pin_ambiguous`` for a padded code (it names an area of kilometres), ``pin_needs_reference`` for a
        short code without ``near`` or with a place name of its own.
    """
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    head, padding, tail, place = (
        match.group("head").upper(),
        match["padding"],
        match["tail"].upper(),
        match["place"],
    )
    _refuse_wrong_shape(head, padding, tail)
    if padding:
        raise _an_area()
    if len(head) == _BEFORE_PLUS:
        if place:
            raise unreadable()
        return _cell(head + tail).to_pin("plus_code")
    if near is None or place:
        raise _needs_reference()
    return _recovered(head + tail, _BEFORE_PLUS - len(head), near).to_pin("plus_code")


def _digits(lon: Fraction, lat: Fraction) -> str:
    """Return all fifteen digits of a place."""
    row = min((lat + 90) * _ROWS_A_DEGREE // 1, 180 * _ROWS_A_DEGREE - 1)
    column = (lon + 180) % 360 * _COLUMNS_A_DEGREE // 1
    backwards: list[str] = []
    for _ in range(_REFINEMENTS):
        (row, r), (column, c) = divmod(row, 5), divmod(column, 4)
        backwards.append(_ALPHABET[4 * r + c])
    for _ in range(_PAIRS):
        (row, r), (column, c) = divmod(row, 20), divmod(column, 20)
        backwards.append(_ALPHABET[c])
        backwards.append(_ALPHABET[r])
    return "".join(reversed(backwards))


def _cell(digits: str) -> Cell:
    """Return the cell that a full code's digits name, without their plus sign."""
    lat_step, lon_step = Fraction(400), Fraction(400)
    south, west = Fraction(-90), Fraction(-180)
    for i in range(0, min(len(digits), _PAIR_DIGITS), 2):
        lat_step, lon_step = lat_step / 20, lon_step / 20
        south += lat_step * _ALPHABET.index(digits[i])
        west += lon_step * _ALPHABET.index(digits[i + 1])
    for digit in digits[_PAIR_DIGITS:_MAX_DIGITS]:
        lat_step, lon_step = lat_step / 5, lon_step / 4
        r, c = divmod(_ALPHABET.index(digit), 4)
        south, west = south + lat_step * r, west + lon_step * c
    if south >= 90 or west >= 180:
        raise PinError(
            "pin_out_of_range",
            "The first two digits of this plus code lie off the globe.",
            "Check how it was copied.",
        )
    return Cell(west + lon_step / 2, south + lat_step / 2, lon_step / 2, lat_step / 2)


def _recovered(digits: str, missing: int, near: tuple[float, float]) -> Cell:
    """Return the cell with these last digits whose centre is nearest to ``near``."""
    near_lon, near_lat = exact_degrees(*near)
    cell = _cell(_digits(near_lon, near_lat)[:missing] + digits)
    period = Fraction(20) ** (2 - missing // 2)  # degrees after which the same last digits come again
    lat = _nearest(cell.lat, near_lat, period)
    if abs(lat) > 90:  # the nearest would lie beyond a pole
        lat = cell.lat
    # A reference at 180 E has its digits from -180, the same meridian.
    lon = _nearest(cell.lon, (near_lon + 180) % 360 - 180, period)
    return Cell(lon, lat, cell.half_lon, cell.half_lat)


def _nearest(value: Fraction, target: Fraction, period: Fraction) -> Fraction:
    """Return value moved by at most one period to within half a period of target; a tie stays."""
    if value - target > period / 2:
        return value - period
    if target - value > period / 2:
        return value + period
    return value


def _refuse_wrong_shape(head: str, padding: str, tail: str) -> None:
    """Raise `PinError` unless the digits before and after the plus sign make a code."""
    padded_well = not padding or (len(head + padding) == _BEFORE_PLUS and head and not tail)
    if not (head or tail) or len(head) % 2 or not padded_well or len(tail) == 1:
        raise unreadable()


def _an_area() -> PinError:
    return PinError(
        "pin_ambiguous",
        "A plus code padded with zeros names an area of kilometres, not a door.",
        "Give a code of ten digits or more.",
    )


def _needs_reference() -> PinError:
    return PinError(
        "pin_needs_reference",
        "A short plus code means nothing without a place it is near to.",
        "Give the full code, or the code alone together with the coordinates of the place it is near to.",
    )
