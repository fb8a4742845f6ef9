"""Rule 10 by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from routing.checking.units import exact_units
from routing.domain.clients import DoseStep
from routing.domain.products import Form, Product, ProductKind, Purpose


def tablets(*strengths_mg: float, splittable: bool = False) -> Product:
    return Product(
        product_id="p",
        name="p",
        kind=ProductKind.BUPRENORPHINE,
        form=Form.TABLET,
        purpose=Purpose.MEDICINE,
        tablets_mg=strengths_mg,
        splittable=splittable,
        mass_g=1,
        volume_ml=1,
    )


def liquid(strength: float) -> Product:
    return Product(
        product_id="p",
        name="p",
        kind=ProductKind.METHADONE,
        form=Form.LIQUID,
        purpose=Purpose.MEDICINE,
        strength_mg_per_ml=strength,
        mass_g=1,
        volume_ml=1,
    )


def a_day(dose_mg: float, doses_a_day: int = 1) -> DoseStep:
    return DoseStep(from_on=date(2026, 1, 1), dose_mg=dose_mg, doses_a_day=doses_a_day)


@pytest.mark.parametrize(
    ("strength", "dose_mg", "millilitres"),
    [(10, 65, "6.5"), (5, 65, "13"), (10, 66.5, None), (10, 0.3, None), (3, 0.9, "0.3"), (5, 0.5, "0.1")],
)
def test_liquids_are_measured_to_a_tenth_of_a_millilitre(strength: float, dose_mg: float, millilitres: str) -> None:
    assert exact_units(liquid(strength), a_day(dose_mg)) == (
        frozenset({Fraction(millilitres)}) if millilitres else set()
    )


@pytest.mark.parametrize(
    ("product", "dose_mg", "counts"),
    [
        (tablets(2, 8), 12, {3}),  # 8 + 2 + 2
        (tablets(2, 8, 0.4), 12.4, {4}),
        (tablets(6, 8, 2), 12, {2}),  # 6 + 6, not 8 + 2 + 2
        (tablets(2, 8), 3, set()),
        (tablets(2, 8, splittable=True), 3, {1.5}),  # 2 and half of another
        (tablets(2, 8, splittable=True), 4, {0.5}),  # half of 8: one piece
        (tablets(2, 8, splittable=True), 6, {1.5}),  # 2 and half of 8
        (tablets(1, 2, splittable=True), 1, {1}),  # one piece either way: the whole one
        (tablets(2, 8), 1000.5, set()),
        (tablets(2), 1, set()),
    ],
)
def test_the_fewest_tablets_make_the_dose_exactly(product: Product, dose_mg: float, counts: set[float]) -> None:
    assert {float(count) for count in exact_units(product, a_day(dose_mg))} == counts


@pytest.mark.parametrize(
    ("product", "dose_mg", "doses_a_day", "quantity"),
    [
        (liquid(10), 24, 2, "2.4"),  # 1.2 mL twice
        (liquid(10), 25, 2, None),  # 1.25 mL twice
        (tablets(2, 8), 8, 2, "4"),  # two of 2 mg twice, not one of 8
        (tablets(8, splittable=True), 8, 2, "1"),  # half of 8 twice
        (tablets(8), 8, 2, None),
    ],
)
def test_each_dose_of_the_day_is_made_exactly(
    product: Product, dose_mg: float, doses_a_day: int, quantity: str | None
) -> None:
    expected = set() if quantity is None else {Fraction(quantity)}
    assert exact_units(product, a_day(dose_mg, doses_a_day)) == expected
