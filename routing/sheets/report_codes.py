"""Report codes: what happened at a stop, or on a whole route, in digits that anyone can read out.

Law: a code holds nothing personal, and a wrong digit or two swapped ones never pass. The digits::

    1 RRRR SS O CC     one stop: route, stop, outcome, check
    2 RRRR O…O CC      a whole route: an outcome for every stop in order, check

`CC` are the check digits of ISO 7064 MOD 97-10: 98 less (the digits before x 100 modulo 97). A changed digit changes
the number by (1 to 9) x 10^n, two swapped digits by (1 to 9) x (10^m - 10^n); 97 is prime and the order of 10 modulo
97 is 96, so neither is a multiple of 97 within 96 digits. `R` is drawn by HMAC for one day, so that a code of another
day means nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from routing.domain.errors import InputError

STOP, ROUTE = "1", "2"
SHORTEST = 8
MOST_DIGITS = 96  # beyond, the check digits promise less
MOST_STOPS, MOST_OF_ROUTE = 99, MOST_DIGITS - 7  # that a code can name; that a whole route's code has room for
MOST_NEAREST = 3
NEAR_TO_TRY = 24  # two mistakes are searched for in codes up to this length


class Outcome(IntEnum):
    """What happened at a stop; the digit is the code's."""

    NOT_YET = 0
    HANDED_OVER = 1
    NOBODY_THERE = 2
    REFUSED = 3
    SOMEBODY_ELSE = 4
    NOT_SAFE = 5
    NOT_FOUND = 6
    STOPPED = 7
    OTHER = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One stop's outcome."""

    route: str
    stop: int
    outcome: Outcome


def check_digits(digits: str) -> str:
    """Return the two check digits of ISO 7064 MOD 97-10."""
    return f"{98 - int(digits) * 100 % 97:02}"


def stop_code(route: str, stop: int, outcome: Outcome) -> str:
    """Return the code of one stop's outcome; none for a stop beyond the hundredth, which is told in words."""
    return "" if stop > MOST_STOPS else _checked(f"{STOP}{route}{stop:02}{outcome:d}")


def route_code(route: str, outcomes: tuple[Outcome, ...]) -> str:
    """Return the code of a whole route; none where it has more stops than a code has room for."""
    return (
        ""
        if len(outcomes) > MOST_OF_ROUTE
        else _checked(f"{ROUTE}{route}{''.join(f'{outcome:d}' for outcome in outcomes)}")
    )


def grouped(code: str) -> str:
    """Return a code in groups of four, as it is printed and read out."""
    return " ".join(code[first : first + 4] for first in range(0, len(code), 4))


def read_report(text: str, stops: Mapping[str, int]) -> tuple[Report, ...]:
    """Read a code as somebody typed or pasted it: spaces, dashes and digits of any script.

    Parameters
    ----------
    stops
        Route digits -> how many stops the route has; the day's routes.

    Raises
    ------
    InputError
        `report_code_mistyped`, with the nearest codes that would pass in `params["nearest"]`; `report_code_unknown`.
    """
    digits = _digits(text)
    if digits is None or not _is_checked(digits):
        raise _mistyped(digits or "", stops)
    reports = _meaning(digits, stops)
    if reports is None:
        raise InputError(
            "report_code_unknown",
            "the code is well formed, but stands for no stop of this plan",
            remedy="look whether it is of another day, or of a plan that was made anew",
        )
    return reports


def nearest(digits: str, stops: Mapping[str, int]) -> tuple[str, ...]:
    """Return the codes that fit with the fewest slips of the finger: one, else (in short codes) two.

    Several may be equally near (of one stop, two outcomes): all are returned, the likeliest slip first.
    """
    for tried in (_slips(digits), _two_slips(digits)):
        found = dict.fromkeys(code for code in tried if _is_checked(code) and _meaning(code, stops) is not None)
        if found:
            return tuple(found)[:MOST_NEAREST]
    return ()


def _checked(digits: str) -> str:
    return digits + check_digits(digits)


def _is_checked(digits: str) -> bool:
    return SHORTEST <= len(digits) <= MOST_DIGITS and check_digits(digits[:-2]) == digits[-2:]


def _digits(text: str) -> str | None:
    """Return the digits of a text, or None where it holds anything else that matters."""
    kept = [sign for sign in text if sign not in "-–.,;" and not sign.isspace() and unicodedata.category(sign) != "Cf"]
    values = [unicodedata.decimal(sign, None) for sign in kept]
    known = [value for value in values if value is not None]
    return "".join(map(str, known)) if len(known) == len(values) else None


def _meaning(digits: str, stops: Mapping[str, int]) -> tuple[Report, ...] | None:
    kind, route, body = digits[0], digits[1:5], digits[5:-2]
    if route not in stops:
        return None
    if kind == STOP and len(body) == 3:
        numbers, signs = [int(body[:2])], body[2:]
    elif kind == ROUTE and len(body) == stops[route]:
        numbers, signs = list(range(1, len(body) + 1)), body
    else:
        return None
    known = {f"{outcome:d}" for outcome in Outcome}
    if not set(signs) <= known or not all(1 <= number <= stops[route] for number in numbers):
        return None
    return tuple(
        Report(route=route, stop=number, outcome=Outcome(int(sign)))
        for number, sign in zip(numbers, signs, strict=True)
    )


def _slips(digits: str) -> Iterator[str]:
    """Yield what one slip makes of a code, likeliest first: swapped neighbours, a digit wrong, missing, too many."""
    places = range(len(digits))
    for at in places[1:]:
        yield digits[: at - 1] + digits[at] + digits[at - 1] + digits[at + 1 :]
    for at in places:
        yield from (digits[:at] + sign + digits[at + 1 :] for sign in "0123456789" if sign != digits[at])
    for at in range(len(digits) + 1):
        yield from (digits[:at] + sign + digits[at:] for sign in "0123456789")
    for at in places:
        yield digits[:at] + digits[at + 1 :]


def _two_slips(digits: str) -> Iterator[str]:
    if len(digits) <= NEAR_TO_TRY:
        yield from (twice for once in _slips(digits) for twice in _slips(once))


def _mistyped(digits: str, stops: Mapping[str, int]) -> InputError:
    near = nearest(digits, stops) if digits else ()
    perhaps = " or ".join(map(grouped, near))
    remedy = f"perhaps {perhaps}? Ask for the code again" if near else "ask for the code again, digit by digit"
    return InputError(
        "report_code_mistyped",
        "the code's check digits do not fit: something was typed or read wrongly",
        remedy=remedy,
        params={"nearest": list(near)},
    )
