"""Is each thing handed over due, whole, exact, safe and once? Rules of `docs/rules.md`, section 2, first part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from routing.checking.awaited import visit_due
from routing.checking.cargo import QUANTITY_TOLERANCE
from routing.checking.case import Case
from routing.checking.changes import to_exchange, to_top_up
from routing.checking.deliveries import Delivery, Handover, handovers, standings
from routing.checking.doses import CLAIMING, TREATED, Standing, status_of
from routing.checking.holds import hold_of
from routing.checking.units import exact_units, is_quantity
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.clients import Client, ClientStatus, Regimen, SupplyOrder
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.plan import StepType
from routing.domain.products import Form, ProductKind

_SUPPLIED = TREATED | {ClientStatus.LEAD, ClientStatus.ASSESSED}


def order_violations(case: Case) -> Iterator[Violation]:
    """Judge everything that is handed over."""
    found = handovers(case)
    known = standings(case, found)
    for handover in found:
        yield from _unordered(handover)
        yield from _not_awaited(case, handover)
        for delivery in handover.deliveries:
            standing = known.get(delivery)
            yield from _item_form(case, delivery)
            yield from _not_due(case, delivery, standing)
            yield from _under_hold(case, delivery, standing)
            yield from _too_late(case, delivery, standing)
            if standing is not None:
                yield from _regimen(standing, delivery)
            elif isinstance(delivery.source, SupplyOrder):
                yield from _supply_quantity(handover, delivery, delivery.source)
    yield from _twice(case, found)
    yield from _days_twice(found)
    yield from _stock(case)


def _unordered(handover: Handover) -> Iterator[Violation]:
    """Require that goods belong to an order of that client, orders to that client."""
    where = handover.stage.where
    for order_id in handover.unknown_orders:
        text = "order {order_id} is none of client {client_id}"
        client_id = handover.client.client_id
        yield violation(Code.ORDER_NOT_DUE, f"{where}/order_ids", text, order_id=order_id, client_id=client_id)
    ordered = {delivery.product_id for delivery in handover.deliveries if isinstance(delivery.source, Regimen)}
    for item in handover.stage.step.fetched:
        if item.product_id not in ordered:
            text = "product {product_id} is taken back, and no doses are brought for it"
            yield violation(Code.ORDER_NOT_DUE, f"{where}/fetched", text, product_id=item.product_id)
    for item in handover.unordered:
        text = "product {product_id} is handed over without an order"
        yield violation(Code.ORDER_NOT_DUE, f"{where}/items", text, product_id=item.product_id)


def _not_awaited(case: Case, handover: Handover) -> Iterator[Violation]:
    """Require rule 14 of visits that bring nothing."""
    for visit in handover.visits:
        if not visit_due(case, handover.client, visit):
            text = "nobody is to be sent to client {client_id} on {name} today"
            params = {"client_id": handover.client.client_id, "name": visit.name}
            yield violation(Code.ORDER_NOT_DUE, f"{handover.stage.where}/order_ids", text, **params)


def _item_form(case: Case, delivery: Delivery) -> Iterator[Violation]:
    """Require that unit and sum of each item are right; the goods come from the order's site."""
    where = f"{delivery.stage.where}/items"
    product = case.products[delivery.product_id]
    for item in delivery.items:
        total = sum(unit.quantity for unit in item.units)
        if item.unit is not product.unit or abs(item.quantity - total) > QUANTITY_TOLERANCE:
            text = "unit or sum of product {product_id} is wrong"
            yield violation(Code.WRONG_QUANTITY, where, text, product_id=item.product_id)
        if item.site_id != delivery.source.site_id:
            text = "product {product_id} is dispensed at site {site_id}"
            params = {"product_id": item.product_id, "site_id": delivery.source.site_id}
            yield violation(Code.GOODS_NOT_LOADED, where, text, **params)


