"""How a client stands with one product on the day: rules 1 to 6, 8, 11 and 12 of `docs/rules.md`, read a second time.

Law: from the programme alone; what continuity derives is never looked at. Days are dose-days of the programme's zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice

from routing.checking.case import Case
from routing.checking.reach import visit_possible
from routing.domain.clients import Client, ClientStatus, DoseStep, Regimen
from routing.domain.hours import Weekday, at
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.policies import ClientClass, MissedDoses, Phase, Policy
from routing.domain.products import Product

CLAIMING = frozenset({LedgerState.PLANNED, LedgerState.ISSUED, LedgerState.HANDED_OVER, LedgerState.DISPENSED_AT_SITE})
UNDER_WAY = frozenset({LedgerState.PLANNED, LedgerState.ISSUED})
TREATED = frozenset({ClientStatus.PRESCRIBED, ClientStatus.ACTIVE})
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
# Nobody is supplied further ahead; a search for the next dose-day ends there.
_HORIZON_DAYS = 3660


def status_of(case: Case, client: Client) -> ClientStatus:
    """Return the client's status on D (rule 1)."""
    end = case.end_of(case.on)
    changes = [change for change in client.status if change.from_at < end]
    return max(reversed(changes), key=lambda change: change.from_at).status if changes else ClientStatus.ACTIVE


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
    """A client's regimen on day D; `exchanged`: days whose older doses are fetched today, seen as if they had been."""

    case: Case
    client: Client
    regimen: Regimen
    product: Product
    policy: Policy | None
    exchanged: frozenset[date] = frozenset()
    before: Standing | None = None

    def step_on(self, on: date) -> DoseStep | None:
        """Return the step of the regimen that holds on a date (rule 3)."""
        if self.counts_doses:
            return self._step_of_dose(self._dose_number(on))
        for step in self.steps:
            if step.from_on <= on and (step.to_on is None or on <= step.to_on):
                return step
        return None

    @cached_property
    def steps(self) -> list[DoseStep]:
        """The regimen's steps in order; of a course no more than the policy's `course_days` doses (rule 3)."""
        ordered = sorted(self.regimen.steps, key=lambda each: each.from_on)
        most = self.policy.course_days if self.policy and self.regimen.phase is Phase.COURSE else None
        if most is None:
            return ordered
        course = islice((on for step in ordered for on in _days(step.from_on, step.to_on or date.max)), most)
        given = set(course)
        return [
            step.changed(to_on=max(mine))
            for step in ordered
            if (mine := [on for on in given if step.from_on <= on <= (step.to_on or date.max)])
        ]

    @property
    def counts_doses(self) -> bool:
        """Whether a course advances with doses taken (rule 3)."""
        return self.regimen.phase is Phase.COURSE and self.regimen.doses_taken is not None

    def _step_of_dose(self, number: int | None) -> DoseStep | None:
        """Return the step of the dose with a number, counted from 0 through all steps' days."""
        if number is None:
            return None
        for step in self.steps:
            if step.to_on is None or number <= (step.to_on - step.from_on).days:
                return step
            number -= (step.to_on - step.from_on).days + 1
        return None

    def _dose_number(self, on: date) -> int | None:
        """Return which dose of a course falls on a date: before D as if none had been missed."""
        first_on = min(step.from_on for step in self.regimen.steps)
        taken, since_on = self.regimen.doses_taken or 0, self.regimen.home.as_of_on
        if on >= self.case.on:
            taken, since_on = taken + self._taken_since_count, self.case.on
        start_on = max(since_on, first_on)
        return None if on < start_on else taken + (on - start_on).days

    @cached_property
    def _taken_since_count(self) -> int:
        first_on = max(self.regimen.home.as_of_on, min(step.from_on for step in self.regimen.steps))
        taken_on = self.regimen.last_taken_on
        past = list(_days(first_on, self.case.on - _DAY))
        return sum(1 for on in past if taken_on is None or on <= taken_on or self._is_observed(on))

    def _is_observed(self, on: date) -> bool:
        policy = self.policy
        return policy is not None and policy.observed_counts and Weekday.of(on) in policy.observed_weekdays

    def _stood_still(self, taken_on: date) -> int:
        """Return the days since a course's last dose on which none was taken (rule 6)."""
        if self._step_of_dose((self.regimen.doses_taken or 0) + self._taken_since_count) is None:
            return 0
        first_on = max(taken_on + _DAY, min(step.from_on for step in self.regimen.steps))
        ends_on = self.regimen.prescription_ends_on or date.max
        past = _days(first_on, min(self.case.on - _DAY, ends_on))
        return sum(1 for on in past if not self._is_observed(on))

    def is_dose_day(self, on: date, *, beyond_prescription: bool = False) -> bool:
        """Whether a dose is taken at home on a date (rule 3)."""
        ends_on = self.regimen.prescription_ends_on
        if self.step_on(on) is None or (ends_on is not None and on > ends_on and not beyond_prescription):
            return False
        return not self._is_observed(on)

    @cached_property
    def entries(self) -> list[LedgerEntry]:
        """What the ledger says of the regimen's dose-days, latest last; void parcels are void here (rule 4)."""
        mine = self.client.client_id, self.regimen.product_id
        written = [entry for entry in self.case.ledger.get(mine, ()) if entry.from_on is not None and not entry.tops_up]
        return [self._as_it_counts(entry, written[index + 1 :]) for index, entry in enumerate(written)]

    def _as_it_counts(self, entry: LedgerEntry, later: list[LedgerEntry]) -> LedgerEntry:
        fetched = [other for other in later if other.state is LedgerState.DISPENSED_AT_SITE]
        void = entry.state in UNDER_WAY and any(_share_a_day(entry, other) for other in fetched)
        stopped = entry.state is LedgerState.PLANNED and any(
            change.from_at >= entry.at
            for change in self.client.status
            if change.status not in TREATED and change.from_at < self.case.end_of(self.case.on)
        )
        return entry.changed(state=LedgerState.VOIDED) if void or stopped else entry

    def entry_on(self, on: date) -> LedgerEntry | None:
        """Return the ledger entry that decides on a dose-day (rule 4); none where it is to be exchanged today."""
        if on in self.exchanged:
            return None
        return next((entry for entry in reversed(self.entries) if _covers(entry, on)), None)

    def is_claimed(self, on: date) -> bool:
        """Whether a dose-day is claimed (rule 4)."""
        entry = self.entry_on(on)
        return entry is not None and entry.state in CLAIMING

    @property
    def labelled_days(self) -> frozenset[date]:
        """The dose-days from D on for which something was handed over."""
        return frozenset(self._labelled)

    @cached_property
    def top_ups(self) -> list[LedgerEntry]:
        """What the ledger says of differences to a changed dose, latest last; they claim no dose-day."""
        mine = self.client.client_id, self.regimen.product_id
        written = [each for each in self.case.ledger.get(mine, ()) if each.from_on is not None and each.tops_up]
        return [self._as_it_counts(each, []) for each in written]

    @cached_property
    def _labelled(self) -> dict[date, bool]:
        """The dose-days from D on for which something was handed over; whether since the count (rule 5)."""
        counted_on = self.regimen.home.as_of_on
        found = {}
        for on in self._written_days():
            entry = self.entry_on(on)
            if self.is_dose_day(on) and entry is not None and entry.state is LedgerState.HANDED_OVER:
                found[on] = self.case.local_date(entry.at) >= counted_on
        return found

    def _written_days(self) -> list[date]:
        """Return the days from D on of which the ledger tells."""
        days = {on for entry in self.entries for on in entry_days(entry)}
        return sorted(on for on in days if on >= self.case.on)

    @cached_property
    def at_home(self) -> int:
        """S of rule 5, the most that can be believed."""
        return self._left_of(self._most) + sum(self._labelled.values())

    @property
    def _most(self) -> int:
        home = self.regimen.home
        return home.doses if home.most is None else home.most

    @property
    def _least(self) -> int:
        home = self.regimen.home
        return home.doses if home.least is None else home.least

    def _left_of(self, doses: int) -> int:
        """Return what is left of a count: not taken since, and not taken back."""
        counted_on = self.regimen.home.as_of_on
        used = sum(1 for on in _days(counted_on, self.case.on - _DAY) if self.is_dose_day(on))
        fetched = sum(1 for on in self._written_days() if self.is_dose_day(on) and self._fetched_from_count(on))
        return max(0, max(0, doses - used) - fetched - self._exchanged_from_count)

    def _fetched_from_count(self, on: date) -> bool:
        """Whether a day's dose, counted, was fetched since: no delivery since the count came just before it."""
        about = [entry for entry in self.entries if _covers(entry, on)]
        since = [entry for entry in about if self.case.local_date(entry.at) >= self.regimen.home.as_of_on]
        came = [None, *since]
        return any(
            entry.state is LedgerState.FETCHED and (before is None or before.state is not LedgerState.HANDED_OVER)
            for before, entry in zip(came, since, strict=False)
        )

    @property
    def _exchanged_from_count(self) -> int:
        """How many of the doses to be exchanged today were counted, and not brought since."""
        if self.before is None:
            return 0
        labelled = self.before._labelled
        return sum(1 for on in self.exchanged if not labelled.get(on, False))

    def _loose(self, doses: int) -> int:
        """Return the doses at home beyond those that were handed over for a day (rule 5)."""
        before = sum(1 for since in self._labelled.values() if not since)
        return max(0, self._left_of(doses) - before)

    def ahead_of(self, *, beyond_prescription: bool = False) -> Iterator[date]:
        """Yield the dose-days from D on."""
        for on in _days(self.case.on, self.case.on + timedelta(days=_HORIZON_DAYS)):
            if self.is_dose_day(on, beyond_prescription=beyond_prescription):
                yield on

    @cached_property
    def covered(self) -> frozenset[date]:
        """The dose-days from D on that the doses at home cover."""
        return frozenset({*self._labelled, *islice(self._bare_days(), self._loose(self._most))})

    def _bare_days(self, *, beyond_prescription: bool = False) -> Iterator[date]:
        """Yield the dose-days from D on for which nothing was handed over."""
        return (on for on in self.ahead_of(beyond_prescription=beyond_prescription) if on not in self._labelled)

    def open_days(self, *, beyond_prescription: bool = False) -> Iterator[date]:
        """Yield the dose-days from D on that are neither at home nor claimed."""
        bare = self._bare_days(beyond_prescription=beyond_prescription)
        return (on for on in islice(bare, self._loose(self._most), None) if not self.is_claimed(on))

    def _run_out(self, *, beyond_prescription: bool) -> date | None:
        bare = self._bare_days(beyond_prescription=beyond_prescription)
        return next((on for on in islice(bare, self._loose(self._least), None) if not self.is_claimed(on)), None)

    @cached_property
    def run_out_on(self) -> date | None:
        """R of rule 5; None where every dose-day ahead is supplied, or the regimen has ended."""
        return self._run_out(beyond_prescription=False)

    @cached_property
    def wanted_on(self) -> date | None:
        """R as if the prescription had no end (rule 7)."""
        return self._run_out(beyond_prescription=True)

    @cached_property
    def missed_days(self) -> int:
        """M of rule 6: the worse of what is reported and what the records make of the count."""
        taken_on = self.regimen.last_taken_on
        reported = 0
        if taken_on is not None and self.counts_doses:
            reported = self._stood_still(taken_on)
        elif taken_on is not None:
            reported = sum(1 for on in _days(taken_on, self.case.on - _DAY) if on > taken_on and self.is_dose_day(on))
        return max(reported, self.count_less_records)

    @property
    def count_less_records(self) -> int:
        """By how many doses a count differs from the records (rule 6)."""
        home = self.regimen.home
        return 0 if home.expected is None else home.doses - home.expected

    @property
    def review_on(self) -> date | None:
        """Nothing is brought for that day or later (rules 7 and 8)."""
        dates = [self.regimen.review_on] if self.regimen.review_on is not None else []
        if self.policy is not None and self.policy.review_interval_days is not None:
            last_on = self.regimen.reviewed_on or min(step.from_on for step in self.regimen.steps)
            dates.append(last_on + timedelta(days=self.policy.review_interval_days))
        return min(dates, default=None)

    @property
    def least_days(self) -> int:
        """The fewest dose-days of a delivery: the policy's, or what is left of a course (rule 9)."""
        least = self.policy.min_days_a_delivery if self.policy else 1
        return min(least, len(list(islice(self.open_days(beyond_prescription=True), least))))

    @property
    def most_days(self) -> int:
        """The caps of rule 8 that count days, dates and stock aside; may be below zero."""
        if self.policy is None:
            return 0
        caps = [self.policy.max_days_a_delivery, self.policy.max_days_on_hand - self.at_home]
        affordable = self.regimen.affordable_days or self.policy.affordable_days_per_week
        if affordable is not None and not (self.regimen.subsidised or self.policy.subsidised):
            caps.append(affordable + self.regimen.subsidy_days)
        return min(caps)

    @cached_property
    def deliverable(self) -> list[date]:
        """The dose-days that may be delivered today: all caps of rule 8 but stock, in order from r."""
        review_on = self.review_on
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
        return None if self.run_out_on is None else self.latest_safe_for(self.run_out_on)

    def latest_safe_for(self, first_on: date) -> datetime | None:
        """Return until when something for a day must be handed over."""
        policy, safe_at = self.policy, self.safe_by_policy(first_on)
        if policy is None or safe_at is None:
            return None
        on = self.case.local_date(safe_at)
        while on > self.case.on and not visit_possible(self.case, self.client, on, policy.visit_weekdays):
            on -= _DAY
            safe_at = self.case.end_of(on) - _SECOND
        return safe_at

    def safe_by_policy(self, first_on: date) -> datetime | None:
        """Return until when something for a day is safe, on whatever days somebody may come."""
        if self.policy is None:
            return None
        last_on = max(first_on, self.case.on)
        return at(last_on, self.policy.dose_time, self.case.zone) + timedelta(hours=self.policy.grace_h)

    def is_missing_doses(self) -> bool:
        """Whether the tier is T0a or T0b."""
        without_dose = self.run_out_on is not None and self.run_out_on <= self.case.on
        return without_dose and (self.missed_days > 0 or self._crosses_threshold())

    def _crosses_threshold(self) -> bool:
        if self.policy is None or self.regimen.last_taken_on is None:
            return False
        entry = thresholds_of(self.policy, self.regimen.phase)
        return self.missed_days + 1 > (entry.resume_up_to if entry else 0)


def standing_of(case: Case, client: Client, regimen: Regimen) -> Standing:
    """Work out how a client stands with a product."""
    policy = policy_of(case, client, regimen)
    return Standing(case, client, regimen, case.products[regimen.product_id], policy)


def _days(from_on: date, to_on: date) -> Iterator[date]:
    """Yield the dates from one to another, both included."""
    return map(date.fromordinal, range(from_on.toordinal(), to_on.toordinal() + 1))


def _covers(entry: LedgerEntry, on: date) -> bool:
    return entry.from_on is not None and entry.to_on is not None and entry.from_on <= on <= entry.to_on


def _share_a_day(one: LedgerEntry, other: LedgerEntry) -> bool:
    return any(_covers(other, on) for on in entry_days(one))


def entry_days(entry: LedgerEntry) -> Iterator[date]:
    """Yield the dose-days of a ledger entry."""
    if entry.from_on is not None and entry.to_on is not None:
        yield from _days(entry.from_on, entry.to_on)


def thresholds_of(policy: Policy, phase: Phase) -> MissedDoses | None:
    """Return what the policy says of missed doses in a phase."""
    return next((entry for entry in policy.missed_doses if entry.phase is phase), None)
