"""Pins inside links: ``geo:`` addresses and the addresses of web maps.

Law: a link's own pin comes before what it searches for, and that before the middle of its map; two different
pins of the same kind are refused.
"""

import re

from routing.domain.pins.pin import PinError

_NUMBER = r"[-+]?\d++(?:\.\d++)?+"
_PAIR = rf"({_NUMBER})(?:,|%2C)\s*({_NUMBER})"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"!3d({_NUMBER})!4d({_NUMBER})",  # the pin of a Google place, whose @ is only the middle of the map
        rf"[?&](?:q|query)={_PAIR}(?=[&(#]|$)",  # also Android's geo:0,0?q=lat,lon(label)
        rf"^geo:{_PAIR}(?:,{_NUMBER})?+(?:;crs=wgs84)?+(?:;u=[\d.]++)?+(?:\?z=\d++)?$",  # RFC 5870
        rf"(?:^|/)@{_PAIR}(?=[,/?]|$)",
    )
)
_LINK = re.compile(r"geo:|@|https?://", re.IGNORECASE)


def is_link(text: str) -> bool:
    """Tell whether a text is to be read as a link."""
    return _LINK.match(text) is not None


def pair_in_link(text: str) -> tuple[str, str] | None:
    """Return the latitude and longitude written in a link, still as text; None if it holds none.

    Raises
    ------
    PinError
        ``pin_ambiguous`` if the link holds several pins, as one with directions does.
    """
    for form in _FORMS:
        pairs = {(match[1], match[2]) for match in form.finditer(text)}
        if len(pairs) > 1:
            raise PinError(
                "pin_ambiguous",
                "This link holds several places.",
                "Share the place itself, not the way to it.",
            )
        if pairs:
            return pairs.pop()
    return None