def _not_due(case: Case, delivery: Delivery, standing: Standing | None) -> Iterator[Violation]:
    """Require rules 1, 5 and 13: there is such an order on the day."""
    if standing is not None:
        due = status_of(case, delivery.client) in TREATED
        # under a hold there is no order either, but that has a code of its own
        wanted = standing.run_out_on is not None or bool(to_top_up(standing))
        due = due and (wanted or hold_of(standing) is not None)
    else:
        due = isinstance(delivery.source, SupplyOrder) and supply_due(case, delivery.client, delivery.source)
    if not due:
        text = "order {order_id} is not due"
        yield violation(Code.ORDER_NOT_DUE, f"{delivery.stage.where}/order_ids", text, order_id=delivery.order_id)


def supply_due(case: Case, client: Client, supply: SupplyOrder) -> bool:
    """Whether a supply is due on D (rules 1 and 13); the latest entry about it decides, and a household's food."""
    if status_of(case, client) not in TREATED and case.products[supply.product_id].controlled:
        return False
    if _wanted_from(case, client, supply) is None:
        return False
    if client.household_id is None or case.products[supply.product_id].kind is not ProductKind.FOOD:
        return True
    return _household_served(case, client, supply) is supply


def _wanted_from(case: Case, client: Client, supply: SupplyOrder) -> date | None:
    """Return the day since which a supply is wanted, seen alone; None where it is not on D."""
    if status_of(case, client) not in _SUPPLIED:
        return None
    entry = _last_entry(case, client, supply)
    from_on, latest_on = supply.due_on, supply.latest_on
    if entry is not None and entry.state in CLAIMING:
        if supply.covers_days is None or entry.state in {LedgerState.PLANNED, LedgerState.ISSUED}:
            return None
        eaten_up_on = case.local_date(entry.at) + timedelta(days=supply.covers_days)
        from_on, latest_on = max(from_on, eaten_up_on), None
    return from_on if from_on <= case.on and (latest_on is None or case.on <= latest_on) else None


def _last_entry(case: Case, client: Client, supply: SupplyOrder) -> LedgerEntry | None:
    mine = (client.client_id, supply.supply_id)
    entries = [entry for entry in case.programme.ledger if (entry.client_id, entry.supply_id) == mine]
    return max(reversed(entries), key=lambda entry: entry.at, default=None)


def _household_served(case: Case, client: Client, supply: SupplyOrder) -> SupplyOrder | None:
    """Return whose food comes today to a household (rule 13): the first to run out of those nobody has served."""
    members = [
        (other, each)
        for other in case.programme.clients
        if other.household_id == client.household_id and status_of(case, other) in _SUPPLIED
        for each in other.supplies
        if each.product_id == supply.product_id
    ]
    came = [(each, entry) for other, each in members if (entry := _last_entry(case, other, each)) is not None]
    came_on = [(each, case.local_date(entry.at)) for each, entry in came if entry.state in CLAIMING]
    hungry = [
        (_serves_until(case, other, each), index)
        for index, (other, each) in enumerate(members)
        if (since := _wanted_from(case, other, each)) is not None
        and not any(by is not each and on >= since for by, on in came_on)
    ]
    return members[min(hungry)[1]][1] if hungry else None


def _serves_until(case: Case, client: Client, supply: SupplyOrder) -> date:
    entry = _last_entry(case, client, supply)
    again = entry is not None and entry.state in CLAIMING
    return date.max if again or supply.latest_on is None else supply.latest_on


def _under_hold(case: Case, delivery: Delivery, standing: Standing | None) -> Iterator[Violation]:
    """Require rules 2, 6, 7 and the plan's own holds: nothing travels under a hold."""
    mine = (delivery.client.client_id, delivery.product_id)
    listed = next((hold.code for hold in case.plan.holds if (hold.client_id, hold.product_id) == mine), None)
    code = (hold_of(standing) if standing else None) or listed
    if code is not None:
        params = {"order_id": delivery.order_id, "hold": code.value}
        text = "order {order_id} is under hold {hold}"
        yield violation(Code.DELIVERED_UNDER_HOLD, f"{delivery.stage.where}/items", text, **params)


