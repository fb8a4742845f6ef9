"""Names for one day: clients, parcels, proofs, routes, by HMAC from a key that never leaves the machine.

Law: nobody without the key can tell that two days' names mean the same person, or make a code that the dispatcher
takes; and no name is made from an id alone. The same key, day and ids give the same names, so that papers printed
again fit those already handed out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import count

KEY_BYTES = 32
ALPHABET = "3479ACDEFHJKMNPRTUVWXY"  # nothing that looks or sounds like another sign when read out badly
DRAWS_APART = 40  # then a word may come twice, with another number
LOWEST_NUMBER, NUMBERS = 11, 89  # 11 to 99


class DayCodes:
    """The names of one day.

    Parameters
    ----------
    key
        The organisation's secret, 32 bytes.
    avoid
        Words that no code name may be: the programme's own names for people.
    """

    def __init__(self, key: bytes, on: date, avoid: Iterable[str] = ()) -> None:
        if len(key) < KEY_BYTES:
            raise ValueError("a key of 32 bytes is wanted")
        self._key = hmac.digest(key, f"doorstep sheets {on.isoformat()}".encode(), hashlib.sha256)
        unwanted = {part for name in avoid for part in name.casefold().split()}
        self._words = tuple(word for word in code_words() if word.casefold() not in unwanted)

    def names(self, client_ids: Iterable[str]) -> dict[str, str]:
        """Return client -> code name of the day, no two alike; no word comes twice while there are words."""
        return self._distinct("name", client_ids, self._name, apart=lambda name: name.split()[0])

    def parcels(self, parcel_ids: Iterable[str]) -> dict[str, str]:
        """Return parcel -> the code on its outside, no two alike."""
        return self._distinct("parcel", parcel_ids, lambda number: _spelled(number, 5))

    def proofs(self, parcel_ids: Iterable[str]) -> dict[str, str]:
        """Return parcel -> the code that peels off, no two alike; nothing in it tells the parcel's code."""
        return self._distinct("proof", parcel_ids, lambda number: _spelled(number, 4))

    def routes(self, route_ids: Iterable[str]) -> dict[str, str]:
        """Return route -> the four digits that stand for it in reports, no two alike."""
        return self._distinct("route", route_ids, lambda number: f"{1000 + number % 9000}")

    def letters(self, site_ids: Sequence[str]) -> dict[str, str]:
        """Return site -> a letter of the day."""
        order = sorted(set(site_ids), key=lambda site_id: self._number("site", site_id))
        return {site_id: _letter(place) for place, site_id in enumerate(order)}

    def _name(self, number: int) -> str:
        rest, word = divmod(number, len(self._words))
        return f"{self._words[word]} {LOWEST_NUMBER + rest % NUMBERS}"

    def _number(self, kind: str, of: str) -> int:
        return int.from_bytes(hmac.digest(self._key, f"{kind}\0{of}".encode(), hashlib.sha256)[:12])

    def _distinct(
        self,
        kind: str,
        ids: Iterable[str],
        spell: Callable[[int], str],
        apart: Callable[[str], str] = lambda code: code,
    ) -> dict[str, str]:
        """Return id -> code, no two alike; for the first draws, what `apart` takes of a code comes once, too."""
        given: dict[str, str] = {}
        taken: set[str] = set()
        for of in sorted(set(ids)):
            draws = (spell(self._number(kind, f"{of}\0{draw}")) for draw in count())
            code = next(
                code
                for draw, code in enumerate(draws)
                if code not in taken and (draw > DRAWS_APART or apart(code) not in taken)
            )
            given[of] = code
            taken |= {code, apart(code)}
        return given


@cache
def code_words() -> tuple[str, ...]:
    """Return the words code names are made of: things, none of which is a medicine, a place or a person."""
    return tuple(files(__package__).joinpath("code_words.txt").read_text(encoding="utf-8").split())


def _spelled(number: int, length: int) -> str:
    signs = []
    for _ in range(length):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def _letter(place: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    rest, last = divmod(place, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + last)
