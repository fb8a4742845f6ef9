"""Products, sites and policies: what there is to hand out, where, and under which rules.

Clinical figures come from the two reports the project is built on and from the guidelines they name; every one of
them needs a clinician's sign-off before it is used for a person.
"""

from __future__ import annotations

from typing import Any

from scenarios.denpasar.streets import Box

Json = dict[str, Any]


def _controlled(form: str, **fields: Any) -> Json:
    return {
        "form": form, "purpose": "medicine", "controlled": True, "requires": ["controlled"],
        "storage": "locked; below 25 °C; child-resistant", **fields,
    }  # fmt: skip


def _pack(days: int, mass_g: int, volume_ml: int, storage: str) -> Json:
    return {
        "form": "pack", "purpose": "medicine", "pack_days": days, "mass_g": mass_g, "volume_ml": volume_ml,
        "storage": storage,
    }  # fmt: skip


def _item(purpose: str, mass_g: int, volume_ml: int, storage: str = "") -> Json:
    item = {"form": "item", "purpose": purpose, "mass_g": mass_g, "volume_ml": volume_ml}
    return {**item, "storage": storage} if storage else item


# product_id, name, kind, the rest; masses and volumes are of one labelled unit as carried (est)
PRODUCTS: tuple[tuple[str, str, str, Json], ...] = (
    ("p01", "methadone 5 mg/mL", "methadone", _controlled("liquid", strength_mg_per_ml=5, mass_g=40, volume_ml=60)),
    ("p02", "methadone 10 mg/mL", "methadone", _controlled("liquid", strength_mg_per_ml=10, mass_g=30, volume_ml=45)),
    ("p03", "buprenorphine SL tablets", "buprenorphine",
     _controlled("tablet", tablets_mg=[0.4, 2, 8], mass_g=2, volume_ml=10)),
    ("p04", "ART adult (TLD), 30 tablets", "art", _pack(30, 65, 150, "at most 30 °C; original bottle")),
    ("p05", "ART child (pALD), 30 days", "art", _pack(30, 100, 250, "below 25 °C")),
    ("p06", "TB fixed-dose combination, 28 days", "tb", _pack(28, 110, 250, "dry")),
    ("p07", "HCV (sofosbuvir + daclatasvir), 28 days", "hcv", _pack(28, 100, 250, "at most 30 °C")),
    ("p08", "naloxone kit (2 ampoules, syringes)", "naloxone", _item("medicine", 40, 200, "protect from light")),
    ("p09", "needles and syringes, 100", "needles", _item("harm_reduction", 500, 1500, "sealed box for returns")),
    ("p10", "condoms, 144", "condoms", _item("harm_reduction", 500, 1200)),
    ("p11", "hygiene kit (masks, soap, pads)", "hygiene", _item("hygiene", 1200, 4000)),
    ("p12", "food parcel for a household", "food", _item("food", 12_000, 20_000)),
    ("p13", "cooked meal", "meal", _item("food", 450, 900, "hand over warm, within two hours")),
    ("p14", "reusable mask", "ppe", _item("hygiene", 12, 60)),
    ("p15", "antiseptic soap, a bar", "hygiene", _item("hygiene", 65, 90)),
    ("p16", "sanitary pads, pack of 20", "hygiene", _item("hygiene", 150, 800)),
    ("p17", "disinfectant, 5 L can", "hygiene", _item("hygiene", 5300, 6000)),
    ("p18", "staff protection box (masks, gloves)", "ppe", _item("hygiene", 800, 4000)),
)  # fmt: skip

EVERY_DAY_BUT_SUNDAY = ["mon", "tue", "wed", "thu", "fri", "sat"]

# site_id -> its box, its fields without the place, and its stock: product, quantity, lot, last day
SITES: dict[str, tuple[Box, Json, tuple[tuple[str, int, str, str], ...]]] = {
    "s1": (
        (115.2155, -8.6622, 115.2182, -8.6590),
        {
            "name": "clinic store",
            "hours": [{"from_time": "08:00", "to_time": "15:00", "weekdays": EVERY_DAY_BUT_SUNDAY}],
            "load_s": 420,
            "prep_s_per_unit": 15,
        },
        (
            ("p01", 3000, "M5-114", "2027-04-30"),
            ("p04", 60, "T-2091", "2028-01-31"),
            ("p05", 6, "C-0077", "2027-06-30"),
            ("p06", 12, "TB-340", "2027-09-30"),
            ("p07", 8, "H-0052", "2027-03-31"),
        ),
    ),
    "s2": (
        (115.2148, -8.6668, 115.2176, -8.6630),
        {
            "name": "community store",
            "hours": [{"from_time": "08:00", "to_time": "17:00", "weekdays": EVERY_DAY_BUT_SUNDAY}],
            "load_s": 300,
        },
        (
            # the short product: one lot is past its last day, and what is left does not do for all
            ("p02", 500, "M10-31", "2026-10-31"),
            ("p02", 110, "M10-44", "2027-02-28"),
            ("p03", 600, "B-7701", "2027-08-31"),
            ("p08", 60, "N-1201", "2027-05-31"),
            ("p09", 80, "", "2029-12-31"),
            ("p10", 60, "", "2029-12-31"),
            ("p11", 60, "", "2029-12-31"),
            ("p12", 40, "", "2027-01-31"),
            ("p13", 90, "", "2026-11-23"),
            ("p14", 1200, "", "2030-12-31"),
            ("p15", 1200, "", "2029-12-31"),
            ("p16", 1200, "", "2029-12-31"),
            ("p17", 10, "", "2028-12-31"),
            ("p18", 12, "", "2029-12-31"),
        ),
    ),
}

