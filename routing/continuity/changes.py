"""A changed dose while doses made before are at home: what is to be topped up, and what is to be fetched.

Law: only what a clinician has chosen, and only where the difference or the old dose is known exactly; else it is held.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import islice

from routing.continuity import courses
from routing.continuity.case import Case
from routing.continuity.claims import entry_days
from routing.continuity.day import ONE_SECOND
from routing.continuity.units import Daily, Goods, Lot, daily, exact
from routing.domain.clients import DoseChange, DoseStep
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.products import Form


def older_days(case: Case) -> tuple[date, ...]:
    """Return the dose-days from the change on for which doses made before it are at home.

    What was handed over before the change, and what was counted beyond the record of deliveries, whenever.
    """
    changed_on, home = case.regimen.dose_changed_on, case.home
    if changed_on is None or home.doses == 0:
        return ()
    loose = islice((on for on in case.dose_days.since(case.day.on) if on not in home.labelled), home.loose)
    older = {on for on in home.labelled if _made_before(case, on, changed_on)}
    return tuple(sorted(on for on in {*loose, *older} if on >= changed_on))


def _made_before(case: Case, on: date, changed_on: date) -> bool:
    entry = case.claims.deciding(on)
    return entry is not None and case.day.local_date(entry.at) < changed_on


def older_parcel(case: Case) -> bool:
    """Whether a parcel made ready before the change is under way for dose-days from it on."""
    changed_on = case.regimen.dose_changed_on
    return changed_on is not None and any(
        case.day.local_date(entry.at) < changed_on
        and any(on >= changed_on and case.claims.deciding(on) is entry for on in entry_days(entry))
        for entry in case.claims.under_way
    )


def top_up_days(case: Case) -> tuple[date, ...]:
    """Return the days whose older doses are to be topped up and have not been."""
    if case.regimen.dose_change is not DoseChange.TOP_UP or older_parcel(case):
        return ()
    review_on = case.review_on
    days = (on for on in older_days(case) if case.claims.topped_up(on) is None)
    return tuple(on for on in days if review_on is None or on < review_on)


def top_ups(case: Case) -> tuple[Lot, ...] | None:
    """Return a labelled unit of the difference for each such day; None where nothing makes the difference exactly."""
    lots = []
    for on in top_up_days(case):
        new, old = case.dose_days.step_on(on), _old_step(case)
        made = None if new is None or old is None else _difference(case, old, new).goods((on,))
        if made is None:
            return None
        lots.append(made.lots[0]._replace(covers=()))
    return tuple(lots)


def to_fetch(case: Case) -> Goods | None:
    """Return the older doses that are to be exchanged for new ones, as they were labelled; None where none can be.

    Not before the day of the change: what is handed over earlier counts as made before it.
    """
    changed_on = case.regimen.dose_changed_on
    if case.regimen.dose_change is not DoseChange.SWAP or changed_on is None or case.day.on < changed_on:
        return None
    if older_parcel(case) or courses.is_counted(case.regimen):
        return None
    days, old = older_days(case), _old_step(case)
    return daily(case.product, old).goods(days) if days and old is not None and _is_dosed(case) else None


def swapped(case: Case, fetched: Goods) -> Case:
    """Return the case as if the older doses had been fetched: what is ordered comes in their place."""
    midnight = case.day.end_of(case.day.on - timedelta(days=1)) + ONE_SECOND
    entry = LedgerEntry(
        client_id=case.client.client_id,
        product_id=case.product.product_id,
        state=LedgerState.FETCHED,
        at=max([midnight, *(each.at for each in case.claims.entries[:1])]),
        from_on=case.day.on,
        to_on=case.day.on,
    )
    days = [lot.for_on for lot in fetched.lots if lot.for_on is not None]
    return case.with_claims(case.claims.as_if_fetched(days, entry))


def _old_step(case: Case) -> DoseStep | None:
    """Return the step before the change: the last one that ends before it."""
    changed_on = case.regimen.dose_changed_on
    before = [step for step in case.dose_days.steps if changed_on and step.to_on and step.to_on < changed_on]
    return before[-1] if before else None


def _is_dosed(case: Case) -> bool:
    return case.product.form in {Form.LIQUID, Form.TABLET}


def _difference(case: Case, old: DoseStep, new: DoseStep) -> Daily:
    """Return a day's units of what the new dose has more than the old one; nothing makes a smaller dose."""
    alike = old.doses_a_day == new.doses_a_day and _is_dosed(case) and not courses.is_counted(case.regimen)
    more_mg = exact(new.dose_mg or 0) - exact(old.dose_mg or 0) if alike else Fraction(0)
    if more_mg <= 0:
        return Daily(None)
    return daily(case.product, new.changed(dose_mg=float(more_mg)))
