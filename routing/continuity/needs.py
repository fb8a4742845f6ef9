"""What every client needs on one day, in the order of docs/rules.md, section 1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from routing.continuity.caps import Cap
from routing.continuity.case import Case, case_of
from routing.continuity.changes import swapped, to_fetch, top_ups
from routing.continuity.claims import NO_CLAIMS, Claims, ledgers_of
from routing.continuity.consultations import RENEWALS, Want, consultations, want_of, want_of_assessed
from routing.continuity.day import LOOK_AHEAD_DAYS, Day
from routing.continuity.derived import derived
from routing.continuity.drafts import Draft, choose_lots, draft_of, topping_up
from routing.continuity.gaps import gap_of, no_visit_gap
from routing.continuity.holds import (
    PRESCRIBER,
    dose_not_measurable,
    first_hold,
    not_prescribed,
    out_of_stock,
    policy_missing,
)
from routing.continuity.notices import course_ends, of_programme
from routing.continuity.order_ids import OrderIds
from routing.continuity.policies import Policies
from routing.continuity.remembering import Basis, Memory
from routing.continuity.so_far import on_the_road, settled
from routing.continuity.status import SUPPLIED, TREATED, status_on, stops
from routing.continuity.stock import SITE_STOCK, Ration, ration, stock_on
from routing.continuity.supplies import Supplies, supply_draft
from routing.continuity.units import Goods, Lot, exact
from routing.continuity.visits import visits_due
from routing.domain.clients import Client, ClientStatus, Regimen, SupplyOrder
from routing.domain.ledger import LedgerEntry
from routing.domain.orders import Gap, Hold, HoldCode, Needs, Notice, Order, Reach
from routing.domain.products import Product
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer

Finding = Draft | Order | Hold | Gap | Notice | Want


def needs_of(
    programme: Programme,
    on: date,
    reach: Reach,
    *,
    look_ahead_days: int = LOOK_AHEAD_DAYS,
    memory: Memory | None = None,
) -> Needs:
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
    memory
        Of earlier calls: what nothing has changed about is not worked out again. It changes no finding.

    Returns
    -------
    Needs
        All in the programme's order of clients (regimens before supplies). Orders are made on closed days too: that
        nobody may go then is for the plan to say.
    """
    book = _Book.of(programme, on, reach, look_ahead_days)
    so_far = programme.so_far(on)
    every = _plainly(book) if memory is None else _remembering(book, memory)
    findings = [finding for finding in every if not settled(so_far, finding)]
    drafts = [found for found in findings if isinstance(found, Draft)]
    shares = ration(drafts, stock_on(programme.sites, on), on_the_road(so_far, drafts))
    return _needs(book, findings, shares)


@dataclass(frozen=True, kw_only=True)
class _Book:
    """The programme with what is looked up in it again and again."""

    programme: Programme
    day: Day
    products: dict[str, Product]
    policies: Policies
    claims: Mapping[tuple[str, str], Claims]
    supplies: Supplies
    ceilings: Mapping[str, Fraction]
    order_ids: OrderIds

    @classmethod
    def of(cls, programme: Programme, on: date, reach: Reach, look_ahead_days: int) -> _Book:
        day = Day(
            on=on,
            zone=programme.zone,
            calendar=programme.calendar,
            reach=reach,
            known_to_on=on + timedelta(days=look_ahead_days - 1),
        )
        products = {product.product_id: product for product in programme.products}
        return cls(
            programme=programme,
            day=day,
            products=products,
            policies=Policies(programme.policies, on),
            claims=ledgers_of(programme.ledger),
            supplies=Supplies.of(programme, products, day),
            ceilings=_ceilings(programme.volunteers),
            order_ids=OrderIds.of(programme),
        )


def _ceilings(volunteers: Sequence[Volunteer]) -> dict[str, Fraction]:
    """Return the most of each controlled product that any one volunteer may have in custody."""
    most: dict[str, Fraction] = {}
    for volunteer in volunteers:
        for ceiling in () if volunteer.custody_blocked else volunteer.custody:
            most[ceiling.product_id] = max(exact(ceiling.quantity), most.get(ceiling.product_id, Fraction(0)))
    return most