S4 = "ANPUD report (S4), Indonesia: up to 7 days allowed, many can afford 3 at once, so two visits a week"
ASSUMED = "no figure for Indonesia in the sources; assumed"
MONTHLY = "ANPUD report (S4), Indonesia: monthly pick-up in 2020, multi-month dispensing not fully implemented"
AUSTRALIA = "; missed doses after the Australian guidance"
CANADA = "; missed doses after British Columbia, 2024 (4 and 5 days: only if not back on a full agonist)"


def _missed(resume_up_to: int, clearance_up_to: int, restart_from: int | None = None) -> list[Json]:
    thresholds = {"phase": "maintenance", "resume_up_to": resume_up_to, "clearance_up_to": clearance_up_to}
    return [{**thresholds, "restart_from": restart_from} if restart_from else thresholds]


_OPIOID = {"dose_time": "10:00", "grace_h": 6, "early_days": 2, "buffer_days": 1}
_DAILY_PACK = {"dose_time": "20:00", "grace_h": 3, "handover": "doorstep"}

# policy_id, product, first day, source, the rest
POLICIES: tuple[tuple[str, str, str, str, Json], ...] = (
    ("pol01", "p01", "2026-07-01", S4 + AUSTRALIA, {
        **_OPIOID, "max_days_a_delivery": 7, "max_days_on_hand": 8, "visits_per_week": 2,
        "affordable_days_per_week": 3, "price_a_day": 15_000, "review_interval_days": 90,
        "missed_doses": _missed(1, 2, 5), "tier_weight": 100}),
    ("pol02", "p02", "2026-07-01", S4 + AUSTRALIA, {
        **_OPIOID, "max_days_a_delivery": 7, "max_days_on_hand": 8, "visit_weekdays": ["mon", "fri"],
        "affordable_days_per_week": 3, "price_a_day": 15_000, "missed_doses": _missed(1, 2, 5), "tier_weight": 100}),
    ("pol03", "p03", "2026-07-01", ASSUMED + " as for methadone, without a price" + CANADA, {
        **_OPIOID, "max_days_a_delivery": 7, "max_days_on_hand": 9, "visits_per_week": 2,
        "missed_doses": _missed(3, 5, 6), "tier_weight": 80}),
    ("pol04", "p04", "2026-01-01", MONTHLY, {
        **_DAILY_PACK, "max_days_a_delivery": 30, "min_days_a_delivery": 30, "max_days_on_hand": 45, "early_days": 10,
        "buffer_days": 7, "missed_doses": _missed(28, 28), "proxy_allowed": True, "tier_weight": 50}),
    ("pol05", "p05", "2026-01-01", MONTHLY + "; minors: prescriber and guardian as the record says", {
        **_DAILY_PACK, "client_classes": ["minor"], "max_days_a_delivery": 30, "min_days_a_delivery": 30,
        "max_days_on_hand": 45, "early_days": 10, "buffer_days": 7, "missed_doses": _missed(3, 7),
        "handover": "in_person", "tier_weight": 75}),
    ("pol06", "p06", "2026-01-01", ASSUMED + " one month, as India's ministry of 24 April 2020", {
        **_DAILY_PACK, "max_days_a_delivery": 28, "min_days_a_delivery": 28, "max_days_on_hand": 36, "early_days": 7,
        "buffer_days": 5, "course_days": 168, "tier_weight": 60}),
    ("pol07", "p07", "2026-01-01", ASSUMED + " one pack of 28 days", {
        **_DAILY_PACK, "max_days_a_delivery": 28, "min_days_a_delivery": 28, "max_days_on_hand": 36, "early_days": 7,
        "buffer_days": 5, "course_days": 168, "tier_weight": 50}),
    # no longer in force: kept, because a plan is judged by the rules of its own day
    ("pol08", "p01", "2026-01-01", ASSUMED + ", before take-home was widened", {
        **_OPIOID, "max_days_a_delivery": 3, "max_days_on_hand": 3, "missed_doses": _missed(1, 2, 5),
        "tier_weight": 100, "valid_to_on": "2026-06-30"}),
    ("pol09", "p01", "2026-07-01", ASSUMED + " shorter for new clients", {
        **_OPIOID, "client_classes": ["new"], "max_days_a_delivery": 2, "max_days_on_hand": 3, "subsidised": True,
        "tier_weight": 100}),
)  # fmt: skip


def products() -> list[Json]:
    """Return the products of the programme."""
    return [{"product_id": key, "name": name, "kind": kind, **rest} for key, name, kind, rest in PRODUCTS]


def policies() -> list[Json]:
    """Return the policies, none of them signed off."""
    return [
        {
            "policy_id": key, "place": "Denpasar", "product_id": product_id, **rest, "valid_from_on": first_on,
            "source": source, "approved_by": "needs a clinician's sign-off", "signed_off": False,
        }
        for key, product_id, first_on, source, rest in POLICIES
    ]  # fmt: skip


def stock(rows: tuple[tuple[str, int, str, str], ...]) -> list[Json]:
    """Return a site's stock."""
    return [
        {"product_id": product_id, "quantity": quantity, **({"lot": lot} if lot else {}), "expires_on": expires_on}
        for product_id, quantity, lot, expires_on in rows
    ]
