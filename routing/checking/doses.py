"""How a client stands with one product on the day: rules 1 to 8, 11 and 12 of `docs/rules.md`, read a second time.

Law: from the programme alone; what continuity derives is never looked at. Days are dose-days of the programme's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice

from routing.checking.case import Case
from routing.checking.reach import visit_possible
from routing.domain.clients import Client, ClientStatus, DoseStep, Regimen
from routing.domain.hours import Weekday, at
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import HoldCode
from routing.domain.policies import ClientClass, MissedDoses, Phase, Policy
from routing.domain.products import Product

CLAIMING = frozenset({LedgerState.PLANNED, LedgerState.ISSUED, LedgerState.HANDED_OVER, LedgerState.DISPENSED_AT_SITE})
_UNDER_WAY = frozenset({LedgerState.PLANNED, LedgerState.ISSUED})
_DAY = timedelta(days=1)
# Nobody is supplied further ahead; a search for the next dose-day ends there.
_HORIZON_DAYS = 3660


def status_of(case: Case, client: Client) -> ClientStatus:
    """Return the client's status on D (rule 1)."""
    end = case.end_of(case.on)
    changes = [change for change in client.status if change.from_at < end]
    return max(changes, key=lambda change: change.from_at).status if changes else ClientStatus.ACTIVE


def policy_of(case: Case, client: Client, regimen: Regimen) -> Policy | None:
    """Return the policy in force on D for a regimen (rule 2)."""
    in_force = [
        policy
        for policy in case.programme.policies
        if policy.valid_from_on <= case.on and (policy.valid_to_on is None or case.on <= policy.valid_to_on)
    ]
    if regimen.policy_id is not None:
        return next((policy for policy in in_force if policy.policy_id == regimen.policy_id), None)
    fitting = [policy for policy in in_force if policy.product_id == regimen.product_id]
    named = [policy for policy in fitting if client.client_class in policy.client_classes]
    general = [policy for policy in fitting if not policy.client_classes]
    if client.client_class is ClientClass.MINOR:
        general = []
    # a larger ordinal is a later date; of equal dates the smallest id
    return min(named or general, key=lambda policy: (-policy.valid_from_on.toordinal(), policy.policy_id), default=None)


