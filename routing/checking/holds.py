"""What holds a client's product on the day: rules 2, 6 and 7 of `docs/rules.md`, read a second time.

Law: the first that applies, in the order of the rules; nothing is taken from what continuity derives.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from routing.checking.changes import older_days, older_parcel, to_exchange, to_top_up, top_up_of
from routing.checking.doses import UNDER_WAY, Standing, entry_days, thresholds_of
from routing.domain.clients import DoseChange
from routing.domain.ledger import LedgerState
from routing.domain.orders import HoldCode
from routing.domain.policies import ClientClass, Phase, Policy
from routing.domain.products import ProductKind

_GIVEN = frozenset({LedgerState.HANDED_OVER, LedgerState.DISPENSED_AT_SITE})


def hold_of(standing: Standing) -> HoldCode | None:
    """Return the first hold of rules 2, 6 and 7; rule 10's is `units.exact_units`."""
    if standing.policy is None:
        return HoldCode.POLICY_MISSING
    first = hold_of(standing.before) if standing.before is not None else None
    if first is not None:
        return first
    for rule in _HOLDS:
        code = rule(standing, standing.policy)
        if code is not None:
            return code
    return None


def _in_future(standing: Standing, _: Policy) -> HoldCode | None:
    written = (standing.regimen.home.as_of_on, standing.regimen.last_taken_on)
    return HoldCode.RECORD_IN_FUTURE if any(on is not None and on > standing.case.on for on in written) else None


def _nobody_answers(standing: Standing, policy: Policy) -> HoldCode | None:
    minor = standing.client.client_class is ClientClass.MINOR and policy.guardian_required
    known = standing.client.guardian and standing.regimen.prescriber_id
    return HoldCode.MINOR_RECORD_INCOMPLETE if minor and not known else None


def _miscounted(standing: Standing, _: Policy) -> HoldCode | None:
    if standing.missed_days > 0 and standing.at_home > 0:
        return HoldCode.SURPLUS_AT_HOME
    return HoldCode.SHORTFALL_AT_HOME if standing.count_less_records < 0 else None


def _missed(standing: Standing, policy: Policy) -> HoldCode | None:
    entry, missed = thresholds_of(policy, standing.regimen.phase), standing.missed_days
    resume, clear = (entry.resume_up_to, entry.clearance_up_to) if entry else (0, 0)
    if missed <= resume:
        return None
    if missed > clear:
        return HoldCode.MISSED_DOSES
    clearance = standing.regimen.clearance
    cleared = clearance is not None and standing.case.local_date(clearance.at) == standing.case.on
    return None if cleared else HoldCode.CLEARANCE_NEEDED


def _stopped(standing: Standing, _: Policy) -> HoldCode | None:
    return HoldCode.PRESCRIBER_HOLD if standing.regimen.prescriber_hold else None


def _review_due(standing: Standing, _: Policy) -> HoldCode | None:
    review_on = standing.review_on
    return HoldCode.REVIEW_DUE if review_on is not None and review_on <= standing.case.on else None


def _prescription_ended(standing: Standing, policy: Policy) -> HoldCode | None:
    ends_on, wanted_on = standing.regimen.prescription_ends_on, standing.wanted_on
    if ends_on is None or wanted_on is None or wanted_on <= ends_on:
        return None
    early = timedelta(days=policy.early_days)
    return HoldCode.PRESCRIPTION_ENDED if standing.case.on >= wanted_on - early else None


def _channel_barred(standing: Standing, policy: Policy) -> HoldCode | None:
    induction = standing.regimen.phase is Phase.INDUCTION
    barred = standing.regimen.remote and not (policy.remote_initiation if induction else policy.remote_renewal)
    return HoldCode.PRESCRIPTION_CHANNEL_NOT_PERMITTED if barred else None


def _unreconciled(standing: Standing, _: Policy) -> HoldCode | None:
    entries = [entry for entry in standing.entries if entry.state in UNDER_WAY]
    past = [entry for entry in entries if standing.case.local_date(entry.at) < standing.case.on]
    unknown = any(standing.entry_on(on) is entry for entry in past for on in entry_days(entry))
    differences = [entry for entry in standing.top_ups if entry.state in UNDER_WAY]
    old = [entry for entry in differences if standing.case.local_date(entry.at) < standing.case.on]
    unknown = unknown or any(top_up_of(standing, on) is entry for entry in old for on in entry_days(entry))
    return HoldCode.UNRECONCILED_DELIVERY if unknown else None


def _dose_changed(standing: Standing, _: Policy) -> HoldCode | None:
    change = standing.regimen.dose_change
    if standing.regimen.dose_changed_on is None or change is DoseChange.USE_UP:
        return None
    if older_parcel(standing):
        return HoldCode.DOSE_CHANGED
    if change is DoseChange.TOP_UP:
        return None if all(to_top_up(standing).values()) else HoldCode.DOSE_CHANGED
    return HoldCode.DOSE_CHANGED if older_days(standing) and not to_exchange(standing) else None


def _unapproved(standing: Standing, policy: Policy) -> HoldCode | None:
    wanted = [*to_top_up(standing), *([] if standing.run_out_on is None else [standing.run_out_on])]
    early = timedelta(days=policy.early_days)
    if not policy.prescriber_approval or not wanted or standing.case.on < min(wanted) - early:
        return None
    approval = standing.regimen.approval
    given = [entry.at for entry in standing.entries if entry.state in _GIVEN]
    if approval is None or standing.case.local_date(approval.at) > standing.case.on:
        return HoldCode.APPROVAL_NEEDED
    return HoldCode.APPROVAL_NEEDED if given and approval.at <= max(given) else None


def _with_rifampicin(standing: Standing, _: Policy) -> HoldCode | None:
    if standing.product.kind is not ProductKind.HCV:
        return None
    for other in standing.client.regimens:
        ends_on = [step.to_on for step in other.steps]
        goes_on = any(to_on is None or to_on >= standing.case.on for to_on in ends_on)
        if goes_on and standing.case.products[other.product_id].kind is ProductKind.TB:
            return HoldCode.HCV_WITH_RIFAMPICIN
    return None


# In the order of the rules: 6, 7, treatments that do not go together.
_HOLDS: tuple[Callable[[Standing, Policy], HoldCode | None], ...] = (
    _in_future,
    _nobody_answers,
    _miscounted,
    _missed,
    _stopped,
    _review_due,
    _prescription_ended,
    _channel_barred,
    _unreconciled,
    _dose_changed,
    _unapproved,
    _with_rifampicin,
)
