"""Whom to ask what before the day is planned. Law: a closed list of questions; no text names a person or medicine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from routing.continuity.claims import Claims, ledgers_of
from routing.continuity.policies import Policies
from routing.continuity.status import SUPPLIED, VISITED
from routing.domain.clients import Client, Confidence, Regimen
from routing.domain.orders import Gap, Hold, HoldCode, Needs, Order, Tier
from routing.domain.programme import Programme
from routing.horizon.forecast import needs_ahead, reach_ahead
from routing.horizon.status import day_of, status_of

DAYS_AHEAD = 2
"""Clients who are due today or on so many days after it are asked."""

OLD_COUNT_DAYS = 3
"""A count of doses at home is asked again when it is older than this."""

LEAST_URGENT = 100


class Question(StrEnum):
    """What may be asked. Closed list."""

    DELIVERY_ARRIVED = "delivery_arrived"
    CLEARANCE = "clearance"
    LAST_TAKEN = "last_taken"
    DOSES_LEFT = "doses_left"
    PAYMENT = "payment"
    WINDOWS = "windows"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question about a client, in a sentence; `product_id` None: about none in particular."""

    question: Question
    product_id: str | None = None
    text: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """What to ask of one client.

    Attributes
    ----------
    tier
        Of what is due on the day itself, the most urgent; None: nothing is.
    due_on
        The first day ahead on which something is due or held; None: there is only something uncertain.
    """

    client: Client
    tier: Tier | None
    due_on: date | None
    asks: tuple[Ask, ...]
    urgency: int

    @property
    def by_phone(self) -> bool:
        """Whether the client has said that calling is safe, and there is a number."""
        return self.client.consent.safe_to_call and bool(self.client.phone)


def calls_of(programme: Programme, on: date) -> tuple[Call, ...]:
    """Return whom to ask what on a date, the most urgent first.

    Asked are clients (in treatment, before it, or followed up after it) with something due or held within
    `DAYS_AHEAD` days, and those about whom something is uncertain.
    """
    days = DAYS_AHEAD + 1
    ahead = [needs for _, needs in needs_ahead(programme, on, days, reach_ahead(programme, on, days))]
    ledgers = ledgers_of(programme.ledger)
    calls = [
        call
        for client in programme.clients
        if status_of(programme, client, on) in VISITED
        for call in _Caller(programme, client, on, ahead, ledgers).calls()
    ]
    return tuple(sorted(calls, key=lambda call: call.urgency))  # of equals, the programme's order


