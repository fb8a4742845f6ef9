"""Rule 10: labelled units in exact arithmetic. Law: what cannot be made exactly is refused, never rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil, gcd, lcm

from routing.domain.orders import Item, LabelledUnit
from routing.domain.products import Form, Product

MOST_PIECES_TRIED = 100_000
"""A dose so many times larger than the tablets' common measure is a slip of the pen: refused."""


@dataclass(frozen=True, kw_only=True)
class Lot:
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


def exact(value: float) -> Fraction:
    """Return a number as it was written: 0.1 is one tenth."""
    return Fraction(Decimal(repr(value)))


def daily_quantity(product: Product, dose_mg: float) -> Fraction | None:
    """Return millilitres or tablets that make a daily dose exactly; None where nothing does."""
    if product.strength_mg_per_ml is not None and product.form is Form.LIQUID:
        millilitres = exact(dose_mg) / exact(product.strength_mg_per_ml)
        return millilitres if (millilitres * 10).denominator == 1 else None
    return fewest_tablets(exact(dose_mg), tuple(exact(mg) for mg in product.tablets_mg), halves=product.splittable)


@cache
def fewest_tablets(dose_mg: Fraction, tablets_mg: tuple[Fraction, ...], *, halves: bool) -> Fraction | None:
    """Return the least number of tablets that make a dose exactly; a half counts as a half."""
    piece = Fraction(1, 2) if halves else Fraction(1)
    pieces_mg = [mg * piece for mg in tablets_mg]
    scale = lcm(dose_mg.denominator, *(mg.denominator for mg in pieces_mg))
    count = _fewest(int(dose_mg * scale), [int(mg * scale) for mg in pieces_mg])
    return None if count is None else count * piece


def _fewest(target: int, pieces: Sequence[int]) -> int | None:
    """Return the least number of pieces that add up to the target (the coin problem, by dynamic programming)."""
    measure = gcd(*pieces)
    if target % measure or target // measure > MOST_PIECES_TRIED:
        return None
    best: list[int | None] = [0]
    sizes = sorted({piece // measure for piece in pieces})
    for amount in range(1, target // measure + 1):
        before = [best[amount - size] for size in sizes if size <= amount]
        best.append(min((count + 1 for count in before if count is not None), default=None))
    return best[-1]


def item_of(product: Product, site_id: str, lots: Sequence[Lot]) -> Item:
    """Return goods as handed over: each dated lot a unit of its own, undated ones counted together."""
    total = sum((lot.quantity for lot in lots), Fraction(0))
    dated = tuple(LabelledUnit(for_on=lot.for_on, quantity=float(lot.quantity)) for lot in lots if lot.for_on)
    return Item(
        product_id=product.product_id,
        site_id=site_id,
        unit=product.unit,
        units=dated or (LabelledUnit(quantity=float(total)),),
        quantity=float(total),
    )


def carried(product: Product, lots: Sequence[Lot]) -> tuple[int, int]:
    """Return mass (g, at least 1) and volume (mL) of lots as carried, rounded up once."""
    pieces = sum((Fraction(1) if lot.for_on else lot.quantity for lot in lots), Fraction(0))
    return max(1, ceil(pieces * exact(product.mass_g))), ceil(pieces * exact(product.volume_ml))
