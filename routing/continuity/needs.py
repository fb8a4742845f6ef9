"""What every client needs on one day, in the order of docs/rules.md, section 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from routing.continuity.caps import Cap
from routing.continuity.case import Case, case_of
from routing.continuity.claims import Claims, ledgers_of, supplies_ended
from routing.continuity.day import LOOK_AHEAD_DAYS, Day
from routing.continuity.drafts import Draft, choose_lots, draft_of
from routing.continuity.gaps import gap_of, no_visit_gap
from routing.continuity.holds import dose_not_measurable, first_hold, not_prescribed, out_of_stock, policy_missing
from routing.continuity.order_ids import OrderIds
from routing.continuity.policies import choose_policy
from routing.continuity.status import status_on
from routing.continuity.stock import SITE_STOCK, Ration, ration, stock_on
from routing.continuity.supplies import is_due, supply_draft
from routing.continuity.units import Lot
from routing.domain.clients import Client, ClientStatus, Regimen, SupplyOrder
from routing.domain.orders import Gap, Hold, Needs, Reach
from routing.domain.products import Product
from routing.domain.programme import Programme

Finding = Draft | Hold | Gap


def needs_of(programme: Programme, on: date, reach: Reach, *, look_ahead_days: int = LOOK_AHEAD_DAYS) -> Needs:
    """Derive the day's orders, holds, gaps and shortfalls.

    Parameters
    ----------
    programme
        As loaded; nothing of it is validated again.
    on
        The day to plan, D, a date in the programme's zone.
    reach
        client_id -> the dates on which somebody may go there. A client missing in it, and any client where it is
        empty, is unknown and taken for reachable on every day that is not closed. A client whose dates are an
        empty set is reachable on none.
    look_ahead_days
        `reach` knows so many days, D counted; later days are taken for reachable where not closed.

    Returns
    -------
    Needs
        Orders, holds and gaps in the programme's order of clients (regimens before supplies). Orders are made on
        closed days too: that nobody may go then is for the plan to say.
    """
    book = _Book.of(programme, on, reach, look_ahead_days)
    findings = [finding for client in programme.clients for finding in _client(book, client)]
    shares = ration([found for found in findings if isinstance(found, Draft)], stock_on(programme.sites, on))
    return _needs(programme, findings, shares)


@dataclass(frozen=True, kw_only=True)
class _Book:
    """The programme with what is looked up in it again and again."""

    programme: Programme
    day: Day
    products: dict[str, Product]
    claims: Mapping[tuple[str, str], Claims]
    supplies_ended: frozenset[tuple[str, str]]
    order_ids: OrderIds

    @classmethod
    def of(cls, programme: Programme, on: date, reach: Reach, look_ahead_days: int) -> _Book:
        return cls(
            programme=programme,
            day=Day(
                on=on,
                zone=programme.zone,
                calendar=programme.calendar,
                reach=reach,
                known_to_on=on + timedelta(days=look_ahead_days - 1),
            ),
            products={product.product_id: product for product in programme.products},
            claims=ledgers_of(programme.ledger),
            supplies_ended=supplies_ended(programme.ledger),
            order_ids=OrderIds.of(programme),
        )


def _client(book: _Book, client: Client) -> Iterator[Finding]:
    status = status_on(client, book.day)  # rule 1
    if status is ClientStatus.ACTIVE:
        for regimen in client.regimens:
            yield from _regimen(book, client, regimen)  # rules 2 to 12
    elif status is ClientStatus.LEAD:
        yield from (not_prescribed(client, regimen.product_id) for regimen in client.regimens)
    if status in {ClientStatus.ACTIVE, ClientStatus.LEAD}:
        for supply in client.supplies:
            yield from _supply(book, client, supply, is_lead=status is ClientStatus.LEAD)  # rule 13


def _regimen(book: _Book, client: Client, regimen: Regimen) -> Iterator[Finding]:
    policy = choose_policy(book.programme.policies, client, regimen, book.day.on)  # rule 2
    if policy is None:
        if _goes_on(regimen, book.day.on):
            yield policy_missing(client, regimen)
        return
    claims = book.claims.get((client.client_id, regimen.product_id), Claims())
    case = case_of(book.day, client, regimen, book.products[regimen.product_id], policy, claims)  # rules 3 to 6
    if not case.goes_on:
        return
    hold = first_hold(case, book.products)  # rules 6 and 7
    if hold is not None:
        yield hold
    elif case.run_out_on is not None:
        order_id = book.order_ids.regimen(client.client_id, regimen.product_id)
        yield from _delivery(case, case.run_out_on, order_id)  # rules 8 to 12


def _delivery(case: Case, run_out: date, order_id: str) -> Iterator[Finding]:
    if case.day.on < case.earliest_on(run_out):  # rule 11
        yield from _some(no_visit_gap(case, run_out))
        return
    choice = choose_lots(case, run_out)  # rules 8 to 10
    if choice is None:
        yield dose_not_measurable(case)
    elif choice.is_enough:
        yield draft_of(case, run_out, choice, order_id)  # rules 11 and 12
    else:
        yield from _some(gap_of(case, run_out, (), choice.cap))


def _supply(book: _Book, client: Client, supply: SupplyOrder, *, is_lead: bool) -> Iterator[Finding]:
    ended = (client.client_id, supply.supply_id) in book.supplies_ended
    if ended or not is_due(supply, book.day.on):
        return
    product = book.products[supply.product_id]
    if is_lead and product.controlled:
        yield not_prescribed(client, supply.product_id)
    else:
        order_id = book.order_ids.supply(client.client_id, supply.supply_id)
        yield supply_draft(book.day, client, supply, product, order_id)


def _goes_on(regimen: Regimen, on: date) -> bool:
    return any(step.to_on is None or step.to_on >= on for step in regimen.steps)


def _some(gap: Gap | None) -> tuple[Gap, ...]:
    return () if gap is None else (gap,)


def _needs(programme: Programme, findings: list[Finding], shares: Ration) -> Needs:
    place = {client.client_id: index for index, client in enumerate(programme.clients)}
    holds = [finding for finding in findings if isinstance(finding, Hold)]
    holds += [out_of_stock(draft.order) for draft in shares.cut]
    gaps = [finding for finding in findings if isinstance(finding, Gap)]
    gaps += [gap for draft in shares.kept for gap in _left_by(draft, draft.lots, draft.cap)]
    gaps += [gap for draft in shares.cut for gap in _left_by(draft, (), Cap(SITE_STOCK, 0))]
    return Needs(
        orders=tuple(draft.order for draft in shares.kept),
        holds=tuple(sorted(holds, key=lambda hold: place[hold.client_id])),
        gaps=tuple(sorted(gaps, key=lambda gap: place[gap.client_id])),
        shortfalls=shares.shortfalls,
    )


def _left_by(draft: Draft, lots: Sequence[Lot], cap: Cap | None) -> tuple[Gap, ...]:
    if draft.case is None or draft.case.run_out_on is None or cap is None:
        return ()
    return _some(gap_of(draft.case, draft.case.run_out_on, lots, cap))