def _plainly(book: _Book) -> Iterator[Finding]:
    return (finding for client in book.programme.clients for finding in _client(book, client))


def _remembering(book: _Book, memory: Memory) -> Iterator[Finding]:
    """Yield the same, and work out only what follows from something else than before."""
    clients = book.programme.clients
    entries, spared = _by_client(book)
    known = memory.day(_shared(book), (client.client_id for client in clients))
    for client in clients:
        _choose_policies(book, client)
        who = client.client_id
        basis = (client, book.day.reach.get(who), entries.get(who), spared.get(who))
        yield from known.of(who, basis, lambda client=client: tuple(_client(book, client)))  # type: ignore[misc]


def _shared(book: _Book) -> Basis:
    """Return all that findings about any client follow from, apart from what is that client's own."""
    day, programme = book.day, book.programme
    rules = (programme.products, programme.policies, book.ceilings, book.order_ids.ambiguous)
    return (day.on, programme.timezone, day.calendar, day.known_to_on, *rules)


def _by_client(book: _Book) -> tuple[dict[str, list[LedgerEntry]], dict[str, set[str]]]:
    """Return the ledger's entries of each client, in its order; and the supplies for which somebody else's do."""
    entries: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in book.programme.ledger:
        entries[entry.client_id].append(entry)
    spared: dict[str, set[str]] = defaultdict(set)
    for client_id, supply_id in book.supplies.spared:
        spared[client_id].add(supply_id)
    return entries, spared


def _choose_policies(book: _Book, client: Client) -> None:
    """Choose what `_client` chooses: notices are made of all policies that were."""
    if status_on(client, book.day) in TREATED:
        for regimen in client.regimens:
            book.policies.choose(client, regimen)


def _client(book: _Book, client: Client) -> Iterator[Finding]:
    status = status_on(client, book.day)  # rule 1
    is_treated = status in TREATED
    if is_treated:
        for regimen in client.regimens:
            yield from _regimen(book, client, regimen)  # rules 2 to 12
    if status in SUPPLIED:
        if not is_treated:
            yield from _not_prescribed(client, status)
        for supply in client.supplies:
            yield from _supply(book, client, supply, is_lead=not is_treated)  # rule 13
    if client.assessment_on or client.follow_up_on:
        yield from visits_due(client, status, book.day, book.order_ids)  # rule 14


def _not_prescribed(client: Client, status: ClientStatus) -> Iterator[Finding]:
    for regimen in client.regimens:
        yield not_prescribed(client, regimen.product_id)
        if status is ClientStatus.ASSESSED:
            yield want_of_assessed(client, regimen)


def _regimen(book: _Book, client: Client, regimen: Regimen) -> Iterator[Finding]:
    policy = book.policies.choose(client, regimen)  # rule 2
    if policy is None:
        if _goes_on(regimen, book.day.on):
            yield policy_missing(client, regimen)
        return
    key = (client.client_id, regimen.product_id)
    claims = book.claims.get(key, NO_CLAIMS)
    if client.status:
        claims = claims.stopped_at(stops(client, book.day))
    product = book.products[regimen.product_id]
    ceiling = book.ceilings.get(regimen.product_id)
    case = case_of(book.day, client, regimen, product, policy, claims, ceiling)  # rules 3 to 6
    if not case.goes_on:
        return
    yield from course_ends(case, book.products)
    hold = first_hold(case, book.products)  # rules 6 and 7
    fetched = None if hold is not None else to_fetch(case)
    if fetched is not None:
        case = swapped(case, fetched)
        hold = first_hold(case, book.products)
    if hold is not None:
        yield hold
        if hold.owner == PRESCRIBER:
            yield want_of(case, hold.code)
        return
    order_id = book.order_ids.regimen(*key)
    extra = top_ups(case) if regimen.dose_change is not None else None
    if extra:
        yield from _top_up(case, extra, order_id)
    elif case.run_out_on is not None and case.first_on is not None:
        yield from _delivery(case, case.run_out_on, case.first_on, order_id, fetched)  # rules 8 to 12


