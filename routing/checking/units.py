"""What one dose-day's unit must be: rule 10 of `docs/rules.md`. Law: exact fractions, nothing is rounded."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from routing.domain.products import Form, Product

# More grains than this in a dose (0.1 mg in 10 g, say) is a slip of the pen, not a dose.
_MOST_GRAINS = 100_000


def exact_units(product: Product, dose_mg: float | None) -> frozenset[Fraction]:
    """Return the quantities that make a day's dose exactly; empty where the dose is not measurable.

    Millilitres for a liquid, tablets for tablets. Two values only where "the fewest tablets" can be read in two
    ways: with halves counted as half a tablet, or halves only where whole tablets cannot make the dose.
    """
    if dose_mg is None:
        return frozenset()
    dose = _exact(dose_mg)
    if product.form is Form.LIQUID and product.strength_mg_per_ml is not None:
        millilitres = dose / _exact(product.strength_mg_per_ml)
        return frozenset({millilitres} if (millilitres * 10).denominator == 1 else ())
    if product.form is Form.TABLET:
        return _tablets(dose, [_exact(strength) for strength in product.tablets_mg], splittable=product.splittable)
    return frozenset()


def is_quantity(quantity: float, allowed: frozenset[Fraction]) -> bool:
    """Whether a quantity is one of those allowed."""
    return any(abs(Fraction(quantity) - each) < Fraction(1, 1_000_000) for each in allowed)


def _tablets(dose: Fraction, strengths: list[Fraction], *, splittable: bool) -> frozenset[Fraction]:
    whole = _fewest(dose, [(strength, 2) for strength in strengths])
    halves = [(strength / 2, 1) for strength in strengths] if splittable else []
    split = _fewest(dose, [(strength, 2) for strength in strengths] + halves)
    return frozenset(Fraction(half_tablets, 2) for half_tablets in (whole, split) if half_tablets is not None)


def _fewest(dose: Fraction, parts: list[tuple[Fraction, int]]) -> int | None:
    """Return the fewest half tablets that make a dose of parts, each of a mass and a count of halves."""
    grain = lcm(dose.denominator, *(mass.denominator for mass, _ in parts))
    wanted = int(dose * grain)
    if wanted > _MOST_GRAINS:
        return None
    weights = [(int(mass * grain), halves) for mass, halves in parts]
    fewest: list[int | None] = [0]
    for grains in range(1, wanted + 1):
        before = [(fewest[grains - mass], halves) for mass, halves in weights if mass <= grains]
        fewest.append(min((count + halves for count, halves in before if count is not None), default=None))
    return fewest[wanted]


def _exact(number: float) -> Fraction:
    return Fraction(str(number))
