"""Rules 6, 7 and 10: what must not be routed until somebody decides. Law: the first hold found holds all of a product.

Texts name no person, dose or medicine: the ids say whose and which.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from routing.continuity.case import Case
from routing.continuity.changes import older_days, older_parcel, to_fetch, top_up_days, top_ups
from routing.continuity.derived import derived
from routing.continuity.home import surplus
from routing.continuity.timing import latest_safe
from routing.domain.clients import Client, DoseChange, Regimen
from routing.domain.orders import Hold, HoldCode, Order
from routing.domain.policies import ClientClass, Phase
from routing.domain.products import Product, ProductKind

PRESCRIBER, DISPENSER, DISPATCHER = "prescriber", "dispenser", "dispatcher"

Rule = Callable[[Case], Hold | None]


def first_hold(case: Case, products: dict[str, Product]) -> Hold | None:
    """Return the first hold that applies, in the order of the rules."""
    for rule in _RULES:
        hold = rule(case)
        if hold is not None:
            return hold
    return _hcv_with_rifampicin(case, products)


def _record_in_future(case: Case) -> Hold | None:
    taken_on, counted_on = case.regimen.last_taken_on, case.regimen.home.as_of_on
    if counted_on <= case.day.on and (taken_on is None or taken_on <= case.day.on):
        return None
    return _hold(
        case,
        HoldCode.RECORD_IN_FUTURE,
        "Doses were counted or taken, it is written, on a day that is still to come.",
        DISPENSER,
        "correct the date",
    )


def _minor_record_incomplete(case: Case) -> Hold | None:
    client = case.client
    if client.client_class is not ClientClass.MINOR or not case.policy.guardian_required:
        return None
    there = {"guardian": bool(client.guardian), "prescriber": case.regimen.prescriber_id is not None}
    if all(there.values()):
        return None
    return _hold(
        case,
        HoldCode.MINOR_RECORD_INCOMPLETE,
        "The client is a minor, and the record does not say both who answers for them and who prescribes.",
        PRESCRIBER,
        "write guardian and prescriber into the record, or give the doses at the site",
        missing=", ".join(name for name, known in there.items() if not known),
    )


def _surplus_at_home(case: Case) -> Hold | None:
    if case.doses == 0 or case.missed == 0:
        return None
    return _hold(
        case,
        HoldCode.SURPLUS_AT_HOME,
        f"{_days(case.missed)} went by without a dose taken although doses are at home.",
        PRESCRIBER,
        "release, change dose, or restart",
        missed=case.missed,
        at_home=case.doses,
    )


def _shortfall_at_home(case: Case) -> Hold | None:
    missing = -surplus(case.regimen.home)
    if missing <= 0:
        return None
    return _hold(
        case,
        HoldCode.SHORTFALL_AT_HOME,
        f"{_days(missing)} fewer at home than there should be; planning replaces nothing lost, stolen or spilled.",
        DISPENSER,
        "accept the count, or pass on to the prescriber",
        missing=missing,
    )


def _missed_doses(case: Case) -> Hold | None:
    limits = case.thresholds
    if case.missed <= limits.resume_up_to or (case.missed <= limits.clearance_up_to and _cleared_today(case)):
        return None
    if case.missed <= limits.clearance_up_to:
        return _hold(
            case,
            HoldCode.CLEARANCE_NEEDED,
            f"{_days(case.missed)} missed: doses go on only with a clearance given on the day itself.",
            DISPENSER,
            "clear for today, or pass on to the prescriber",
            missed=case.missed,
            resume_up_to=limits.resume_up_to,
            clearance_up_to=limits.clearance_up_to,
        )
    restart = limits.restart_from is not None and case.missed >= limits.restart_from
    return _hold(
        case,
        HoldCode.MISSED_DOSES,
        f"{_days(case.missed)} missed, more than the policy lets anybody but the prescriber decide about.",
        PRESCRIBER,
        "restart, or end the treatment" if restart else "release, change dose, or restart",
        missed=case.missed,
        clearance_up_to=limits.clearance_up_to,
    )


def _cleared_today(case: Case) -> bool:
    clearance = case.regimen.clearance
    return clearance is not None and case.day.local_date(clearance.at) == case.day.on


def _prescriber_hold(case: Case) -> Hold | None:
    if not case.regimen.prescriber_hold:
        return None
    return _hold(
        case,
        HoldCode.PRESCRIBER_HOLD,
        "The prescriber has put this treatment on hold.",
        PRESCRIBER,
        "release, change dose, or restart",
    )


def _review_due(case: Case) -> Hold | None:
    review_on = case.review_on
    if review_on is None or review_on > case.day.on:
        return None
    return _hold(
        case,
        HoldCode.REVIEW_DUE,
        f"The prescriber's review was due on {review_on}.",
        PRESCRIBER,
        "review: release, change dose, or end",
        review_on=str(review_on),
    )


def _prescription_ended(case: Case) -> Hold | None:
    ends_on, wanted_on = case.regimen.prescription_ends_on, case.wanted_on
    if ends_on is None or wanted_on is None or wanted_on <= ends_on or case.day.on < case.earliest_on(wanted_on):
        return None
    return _hold(
        case,
        HoldCode.PRESCRIPTION_ENDED,
        f"The prescription ends on {ends_on}; the next dose without supply is that of {wanted_on}.",
        PRESCRIBER,
        "renew, change dose, or end",
        prescription_ends_on=str(ends_on),
    )


def _channel_not_permitted(case: Case) -> Hold | None:
    policy = case.policy
    induction = case.regimen.phase is Phase.INDUCTION
    permitted = policy.remote_initiation if induction else policy.remote_renewal
    if not case.regimen.remote or permitted:
        return None
    return _hold(
        case,
        HoldCode.PRESCRIPTION_CHANNEL_NOT_PERMITTED,
        "The prescription was given at a distance, which the policy does not permit.",
        PRESCRIBER,
        "prescribe in person, or file the order that permits the channel",
        phase=str(case.regimen.phase),
    )


def _unreconciled_delivery(case: Case) -> Hold | None:
    entry = case.claims.unreconciled(case.day)
    if entry is None:
        return None
    planned_on = case.day.local_date(entry.at)
    return _hold(
        case,
        HoldCode.UNRECONCILED_DELIVERY,
        f"Nobody has said how the delivery of {planned_on} ended ({entry.state}).",
        DISPATCHER,
        "confirm: handed over, returned, or voided",
        planned_on=str(planned_on),
        state=str(entry.state),
    )


def _dose_changed(case: Case) -> Hold | None:
    changed_on, change = case.regimen.dose_changed_on, case.regimen.dose_change
    if changed_on is None or change is DoseChange.USE_UP:
        return None
    parcel, days = older_parcel(case), older_days(case)
    if change is DoseChange.TOP_UP and not parcel:
        days = () if top_ups(case) is not None else top_up_days(case)
    if not (parcel or days) or to_fetch(case) is not None:
        return None
    owner, decision = _PARCEL_OUT if parcel and change is not None else _AFTER_CHANGE[change]
    return _hold(
        case,
        HoldCode.DOSE_CHANGED,
        f"The dose changed on {changed_on}, and doses made ready before are at home or under way.",
        owner,
        decision,
        dose_changed_on=str(changed_on),
    )


_PARCEL_OUT = DISPATCHER, "have what is under way brought back, and say so"
_AFTER_CHANGE = {
    None: (PRESCRIBER, "use up, top up, or swap"),
    DoseChange.TOP_UP: (PRESCRIBER, "use up, or swap: what is missing cannot be made exactly, or is not known"),
    DoseChange.SWAP: (
        DISPATCHER,
        "wait for the day of the change; else have what was made before brought to the counter",
    ),
}


def _approval_needed(case: Case) -> Hold | None:
    if not case.policy.prescriber_approval:
        return None
    first_on = min([*top_up_days(case)[:1], *([] if case.run_out_on is None else [case.run_out_on])], default=None)
    if first_on is None or case.day.on < case.earliest_on(first_on):
        return None
    approval, given_at = case.regimen.approval, case.claims.given_at()
    if (
        approval is not None
        and case.day.local_date(approval.at) <= case.day.on
        and (given_at is None or given_at < approval.at)
    ):
        return None
    return _hold(
        case,
        HoldCode.APPROVAL_NEEDED,
        "The policy asks for the prescriber's approval of each delivery, and this one has none.",
        PRESCRIBER,
        "approve, or refuse",
    )


def _hcv_with_rifampicin(case: Case, products: dict[str, Product]) -> Hold | None:
    if case.product.kind is not ProductKind.HCV or not _has_tb_treatment(case.client, products, case.day.on):
        return None
    return _hold(
        case,
        HoldCode.HCV_WITH_RIFAMPICIN,
        "This product must not be taken together with rifampicin, and another treatment of the client contains it.",
        PRESCRIBER,
        "release, change the treatment, or put one of the two off",
    )


def _has_tb_treatment(client: Client, products: dict[str, Product], on: date) -> bool:
    return any(
        products[regimen.product_id].kind is ProductKind.TB
        and any(step.to_on is None or step.to_on >= on for step in regimen.steps)
        for regimen in client.regimens
    )


_RULES: tuple[Rule, ...] = (
    _record_in_future,
    _minor_record_incomplete,
    _surplus_at_home,
    _shortfall_at_home,
    _missed_doses,
    _prescriber_hold,
    _review_due,
    _prescription_ended,
    _channel_not_permitted,
    _unreconciled_delivery,
    _dose_changed,
    _approval_needed,
)


def dose_not_measurable(case: Case) -> Hold:
    """Return the hold for a dose that no labelled unit makes exactly."""
    return _hold(
        case,
        HoldCode.DOSE_NOT_MEASURABLE,
        "The dose cannot be made exactly from this product (liquids to 0.1 mL; whole or permitted half tablets).",
        PRESCRIBER,
        "change dose, or change product",
    )


def policy_missing(client: Client, regimen: Regimen) -> Hold:
    """Return the hold for a product without a policy in force.

    It does not name the policy asked for: ids of packs tell the medicine, and holds stand in plans.
    """
    return Hold(
        client_id=client.client_id,
        product_id=regimen.product_id,
        code=HoldCode.POLICY_MISSING,
        params={"client_class": str(client.client_class)},
        message="No take-home policy in force covers this product for this client.",
        owner=PRESCRIBER,
        decision="write or approve a policy, or dispense at the site",
    )


def not_prescribed(client: Client, product_id: str) -> Hold:
    """Return the hold for goods a lead asks for that nobody has prescribed yet."""
    return Hold(
        client_id=client.client_id,
        product_id=product_id,
        code=HoldCode.NOT_PRESCRIBED,
        message="The client has been met but not taken on: nothing controlled and no treatment before that.",
        owner=PRESCRIBER,
        decision="assess and prescribe, or decline",
    )


def out_of_stock(order: Order, product_id: str, site_id: str, quantity: Fraction) -> Hold:
    """Return the hold for an order that the site's stock does not cover."""
    return Hold(
        client_id=order.client_id,
        product_id=product_id,
        code=HoldCode.OUT_OF_STOCK,
        params={"site_id": site_id, "wanted": float(quantity)},
        message="The site's stock does not cover the day's orders, and this one comes last.",
        owner=DISPENSER,
        decision="restock, lend from another site, or confirm the cut",
        deadline_at=order.latest_safe_at,
    )


def _hold(case: Case, code: HoldCode, message: str, owner: str, decision: str, **params: str | int) -> Hold:
    run_out = case.run_out_on or case.wanted_on
    prescriber_id = case.regimen.prescriber_id
    named = {"prescriber_id": prescriber_id} if owner == PRESCRIBER and prescriber_id is not None else {}
    return derived(
        Hold,
        client_id=case.client.client_id,
        product_id=case.product.product_id,
        code=code,
        params={**params, **named},
        message=message,
        owner=owner,
        decision=decision,
        deadline_at=None if run_out is None else latest_safe(case, run_out).at,
    )


def _days(count: int) -> str:
    return "1 dose-day" if count == 1 else f"{count} dose-days"