@dataclass(frozen=True, eq=False)
class Standing:
    """A client's regimen on day D."""

    case: Case
    client: Client
    regimen: Regimen
    product: Product
    policy: Policy | None

    def step_on(self, on: date) -> DoseStep | None:
        """Return the step of the regimen that holds on a date."""
        for step in self.regimen.steps:
            if step.from_on <= on and (step.to_on is None or on <= step.to_on):
                return step
        return None

    def is_dose_day(self, on: date, *, beyond_prescription: bool = False) -> bool:
        """Whether a dose is taken at home on a date (rule 3)."""
        ends_on = self.regimen.prescription_ends_on
        if self.step_on(on) is None or (ends_on is not None and on > ends_on and not beyond_prescription):
            return False
        policy = self.policy
        return policy is None or not (policy.observed_counts and Weekday.of(on) in policy.observed_weekdays)

    @cached_property
    def entries(self) -> list[LedgerEntry]:
        """What the ledger says of the regimen's dose-days, latest last."""
        mine = self.client.client_id, self.regimen.product_id
        return [entry for entry in self.case.ledger.get(mine, ()) if entry.from_on is not None]

    def entry_on(self, on: date) -> LedgerEntry | None:
        """Return the ledger entry that decides on a dose-day (rule 4)."""
        return next((entry for entry in reversed(self.entries) if _covers(entry, on)), None)

    def is_claimed(self, on: date) -> bool:
        """Whether a dose-day is claimed (rule 4)."""
        entry = self.entry_on(on)
        return entry is not None and entry.state in CLAIMING

    @cached_property
    def at_home(self) -> int:
        """S of rule 5."""
        home = self.regimen.home
        used = sum(1 for on in _days(home.as_of_on, self.case.on - _DAY) if self.is_dose_day(on))
        return max(0, home.doses - used) + self._handed_over_since(home.as_of_on)

    def _handed_over_since(self, as_of_on: date) -> int:
        brought: set[date] = set()
        for entry in self.entries:
            if entry.state is LedgerState.HANDED_OVER and self.case.local_date(entry.at) >= as_of_on:
                ahead = _days(max(entry.from_on or self.case.on, self.case.on), entry.to_on or self.case.on)
                brought.update(on for on in ahead if self.is_dose_day(on) and self.entry_on(on) is entry)
        return len(brought)

    @cached_property
    def covered(self) -> frozenset[date]:
        """The dose-days from D on that the doses at home cover."""
        ahead = _days(self.case.on, self.case.on + timedelta(days=_HORIZON_DAYS))
        return frozenset(islice((on for on in ahead if self.is_dose_day(on)), self.at_home))

    def open_days(self, *, beyond_prescription: bool = False) -> Iterator[date]:
        """Yield the dose-days from D on that are neither at home nor claimed."""
        for on in _days(self.case.on, self.case.on + timedelta(days=_HORIZON_DAYS)):
            dose_day = self.is_dose_day(on, beyond_prescription=beyond_prescription)
            if dose_day and on not in self.covered and not self.is_claimed(on):
                yield on

    @cached_property
    def run_out_on(self) -> date | None:
        """R of rule 5; None where every dose-day ahead is supplied, or the regimen has ended."""
        return next(self.open_days(), None)

    @cached_property
    def missed_days(self) -> int:
        """M of rule 6."""
        taken_on = self.regimen.last_taken_on
        if taken_on is None:
            return 0
        return sum(1 for on in _days(taken_on, self.case.on - _DAY) if on > taken_on and self.is_dose_day(on))

    @cached_property
    def hold(self) -> HoldCode | None:
        """The first hold of rules 2, 6 and 7; rule 10's is `units.unit_for`."""
        if self.policy is None:
            return HoldCode.POLICY_MISSING
        for holds, code in _HOLDS:
            if holds(self, self.policy):
                return code
        return self._missed_hold(self.missed_days, self.policy)

    def _missed_hold(self, missed: int, policy: Policy) -> HoldCode | None:
        if missed == 0:
            return None
        if self.at_home > 0:
            return HoldCode.SURPLUS_AT_HOME
        return _threshold(self, missed, _thresholds(policy, self.regimen.phase))

    @property
    def most_days(self) -> int:
        """The caps of rule 8 that count days, dates and stock aside; may be below zero."""
        if self.policy is None:
            return 0
        caps = [self.policy.max_days_a_delivery, self.policy.max_days_on_hand - self.at_home]
        affordable = self.regimen.affordable_days or self.policy.affordable_days_per_week
        if affordable is not None and not (self.regimen.subsidised or self.policy.subsidised):
            caps.append(affordable)
        return min(caps)

    @cached_property
    def deliverable(self) -> list[date]:
        """The dose-days that may be delivered today: all caps of rule 8 but stock, in order from r."""
        review_on = self.regimen.review_on
        days = (on for on in self.open_days() if review_on is None or on < review_on)
        return list(islice(days, max(0, self.most_days)))

    @property
    def earliest_on(self) -> date | None:
        """Before it there is no order (rule 11)."""
        if self.run_out_on is None or self.policy is None:
            return None
        return self.run_out_on - timedelta(days=self.policy.early_days)

    @cached_property
    def latest_safe_at(self) -> datetime | None:
        """Handing over must be finished by then (rule 11)."""
        policy = self.policy
        if self.run_out_on is None or policy is None:
            return None
        last_on = max(self.run_out_on, self.case.on)
        safe_at = at(last_on, policy.dose_time, self.case.zone) + timedelta(hours=policy.grace_h)
        on = self.case.local_date(safe_at)
        while on > self.case.on and not visit_possible(self.case, self.client, on, policy.visit_weekdays):
            on -= _DAY
            safe_at = self.case.end_of(on)
        return safe_at

    @property
    def urgent(self) -> bool:
        """Whether the order's tier is T0a, T0b or T1 (rule 12)."""
        if self.missed_days > 0 or self._crosses_threshold():
            return True
        return self.latest_safe_at is not None and self.latest_safe_at <= self.case.end_of(self.case.on)

    def _crosses_threshold(self) -> bool:
        if self.policy is None or self.run_out_on != self.case.on or self.regimen.last_taken_on is None:
            return False
        entry = _thresholds(self.policy, self.regimen.phase)
        today, tomorrow = (_rank(missed, entry) for missed in (self.missed_days, self.missed_days + 1))
        return tomorrow > today