def _top_up(case: Case, extra: tuple[Lot, ...], order_id: str) -> Iterator[Finding]:
    """Bring what older doses lack, with the doses that may come today too (rule 7)."""
    topped_on, run_out, first = extra[0].for_on, case.run_out_on, case.first_on
    choice = None
    if run_out is not None and first is not None and case.day.on >= case.earliest_on(run_out):
        choice = choose_lots(case, first)
    enough = choice if choice is not None and choice.is_enough else None
    if topped_on is not None and case.day.on >= case.earliest_on(topped_on):
        yield draft_of(case, topped_on, topping_up(extra, enough), order_id)


def _delivery(case: Case, run_out: date, first: date, order_id: str, fetched: Goods | None) -> Iterator[Finding]:
    if case.day.on < case.earliest_on(run_out):  # rule 11
        yield from _some(no_visit_gap(case, run_out))
        return
    choice = choose_lots(case, first)  # rules 8 to 10
    if choice is None:
        yield dose_not_measurable(case)
        yield want_of(case, HoldCode.DOSE_NOT_MEASURABLE)
        return
    if choice.cap.name in RENEWALS and (choice.binds or not choice.is_enough):
        yield want_of(case, choice.cap.name)
    if choice.is_enough:
        yield draft_of(case, run_out, choice, order_id, fetched)  # rules 11 and 12
    else:
        yield from _some(gap_of(case, first, (), choice.cap))


def _supply(book: _Book, client: Client, supply: SupplyOrder, *, is_lead: bool) -> Iterator[Finding]:
    wanted = book.supplies.wanted(client, supply)
    if wanted is None:
        return
    product = book.products[supply.product_id]
    if is_lead and product.controlled:
        yield not_prescribed(client, supply.product_id)
    else:
        order_id = book.order_ids.supply(client.client_id, supply.supply_id)
        yield supply_draft(book.day, client, wanted, product, order_id)


def _goes_on(regimen: Regimen, on: date) -> bool:
    return any(step.to_on is None or step.to_on >= on for step in regimen.steps)


def _some(gap: Gap | None) -> tuple[Gap, ...]:
    return () if gap is None else (gap,)


def _needs(book: _Book, findings: list[Finding], shares: Ration) -> Needs:
    place = {client.client_id: index for index, client in enumerate(book.programme.clients)}
    holds = [finding for finding in findings if isinstance(finding, Hold)]
    holds += [
        out_of_stock(draft.order, draft.product.product_id, draft.site_id, draft.quantity) for draft in shares.cut
    ]
    gaps = [finding for finding in findings if isinstance(finding, Gap)]
    gaps += [gap for draft in shares.kept for gap in _left_by(draft, draft.lots, draft.cap)]
    gaps += [gap for draft in shares.cut for gap in _left_by(draft, (), Cap(SITE_STOCK, 0))]
    orders = [draft.order for draft in shares.kept]
    visits = [finding for finding in findings if isinstance(finding, Order)]
    if visits:
        orders = sorted([*orders, *visits], key=lambda order: place[order.client_id])
    return derived(
        Needs,
        orders=tuple(orders),
        holds=tuple(sorted(holds, key=lambda hold: place[hold.client_id])),
        gaps=tuple(sorted(gaps, key=lambda gap: place[gap.client_id])),
        shortfalls=shares.shortfalls,
        notices=(
            *(finding for finding in findings if isinstance(finding, Notice)),
            *_consultations(book, findings),
            *of_programme(book.programme, book.policies, book.products),
        ),
    )


def _consultations(book: _Book, findings: list[Finding]) -> Iterator[Notice]:
    """Yield nothing where the programme names nobody who prescribes: then nobody knows of slots."""
    prescribers = book.programme.prescribers
    if prescribers:
        wants = [finding for finding in findings if isinstance(finding, Want)]
        yield from consultations(wants, prescribers, book.day)  # rule 15


def _left_by(draft: Draft, lots: Sequence[Lot], cap: Cap | None) -> tuple[Gap, ...]:
    if draft.case is None or draft.case.first_on is None or cap is None:
        return ()
    return _some(gap_of(draft.case, draft.case.first_on, [lot for lot in lots if lot.covers], cap))
