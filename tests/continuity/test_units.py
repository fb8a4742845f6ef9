"""Rule 10: exact units; what cannot be made exactly is held."""

from fractions import Fraction

import pytest

from routing.continuity.units import Lot, carried, daily, fewest_tablets, goods_of
from routing.domain.clients import DoseStep
from routing.domain.orders import HoldCode
from tests.continuity.stories import (
    LIQUID,
    MONDAY,
    NALOXONE,
    TABLETS,
    day,
    needs,
    only_hold,
    only_order,
    policy,
    regimen,
)


@pytest.mark.parametrize(
    ("dose_mg", "strength", "millilitres"),
    [
        (60.0, 5.0, "12"),
        (60.5, 5.0, "12.1"),
        (60.25, 5.0, None),  # 12.05 mL
        (0.3, 0.1, "3"),  # 2.9999999999999996 in binary arithmetic
        (10.0, 3.0, None),  # 3.333… mL
    ],
)
def test_millilitres_to_a_tenth_or_not_at_all(dose_mg: float, strength: float, millilitres: str | None) -> None:
    step = DoseStep(from_on=MONDAY, dose_mg=dose_mg)
    made = daily(LIQUID.changed(strength_mg_per_ml=strength), step).quantity
    assert made == (None if millilitres is None else Fraction(millilitres))


@pytest.mark.parametrize(
    ("dose", "tablets", "halves", "count"),
    [
        ("12", ("0.4", "2", "8"), False, "3"),  # 8 + 2 + 2
        ("2.8", ("0.4", "2", "8"), False, "3"),  # 2 + 0.4 + 0.4
        ("1", ("0.4", "2", "8"), False, None),
        ("1", ("0.4", "2", "8"), True, "1/2"),  # half of 2
        ("1", ("1", "2"), True, "1"),  # one piece either way: the whole one
        ("3", ("2", "8"), True, "3/2"),  # 2 and half of 2: two pieces
        ("6", ("2", "8"), True, "3/2"),  # 2 and half of 8: two pieces, not three of 2
        ("2", ("0.5", "4"), True, "1/2"),  # half of 4: one piece, not four
        ("4", ("2", "8"), False, "2"),
        ("4", ("2", "8"), True, "1/2"),  # half of 8
        ("6", ("1", "3", "4"), False, "2"),  # 3 + 3; the greedy 4 + 1 + 1 would be 3
        ("0.1", ("0.4",), True, None),
        ("5000000", ("1",), False, None),  # a slip of the pen
    ],
)
def test_the_fewest_tablets(dose: str, tablets: tuple[str, ...], halves: bool, count: str | None) -> None:
    made = fewest_tablets(Fraction(dose), tuple(Fraction(mg) for mg in tablets), halves=halves)
    assert made == (None if count is None else Fraction(count))


def test_one_bottle_a_day_as_each_step_says_with_exact_sums() -> None:
    taper = regimen(
        steps=(
            DoseStep(from_on=day(-9), to_on=day(1), dose_mg=60.5),
            DoseStep(from_on=day(2), dose_mg=55.5),
        )
    )
    order = only_order(needs(taper, rule=policy(max_days_a_delivery=3)))
    assert [(unit.for_on, unit.quantity) for unit in order.item.units] == [
        (day(0), 12.1),
        (day(1), 12.1),
        (day(2), 11.1),
    ]
    assert order.item.quantity == 35.3  # 12.1 + 12.1 + 11.1 is 35.300000000000004 in binary arithmetic
    # Three bottles of 40 g and 60.5 mL: 120 g, 181.5 mL rounded up.
    assert (order.mass_g, order.volume_ml) == (120, 182)
    assert order.requires == ("controlled",)


def test_a_sachet_a_day_counts_tablets() -> None:
    order = only_order(needs(regimen(TABLETS, dose_mg=12.0), rule=policy(TABLETS, max_days_a_delivery=3)))
    assert [unit.quantity for unit in order.item.units] == [3.0, 3.0, 3.0]
    assert (order.item.quantity, order.mass_g) == (9.0, 2)  # three sachets of 0.5 g


def test_a_dose_that_cannot_be_made_is_held_also_if_it_comes_later_in_the_parcel() -> None:
    steps = (DoseStep(from_on=day(-9), to_on=MONDAY, dose_mg=60.0), DoseStep(from_on=day(1), dose_mg=60.25))
    assert only_hold(needs(regimen(steps=steps))).code is HoldCode.DOSE_NOT_MEASURABLE
    assert only_order(needs(regimen(steps=steps), rule=policy(max_days_a_delivery=1))).days == 1


def test_what_is_carried_weighs_at_least_a_gram() -> None:
    assert carried(NALOXONE, goods_of((Lot(Fraction(3)),))) == (121, 600)  # 3 x 40.3 = 120.9
    assert carried(NALOXONE.changed(mass_g=0.0, volume_ml=0.0), goods_of((Lot(Fraction(3)),))) == (1, 0)


def test_a_dose_nobody_has_written_is_held() -> None:
    assert only_hold(needs(regimen(dose_mg=None))).code is HoldCode.DOSE_NOT_MEASURABLE


def test_goods_made_once_are_kept_for_a_while_and_made_again_alike() -> None:
    made = daily(LIQUID, DoseStep(from_on=MONDAY, dose_mg=60.0))
    first = made.goods((MONDAY,))
    assert made.goods((MONDAY,)) is first
    for offset in range(1, 17_000):
        made.goods((day(offset),))
    assert made.goods((MONDAY,)) == first


def test_the_order_in_which_steps_are_written_is_no_matter() -> None:
    first, then = DoseStep(from_on=day(-9), to_on=MONDAY, dose_mg=60.0), DoseStep(from_on=day(1), dose_mg=55.0)
    found = needs(regimen(steps=(then, first)), rule=policy(max_days_a_delivery=2))
    assert [unit.quantity for unit in only_order(found).item.units] == [12.0, 11.0]
    assert found == needs(regimen(steps=(first, then)), rule=policy(max_days_a_delivery=2))