def standing_of(case: Case, client: Client, regimen: Regimen) -> Standing:
    """Work out how a client stands with a product."""
    policy = policy_of(case, client, regimen)
    return Standing(case, client, regimen, case.products[regimen.product_id], policy)


def _days(from_on: date, to_on: date) -> Iterator[date]:
    """Yield the dates from one to another, both included."""
    return map(date.fromordinal, range(from_on.toordinal(), to_on.toordinal() + 1))


def _covers(entry: LedgerEntry, on: date) -> bool:
    return entry.from_on is not None and entry.to_on is not None and entry.from_on <= on <= entry.to_on


def _review_due(standing: Standing, _: Policy) -> bool:
    return standing.regimen.review_on is not None and standing.regimen.review_on <= standing.case.on


def _prescription_ended(standing: Standing, _: Policy) -> bool:
    ends_on = standing.regimen.prescription_ends_on
    first = next(standing.open_days(beyond_prescription=True), None)
    return ends_on is not None and first is not None and ends_on < first


def _channel_barred(standing: Standing, policy: Policy) -> bool:
    induction = standing.regimen.phase is Phase.INDUCTION
    return standing.regimen.remote and not (policy.remote_initiation if induction else policy.remote_renewal)


def _unreconciled(standing: Standing, _: Policy) -> bool:
    entries = [entry for entry in standing.entries if entry.state in _UNDER_WAY]
    past = [entry for entry in entries if standing.case.local_date(entry.at) < standing.case.on]
    return any(standing.entry_on(on) is entry for entry in past for on in _entry_days(entry))


def _entry_days(entry: LedgerEntry) -> Iterator[date]:
    if entry.from_on is not None and entry.to_on is not None:
        yield from _days(entry.from_on, entry.to_on)


_HOLDS: tuple[tuple[Callable[[Standing, Policy], bool], HoldCode], ...] = (
    (lambda standing, _: standing.regimen.prescriber_hold, HoldCode.PRESCRIBER_HOLD),
    (_review_due, HoldCode.REVIEW_DUE),
    (_prescription_ended, HoldCode.PRESCRIPTION_ENDED),
    (_channel_barred, HoldCode.PRESCRIPTION_CHANNEL_NOT_PERMITTED),
    (_unreconciled, HoldCode.UNRECONCILED_DELIVERY),
)


def _thresholds(policy: Policy, phase: Phase) -> MissedDoses | None:
    return next((entry for entry in policy.missed_doses if entry.phase is phase), None)


def _rank(missed: int, entry: MissedDoses | None) -> int:
    """Return 0 where doses go on, 1 where a clearance is needed, 2 where the prescriber is."""
    if missed == 0:
        return 0
    if entry is None:
        return 2
    return int(missed > entry.resume_up_to) + int(missed > entry.clearance_up_to)


def _threshold(standing: Standing, missed: int, entry: MissedDoses | None) -> HoldCode | None:
    rank = _rank(missed, entry)
    if rank == 2:
        return HoldCode.MISSED_DOSES
    clearance = standing.regimen.clearance
    cleared = clearance is not None and standing.case.local_date(clearance.at) == standing.case.on
    return HoldCode.CLEARANCE_NEEDED if rank == 1 and not cleared else None
