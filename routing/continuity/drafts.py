"""Rules 8 to 12 for one regimen: the order as it would be if the site had everything."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import accumulate, islice
from typing import NamedTuple

from routing.continuity.caps import CUSTODY, Cap, days_left, least_days, needed_days, tightest_cap
from routing.continuity.case import Case
from routing.continuity.day import Day
from routing.continuity.derived import derived
from routing.continuity.tiers import tier_of
from routing.continuity.timing import latest_safe, next_visit_on
from routing.continuity.units import Goods, Lot, carried, daily, goods_of, item_of, packs
from routing.continuity.weights import regimen_weight
from routing.domain.orders import Item, Order, OrderKind
from routing.domain.products import Form, Product

NO_CAP = Cap("", 0)


class Draft(NamedTuple):
    """An order that stock may still shorten.

    Attributes
    ----------
    goods
        What `order` hands over, first dose-day first.
    least
        With fewer lots there is no order.
    cap
        The tightest cap; None: a supply.
    case
        None: a supply, or a top-up alone.
    fetched
        What is taken back.
    """

    order: Order
    site_id: str
    product: Product
    goods: Goods
    least: int
    cap: Cap | None = None
    case: Case | None = None
    fetched: Goods | None = None

    @property
    def lots(self) -> tuple[Lot, ...]:
        """The lots of the goods."""
        return self.goods.lots

    @property
    def quantity(self) -> Fraction:
        """The exact quantity, in the product's unit."""
        return self.goods.quantity

    def shortened(self, count: int, cap_name: str) -> Draft:
        """Return the draft with its first `count` lots only, bound by the cap named."""
        goods = goods_of(self.lots[:count])
        fields = _handed_over(self.product, self.site_id, goods)
        burden = _burden(fields, self.product, self.fetched)
        order = derived(Order, **{**vars(self.order), **fields._asdict(), **burden, "binding_cap": cap_name})
        return self._replace(order=order, goods=goods, cap=Cap(cap_name, fields.days))


class Choice(NamedTuple):
    """How much one delivery brings: goods, the fewest lots worth it, and the tightest cap with whether it binds."""

    goods: Goods
    least: int
    cap: Cap
    binds: bool

    @property
    def is_enough(self) -> bool:
        """Whether there are as many lots as a delivery needs."""
        return len(self.goods.lots) >= self.least


class HandedOver(NamedTuple):
    """The fields of an order that depend on its lots."""

    item: Item
    days: int
    covers_from_on: date | None
    covers_to_on: date | None
    mass_g: int
    volume_ml: int


def handed_over(day: Day, product: Product, site_id: str, goods: Goods) -> HandedOver:
    """Return the fields of an order that depend on its goods; alike goods are written once a day."""
    return day.once((id(product), site_id, id(goods)), goods, lambda: _handed_over(product, site_id, goods))


def _handed_over(product: Product, site_id: str, goods: Goods) -> HandedOver:
    lots = goods.lots
    return HandedOver(
        item_of(product, site_id, goods),
        sum([len(lot.covers) for lot in lots]),
        next((lot.covers[0] for lot in lots if lot.covers), None),
        lots[-1].covers[-1] if lots[-1].covers else None,
        *carried(product, goods),
    )


