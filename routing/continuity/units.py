"""Rule 10: labelled units in exact arithmetic. Law: what cannot be made exactly is refused, never rounded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, gcd, lcm
from typing import NamedTuple

from routing.continuity.derived import derived
from routing.domain.clients import DoseStep
from routing.domain.orders import Item, LabelledUnit
from routing.domain.products import Form, Product

MOST_PIECES_TRIED = 100_000
"""A dose so many times larger than the tablets' common measure is a slip of the pen: refused."""

_ONE = Fraction(1)
_KEPT = 1 << 14  # as many answers as a large day asks for; far below a megabyte each


class Lot(NamedTuple):
    """The least that is handed over at once: a bottle or sachet for a date, a pack, or a whole supply.

    Attributes
    ----------
    quantity
        In the product's unit, exact.
    covers
        The dose-days it brings.
    for_on
        The date on its label.
    """

    quantity: Fraction
    covers: tuple[date, ...] = ()
    for_on: date | None = None


class Goods(NamedTuple):
    """Lots as handed over together.

    Attributes
    ----------
    quantity
        The exact sum, in the product's unit.
    units
        Each dated lot labelled by itself, undated ones counted together.
    pieces
        Bottles, sachets, packs or items, for what they weigh.
    """

    lots: tuple[Lot, ...]
    quantity: Fraction
    units: tuple[LabelledUnit, ...]
    pieces: Fraction


@lru_cache(_KEPT)
def exact(value: float) -> Fraction:
    """Return a number as it was written: 0.1 is one tenth."""
    return Fraction(Decimal(repr(value)))


class Daily:
    """A day's doses of a product: what they are made of, and what has been made of them already."""

    def __init__(self, quantity: Fraction | None) -> None:
        self.quantity = quantity
        self._goods: dict[tuple[date, ...], Goods] = {}

    def goods(self, days: tuple[date, ...]) -> Goods | None:
        """Return a labelled unit for each of some days; None where nothing makes the dose."""
        if self.quantity is None:
            return None
        if days not in self._goods:
            if len(self._goods) > _KEPT:
                self._goods.clear()
            self._goods[days] = goods_of(tuple(Lot(self.quantity, (on,), on) for on in days))
        return self._goods[days]


def daily(product: Product, step: DoseStep) -> Daily:
    """Return the millilitres or tablets that make each of a day's doses exactly, if any do."""
    strength = product.strength_mg_per_ml if product.form is Form.LIQUID else None
    return _daily(step.dose_mg, step.doses_a_day, strength, product.tablets_mg, halves=product.splittable)


@lru_cache(_KEPT)
def _daily(
    dose_mg: float | None, doses: int, mg_per_ml: float | None, tablets_mg: tuple[float, ...], *, halves: bool
) -> Daily:
    if dose_mg is None:
        return Daily(None)
    single_mg = exact(dose_mg) / doses
    if mg_per_ml is not None:
        millilitres = single_mg / exact(mg_per_ml)
        return Daily(millilitres * doses if (millilitres * 10).denominator == 1 else None)
    tablets = fewest_tablets(single_mg, tuple(exact(mg) for mg in tablets_mg), halves=halves)
    return Daily(None if tablets is None else tablets * doses)


def fewest_tablets(dose_mg: Fraction, tablets_mg: tuple[Fraction, ...], *, halves: bool) -> Fraction | None:
    """Return the tablets, in tablets, that make a dose exactly with the fewest pieces; of as few, with fewest halves.

    A half is a piece as a whole tablet is: 4 mg is one half of 8 mg rather than two of 2 mg, and 1 mg one tablet
    rather than half of one of 2 mg.
    """
    pieces = [(mg, 2) for mg in tablets_mg] + ([(mg / 2, 1) for mg in tablets_mg] if halves else [])
    scale = lcm(dose_mg.denominator, *(mg.denominator for mg, _ in pieces))
    half_tablets = _fewest(int(dose_mg * scale), [(int(mg * scale), worth) for mg, worth in pieces])
    return None if half_tablets is None else Fraction(half_tablets, 2)


def _fewest(target: int, pieces: Sequence[tuple[int, int]]) -> int | None:
    """Return the half tablets in the fewest pieces that add up to the target (the coin problem, step by step).

    `best` holds pieces and, negative, half tablets: of as few pieces the smaller pair has more whole ones.
    """
    measure = gcd(*(size for size, _ in pieces))
    if target % measure or target // measure > MOST_PIECES_TRIED:
        return None
    best: list[tuple[int, int] | None] = [(0, 0)]
    sizes = [(size // measure, worth) for size, worth in pieces]
    for amount in range(1, target // measure + 1):
        before = ((best[amount - size], worth) for size, worth in sizes if size <= amount)
        best.append(min(((pair[0] + 1, pair[1] - worth) for pair, worth in before if pair is not None), default=None))
    return None if best[-1] is None else -best[-1][1]


def goods_of(lots: tuple[Lot, ...]) -> Goods:
    """Return lots as handed over."""
    quantity = sum((lot.quantity for lot in lots), Fraction(0))
    dated = tuple(derived(LabelledUnit, for_on=lot.for_on, quantity=float(lot.quantity)) for lot in lots if lot.for_on)
    return Goods(
        lots=lots,
        quantity=quantity,
        units=dated or (derived(LabelledUnit, for_on=None, quantity=float(quantity)),),
        pieces=Fraction(len(dated)) if dated else quantity,
    )


@lru_cache(_KEPT)
def packs(days: tuple[date, ...], pack_days: int) -> Goods:
    """Return as many whole packs as some dose-days fill."""
    starts = range(0, len(days), pack_days)
    return goods_of(tuple(Lot(_ONE, days[start : start + pack_days]) for start in starts))


def item_of(product: Product, site_id: str, goods: Goods) -> Item:
    """Return goods as an item of an order."""
    return derived(
        Item,
        product_id=product.product_id,
        site_id=site_id,
        unit=product.unit,
        units=goods.units,
        quantity=goods.quantity.numerator / goods.quantity.denominator,
    )


def carried(product: Product, goods: Goods) -> tuple[int, int]:
    """Return mass (g, at least 1) and volume (mL) of goods as carried, rounded up once."""
    pieces = goods.pieces
    return _carried(pieces.numerator, pieces.denominator, product.mass_g, product.volume_ml)


@lru_cache(_KEPT)
def _carried(numerator: int, denominator: int, mass_g: float, volume_ml: float) -> tuple[int, int]:
    pieces = Fraction(numerator, denominator)
    return max(1, ceil(pieces * exact(mass_g))), ceil(pieces * exact(volume_ml))
