"""Small stories. Monday 23 November 2026 in Denpasar unless said; a client on 60 mg of 5 mg/mL liquid, 12 mL a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from routing.continuity import needs_of
from routing.domain.clients import Client, DoseStep, HomeSupply, Regimen, SupplyOrder
from routing.domain.hours import Hours
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import Gap, Hold, Needs, Order, Reach
from routing.domain.places import Place
from routing.domain.policies import MissedDoses, Phase, Policy
from routing.domain.products import Form, Product, ProductKind, Purpose
from routing.domain.programme import Programme
from routing.domain.sites import Site, Stock

MONDAY = date(2026, 11, 23)
ZONE = "Asia/Makassar"  # UTC+8, no clock changes


def day(offset: int) -> date:
    """Return Monday plus so many days."""
    return MONDAY + timedelta(days=offset)


def noon(offset: int) -> datetime:
    """Return noon in Denpasar (04:00 UTC) on Monday plus so many days."""
    return datetime.combine(day(offset), time(4), tzinfo=UTC)


LIQUID = Product(
    product_id="p1",
    name="liquid 5 mg/mL",
    kind=ProductKind.METHADONE,
    form=Form.LIQUID,
    purpose=Purpose.MEDICINE,
    controlled=True,
    strength_mg_per_ml=5.0,
    mass_g=40.0,
    volume_ml=60.5,
    requires=("controlled",),
)
TABLETS = Product(
    product_id="p2",
    name="tablets",
    kind=ProductKind.BUPRENORPHINE,
    form=Form.TABLET,
    purpose=Purpose.MEDICINE,
    controlled=True,
    tablets_mg=(0.4, 2.0, 8.0),
    mass_g=0.5,
    volume_ml=5.0,
)
PACKS = Product(
    product_id="p3",
    name="packs of 28",
    kind=ProductKind.HCV,
    form=Form.PACK,
    purpose=Purpose.MEDICINE,
    pack_days=28,
    mass_g=100.0,
    volume_ml=250.0,
)
TB = PACKS.changed(product_id="p4", kind=ProductKind.TB)
NALOXONE = Product(
    product_id="p5",
    name="kit",
    kind=ProductKind.NALOXONE,
    form=Form.ITEM,
    purpose=Purpose.MEDICINE,
    mass_g=40.3,
    volume_ml=200.0,
)
FOOD = NALOXONE.changed(product_id="p6", kind=ProductKind.FOOD, purpose=Purpose.FOOD)
CONTROLLED_ITEM = NALOXONE.changed(product_id="p7", kind=ProductKind.OTHER, controlled=True)
PRODUCTS = (LIQUID, TABLETS, PACKS, TB, NALOXONE, FOOD, CONTROLLED_ITEM)

MISSED = (MissedDoses(phase=Phase.MAINTENANCE, resume_up_to=1, clearance_up_to=2, restart_from=5),)


def policy(product: Product = LIQUID, **fields: Any) -> Policy:
    """Return a roomy policy: 7 days a delivery, dose at 10:00 with 6 hours of grace."""
    roomy: dict[str, Any] = {
        "policy_id": f"pol-{product.product_id}",
        "place": "Denpasar",
        "product_id": product.product_id,
        "max_days_a_delivery": 7,
        "max_days_on_hand": 14,
        "dose_time": time(10),
        "grace_h": 6,
        "missed_doses": MISSED,
        "tier_weight": 100,
        "valid_from_on": date(2026, 1, 1),
        "source": "a story",
        "signed_off": True,
    }
    return Policy(**{**roomy, **fields})


def regimen(product: Product = LIQUID, *, doses: int = 0, dose_mg: float | None = 60.0, **fields: Any) -> Regimen:
    """Return 60 mg a day since long ago, nothing at home on Monday, nothing known to be missed."""
    usual: dict[str, Any] = {
        "product_id": product.product_id,
        "site_id": "s1",
        "steps": (DoseStep(from_on=date(2026, 1, 1), dose_mg=dose_mg),),
        "home": HomeSupply(doses=doses, as_of_on=MONDAY),
    }
    return Regimen(**{**usual, **fields})


def client(client_id: str = "c1", *regimens: Regimen, **fields: Any) -> Client:
    """Return a client of the usual class."""
    return Client(client_id=client_id, code_name="Heron", place=Place(), regimens=regimens, **fields)


def supply(product: Product = NALOXONE, **fields: Any) -> SupplyOrder:
    """Return two of an item, due on Monday."""
    usual: dict[str, Any] = {
        "supply_id": "x1",
        "product_id": product.product_id,
        "site_id": "s1",
        "quantity": 2,
        "due_on": MONDAY,
    }
    return SupplyOrder(**{**usual, **fields})


def entry(state: LedgerState, at: int, first: int, last: int, **fields: Any) -> LedgerEntry:
    """Return an entry about dose-days of c1's liquid; days count from Monday."""
    usual: dict[str, Any] = {"client_id": "c1", "product_id": "p1", "at": noon(at)}
    return LedgerEntry(**{**usual, "state": state, "from_on": day(first), "to_on": day(last), **fields})


def stocked(**quantities: float) -> tuple[Stock, ...]:
    """Return a shelf: 10 000 of everything, or the quantities named."""
    full = {product.product_id: 10_000.0 for product in PRODUCTS}
    return tuple(Stock(product_id=key, quantity=quantity) for key, quantity in {**full, **quantities}.items())


def programme(*clients: Client, policies: tuple[Policy, ...] = (), **fields: Any) -> Programme:
    """Return a programme with one full site and a roomy policy for each product not named."""
    named = {each.product_id for each in policies}
    rest = tuple(policy(product) for product in PRODUCTS[:4] if product.product_id not in named)
    usual: dict[str, Any] = {
        "schema": "doorstep.programme/1",
        "programme_id": "story",
        "name": "a story",
        "timezone": ZONE,
        "products": PRODUCTS,
        "sites": (
            Site(
                site_id="s1",
                name="store",
                place=Place(),
                hours=(Hours(from_time=time(8), to_time=time(15)),),
                stock=stocked(),
            ),
        ),
        "policies": (*policies, *rest),
        "clients": clients,
    }
    return Programme.model_validate({**usual, **fields})


def shelf(told: Programme, *stock: Stock) -> Programme:
    """Return the programme with another stock at its site."""
    return told.changed(sites=(told.sites[0].changed(stock=stock),))


def needs(
    *regimens: Regimen, rule: Policy | None = None, on: date = MONDAY, reach: Reach | None = None, **fields: Any
) -> Needs:
    """Return what one client, c1, with these regimens needs."""
    told = programme(client("c1", *regimens), policies=(rule,) if rule else (), **fields)
    return needs_of(told, on, reach or {})


def only_order(found: Needs) -> Order:
    """Return the one order; there is no hold."""
    assert not found.holds
    (order,) = found.orders
    return order


def only_hold(found: Needs) -> Hold:
    """Return the one hold; there is no order."""
    assert not found.orders
    (hold,) = found.holds
    return hold


def only_gap(found: Needs) -> Gap:
    """Return the one gap."""
    (gap,) = found.gaps
    return gap


def needs_of_supply(product: Product = NALOXONE, *, ledger: tuple[LedgerEntry, ...] = (), **fields: Any) -> Needs:
    """Return what c1 needs, who takes nothing daily and has asked for one supply."""
    told = programme(client("c1", supplies=(supply(product, **fields),)), ledger=ledger)
    return needs_of(told, MONDAY, {})