class _Caller:
    """The questions for one client."""

    def __init__(
        self,
        programme: Programme,
        client: Client,
        on: date,
        ahead: Sequence[Needs],
        ledgers: Mapping[tuple[str, str], Claims],
    ) -> None:
        self._programme = programme
        self._client = client
        self._on = on
        self._ledgers = ledgers
        self._policies = Policies(programme.policies, on)
        self._is_supplied = status_of(programme, client, on) in SUPPLIED
        self._orders = [[order for order in needs.orders if self._is_mine(order)] for needs in ahead]
        self._holds = [hold for hold in ahead[0].holds if self._is_mine(hold)]
        self._gaps = [gap for gap in ahead[0].gaps if self._is_mine(gap)]

    def _is_mine(self, found: Order | Hold | Gap) -> bool:
        return found.client_id == self._client.client_id

    def calls(self) -> Iterator[Call]:
        """Yield the client's call, if there is something to ask."""
        asks = tuple(ask for regimen in self._regimens() for ask in self._about(regimen))
        today = sorted((order.tier for order in self._orders[0]), key=lambda tier: tier.rank)
        due_on = self._due_on()
        if due_on is not None:
            asks += (Ask(question=Question.WINDOWS, text="at which hours may somebody come?"),)
        if asks:
            yield Call(
                client=self._client,
                tier=today[0] if today else None,
                due_on=due_on,
                asks=tuple(sorted(asks, key=lambda ask: tuple(Question).index(ask.question))),
                urgency=self._urgency(today, due_on),
            )

    def _regimens(self) -> Iterator[Regimen]:
        for regimen in self._client.regimens if self._is_supplied else ():
            if any(step.to_on is None or step.to_on >= self._on for step in regimen.steps):
                yield regimen

    def _about(self, regimen: Regimen) -> Iterator[Ask]:
        yield from self._delivery(regimen)
        yield from self._last_dose(regimen)
        yield from self._count(regimen)
        if self._payment_binds(regimen):
            yield self._ask(regimen, Question.PAYMENT, f"for how many days can be paid?{self._price(regimen)}")

    def _delivery(self, regimen: Regimen) -> Iterator[Ask]:
        claims = self._ledgers.get((self._client.client_id, regimen.product_id), Claims())
        entry = claims.unreconciled(day_of(self._programme, self._on))
        if entry is not None:
            planned_on = entry.at.astimezone(self._programme.zone).date()
            yield self._ask(regimen, Question.DELIVERY_ARRIVED, f"did the delivery of {planned_on} arrive?")

    def _last_dose(self, regimen: Regimen) -> Iterator[Ask]:
        codes = {hold.code for hold in self._holds if hold.product_id == regimen.product_id}
        if HoldCode.CLEARANCE_NEEDED in codes:
            text = "doses were missed: how are they? Only a clearance given today lets doses go on"
            yield self._ask(regimen, Question.CLEARANCE, text)
        if regimen.last_taken_on is None:
            yield self._ask(regimen, Question.LAST_TAKEN, "when was the last dose taken? (not known)")
        elif regimen.last_taken_on < self._on - timedelta(days=1):
            text = f"when was the last dose taken? (as known: {regimen.last_taken_on})"
            yield self._ask(regimen, Question.LAST_TAKEN, text)

    def _count(self, regimen: Regimen) -> Iterator[Ask]:
        home = regimen.home
        if home.confidence is Confidence.COMPUTED or (self._on - home.as_of_on).days > OLD_COUNT_DAYS:
            text = f"how many doses are at home? ({home.doses} on {home.as_of_on}, {home.confidence})"
            yield self._ask(regimen, Question.DOSES_LEFT, text)

    def _payment_binds(self, regimen: Regimen) -> bool:
        bound: list[Order | Gap] = [*self._orders[0], *self._gaps]
        return any(each.product_id == regimen.product_id and each.binding_cap == "affordable_days" for each in bound)

    def _price(self, regimen: Regimen) -> str:
        """Say what a day costs, where the policy knows."""
        policy = self._policies.choose(self._client, regimen)
        return "" if policy is None or policy.price_a_day is None else f" ({policy.price_a_day:g} a day)"

    def _ask(self, regimen: Regimen, question: Question, text: str) -> Ask:
        return Ask(question=question, product_id=regimen.product_id, text=text)

    def _due_on(self) -> date | None:
        if self._holds or any(order.due_on <= self._on or order.tier.rank <= 2 for order in self._orders[0]):
            return self._on
        for offset, orders in enumerate(self._orders[1:], start=1):
            day = self._on + timedelta(days=offset)
            if any(order.due_on <= day for order in orders):
                return day
        return None

    def _urgency(self, today: Sequence[Tier], due_on: date | None) -> int:
        """Return a rank: the tiers of today, holds by their deadline among them, then the days ahead."""
        ranks = [tier.rank for tier in today] + [self._hold_rank(hold) for hold in self._holds]
        if ranks and due_on == self._on:
            return min(ranks)
        return LEAST_URGENT if due_on is None else len(Tier) + (due_on - self._on).days

    def _hold_rank(self, hold: Hold) -> int:
        if hold.code in {HoldCode.CLEARANCE_NEEDED, HoldCode.MISSED_DOSES}:
            return Tier.T0B.rank
        if hold.deadline_at is None:
            return Tier.T3.rank
        left = (hold.deadline_at.astimezone(self._programme.zone).date() - self._on).days
        return Tier.T1.rank if left <= 0 else Tier.T2.rank if left == 1 else Tier.T3.rank
