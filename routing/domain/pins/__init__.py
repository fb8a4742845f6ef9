"""Where a door is, as people write it: coordinates, plus codes, DIGIPIN.

Law: everything under here is pure and offline. It reads text and numbers, never a file, a clock or the
network, and it never guesses: a writing with two readings is refused, and a pair in the wrong order is not
silently swapped.
"""

from routing.domain.pins.digipin import to_digipin
from routing.domain.pins.parsing import parse_pin
from routing.domain.pins.pin import Notation, Pin, PinError, PinErrorCode
from routing.domain.pins.plus_codes import to_plus_code

__all__ = ["Notation", "Pin", "PinError", "PinErrorCode", "parse_pin", "to_digipin", "to_plus_code"]