def _too_late(case: Case, delivery: Delivery, standing: Standing | None) -> Iterator[Violation]:
    """Require rules 11 and 13: handing over is finished by `latest_safe_at`."""
    safe_at = safe_until(standing) if standing else None
    if isinstance(delivery.source, SupplyOrder) and delivery.source.latest_on is not None:
        safe_at = case.end_of(delivery.source.latest_on)
    if safe_at is not None and delivery.stage.step.departure_at > safe_at:
        text = "order {order_id} is handed over after {latest_safe_at}"
        params = {"order_id": delivery.order_id, "latest_safe_at": safe_at.isoformat()}
        yield violation(Code.AFTER_LATEST_SAFE, f"{delivery.stage.where}/departure_at", text, **params)


def safe_until(standing: Standing) -> datetime | None:
    """Return by when the order must be handed over: for its first day, a day topped up too."""
    extra = to_top_up(standing)
    until = [standing.latest_safe_at, standing.latest_safe_for(min(extra)) if extra else None]
    return min((each for each in until if each is not None), default=None)


def is_urgent(standing: Standing) -> bool:
    """Whether the order's tier is T0a, T0b or T1 (rule 12), days topped up counted."""
    until = safe_until(standing)
    return standing.is_missing_doses() or (until is not None and standing.case.local_date(until) <= standing.case.on)


def is_surely_urgent(standing: Standing) -> bool:
    """Whether the tier is T0a, T0b or T1 even if somebody may come on every day ahead."""
    until = None if standing.run_out_on is None else standing.safe_by_policy(standing.run_out_on)
    today = until is not None and standing.case.local_date(until) <= standing.case.on
    return standing.is_missing_doses() or today


def _regimen(standing: Standing, delivery: Delivery) -> Iterator[Violation]:
    """Require rules 8 to 11 for doses."""
    yield from _early(standing, delivery)
    yield from _fetched(standing, delivery)
    if standing.product.form is Form.PACK:
        yield from _packs(standing, delivery)
        return
    yield from _supplied_already(standing, delivery)
    yield from _over_cap(standing, delivery)
    yield from _exact_doses(standing, delivery)
    yield from _topped_up(standing, delivery)
    yield from _first_days(standing, delivery)


def _early(standing: Standing, delivery: Delivery) -> Iterator[Violation]:
    """Require rule 11: no refill before its earliest day."""
    brought = _new_days(standing, delivery) or standing.product.form is Form.PACK
    if brought and standing.earliest_on is not None and standing.case.on < standing.earliest_on:
        text = "order {order_id} may come on {earliest_on} at the earliest"
        params = {"order_id": delivery.order_id, "earliest_on": standing.earliest_on.isoformat()}
        yield violation(Code.TOO_EARLY, f"{delivery.stage.where}/items", text, **params)


def _supplied_already(standing: Standing, delivery: Delivery) -> Iterator[Violation]:
    """Require rules 4 and 5: no unit for a day that is at home or claimed."""
    for on in _new_days(standing, delivery):
        if on in standing.covered or standing.is_claimed(on):
            yield _day(Code.DOUBLE_SUPPLY, delivery, on, "order {order_id} brings {on}, which is supplied already")


def _over_cap(standing: Standing, delivery: Delivery) -> Iterator[Violation]:
    """Require rule 8: not more days than the caps, none after the prescription's or review's date."""
    regimen = standing.regimen
    count = len(_new_days(standing, delivery))
    if standing.policy is not None and count > max(0, standing.most_days):
        text = "order {order_id} brings {days} dose-days; the caps allow {most}"
        params = {"order_id": delivery.order_id, "days": count, "most": standing.most_days}
        yield violation(Code.DOSE_OVER_CAP, f"{delivery.stage.where}/items", text, **params)
    for on in sorted(set(delivery.days)):
        if (regimen.prescription_ends_on and on > regimen.prescription_ends_on) or (
            standing.review_on and on >= standing.review_on
        ):
            text = "order {order_id} brings {on}, after the prescription's end or the review"
            yield _day(Code.DOSE_OVER_CAP, delivery, on, text)


