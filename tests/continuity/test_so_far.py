"""A day that is under way: what is done is due no more, and goods on the road are theirs whom they are labelled for."""

from __future__ import annotations

import pytest

from routing.continuity import needs_of
from routing.domain.clients import HomeSupply
from routing.domain.day_so_far import DaySoFar, Parcel, ParcelUnit, Served, VolunteerSoFar
from routing.domain.sites import Stock
from routing.domain.volunteers import Mode
from tests.continuity.stories import LIQUID, MONDAY, NALOXONE, client, noon, policy, programme, regimen, stocked, supply


def begun(told, **fields):
    return told.changed(day=DaySoFar(on=MONDAY, now_at=noon(0), **fields))


def due(told):
    return [order.order_id for order in needs_of(told, MONDAY, {}).orders]


def served(*order_ids, client_id="c1"):
    return (Served(client_id=client_id, at=noon(0), order_ids=order_ids),)


def test_what_is_done_is_not_due_again():
    told = programme(client("c1", supplies=(supply(NALOXONE),)), client("c2", supplies=(supply(NALOXONE),)))
    before = due(told)
    assert len(before) == 2
    assert due(begun(told, served=served(before[0]))) == before[1:]
    assert due(begun(told).changed(day=DaySoFar(on=MONDAY.replace(day=22), now_at=noon(0), served=served(before[0]))))


def test_a_visit_that_brings_nothing_is_done_too():
    told = programme(client("c1", follow_up_on=MONDAY))
    assert due(told) == ["c1.follow_up"]
    assert due(begun(told, served=served("c1.follow_up"))) == []


def test_doses_brought_late_are_no_surplus():
    """A dose was missed yesterday; today's delivery stands in the ledger, and nobody has too much at home."""
    home = HomeSupply(doses=1, as_of_on=MONDAY)
    told = programme(
        client("c1", regimen(LIQUID, home=home, last_taken_on=MONDAY.replace(day=21))), policies=(policy(LIQUID),)
    )
    assert [hold.code for hold in needs_of(told, MONDAY, {}).holds] == ["surplus_at_home"]
    assert needs_of(begun(told, served=served("c1.p1")), MONDAY, {}).holds == ()


def on_the_road(order_id, quantity, **fields):
    unit = ParcelUnit(for_on=None, quantity=quantity)
    parcel = Parcel(client_id="c1", order_id=order_id, product_id="p5", site_id="s1", units=(unit,))
    where = {"site_id": "s1", "mode": Mode.FOOT}
    return (VolunteerSoFar(volunteer_id="v1", free_at=noon(0), aboard=(parcel,), **{**where, **fields}),)


@pytest.mark.parametrize(("shelf", "count"), [(1.0, 1), (2.0, 2), (3.0, 2)])
def test_goods_on_the_road_count_beside_the_shelf(shelf, count):
    """Two clients want two each; one's are aboard, so that the shelf has to have two more."""
    told = programme(client("c1", supplies=(supply(NALOXONE),)), client("c2", supplies=(supply(NALOXONE),)))
    stock = tuple(each for each in stocked() if each.product_id != "p5")
    site = told.sites[0].changed(stock=(*stock, Stock(product_id="p5", quantity=shelf)))
    short = told.changed(sites=(site,))
    first = due(told)[0]
    assert len(due(begun(short, volunteers=on_the_road(first, 2.0)))) == count
    assert len(due(begun(short, volunteers=on_the_road(first, 2.0, out_of_service=True)))) == shelf // 2
    assert len(due(begun(short, volunteers=on_the_road("c9.x", 2.0)))) == shelf // 2
