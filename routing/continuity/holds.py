"""Rules 6, 7 and 10: what must not be routed until somebody decides. Law: the first hold found holds all of a product.

Texts name no person, dose or medicine: the ids say whose and which.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from routing.continuity.case import Case
from routing.continuity.timing import latest_safe_at
from routing.domain.clients import Client, Regimen
from routing.domain.orders import Hold, HoldCode, Order
from routing.domain.policies import Phase
from routing.domain.products import Product, ProductKind

PRESCRIBER, DISPENSER, DISPATCHER = "prescriber", "dispenser", "dispatcher"

Rule = Callable[[Case], Hold | None]


def first_hold(case: Case, products: dict[str, Product]) -> Hold | None:
    """Return the first hold that applies, in the order of the rules."""
    rules: tuple[Rule, ...] = (
        _surplus_at_home,
        _missed_doses,
        _prescriber_hold,
        _review_due,
        _prescription_ended,
        _channel_not_permitted,
        _unreconciled_delivery,
    )
    found = (rule(case) for rule in rules)
    return next((hold for hold in found if hold is not None), None) or _hcv_with_rifampicin(case, products)


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
    review_on = case.regimen.review_on
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
    """Return the hold for a product without a policy in force."""
    named = {"policy_id": regimen.policy_id} if regimen.policy_id else {}
    return Hold(
        client_id=client.client_id,
        product_id=regimen.product_id,
        code=HoldCode.POLICY_MISSING,
        params={**named, "client_class": str(client.client_class)},
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


def out_of_stock(order: Order) -> Hold:
    """Return the hold for an order that the site's stock does not cover."""
    return Hold(
        client_id=order.client_id,
        product_id=order.product_id,
        code=HoldCode.OUT_OF_STOCK,
        params={"site_id": order.site_id, "wanted": order.item.quantity},
        message="The site's stock does not cover the day's orders, and this one comes last.",
        owner=DISPENSER,
        decision="restock, lend from another site, or confirm the cut",
        deadline_at=order.latest_safe_at,
    )


def _hold(case: Case, code: HoldCode, message: str, owner: str, decision: str, **params: str | int) -> Hold:
    run_out = case.run_out_on or case.wanted_on
    return Hold(
        client_id=case.client.client_id,
        product_id=case.product.product_id,
        code=code,
        params={**params},
        message=message,
        owner=owner,
        decision=decision,
        deadline_at=None if run_out is None else latest_safe_at(case, run_out),
    )


def _days(count: int) -> str:
    return "1 dose-day" if count == 1 else f"{count} dose-days"
