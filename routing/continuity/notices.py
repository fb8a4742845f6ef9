"""What somebody should know ahead although nothing is held for it. Law: texts name no person, dose or medicine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from routing.continuity.case import Case
from routing.continuity.policies import Policies
from routing.domain.orders import Notice, NoticeCode
from routing.domain.products import Form, Product, ProductKind
from routing.domain.programme import Programme

OPIOIDS = frozenset(
    {
        ProductKind.METHADONE,
        ProductKind.BUPRENORPHINE,
        ProductKind.BUPRENORPHINE_NALOXONE,
        ProductKind.OPIUM_TINCTURE,
    }
)


def course_ends(case: Case, products: Mapping[str, Product]) -> Iterator[Notice]:
    """Announce the end of what is taken, so many days ahead as the policy says; with naloxone and a follow-up."""
    last_on, today = case.dose_days.last_on, case.day.on
    if last_on is None or not today <= last_on <= today + timedelta(days=case.policy.announce_end_days):
        return
    kinds = {products[supply.product_id].kind for supply in case.client.supplies}
    needs_naloxone = case.product.kind in OPIOIDS
    naloxone = {"naloxone": "ordered" if ProductKind.NALOXONE in kinds else "not ordered"} if needs_naloxone else {}
    also = "bring naloxone and agree on a follow-up" if needs_naloxone else "agree on a follow-up"
    yield Notice(
        code=NoticeCode.COURSE_ENDS,
        client_id=case.client.client_id,
        product_id=case.product.product_id,
        on=last_on,
        params={**naloxone, "follow_up_on": str(case.client.follow_up_on or "none")},
        message=f"The last dose is that of {last_on}: {also}.",
        owner="dispatcher",
    )


def of_programme(programme: Programme, policies: Policies, products: Mapping[str, Product]) -> Iterator[Notice]:
    """Warn of two strengths of a liquid at a site, of unsigned policies, and of those told apart by their ids alone."""
    for site in programme.sites:
        strengths: dict[ProductKind, dict[float | None, str]] = {}
        for stock in site.stock:
            product = products.get(stock.product_id)
            if product is not None and product.form is Form.LIQUID and product.controlled:
                strengths.setdefault(product.kind, {})[product.strength_mg_per_ml] = product.product_id
        for found in strengths.values():
            if len(found) > 1:
                yield Notice(
                    code=NoticeCode.TWO_STRENGTHS,
                    on=policies.on,
                    params={"site_id": site.site_id, "products": ", ".join(sorted(found.values()))},
                    message=f"Site {site.site_id} keeps one liquid in {len(found)} strengths: keep them apart.",
                    owner="dispenser",
                )
    for product_id in policies.unsigned:
        yield Notice(
            code=NoticeCode.POLICY_NOT_SIGNED_OFF,
            product_id=product_id,
            on=policies.on,
            message="No clinician has signed off a policy that was used for this product.",
            owner="prescriber",
        )
    for (product_id, client_class), names in sorted(policies.overlapping.items()):
        yield Notice(
            code=NoticeCode.POLICIES_OVERLAP,
            product_id=product_id,
            on=policies.on,
            params={"client_class": str(client_class), "policies": ", ".join(names)},
            message=f"{len(names)} policies are in force since the same day; {names[0]} was taken. End all but one.",
            owner="dispenser",
        )
