"""Rule 13, and short stock: shorten everybody, then cut from below, and list them."""

from datetime import UTC, datetime

import pytest

from routing.continuity import needs_of
from routing.continuity.weights import weights_table
from routing.domain.clients import Client
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import HoldCode, Needs, Tier
from routing.domain.products import ProductKind
from routing.domain.sites import Stock
from tests.continuity.stories import (
    FOOD,
    MONDAY,
    client,
    day,
    needs_of_supply,
    noon,
    only_gap,
    only_order,
    policy,
    programme,
    regimen,
    shelf,
    supply,
)


@pytest.mark.parametrize(("latest", "tier"), [(None, Tier.T3), (2, Tier.T3), (1, Tier.T2), (0, Tier.T1)])
def test_a_supply_grows_urgent_towards_its_last_day(latest: int | None, tier: Tier) -> None:
    order = only_order(needs_of_supply(due_on=day(-3), latest_on=None if latest is None else day(latest)))
    assert order.tier is tier
    # 23:59:59 in Denpasar is 15:59:59 UTC.
    expected = None if latest is None else datetime(2026, 11, 23 + latest, 15, 59, 59, tzinfo=UTC)
    assert (order.latest_safe_at, order.days, order.mass_g) == (expected, 0, 81)  # 2 x 40.3 = 80.6


def test_a_supply_is_due_from_its_day_to_its_last() -> None:
    assert needs_of_supply(due_on=day(1)).orders == ()
    assert needs_of_supply(due_on=day(-3), latest_on=day(-1)).orders == ()
    assert only_order(needs_of_supply(due_on=MONDAY, latest_on=MONDAY)).order_id == "c1.x1"


@pytest.mark.parametrize("state", list(LedgerState))
def test_a_supply_ends_when_it_is_under_way_or_given(state: LedgerState) -> None:
    entry = LedgerEntry(client_id="c1", product_id="p5", supply_id="x1", state=state, at=noon(-1))
    freed = state in {LedgerState.RETURNED, LedgerState.VOIDED, LedgerState.FETCHED}
    assert len(needs_of_supply(ledger=(entry,)).orders) == freed


def test_a_supply_that_came_back_is_due_again() -> None:
    issued = LedgerEntry(client_id="c1", product_id="p5", supply_id="x1", state=LedgerState.ISSUED, at=noon(-2))
    back = issued.changed(state=LedgerState.RETURNED, at=noon(-1))
    assert len(needs_of_supply(ledger=(back, issued)).orders) == 1


def test_weights_of_supplies() -> None:
    assert only_order(needs_of_supply(none_left=True)).weight == 70
    assert only_order(needs_of_supply(FOOD, none_left=True)).weight == 60
    assert only_order(needs_of_supply(FOOD)).weight == 35
    assert only_order(needs_of_supply(FOOD, none_left=True, weight=5)).weight == 5


def test_the_table_knows_every_kind_and_its_source() -> None:
    assert set(weights_table().kinds) == set(ProductKind)
    assert "section 4" in weights_table().source


def _three(quantity: float, *, least: int = 2) -> Needs:
    """Three clients want 7 days of 12 mL each, 252 mL: `a` runs out today, `b` tomorrow, `c` in two days."""
    who: tuple[Client, ...] = tuple(client(name, regimen(doses=doses)) for doses, name in enumerate("abc"))
    rule = policy(early_days=2, min_days_a_delivery=least, visits_per_week=1, buffer_days=7)
    told = programme(*who, policies=(rule,))
    return needs_of(shelf(told, Stock(product_id="p1", quantity=quantity)), MONDAY, {})


def _days(found: Needs) -> dict[str, int]:
    return {order.client_id: order.days for order in found.orders}


def test_enough_stock_is_not_shared_out() -> None:
    found = _three(252)
    assert _days(found) == {"a": 7, "b": 7, "c": 7}
    assert found.shortfalls == ()


def test_the_least_urgent_are_shortened_first_and_no_further_than_needed() -> None:
    # 240 mL are 20 days: one day less, for c.
    found = _three(240)
    assert _days(found) == {"a": 7, "b": 7, "c": 6}
    (short,) = found.shortfalls
    assert (short.wanted, short.available, dict(short.cut)) == (252, 240, {"c": 12})
    assert found.orders[2].binding_cap == "site_stock"
    # 239 mL are 19 whole days.
    assert _days(_three(239)) == {"a": 7, "b": 7, "c": 5}


def test_everybody_is_shortened_before_anybody_is_cut() -> None:
    # 72 mL are 6 days: two for each of three.
    found = _three(72)
    assert _days(found) == {"a": 2, "b": 2, "c": 2}
    assert dict(found.shortfalls[0].cut) == {"a": 60, "b": 60, "c": 60}
    # The next visit is next Monday: a is covered on Monday and Tuesday only.
    gap = found.gaps[0]
    assert (gap.client_id, gap.from_on, gap.to_on, gap.binding_cap) == ("a", day(2), day(6), "site_stock")


def test_then_the_lowest_tier_is_cut_and_held() -> None:
    found = _three(71)
    assert _days(found) == {"a": 2, "b": 2}
    (hold,) = found.holds
    assert (hold.client_id, hold.code, hold.owner) == ("c", HoldCode.OUT_OF_STOCK, "dispenser")
    assert hold.deadline_at == datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert dict(found.shortfalls[0].cut) == {"a": 60, "b": 60, "c": 84}
    assert _days(_three(23)) == {}


def test_within_a_tier_weight_then_the_programmes_order_decides() -> None:
    who = (client("a", regimen()), client("b", regimen(), pregnant=True), client("c", regimen()))
    told = programme(*who, policies=(policy(min_days_a_delivery=7),))
    found = needs_of(shelf(told, Stock(product_id="p1", quantity=168)), MONDAY, {})
    assert list(_days(found)) == ["a", "b"]
    found = needs_of(shelf(told, Stock(product_id="p1", quantity=84)), MONDAY, {})
    assert list(_days(found)) == ["b"]


def test_stock_counts_up_to_its_last_day_and_lots_add_up() -> None:
    told = programme(client("c1", regimen()))
    last = Stock(product_id="p1", quantity=42.0, expires_on=MONDAY)
    past = Stock(product_id="p1", quantity=1000.0, expires_on=day(-1))
    assert _days(needs_of(shelf(told, last, last, past), MONDAY, {})) == {"c1": 7}
    assert _days(needs_of(shelf(told, last, past), MONDAY, {})) == {"c1": 3}  # 42 / 12 = 3.5


def test_what_is_not_on_the_shelf_is_not_there() -> None:
    found = needs_of(shelf(programme(client("c1", regimen()))), MONDAY, {})
    assert [hold.code for hold in found.holds] == [HoldCode.OUT_OF_STOCK]
    assert only_gap(found).binding_cap == "site_stock"


def test_a_supply_is_whole_or_held() -> None:
    told = programme(client("c1", supplies=(supply(),)))
    assert needs_of(shelf(told, Stock(product_id="p5", quantity=2.0)), MONDAY, {}).orders
    found = needs_of(shelf(told, Stock(product_id="p5", quantity=1.0)), MONDAY, {})
    assert (found.orders, found.holds[0].code) == ((), HoldCode.OUT_OF_STOCK)
