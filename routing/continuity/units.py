"""Rule 10: labelled units in exact arithmetic. Law: what cannot be made exactly is refused, never rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, gcd, lcm

from routing.continuity.derived import derived
from routing.domain.clients import DoseStep
from routing.domain.orders import Item, LabelledUnit
from routing.domain.products import Form, Product

MOST_PIECES_TRIED = 100_000
"""A dose so many times larger than the tablets' common measure is a slip of the pen: refused."""

_KEPT = 1 << 14  # as many answers as a large day asks for; far below a megabyte each


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


@lru_cache(_KEPT)
def exact(value: float) -> Fraction:
    """Return a number as it was written: 0.1 is one tenth."""
    return Fraction(Decimal(repr(value)))


def daily_quantity(product: Product, step: DoseStep) -> Fraction | None:
    """Return millilitres or tablets that make each of a day's doses exactly; None where nothing does."""
    if step.dose_mg is None:
        return None
    return _daily_quantity(
        step.dose_mg,
        step.doses_a_day,
        product.strength_mg_per_ml if product.form is Form.LIQUID else None,
        product.tablets_mg,
        halves=product.splittable,
    )


@lru_cache(_KEPT)
def _daily_quantity(
    dose_mg: float,
    doses: int,
    mg_per_ml: float | None,
    tablets_mg: tuple[float, ...],
    *,
    halves: bool,
) -> Fraction | None:
    single_mg = exact(dose_mg) / doses
    if mg_per_ml is not None:
        millilitres = single_mg / exact(mg_per_ml)
        return millilitres * doses if (millilitres * 10).denominator == 1 else None
    tablets = fewest_tablets(single_mg, tuple(exact(mg) for mg in tablets_mg), halves=halves)
    return None if tablets is None else tablets * doses


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


@lru_cache(_KEPT)
def dated_lot(quantity: Fraction, on: date) -> Lot:
    """Return the bottle or sachet for a date."""
    return Lot(quantity=quantity, covers=(on,), for_on=on)


@lru_cache(_KEPT)
def _labelled(quantity: Fraction, on: date | None) -> LabelledUnit:
    return derived(LabelledUnit, for_on=on, quantity=float(quantity))


def total(lots: Sequence[Lot]) -> Fraction:
    """Return the exact quantity of lots together."""
    if all(lot.quantity is lots[0].quantity for lot in lots[1:]):
        return lots[0].quantity * len(lots) if lots else Fraction(0)
    return sum((lot.quantity for lot in lots), Fraction(0))


def item_of(product: Product, site_id: str, lots: Sequence[Lot]) -> Item:
    """Return goods as handed over: each dated lot a unit of its own, undated ones counted together."""
    quantity = total(lots)
    dated = tuple(_labelled(lot.quantity, lot.for_on) for lot in lots if lot.for_on)
    return derived(
        Item,
        product_id=product.product_id,
        site_id=site_id,
        unit=product.unit,
        units=dated or (_labelled(quantity, None),),
        quantity=float(quantity),
    )


def carried(product: Product, lots: Sequence[Lot]) -> tuple[int, int]:
    """Return mass (g, at least 1) and volume (mL) of lots as carried, rounded up once."""
    pieces = sum((Fraction(1) if lot.for_on else lot.quantity for lot in lots), Fraction(0))
    return _carried(pieces, product.mass_g, product.volume_ml)


@lru_cache(_KEPT)
def _carried(pieces: Fraction, mass_g: float, volume_ml: float) -> tuple[int, int]:
    return max(1, ceil(pieces * exact(mass_g))), ceil(pieces * exact(volume_ml))
