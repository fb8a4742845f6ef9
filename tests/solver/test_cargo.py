"""Parcels: as few visits as the law allows, the most urgent goods first."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from routing.domain.orders import Item, LabelledUnit, Order, Tier
from routing.domain.products import Purpose, Unit
from routing.solver.cargo import group


def order(number, purpose=Purpose.MEDICINE, site="s1", tier=Tier.T3, weight=1):
    return Order(
        order_id=f"c1.x{number}",
        client_id="c1",
        product_id=f"p{number}",
        site_id=site,
        purpose=purpose,
        controlled=False,
        item=Item(
            product_id=f"p{number}", site_id=site, unit=Unit.ITEM, units=(LabelledUnit(quantity=1.0),), quantity=1.0
        ),
        due_on=date(2026, 11, 23),
        tier=tier,
        weight=weight,
        mass_g=1,
        volume_ml=1,
    )


def ids(parcels):
    return [sorted(each.order_id[-1] for each in parcel) for parcel in parcels]


def test_one_visit_where_the_law_allows_it():
    assert ids(group([order(1), order(2, Purpose.FOOD, "s2")], lambda _: True)) == [["1", "2"]]


def test_what_nobody_may_bring_in_any_way_still_has_a_parcel_each():
    assert sorted(ids(group([order(1), order(2, Purpose.FOOD)], lambda _: False))) == [["1"], ["2"]]
    assert ids(group([order(1)], lambda _: False)) == [["1"]]


def test_no_two_purposes_together():
    goods = [order(1), order(2), order(3, Purpose.FOOD), order(4, Purpose.FOOD, "s2")]
    parcels = group(goods, lambda parcel: len({each.purpose for each in parcel}) == 1)
    assert sorted(ids(parcels)) == [["1", "2"], ["3", "4"]]


def test_at_most_two_at_once_and_the_most_urgent_first():
    goods = [order(1), order(2, tier=Tier.T1), order(3, weight=5), order(4, tier=Tier.T0A)]
    assert ids(group(goods, lambda parcel: len(parcel) <= 2)) == [["2", "4"], ["1", "3"]]


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Purpose)), st.sampled_from(["s1", "s2"]), st.sampled_from(list(Tier))),
        min_size=1,
        max_size=9,
    ),
    st.integers(1, 4),
    st.sets(st.sampled_from(list(Purpose))),
)
def test_every_order_is_in_exactly_one_parcel(rows, most, together):
    goods = [order(number, *row) for number, row in enumerate(rows)]

    def lawful(parcel):
        purposes = {each.purpose for each in parcel}
        return len(parcel) <= most and (len(purposes) == 1 or purposes <= together)

    parcels = group(goods, lawful)
    assert sorted(each.order_id for parcel in parcels for each in parcel) == sorted(each.order_id for each in goods)
    assert all(map(lawful, parcels))
    # No two parcels could have been one.
    assert not any(lawful((*one, *other)) for number, one in enumerate(parcels) for other in parcels[:number])
