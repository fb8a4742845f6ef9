"""What the made-up programmes hand out, under which rules, and where from.

Law: no figure here is for a person. Masses and volumes are as in the Denpasar scenario; `simple` days know nothing that
is controlled, and one site.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

ALL_DAY_SPAN = {"from_time": "07:00", "to_time": "19:00"}
HANDS_OUT = {"from_time": "07:00", "to_time": "08:00"}


def _product(product_id: str, kind: str, form: str, purpose: str, mass_g: float, volume_ml: float, **more: Any) -> Json:
    return {
        "product_id": product_id,
        "name": product_id,
        "kind": kind,
        "form": form,
        "purpose": purpose,
        "mass_g": mass_g,
        "volume_ml": volume_ml,
        **more,
    }


CONTROLLED = {"controlled": True, "requires": ["controlled"]}
LIQUID = _product("p01", "methadone", "liquid", "medicine", 40, 60, strength_mg_per_ml=5, **CONTROLLED)
TABLETS = _product("p02", "buprenorphine", "tablet", "medicine", 2, 10, tablets_mg=[0.4, 2, 8], **CONTROLLED)
ART = _product("p03", "art", "pack", "medicine", 65, 150, pack_days=30)
TB = _product("p04", "tb", "pack", "medicine", 110, 250, pack_days=28)
NALOXONE = _product("p05", "naloxone", "item", "medicine", 40, 200)
NEEDLES = _product("p06", "needles", "item", "harm_reduction", 500, 1500)
FOOD = _product("p07", "food", "item", "food", 6000, 9000)
HYGIENE = _product("p08", "hygiene", "item", "hygiene", 1200, 4000)
PLAIN = (ART, TB, NALOXONE, NEEDLES, FOOD, HYGIENE)
EVERYTHING = (LIQUID, TABLETS, *PLAIN)
# Of days with everything the second site has these; the first has the medicines.
OF_THE_STORE = {"p02", "p05", "p06", "p07", "p08"}


def policies(products: tuple[Json, ...]) -> list[Json]:
    """Return a roomy policy for each medicine that is taken daily."""
    return [_policy(product) for product in products if product["form"] != "item"]


def _policy(product: Json) -> Json:
    packs = product["form"] == "pack"
    days = product["pack_days"] if packs else 7
    return {
        "policy_id": f"pol-{product['product_id']}",
        "place": "made up",
        "product_id": product["product_id"],
        "min_days_a_delivery": days if packs else 1,
        "max_days_a_delivery": days,
        "max_days_on_hand": 2 * days,
        "early_days": 10 if packs else 3,
        "buffer_days": 7 if packs else 1,
        "dose_time": "19:00",
        "grace_h": 2,
        "missed_doses": [{"phase": "maintenance", "resume_up_to": 2, "clearance_up_to": 3}],
        "tier_weight": {"p01": 100, "p02": 80, "p03": 50, "p04": 60}[product["product_id"]],
        "valid_from_on": "2026-01-01",
        "source": "made up for measuring",
    }


def site_of(product: Json, sites: int) -> str:
    """Return the site that has a product."""
    return "s2" if sites == 2 and product["product_id"] in OF_THE_STORE else "s1"


def site(site_id: str, place: Json, products: tuple[Json, ...], sites: int) -> Json:
    """Return a full site; the clinic of days with everything closes in the afternoon and prepares.

    That of a simple day hands out for an hour in the morning: all load once, before they go.
    """
    everything = sites == 2
    clinic = everything and site_id == "s1"
    return {
        "site_id": site_id,
        "name": site_id,
        "place": place,
        "hours": [{"from_time": "07:00", "to_time": "17:00"} if clinic else ALL_DAY_SPAN if everything else HANDS_OUT],
        "load_s": 420 if clinic else 300,
        **({"ready_from_time": "07:30"} if clinic else {}),
        "stock": [
            {"product_id": product["product_id"], "quantity": 10**6}
            for product in products
            if site_of(product, sites) == site_id
        ],
    }
