"""What one dose-day's unit must be: rule 10 of `docs/rules.md`. Law: exact fractions, nothing is rounded."""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from math import lcm

from routing.domain.clients import DoseStep
from routing.domain.products import Form, Product

# More grains than this in a dose (0.1 mg in 10 g, say) is a slip of the pen, not a dose.
_MOST_GRAINS = 100_000


def exact_units(product: Product, step: DoseStep) -> frozenset[Fraction]:
    """Return the quantity that makes a day's doses exactly, each for itself; empty where one is not measurable.

    Millilitres for a liquid, tablets for tablets.
    """
    if step.dose_mg is None:
        return frozenset()
    dose = _exact(step.dose_mg) / step.doses_a_day
    if product.form is Form.LIQUID and product.strength_mg_per_ml is not None:
        millilitres = dose / _exact(product.strength_mg_per_ml)
        return frozenset({millilitres * step.doses_a_day} if (millilitres * 10).denominator == 1 else ())
    if product.form is Form.TABLET:
        tablets = _tablets(dose, [_exact(strength) for strength in product.tablets_mg], splittable=product.splittable)
        return frozenset() if tablets is None else frozenset({tablets * step.doses_a_day})
    return frozenset()


def is_quantity(quantity: float, allowed: frozenset[Fraction]) -> bool:
    """Whether a quantity is one of those allowed."""
    return any(abs(Fraction(quantity) - each) < Fraction(1, 1_000_000) for each in allowed)


def _tablets(dose: Fraction, strengths: list[Fraction], *, splittable: bool) -> Fraction | None:
    """Return the tablets that make a dose of the fewest pieces; of as few, with the fewest halves.

    Layer by layer: for each number of pieces, what masses they can make and with how many halves at least.
    """
    halves = [strength / 2 for strength in strengths] if splittable else []
    grain = lcm(dose.denominator, *(mass.denominator for mass in (*strengths, *halves)))
    wanted = int(dose * grain)
    if wanted > _MOST_GRAINS:
        return None
    parts = [(int(mass * grain), 0) for mass in strengths] + [(int(mass * grain), 1) for mass in halves]
    layer, reached = {0: 0}, {0}
    for pieces in count(1):
        after: dict[int, int] = {}
        for made, split in layer.items():
            for mass, half in parts:
                if made + mass <= wanted and made + mass not in reached:
                    after[made + mass] = min(split + half, after.get(made + mass, split + half))
        if not after:
            return None
        if wanted in after:
            return pieces - Fraction(after[wanted], 2)
        layer, reached = after, reached | after.keys()
    return None


def _exact(number: float) -> Fraction:
    return Fraction(str(number))
