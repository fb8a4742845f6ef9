"""A changed dose while older doses are at home: rules 5 and 7 of `docs/rules.md`, read a second time.

Law: from the programme alone; exact fractions, nothing is rounded.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from routing.checking.doses import CLAIMING, UNDER_WAY, Standing, entry_days
from routing.checking.units import exact_units
from routing.domain.clients import DoseChange, DoseStep
from routing.domain.ledger import LedgerEntry
from routing.domain.products import Form


def older_days(standing: Standing) -> list[date]:
    """Return the dose-days from the change on that goods made before it cover."""
    changed_on = standing.regimen.dose_changed_on
    if changed_on is None:
        return []

    def made_before(on: date) -> bool:
        entry = standing.entry_on(on)
        handed_over = entry is not None and on in standing.labelled_days
        return not handed_over or (entry is not None and standing.case.local_date(entry.at) < changed_on)

    return [on for on in sorted(standing.covered) if on >= changed_on and made_before(on)]


def older_parcel(standing: Standing) -> bool:
    """Whether something made before the change is planned or issued for a dose-day from it on."""
    changed_on = standing.regimen.dose_changed_on
    if changed_on is None:
        return False
    out = [each for each in standing.entries if each.state in UNDER_WAY]
    made_before = [each for each in out if standing.case.local_date(each.at) < changed_on]
    return any(on >= changed_on and standing.entry_on(on) is each for each in made_before for on in entry_days(each))


def top_up_of(standing: Standing, on: date) -> LedgerEntry | None:
    """Return the latest entry about a day's difference, where it claims it."""
    entry = next((each for each in reversed(standing.top_ups) if each.from_on and on in set(entry_days(each))), None)
    return entry if entry is not None and entry.state in CLAIMING else None


def to_top_up(standing: Standing) -> dict[date, frozenset[Fraction]]:
    """Return, by day, what older doses lack; nothing exact where it cannot be made."""
    if standing.regimen.dose_change is not DoseChange.TOP_UP or older_parcel(standing):
        return {}
    review_on = standing.review_on
    days = [on for on in older_days(standing) if top_up_of(standing, on) is None]
    return {on: _difference(standing, on) for on in days if review_on is None or on < review_on}


def to_exchange(standing: Standing) -> dict[date, frozenset[Fraction]]:
    """Return, by day, the older doses that are fetched today, as they were labelled."""
    old, changed_on = _old_step(standing), standing.regimen.dose_changed_on
    if changed_on is None or standing.case.on < changed_on:
        return {}
    if standing.regimen.dose_change is not DoseChange.SWAP or old is None or standing.counts_doses:
        return {}
    exact = exact_units(standing.product, old)
    if older_parcel(standing) or not exact:
        return {}
    return dict.fromkeys(older_days(standing), exact)


def as_exchanged(standing: Standing) -> Standing:
    """Return how the client stands when what is to be fetched today has been."""
    days = frozenset(to_exchange(standing))
    return replace(standing, exchanged=days, before=standing) if days else standing


def _old_step(standing: Standing) -> DoseStep | None:
    changed_on = standing.regimen.dose_changed_on
    if changed_on is None:
        return None
    ended = [step for step in standing.steps if step.to_on is not None and step.to_on < changed_on]
    return max(ended, key=lambda step: step.from_on, default=None)


def _difference(standing: Standing, on: date) -> frozenset[Fraction]:
    old, new = _old_step(standing), standing.step_on(on)
    if old is None or new is None or old.dose_mg is None or new.dose_mg is None or standing.counts_doses:
        return frozenset()
    more_mg = Fraction(str(new.dose_mg)) - Fraction(str(old.dose_mg))
    if more_mg <= 0 or old.doses_a_day != new.doses_a_day or standing.product.form is Form.PACK:
        return frozenset()
    return exact_units(standing.product, new.changed(dose_mg=float(more_mg)))