def _exact_doses(standing: Standing, delivery: Delivery) -> Iterator[Violation]:
    """Require rule 10: one labelled unit a dose-day, of exactly its dose."""
    extra = to_top_up(standing)
    units = [unit for item in delivery.items for unit in item.units]
    labelled = Counter(unit.for_on for unit in units)
    for unit in units:
        step = standing.step_on(unit.for_on) if unit.for_on else None
        exact = exact_units(standing.product, step) if step else frozenset()
        exact = extra.get(unit.for_on, exact) if unit.for_on else exact
        alone = unit.for_on is not None and labelled[unit.for_on] == 1
        if not alone or not is_quantity(unit.quantity, exact):
            text = "a unit of order {order_id} is not exactly one day's dose"
            where = f"{delivery.stage.where}/items"
            yield violation(Code.WRONG_QUANTITY, where, text, order_id=delivery.order_id)


def _new_days(standing: Standing, delivery: Delivery) -> list[date]:
    """Return the days brought, but for those whose older doses are topped up."""
    return sorted(set(delivery.days) - set(to_top_up(standing)))


def _topped_up(standing: Standing, delivery: Delivery) -> Iterator[Violation]:
    """Require that of differences to a changed dose none is left out."""
    for on in sorted(set(to_top_up(standing)) - set(delivery.days)):
        yield _day(Code.WRONG_QUANTITY, delivery, on, "order {order_id} does not top up {on}")


def _fetched(standing: Standing, delivery: Delivery) -> Iterator[Violation]:
    """Require that exactly the older doses are taken back that new ones are exchanged for (rule 7)."""
    items = [item for item in delivery.stage.step.fetched if item.product_id == delivery.product_id]
    units = [(unit.for_on, unit.quantity) for item in items for unit in item.units]
    wanted = to_exchange(standing.before or standing)
    exact = all(on in wanted and is_quantity(quantity, wanted[on]) for on, quantity in units if on)
    if not exact or sorted(on or date.min for on, _ in units) != sorted(wanted):
        text = "order {order_id} does not take back exactly what was made before the dose changed"
        where = f"{delivery.stage.where}/fetched"
        yield violation(Code.WRONG_QUANTITY, where, text, order_id=delivery.order_id)


def _first_days(standing: Standing, delivery: Delivery) -> Iterator[Violation]:
    """Require rules 8 and 9: the first days without a dose, none left out, not fewer than the least."""
    days = _new_days(standing, delivery)
    if not days and to_top_up(standing):
        return
    least = standing.least_days
    open_days = standing.open_days(beyond_prescription=True)
    if len(days) < least or days != [on for on, _ in zip(open_days, days, strict=False)]:
        text = "order {order_id} does not bring the first {least} dose-days or more without a dose"
        params = {"order_id": delivery.order_id, "least": least}
        yield violation(Code.WRONG_QUANTITY, f"{delivery.stage.where}/items", text, **params)


def _packs(standing: Standing, delivery: Delivery) -> Iterator[Violation]:
    """Require rules 8 to 10 for packs: whole ones, within the caps."""
    pack_days = standing.product.pack_days or 1
    where = f"{delivery.stage.where}/items"
    days = delivery.quantity * pack_days
    least = standing.least_days
    if not _whole_packs(delivery) or days < least:
        text = "order {order_id} is not in whole packs for {least} dose-days or more"
        yield violation(Code.WRONG_QUANTITY, where, text, order_id=delivery.order_id, least=least)
    if standing.policy is not None and days > len(standing.deliverable) + QUANTITY_TOLERANCE:
        text = "order {order_id} brings {days} dose-days; the caps allow {most}"
        params = {"order_id": delivery.order_id, "days": days, "most": len(standing.deliverable)}
        yield violation(Code.DOSE_OVER_CAP, where, text, **params)


