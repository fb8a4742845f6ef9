"""One regimen of one client on the day, with all that rules 3 to 6 find out about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from routing.continuity import courses
from routing.continuity.claims import Claims
from routing.continuity.day import MOST_DAYS_TO_A_VISIT, ONE_DAY, Day
from routing.continuity.dose_days import NEVER, DoseDays
from routing.continuity.home import AtHome, at_home, days_since_last, first_open_on, surplus
from routing.domain.clients import Client, Regimen
from routing.domain.policies import MissedDoses, Policy
from routing.domain.products import Product

ONE_YEAR = timedelta(days=MOST_DAYS_TO_A_VISIT)


class Case(NamedTuple):
    """What is known about one regimen.

    Attributes
    ----------
    counted_days, dose_days
        The dose-days as they lay when doses at home were counted, and as they lie from today on.
    home
        What is at home: the most that can be believed.
    missed
        m, the dose-days missed.
    run_out_on
        r, by the fewest doses that can be believed; None: every dose-day to come is at home or claimed, or there is
        none.
    wanted_on
        r as it would be had the prescription no end.
    first_on
        The first dose-day to be supplied, by the most doses that can be believed.
    ceiling
        The most of the product that any volunteer may have in custody; None: not controlled, or nobody may.
    """

    day: Day
    client: Client
    regimen: Regimen
    product: Product
    policy: Policy
    claims: Claims
    counted_days: DoseDays
    dose_days: DoseDays
    home: AtHome
    missed: int
    run_out_on: date | None
    wanted_on: date | None
    first_on: date | None
    ceiling: Fraction | None

    @property
    def doses(self) -> int:
        """S, the doses at home: the most that can be believed."""
        return self.home.doses

    @property
    def goes_on(self) -> bool:
        """Whether a dose step reaches today or later."""
        if self.run_out_on is not None:
            return True
        return next(self.dose_days.unending.since(self.day.on), None) is not None

    @property
    def thresholds(self) -> MissedDoses:
        """What missed days mean in the regimen's phase; without an entry no day may be missed."""
        for entry in self.policy.missed_doses:
            if entry.phase is self.regimen.phase:
                return entry
        return MissedDoses(phase=self.regimen.phase, resume_up_to=0, clearance_up_to=0)

    @property
    def review_on(self) -> date | None:
        """The day from which nothing goes without a review: as written, or by the policy's interval if sooner."""
        written_on, interval = self.regimen.review_on, self.policy.review_interval_days
        if interval is None:
            return written_on
        last_on = self.regimen.reviewed_on or courses.begins_on(self.regimen)
        due_on = last_on + timedelta(days=interval)
        return due_on if written_on is None else min(written_on, due_on)

    def with_claims(self, claims: Claims) -> Case:
        """Return the case under other claims."""
        return case_of(self.day, self.client, self.regimen, self.product, self.policy, claims, self.ceiling)

    def earliest_on(self, run_out: date) -> date:
        """Return the first day on which a refill may come."""
        return run_out - timedelta(days=self.policy.early_days)

    def due_on(self, run_out: date) -> date:
        """Return the day from which a visit is due; not before the earliest refill."""
        return max(run_out - timedelta(days=self.policy.buffer_days), self.earliest_on(run_out))

    def free_days(self, first_on: date) -> Iterator[date]:
        """Yield the dose-days from a date on that nobody has claimed."""
        days = self.dose_days.since(first_on)
        return (on for on in days if not self.claims.is_claimed(on)) if first_on <= self.claims.last_on else days

    def wanted_days(self, first_on: date) -> Iterator[date]:
        """Yield what would be free dose-days had the prescription no end."""
        return (on for on in self.dose_days.unending.since(first_on) if not self.claims.is_claimed(on))

    def standing_days(self, first_on: date) -> Iterator[date]:
        """Yield the days from a date on on which a course stands still that nobody supplies."""
        left = self.dose_days.unending._replace(observed=NEVER).count_between(first_on, first_on + ONE_YEAR)
        on = first_on
        while left > 0:
            if on.weekday() in self.dose_days.observed:
                left -= 1  # taken at the site meanwhile
            elif not self.claims.is_claimed(on):
                yield on
            on += ONE_DAY

    def free_count(self, first_on: date, before_on: date) -> int:
        """Return how many of them lie before another date."""
        if first_on > self.claims.last_on:
            return self.dose_days.count_between(first_on, before_on - ONE_DAY)
        days = self.dose_days.between(first_on, before_on - ONE_DAY)
        return sum(1 for on in days if not self.claims.is_claimed(on))

    def is_visit_day(self, on: date) -> bool:
        """Whether the client may be visited for this product on a date."""
        return self.day.is_visit_day(self.client.client_id, self.policy, on)

    def first_visit_on(self, first_on: date, last_on: date) -> date | None:
        """Return the first such day from one date to another, both included."""
        return self.day.first_visit_on(self.client.client_id, self.policy, first_on, last_on)

    def is_open(self, on: date) -> bool:
        """Whether the client may be visited at all on a date."""
        return self.day.is_open(self.client.client_id, on)


def case_of(
    day: Day,
    client: Client,
    regimen: Regimen,
    product: Product,
    policy: Policy,
    claims: Claims,
    ceiling: Fraction | None = None,
) -> Case:
    """Find out S, m and r (rules 3 to 6)."""
    home = regimen.home
    counted_days = dose_days = DoseDays.of(regimen, policy)
    if courses.is_counted(regimen):
        counted_days = courses.at_count(regimen, policy)
        dose_days = courses.from_today(regimen, policy, day)
        missed = courses.missed(regimen, policy, day)
    else:
        missed = days_since_last(regimen, dose_days, day)
    highest = lowest = at_home(home.highest, home, counted_days, dose_days, claims, day)
    if home.lowest != home.highest:
        lowest = at_home(home.lowest, home, counted_days, dose_days, claims, day)
    run_out = first_open_on(lowest, dose_days, claims, day)
    wanted = run_out
    # A dose-day within the prescription is the first without it, too.
    if run_out is None and regimen.prescription_ends_on is not None:
        wanted = first_open_on(lowest, dose_days.unending, claims, day)
    return Case(
        day=day,
        client=client,
        regimen=regimen,
        product=product,
        policy=policy,
        claims=claims,
        counted_days=counted_days,
        dose_days=dose_days,
        home=highest,
        missed=max(missed, surplus(home)),
        run_out_on=run_out,
        wanted_on=wanted,
        first_on=run_out if lowest is highest else first_open_on(highest, dose_days, claims, day),
        ceiling=ceiling if product.controlled else None,
    )
