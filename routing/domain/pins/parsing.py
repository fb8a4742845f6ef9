"""The one door for pins: tidies a text and hands it to the notation it is written in.

Law: tidying changes how a sign is drawn, never what it says.
"""

import unicodedata

from routing.domain.pins.coordinates import read_coordinates, read_pair
from routing.domain.pins.digipin import read_digipin
from routing.domain.pins.links import is_link, pair_in_link
from routing.domain.pins.pin import Pin, unreadable
from routing.domain.pins.plus_codes import read_plus_code

_MAX_CHARACTERS = 1000  # the longest links of web maps are shorter; a bound keeps reading quick
_MAX_COORDINATE_CHARACTERS = 120
_LOOKALIKES = str.maketrans(
    dict.fromkeys("′’‘‛ʹʼˈ´`＇", "'")
    | dict.fromkeys("″”“‟ʺ＂", '"')
    | dict.fromkeys("−‐‑–－", "-")
    | {"º": "°", "˚": "°", "٫": ".", "．": ".", "،": ",", "，": ",", "؛": ";", "；": ";", "＋": "+"}
)


def parse_pin(text: str, *, near: tuple[float, float] | None = None) -> Pin:
    """Read a place from coordinates, a map link, a plus code or a DIGIPIN.

    Parameters
    ----------
    text : str
        As people write and paste it. Coordinates without letters are latitude then longitude, as telephones
        show them; a pair that fits only the other way round is refused, not swapped.
    near : tuple[float, float], optional
        A place as (lon, lat) in degrees; a short plus code means the match nearest to it. Unused otherwise.

    Returns
    -------
    Pin
        The centre of the cell that was written and its half width in metres.

    Raises
    ------
    PinError
        With code ``pin_unreadable``, ``pin_out_of_range``, ``pin_ambiguous`` or ``pin_needs_reference``. No
        other exception comes from any text.
    """
    if len(text) > _MAX_CHARACTERS:
        raise unreadable()
    tidy = _tidied(text)
    if is_link(tidy):
        return _read_link(tidy)
    if len(tidy) > _MAX_COORDINATE_CHARACTERS:
        raise unreadable()
    return read_digipin(tidy) or read_plus_code(tidy, near) or read_coordinates(tidy)


def _read_link(link: str) -> Pin:
    pair = pair_in_link(link)
    if pair is None:
        raise unreadable()
    return read_pair(*pair)


def _tidied(text: str) -> str:
    """Return the text with one sign for each meaning, single spaces and no invisible marks."""
    alike = text.translate(_LOOKALIKES)
    visible = "".join(_ascii_digit(c) for c in alike if unicodedata.category(c) != "Cf")
    return " ".join(visible.replace("''", '"').split()).strip("()[] ")


def _ascii_digit(character: str) -> str:
    """Return a decimal digit of any script as 0 to 9, everything else as it is."""
    return str(unicodedata.decimal(character)) if character.isdecimal() else character