def _whole_packs(delivery: Delivery) -> bool:
    units = [unit for item in delivery.items for unit in item.units]
    return bool(units) and all(u.for_on is None and u.quantity >= 1 and u.quantity % 1 == 0 for u in units)


def _supply_quantity(handover: Handover, delivery: Delivery, supply: SupplyOrder) -> Iterator[Violation]:
    """Require that a supply is handed over whole; orders of one product at a visit share its goods."""
    kind = (supply.product_id, supply.site_id)
    sharing = [d.source for d in handover.deliveries if (d.source.product_id, d.source.site_id) == kind]
    if any(isinstance(source, Regimen) for source in sharing):
        return  # the regimen's rules see the sum
    wanted = sum(source.quantity for source in sharing if isinstance(source, SupplyOrder))
    units = [unit for item in delivery.items for unit in item.units]
    exact = all(unit.for_on is None and unit.quantity > 0 for unit in units)
    if not exact or abs(delivery.quantity - wanted) > QUANTITY_TOLERANCE:
        text = "order {order_id} is not handed over whole"
        yield violation(Code.WRONG_QUANTITY, f"{delivery.stage.where}/items", text, order_id=delivery.order_id)


def _twice(case: Case, found: list[Handover]) -> Iterator[Violation]:
    """Require that an order is handed over at one visit only, those before the day was planned anew counted."""
    served = case.day.served if case.day else ()
    seen = {(each.client_id, order_id) for each in served for order_id in each.order_ids}
    for handover in found:
        written = [(handover.client.client_id, order_id) for order_id in handover.stage.step.order_ids]
        for key, count in Counter(written).items():
            if key in seen or count > 1:
                text = "order {order_id} is handed over twice"
                where = f"{handover.stage.where}/order_ids"
                yield violation(Code.ORDER_DELIVERED_TWICE, where, text, order_id=key[1])
        seen.update(written)


def _days_twice(found: list[Handover]) -> Iterator[Violation]:
    """Require that no dose-day is brought by two visits, whatever order ids they name."""
    seen: set[tuple[str, str, date]] = set()
    for handover in found:
        units = [(item.product_id, unit.for_on) for item in handover.stage.step.items for unit in item.units]
        brought = {(handover.client.client_id, product, on) for product, on in units if on is not None}
        for client_id, product_id, on in sorted(brought & seen):
            text = "{on} of product {product_id} is brought to client {client_id} twice"
            params = {"client_id": client_id, "product_id": product_id, "on": on.isoformat()}
            yield violation(Code.DOUBLE_SUPPLY, f"{handover.stage.where}/items", text, **params)
        seen |= brought


def _stock(case: Case) -> Iterator[Violation]:
    """Require that a site issues no more than it has that is good on D."""
    issued: dict[tuple[str, str], float] = defaultdict(float)
    for stage in case.stages:
        if stage.step.type is StepType.LOAD:
            for item in stage.step.items:
                issued[item.site_id, item.product_id] += sum(unit.quantity for unit in item.units)
    for (site_id, product_id), quantity in sorted(issued.items()):
        stock = case.sites[site_id].stock if site_id in case.sites else ()
        good = [each for each in stock if each.expires_on is None or each.expires_on >= case.on]
        have = sum(each.quantity for each in good if each.product_id == product_id)
        if quantity > have + QUANTITY_TOLERANCE:
            text = "site {site_id} issues {quantity} of product {product_id} and has {have}"
            params = {"site_id": site_id, "product_id": product_id, "quantity": quantity, "have": have}
            yield violation(Code.STOCK_EXCEEDED, "/routes", text, **params)


def _day(code: Code, delivery: Delivery, on: date, text: str) -> Violation:
    where = f"{delivery.stage.where}/items"
    return violation(code, where, text, order_id=delivery.order_id, on=on.isoformat())
