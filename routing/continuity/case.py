"""One regimen of one client on the day, with all that rules 3 to 6 find out about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from routing.continuity.claims import Claims
from routing.continuity.day import Day
from routing.continuity.dose_days import DoseDays
from routing.continuity.home import doses_at_home, missed_days, run_out_on
from routing.domain.clients import Client, Regimen
from routing.domain.policies import MissedDoses, Policy
from routing.domain.products import Product


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is known about one regimen.

    Attributes
    ----------
    doses
        S, the doses at home.
    missed
        m, the dose-days missed.
    run_out_on
        r; None: every dose-day to come is at home or claimed, or there is none.
    wanted_on
        r as it would be had the prescription no end.
    """

    day: Day
    client: Client
    regimen: Regimen
    product: Product
    policy: Policy
    claims: Claims
    dose_days: DoseDays
    doses: int
    missed: int
    run_out_on: date | None
    wanted_on: date | None

    @property
    def goes_on(self) -> bool:
        """Whether a dose step reaches today or later."""
        return next(self.dose_days.as_if_prescribed().since(self.day.on), None) is not None

    @property
    def thresholds(self) -> MissedDoses:
        """What missed days mean in the regimen's phase; without an entry no day may be missed."""
        for entry in self.policy.missed_doses:
            if entry.phase is self.regimen.phase:
                return entry
        return MissedDoses(phase=self.regimen.phase, resume_up_to=0, clearance_up_to=0)

    def earliest_on(self, run_out: date) -> date:
        """Return the first day on which a refill may come."""
        return run_out - timedelta(days=self.policy.early_days)

    def due_on(self, run_out: date) -> date:
        """Return the day from which a visit is due."""
        return run_out - timedelta(days=self.policy.buffer_days)

    def free_days(self, first_on: date) -> Iterator[date]:
        """Yield the dose-days from a date on that nobody has claimed."""
        return (on for on in self.dose_days.since(first_on) if not self.claims.is_claimed(on))

    def is_visit_day(self, on: date) -> bool:
        """Whether the client may be visited for this product on a date."""
        return self.day.is_visit_day(self.client.client_id, self.policy, on)

    def is_open(self, on: date) -> bool:
        """Whether the client may be visited at all on a date."""
        return self.day.is_open(self.client.client_id, on)


def case_of(day: Day, client: Client, regimen: Regimen, product: Product, policy: Policy, claims: Claims) -> Case:
    """Find out S, m and r (rules 3 to 6)."""
    dose_days = DoseDays.of(regimen, policy)
    doses = doses_at_home(regimen.home, dose_days, claims, day)
    return Case(
        day=day,
        client=client,
        regimen=regimen,
        product=product,
        policy=policy,
        claims=claims,
        dose_days=dose_days,
        doses=doses,
        missed=missed_days(regimen, dose_days, day),
        run_out_on=run_out_on(doses, dose_days, claims, day),
        wanted_on=run_out_on(doses, dose_days.as_if_prescribed(), claims, day),
    )
