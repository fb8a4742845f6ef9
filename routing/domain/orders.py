"""What continuity derives: orders, holds, gaps, shortfalls. Shapes only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from routing.domain.base import Document, Identifier
from routing.domain.products import Purpose, Unit

# client_id -> the dates (within the days looked ahead) on which some volunteer's pass, by dates and areas alone,
# lets them go to the client's place
Reach = Mapping[str, frozenset[date]]


class Tier(StrEnum):
    """Urgency; lexicographic, T0A first (DOMAIN facts, section 4)."""

    T0A = "T0a"
    T0B = "T0b"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return tuple(Tier).index(self)


class OrderKind(StrEnum):
    """What an order is for: a regimen's doses, a supply, or a visit that brings nothing."""

    REGIMEN = "regimen"
    SUPPLY = "supply"
    ASSESSMENT = "assessment"
    FOLLOW_UP = "follow_up"


class LabelledUnit(Document):
    """One labelled unit: a bottle or sachet for one dose-day, or (`for_on` None) packs or items."""

    for_on: date | None = None
    quantity: float


class Item(Document):
    """Goods of one product from one site. `quantity` is the sum of the units'."""

    product_id: Identifier
    site_id: Identifier
    unit: Unit
    units: tuple[LabelledUnit, ...]
    quantity: float


class Order(Document):
    """One product that one client should get on the day, or a visit that brings nothing.

    Attributes
    ----------
    product_id, site_id, purpose, item
        None together: nothing is brought. `item`: exactly what is handed over.
    fetched
        Exactly what is taken back: older doses, in exchange.
    days
        Dose-days covered (0 for supplies), `covers_from_on` .. `covers_to_on`.
    run_out_on
        The first dose-day without a dose.
    latest_safe_at
        After this instant it must not be handed over, or serves no end; None: no such instant.
    binding_cap
        The cap that bound the number of days.
    mass_g, volume_ml
        As carried, rounded up; with what is fetched.
    requires
        Authorisations the product asks of the volunteer.
    """

    order_id: Identifier
    kind: OrderKind = OrderKind.REGIMEN
    client_id: Identifier
    product_id: Identifier | None = None
    site_id: Identifier | None = None
    purpose: Purpose | None = None
    controlled: bool = False
    item: Item | None = None
    fetched: Item | None = None
    days: int = 0
    covers_from_on: date | None = None
    covers_to_on: date | None = None
    run_out_on: date | None = None
    due_on: date
    earliest_on: date | None = None
    latest_safe_at: datetime | None = None
    tier: Tier
    weight: int
    binding_cap: str = ""
    policy_id: str = ""
    source: str = ""
    mass_g: int = 0
    volume_ml: int = 0
    requires: tuple[Identifier, ...] = ()

    @property
    def goods(self) -> tuple[Item, ...]:
        """What is handed over; nothing at a visit that brings nothing."""
        return () if self.item is None else (self.item,)

    @property
    def taken_back(self) -> tuple[Item, ...]:
        """What is fetched from the client."""
        return () if self.fetched is None else (self.fetched,)


class HoldCode(StrEnum):
    """Why nothing of a product is routed to a client today. Closed list; `docs/reasons.md`."""

    MINOR_RECORD_INCOMPLETE = "minor_record_incomplete"
    PRESCRIBER_HOLD = "prescriber_hold"
    MISSED_DOSES = "missed_doses"
    CLEARANCE_NEEDED = "clearance_needed"
    SURPLUS_AT_HOME = "surplus_at_home"
    SHORTFALL_AT_HOME = "shortfall_at_home"
    DOSE_NOT_MEASURABLE = "dose_not_measurable"
    PRESCRIPTION_ENDED = "prescription_ended"
    PRESCRIPTION_CHANNEL_NOT_PERMITTED = "prescription_channel_not_permitted"
    REVIEW_DUE = "review_due"
    UNRECONCILED_DELIVERY = "unreconciled_delivery"
    POLICY_MISSING = "policy_missing"
    NOT_PRESCRIBED = "not_prescribed"
    DOSE_CHANGED = "dose_changed"
    HCV_WITH_RIFAMPICIN = "hcv_with_rifampicin"
    APPROVAL_NEEDED = "approval_needed"
    RECORD_IN_FUTURE = "record_in_future"
    OUT_OF_STOCK = "out_of_stock"


class Hold(Document):
    """A product that must not be routed to a client until somebody decides."""

    client_id: Identifier
    product_id: Identifier
    code: HoldCode
    params: dict[str, str | int | float] = Field(default_factory=dict)
    message: str
    owner: str
    decision: str
    deadline_at: datetime | None = None


class Gap(Document):
    """Dose-days that no legal supply covers, found ahead.

    `binding_cap` names what binds (a policy field, `affordable_days`, `site_stock`, `no_visit_day`).
    """

    client_id: Identifier
    product_id: Identifier
    from_on: date
    to_on: date
    act_by_on: date
    binding_cap: str
    message: str


class Shortfall(Document):
    """Stock of a site that does not cover the day's orders; whose were shortened or cut, in the product's unit."""

    site_id: Identifier
    product_id: Identifier
    wanted: float
    available: float
    cut: Mapping[str, float]


class NoticeCode(StrEnum):
    """What somebody should know, although nothing is held for it. Closed list; `docs/reasons.md`."""

    COURSE_ENDS = "course_ends"
    CONSULTATION = "consultation"
    CONSULTATION_WAITS = "consultation_waits"
    TWO_STRENGTHS = "two_strengths"
    POLICY_NOT_SIGNED_OFF = "policy_not_signed_off"
    POLICIES_OVERLAP = "policies_overlap"


class Notice(Document):
    """Something said ahead; `client_id` is None where it concerns a site or the policies."""

    code: NoticeCode
    client_id: Identifier | None = None
    product_id: Identifier | None = None
    on: date
    params: dict[str, str | int | float] = Field(default_factory=dict)
    message: str
    owner: str


class Needs(Document):
    """All that continuity says about one day."""

    orders: tuple[Order, ...]
    holds: tuple[Hold, ...]
    gaps: tuple[Gap, ...]
    shortfalls: tuple[Shortfall, ...] = ()
    notices: tuple[Notice, ...] = ()
