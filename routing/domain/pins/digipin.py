"""DIGIPIN, India's national addressing grid: ten letters for a cell of about 4 m.

Law: cells are counted in whole numbers from the south-west corner; no float decides which cell a place is in.

Source: Department of Posts, "DIGIPIN: National Level Addressing Grid, Technical Document, final version", March
2025. A point on a line between cells belongs to the cell north or east of it; the outermost lines belong to the
grid, as in the Department's own implementation.
"""

import re
from fractions import Fraction

from routing.domain.pins.pin import Cell, Pin, PinError, exact_degrees

_ROWS_NORTH_TO_SOUTH = ("FC98", "J327", "K456", "LMPT")
_SYMBOLS = "".join(_ROWS_NORTH_TO_SOUTH)
_SOUTH, _WEST = Fraction(5, 2), Fraction(127, 2)  # 2.5 N, 63.5 E
_SIDE_DEGREES = 36  # to 38.5 N, 99.5 E
_LEVELS = 10
_CELLS_A_SIDE: int = 4**_LEVELS
_CELL_DEGREES = Fraction(_SIDE_DEGREES, _CELLS_A_SIDE)
_PATTERN = re.compile(rf"([{_SYMBOLS}]{{3}})[- ]?([{_SYMBOLS}]{{3}})[- ]?([{_SYMBOLS}]{{4}})", re.IGNORECASE | re.ASCII)


def to_digipin(lon: float, lat: float) -> str:
    """Write a place as a DIGIPIN with its hyphens, such as ``39J-49L-L8T4``.

    Parameters
    ----------
    lon, lat : float
        WGS 84 degrees, within 63.5 to 99.5 E and 2.5 to 38.5 N, edges included.

    Raises
    ------
    PinError
        ``pin_out_of_range`` outside the grid.
    """
    exact_lon, exact_lat = exact_degrees(lon, lat)
    column, row = _index(exact_lon - _WEST), _index(exact_lat - _SOUTH)
    symbols = "".join(_symbol(column, row, level) for level in range(_LEVELS))
    return f"{symbols[:3]}-{symbols[3:6]}-{symbols[6:]}"


def read_digipin(text: str) -> Pin | None:
    """Read a DIGIPIN, in any case, with or without its hyphens; None if the text is not one.

    Raises
    ------
    PinError
        ``pin_ambiguous`` for ten digits without hyphens, which are more often a telephone number.
    """
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    if text.isdecimal():
        raise PinError(
            "pin_ambiguous",
            "Ten digits can be a DIGIPIN or a telephone number.",
            "Write a DIGIPIN with its hyphens: three, three and four characters.",
        )
    return _cell("".join(match.groups()).upper()).to_pin("digipin")


def _index(from_edge: Fraction) -> int:
    """Count the cells from the south or west edge; the far edge belongs to the last cell."""
    if not 0 <= from_edge <= _SIDE_DEGREES:
        raise PinError(
            "pin_out_of_range",
            "DIGIPIN covers 2.5 to 38.5 degrees north and 63.5 to 99.5 degrees east.",
            "Use coordinates or a plus code for a place outside it.",
        )
    return min(from_edge // _CELL_DEGREES, _CELLS_A_SIDE - 1)


def _symbol(column: int, row: int, level: int) -> str:
    """Return the symbol of one level, 0 the coarsest; each takes two bits of either index."""
    shift = 2 * (_LEVELS - 1 - level)
    return _ROWS_NORTH_TO_SOUTH[3 - (row >> shift & 3)][column >> shift & 3]


def _cell(symbols: str) -> Cell:
    """Return the cell that ten symbols name."""
    column = row = 0
    for symbol in symbols:
        from_north, from_west = divmod(_SYMBOLS.index(symbol), 4)
        column, row = 4 * column + from_west, 4 * row + 3 - from_north
    half = _CELL_DEGREES / 2
    return Cell(_WEST + (2 * column + 1) * half, _SOUTH + (2 * row + 1) * half, half, half)
