"""One language: its words from a gettext catalogue, its digits, dates and direction.

Law: a text is asked for in English, the catalogue's key; values are put in after translation, and in a right-to-left
language each stands between U+2066 and U+2069, so that no time, number or code is ever turned round. A catalogue is a
draft until a native reviewer signs it in its header.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, cached_property
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol

from routing.domain.errors import UsageError
from routing.sheets.languages.calendars import CalendarDay, bikram_sambat, jalali

ISOLATE, ISOLATE_END = "\u2066", "\u2069"
_FROM_RIGHT = frozenset({"R", "AL"})
REVIEW_HEADER = "X-Review"
SIGNED = "signed"  # what a reviewed catalogue's header begins with

# language -> Babel locale that its dates and digits follow, its own name
LANGUAGES: dict[str, tuple[str, str]] = {
    "en": ("en_GB", "English"),
    "hi": ("hi", "हिन्दी"),
    "ne": ("ne", "नेपाली"),
    "id": ("id", "Bahasa Indonesia"),
    "fa": ("fa", "فارسی"),
    "lus": ("en_GB", "Mizo ṭawng"),
}
STARTED = frozenset({"lus"})  # catalogues that fall back to English where they are silent
RIGHT_TO_LEFT = frozenset({"fa"})
_DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ne": "०१२३४५६७८९"}
_MONTHS = {
    "fa": ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
    "ne": ("वैशाख", "जेठ", "असार", "साउन", "भदौ", "असोज", "कात्तिक", "मंसिर", "पुस", "माघ", "फागुन", "चैत"),
}


@dataclass(frozen=True)
class Language:
    """A language papers can be written in."""

    code: str

    @property
    def right_to_left(self) -> bool:
        """Whether lines run from right to left."""
        return self.code in RIGHT_TO_LEFT

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return LANGUAGES[self.code][1]

    @property
    def is_draft(self) -> bool:
        """Whether no native reviewer has signed the catalogue; English is the original."""
        return self.code != "en" and not self.review.startswith(SIGNED)

    @cached_property
    def review(self) -> str:
        """What the catalogue's header says about its review."""
        return self._words.info().get(REVIEW_HEADER.lower(), "")

    def text(self, english: str, **values: object) -> str:
        """Return a text of the catalogue with values put in."""
        return self._filled(self._words.gettext(english), values)

    def plural(self, one: str, other: str, count: float) -> str:
        """Return a text for a count, which it names `{count}`; parts of a whole take the form of many."""
        told = self._words.ngettext(one, other, int(count) if count == int(count) else 2)
        return self._filled(told, {"count": self.decimal(count, 2)})

    def digits(self, value: object) -> str:
        """Return a number in the language's digits."""
        return str(value).translate(self._numerals)

    def decimal(self, value: float, places: int) -> str:
        """Return a number with at most so many decimals, in the language's digits and with its sign between."""
        whole, _, part = f"{value:.{places}f}".partition(".")
        sign = get_decimal_symbol(self._locale, numbering_system="default") if part.strip("0") else ""
        return self.digits(f"{whole}{sign}{part.rstrip('0')}")

    def joined(self, *texts: str) -> str:
        """Return texts with the language's comma between them; empty ones are left out."""
        return ("، " if self.right_to_left else ", ").join(filter(None, texts))

    def clock(self, at: datetime | time) -> str:
        """Return hours and minutes, 24 hours."""
        return self.digits(f"{at:%H:%M}")

    def span(self, from_at: datetime | time, to_at: datetime | time) -> str:
        """Return a span of the clock, isolated where lines run from the right."""
        return self.kept(f"{self.clock(from_at)}–{self.clock(to_at)}")

    def metres(self, distance_m: int) -> str:
        """Return a distance to two figures, as somebody on the way can use it."""
        if distance_m >= 1000:
            return self.text("{number} km", number=self.decimal(distance_m / 1000, 1))
        step = 10 if distance_m < 200 else 50
        return self.text("{number} m", number=self.digits(max(10, round(distance_m / step) * step)))

    def full_date(self, on: date) -> str:
        """Return a date with its weekday, in the people's calendar too where that is another one."""
        locale = self._locale
        gregorian = self.digits(format_date(on, "EEEE d MMMM y", locale=locale))
        own = {"fa": jalali, "ne": bikram_sambat}.get(self.code, lambda _: None)(on)
        if own is None:
            return gregorian
        told = f"{format_date(on, 'EEEE', locale=locale)} {self._day(own)}"
        return f"{told} ({self.digits(format_date(on, 'd MMMM y', locale=locale))})"

    def short_date(self, on: date) -> str:
        """Return a date as day and month, with the year, without its weekday."""
        own = {"fa": jalali, "ne": bikram_sambat}.get(self.code, lambda _: None)(on)
        return self._day(own) if own else self.digits(format_date(on, "d MMM y", locale=self._locale))

    def kept(self, text: str) -> str:
        """Return a text isolated from left to right, where lines run from the right and it holds no such letter."""
        if not self.right_to_left or not text or any(unicodedata.bidirectional(sign) in _FROM_RIGHT for sign in text):
            return text
        return f"{ISOLATE}{text.strip(ISOLATE + ISOLATE_END)}{ISOLATE_END}"

    def _day(self, day: CalendarDay) -> str:
        return f"{self.digits(day.day)} {_MONTHS[self.code][day.month - 1]} {self.digits(day.year)}"

    def _filled(self, text: str, values: dict[str, object]) -> str:
        kept = {name: self.kept(str(value)) for name, value in values.items()}
        return text.format(**kept) if values else text

    @property
    def _words(self) -> NullTranslations:
        return NullTranslations() if self.code == "en" else _translations(self.code)

    @property
    def _locale(self) -> Locale:
        return Locale.parse(LANGUAGES[self.code][0])

    @cached_property
    def _numerals(self) -> dict[int, int]:
        return str.maketrans("0123456789", _DIGITS.get(self.code, "0123456789"))


def language_named(code: str) -> Language:
    """Return a language by its code.

    Raises
    ------
    UsageError
        `unknown_language`.
    """
    if code in LANGUAGES:
        return Language(code)
    raise UsageError(
        "unknown_language",
        "there is no catalogue of that language",
        where="--language",
        remedy=f"one of {', '.join(LANGUAGES)}; docs/sheets.md says how to begin another",
    )


@cache
def _translations(code: str) -> GNUTranslations:
    """Return a catalogue as the standard library reads it, plural rule included; compiled here, in a millisecond."""
    compiled = BytesIO()
    with files(__package__).joinpath(f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=LANGUAGES[code][0]))
    compiled.seek(0)
    return GNUTranslations(compiled)
