"""A pin, the error that replaces one, and the arithmetic all notations share.

Law: degrees are exact fractions until the moment a `Pin` is made, so that a code read and written again is the
same.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Notation = Literal["decimal", "dms", "plus_code", "digipin"]
PinErrorCode = Literal["pin_unreadable", "pin_out_of_range", "pin_ambiguous", "pin_needs_reference"]

METRES_PER_DEGREE = 111_195.08  # of a great circle on the mean sphere, radius 6 371 008.8 m (IUGG)


@dataclass(frozen=True, slots=True)
class Pin:
    """A place on the ground and how finely it was written.

    Attributes
    ----------
    lon, lat : float
        WGS 84 degrees of the centre of the cell the writing names.
    notation : {"decimal", "dms", "plus_code", "digipin"}
        How it was written; degrees with decimal minutes count as "dms".
    half_width_m : float
        Half of the longer side of that cell, in metres. The cell of a coordinate is one unit of its last
        written digit: ``-8.67`` names a place no finer than about 556 m either way.
    """

    lon: float
    lat: float
    notation: Notation
    half_width_m: float


class PinError(ValueError):
    """Refuse a pin, saying what is wrong and what to do.

    Attributes
    ----------
    code : {"pin_unreadable", "pin_out_of_range", "pin_ambiguous", "pin_needs_reference"}
        The closed list a caller can branch on.
    message, remedy : str
        What is wrong and what to do, in English. Only a remedy for swapped coordinates repeats the input.
    """

    def __init__(self, code: PinErrorCode, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.code: PinErrorCode = code
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type["PinError"], tuple[PinErrorCode, str, str]]:
        """Pickle with all three parts, as a process pool needs."""
        return PinError, (self.code, self.message, self.remedy)


def unreadable() -> PinError:
    """Make the error for a text in no notation known here."""
    return PinError(
        "pin_unreadable",
        "This is not a pin in any notation known here.",
        "Write latitude then longitude, such as -8.6705, 115.2126, or a full plus code or DIGIPIN.",
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle of exact degrees, by its centre and half sides."""

    lon: Fraction
    lat: Fraction
    half_lon: Fraction
    half_lat: Fraction

    def to_pin(self, notation: Notation) -> Pin:
        """Return the cell's pin, its longitude brought into -180 to 180."""
        lon = self.lon if abs(self.lon) <= 180 else (self.lon + 180) % 360 - 180
        eastward = float(self.half_lon) * math.cos(math.radians(float(self.lat)))
        half_width_m = max(float(self.half_lat), eastward) * METRES_PER_DEGREE
        return Pin(float(lon), float(self.lat), notation, half_width_m)


def exact_degrees(lon: float, lat: float) -> tuple[Fraction, Fraction]:
    """Return (lon, lat) as the decimal numbers they were written as.

    Notes
    -----
    The float 1.2 lies a little below 1.2, and taken literally would fall into the cell to the south. The plus
    code test data expects 1.2, the shortest decimal that stands for that float.

    Raises
    ------
    PinError
        ``pin_out_of_range`` beyond 90 or 180 degrees, for NaN and for infinity.
    """
    if not (abs(lat) <= 90 and abs(lon) <= 180):  # false for NaN too
        raise PinError(
            "pin_out_of_range",
            "A latitude lies within -90 and 90 degrees, a longitude within -180 and 180.",
            "Check both numbers and their order.",
        )
    return Fraction(repr(float(lon))), Fraction(repr(float(lat)))