def choose_lots(case: Case, first: date) -> Choice | None:
    """Return what one delivery brings within the caps; None where a dose cannot be made exactly.

    `first`: the first dose-day to be supplied.
    """
    ahead = tuple(islice(case.free_days(first), case.policy.max_days_a_delivery))
    left = days_left(case, first, ahead)
    cap = tightest_cap(case, ahead, left)
    least = least_days(case, left)
    needed = needed_days(case, first, next_visit_on(case))
    # A need smaller than the least delivery is rounded up to it: the caps, not the need, forbid.
    wanted = len(ahead) if needed is None else max(needed, least)
    lot_days = case.product.pack_days if case.product.form is Form.PACK and case.product.pack_days else 1
    wanted_lots, allowed_lots = -(-wanted // lot_days), cap.days // lot_days
    count = min(wanted_lots, allowed_lots)
    goods = _goods(case, ahead[: count * lot_days], lot_days)
    if goods is None:
        return None
    least_lots = -(-least // lot_days)
    carried_lots = _in_custody(case, goods)
    if least_lots <= carried_lots < count:
        held = Cap(CUSTODY, carried_lots * lot_days)
        return Choice(goods=goods_of(goods.lots[:carried_lots]), least=least_lots, cap=held, binds=True)
    return Choice(goods=goods, least=least_lots, cap=cap, binds=_binds(needed, wanted_lots, allowed_lots))


def _binds(needed: int | None, wanted_lots: int, allowed_lots: int) -> bool:
    return allowed_lots < wanted_lots or (needed is None and allowed_lots == wanted_lots)


def _in_custody(case: Case, goods: Goods) -> int:
    """Return how many of the first lots somebody may have in custody at once.

    Where nobody may have even the least delivery the plan says so (`custody_ceiling`); shortening would not help.
    """
    ceiling = case.ceiling
    if ceiling is None or goods.quantity <= ceiling:
        return len(goods.lots)
    sums = accumulate(lot.quantity for lot in goods.lots)
    return sum(1 for quantity in sums if quantity <= ceiling)


def _goods(case: Case, days: tuple[date, ...], lot_days: int) -> Goods | None:
    if case.product.form is Form.PACK:
        return packs(days, lot_days)
    steps = case.dose_days.steps
    if len(steps) == 1:
        return daily(case.product, steps[0]).goods(days)
    lots: list[Lot] = []
    for on in days:
        step = case.dose_days.step_on(on)
        made = None if step is None else daily(case.product, step).goods((on,))
        if made is None:
            return None
        lots += made.lots
    return goods_of(tuple(lots))


def topping_up(lots: tuple[Lot, ...], choice: Choice | None) -> Choice:
    """Return a choice with top-ups before the doses chosen: all of them, whatever becomes of the rest."""
    if choice is None:
        return Choice(goods=goods_of(lots), least=len(lots), cap=NO_CAP, binds=False)
    return choice._replace(goods=goods_of((*lots, *choice.goods.lots)), least=len(lots) + choice.least)


def draft_of(case: Case, run_out: date, choice: Choice, order_id: str, fetched: Goods | None = None) -> Draft:
    """Write the order for what was chosen; `run_out`: the first day for which something is brought."""
    latest = latest_safe(case, run_out)
    brought = handed_over(case.day, case.product, case.regimen.site_id, choice.goods)
    order = derived(
        Order,
        order_id=order_id,
        kind=OrderKind.REGIMEN,
        client_id=case.client.client_id,
        product_id=case.product.product_id,
        site_id=case.regimen.site_id,
        purpose=case.product.purpose,
        controlled=case.product.controlled,
        item=brought.item,
        fetched=None if fetched is None else item_of(case.product, case.regimen.site_id, fetched),
        days=brought.days,
        covers_from_on=brought.covers_from_on,
        covers_to_on=brought.covers_to_on,
        run_out_on=case.run_out_on,
        due_on=case.due_on(run_out),
        earliest_on=case.earliest_on(run_out),
        latest_safe_at=latest.at,
        tier=tier_of(case, run_out, latest.on),
        weight=regimen_weight(case),
        binding_cap=choice.cap.name if choice.binds else "",
        policy_id=case.policy.policy_id,
        source=case.policy.source,
        mass_g=brought.mass_g,
        volume_ml=brought.volume_ml,
        requires=case.product.requires,
    )
    if fetched is not None:
        order = derived(Order, **{**vars(order), **_burden(brought, case.product, fetched)})
    alone = choice.cap is NO_CAP
    return Draft(
        order=order,
        site_id=case.regimen.site_id,
        product=case.product,
        goods=choice.goods,
        least=choice.least,
        cap=None if alone else choice.cap,
        case=None if alone else case,
        fetched=fetched,
    )


def _burden(brought: HandedOver, product: Product, fetched: Goods | None) -> dict[str, int]:
    """Return mass and volume as carried, there and back."""
    mass_g, volume_ml = (0, 0) if fetched is None else carried(product, fetched)
    return {"mass_g": brought.mass_g + mass_g, "volume_ml": brought.volume_ml + volume_ml}
