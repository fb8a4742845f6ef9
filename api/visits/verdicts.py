"""What became of each dose-day and supply, from all that was told. Law: pure, and no matter in which order it came.

A day's reports about one client and one volunteer are a line. Of one reporter in a line the later word counts: by
`at`, then by `sequence`. Reporters who differ contradict each other, and so does one who said two things at once,
unless one report corrects the other: then its `sequence` is higher, or equal with a later `at`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from api.visits.reports import Goods


@dataclass(frozen=True, kw_only=True, order=True)
class Key:
    """A dose-day of a product, or a supply of it."""

    product_id: str
    on: date | None = None
    supply_id: str | None = None
    tops_up: bool = False
    fetched: bool = False


class Said(StrEnum):
    """What a report says of the goods it is about."""

    HANDED_OVER = "handed_over"
    DISPENSED_AT_SITE = "dispensed_at_site"
    NOT_HANDED_OVER = "not_handed_over"
    RETURNED = "returned"


GIVEN = frozenset({Said.HANDED_OVER, Said.DISPENSED_AT_SITE})


@dataclass(frozen=True, kw_only=True)
class Word:
    """One report, in terms of goods.

    Attributes
    ----------
    says
        Key -> what became of it.
    quantities
        Key -> how much, where it is known.
    of_all
        It says that nothing was handed over, whatever else of the line there is.
    """

    report_id: str
    at: datetime
    sequence: int
    on: date
    volunteer_id: str | None
    reporter: str
    says: Mapping[Key, Said] = field(default_factory=dict)
    quantities: Mapping[Key, float] = field(default_factory=dict)
    of_all: bool = False
    corrects: Collection[str] = ()

    @property
    def order(self) -> tuple[datetime, int]:
        """Of two words of one reporter, the later one is larger."""
        return self.at, self.sequence

    def about(self, key: Key) -> Said | None:
        """Return what it says of some goods."""
        return self.says.get(key, Said.NOT_HANDED_OVER if self.of_all else None)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one line comes to, about one key. `said` None: the reports contradict each other."""

    key: Key
    on: date
    volunteer_id: str | None
    said: Said | None
    at: datetime
    quantity: float | None
    report_ids: tuple[str, ...]


def verdicts(words: Iterable[Word]) -> list[Verdict]:
    """Return what all words about one client come to, in an order of their own."""
    lines: dict[tuple[date, str], list[Word]] = defaultdict(list)
    for word in standing(words):
        lines[word.on, word.volunteer_id or ""].append(word)
    return [verdict for line in sorted(lines) for verdict in _of_line(lines[line])]


def standing(words: Iterable[Word]) -> list[Word]:
    """Return the words that no other one corrects."""
    known = {word.report_id: word for word in words}
    replaced = {
        report_id
        for word in known.values()
        for report_id in word.corrects
        if report_id in known and _rank(word) > _rank(known[report_id])
    }
    return [word for report_id, word in known.items() if report_id not in replaced]


def keys_of(goods: Iterable[Goods], *, fetched: bool = False) -> dict[Key, float | None]:
    """Return goods by dose-day or supply, with the part of the quantity that falls on each."""
    return {key: quantity for one in goods for key, quantity in _keys(one, fetched=fetched)}


def _keys(goods: Goods, *, fetched: bool) -> Iterator[tuple[Key, float | None]]:
    if goods.from_on is None or goods.to_on is None:
        key = Key(product_id=goods.product_id, supply_id=goods.supply_id, tops_up=goods.tops_up, fetched=fetched)
        yield key, goods.quantity
        return
    count = (goods.to_on - goods.from_on).days + 1
    each = None if goods.quantity is None else goods.quantity / count
    for number in range(count):
        on = goods.from_on + timedelta(days=number)
        yield Key(product_id=goods.product_id, on=on, tops_up=goods.tops_up, fetched=fetched), each


def _rank(word: Word) -> tuple[int, datetime]:
    return word.sequence, word.at


def _of_line(line: list[Word]) -> Iterator[Verdict]:
    for key in sorted({key for word in line for key in word.says}, key=_sortable):
        yield _verdict(key, list(_last_words(line, key)))


def _last_words(line: list[Word], key: Key) -> Iterator[Word]:
    """Yield each reporter's last word about a key; several, if they were said at once."""
    by_reporter: dict[str, list[Word]] = defaultdict(list)
    for word in line:
        if word.about(key) is not None:
            by_reporter[word.reporter].append(word)
    for words in by_reporter.values():
        last = max(word.order for word in words)
        yield from (word for word in words if word.order == last)


def _verdict(key: Key, words: list[Word]) -> Verdict:
    words.sort(key=lambda word: (word.order, word.report_id))
    said = {word.about(key) for word in words}
    agreed = len({one in GIVEN for one in said}) == 1
    quantities = [word.quantities[key] for word in words if key in word.quantities]
    return Verdict(
        key=key,
        on=words[0].on,
        volunteer_id=words[0].volunteer_id,
        said=words[-1].about(key) if agreed else None,
        at=words[-1].at,
        quantity=quantities[-1] if quantities else None,
        report_ids=tuple(sorted(word.report_id for word in words)),
    )


def _sortable(key: Key) -> tuple[str, str, str, bool, bool]:
    return key.product_id, key.supply_id or "", str(key.on or ""), key.tops_up, key.fetched
