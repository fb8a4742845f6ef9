"""Free text on its way to a paper. Law: nothing that steers a page, no sign without a glyph, no word that tells.

A hint is written by people in a hurry. What tells a name, a number, a product or an illness is withheld whole, and the
dispatcher is told so; the volunteer then asks the coordinator.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from routing.domain.clients import Client
from routing.domain.programme import Programme

_JOINERS = "\u200c\u200d"  # Persian and Indic scripts are written with them
_PICTURE_SELECTORS = "\ufe0e\ufe0f"  # they turn the sign before into a picture, or back
SHORTEST_TELLING = 3  # a name of one or two signs would withhold everything
_PLAIN_PHONE = 6  # digits in a row, as typed, that are a number to call


class Withheld(StrEnum):
    """Why a text stands on no paper."""

    TELLS = "tells"
    NO_GLYPHS = "no_glyphs"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text as it may be printed, or why it may not."""

    text: str
    withheld: Withheld | None = None


def clean(text: str) -> Cleaned:
    """Return a text on one line, without control signs and pictures; withheld if its script cannot be printed."""
    spaced = "".join(" " if sign.isspace() else sign for sign in unicodedata.normalize("NFC", text))
    kept = "".join(sign for sign in spaced if not _steers(sign))
    if any(unicodedata.category(sign)[0] in "LMN" and ord(sign) not in covered() for sign in kept):
        return Cleaned("", Withheld.NO_GLYPHS)
    printable = "".join(sign for sign in kept if ord(sign) in covered())
    return Cleaned(" ".join(printable.split()))


def printable(text: str, otherwise: str) -> str:
    """Return a name as it can be printed; where nothing of it can, what stands for it (an id)."""
    return clean(text).text or otherwise


class Guard:
    """Knows what of a programme no volunteer's paper may repeat."""

    def __init__(self, programme: Programme) -> None:
        names = {" ".join(_words(name)) for name in _telling(programme)}
        self._names = frozenset(name for name in names if len(name) >= SHORTEST_TELLING) | telling_words()
        self._longest = max(name.count(" ") + 1 for name in self._names)
        self._phones = {digits for client in programme.clients if (digits := _number(client.phone or ""))}

    def passed(self, text: str) -> Cleaned:
        """Return a free text cleaned, withheld if it tells something."""
        tells = self._names_something(_words(text)) or self._has_phone(text)
        return Cleaned("", Withheld.TELLS) if tells else clean(text)

    def _names_something(self, words: list[str]) -> bool:
        """Say whether words in a row are a name; a set is asked, since a programme has thousands of names."""
        return any(
            " ".join(words[first : first + count]) in self._names
            for first in range(len(words))
            for count in range(1, min(self._longest, len(words) - first) + 1)
        )

    def _has_phone(self, text: str) -> bool:
        digits = _number(text)
        return any(len(phone) >= _PLAIN_PHONE and phone in digits for phone in self._phones)


def _telling(programme: Programme) -> Iterable[str]:
    yield programme.name
    yield from (product.name for product in programme.products)
    yield from (site.name for site in programme.sites)
    yield from (policy.policy_id for policy in programme.policies)
    yield from (prescriber.code_name for prescriber in programme.prescribers)
    for client in programme.clients:
        yield from _telling_of(client)


def _telling_of(client: Client) -> Iterable[str]:
    yield from (client.code_name, client.guardian, client.challenge, client.place.address)


@cache
def telling_words() -> frozenset[str]:
    """Return words for medicines, illnesses and drugs, in the languages of the sheets."""
    lines = files(__package__).joinpath("telling_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(" ".join(_words(line)) for line in lines if line and not line.startswith("#"))


@cache
def covered() -> frozenset[int]:
    """Return the characters that the fonts of the sheets have glyphs for; a test holds the file to the fonts."""
    ranges = json.loads(files(__package__).joinpath("coverage.json").read_text(encoding="utf-8"))
    return frozenset(sign for first, last in ranges for sign in range(first, last + 1))


def _steers(sign: str) -> bool:
    if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return sign not in _JOINERS
    return sign in _PICTURE_SELECTORS


def _words(text: str) -> list[str]:
    """Return the words of a text without regard to capitals, width, joiners and what stands between them.

    A vowel sign of an Indic script is a mark, and a part of its word.
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKC", text) if not _steers(sign) and sign not in _JOINERS)
    return "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in bare.casefold()).split()


def _number(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) for sign in text if unicodedata.decimal(sign, None) is not None)
