"""The rules that decide, without any clock, which duty may do which job.

Law: each rule is one function and looks at nothing but its own subject, so that a reason can be found by testing
one rule alone (`routing.explaining`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from math import floor

from routing.domain.clients import Client
from routing.domain.duties import Duty
from routing.domain.locks import FREE, Locked
from routing.domain.orders import Order
from routing.domain.places import PlaceKind
from routing.domain.products import Product, ProductKind
from routing.domain.reasons import ReasonCode
from routing.domain.volunteers import Volunteer
from routing.network.legal import LegalArea
from routing.network.travel import UNREACHABLE
from routing.solver.places import NOWHERE, Ground


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What the rules look at: a parcel for a client, at a place."""

    client: Client
    place: int
    orders: tuple[Order, ...]
    sites: tuple[int, ...]
    pair: bool
    has_window: bool
    place_of_site: Mapping[str, int] = field(default_factory=dict)
    locked: Locked = FREE

    @property
    def institution(self) -> bool:
        """Whether it goes to an institution."""
        return self.client.place.kind is PlaceKind.INSTITUTION

    def custody(self) -> dict[str, int]:
        """Return the controlled goods in tenths of their unit, by product id."""
        found: dict[str, int] = {}
        for order in self.orders:
            for item in (*order.goods, *order.taken_back) if order.controlled else ():
                found[item.product_id] = found.get(item.product_id, 0) + tenths(item.quantity)
        return found


@dataclass(frozen=True, kw_only=True)
class Station:
    """What the rules look at: a duty, the people on it, and where it starts and ends.

    `aboard`: ids of orders whose goods they have with them from the start.
    """

    duty: Duty
    people: tuple[Volunteer, ...]
    start: int
    end: int
    aboard: frozenset[str] = frozenset()

    @property
    def lead(self) -> Volunteer:
        """Who carries."""
        return self.people[0]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All rules without a clock, over one day's ground."""

    on: date
    ground: Ground
    products: Mapping[str, Product]
    _legal: dict[tuple[str, str], frozenset[int]] = field(default_factory=dict)

    @property
    def of_errand(self) -> tuple[tuple[ReasonCode, Callable[[Errand], bool]], ...]:
        """Rules that no duty can mend."""
        return (
            (ReasonCode.EXCLUDED_BY_LOCK, lambda errand: not errand.locked.excluded),
            (ReasonCode.NO_HOME_DELIVERY_CONSENT, lambda errand: errand.client.consent.home_delivery),
            (ReasonCode.PLACE_NOT_LOCATED, lambda errand: errand.place != NOWHERE),
            (ReasonCode.PLACE_TOO_FAR_FROM_STREET, self._near_a_street),
            (ReasonCode.SITE_NOT_LOCATED, lambda errand: NOWHERE not in errand.sites),
            (ReasonCode.NO_WINDOW_TODAY, lambda errand: errand.has_window),
            (ReasonCode.INSTITUTION_GOODS, self._institution_goods),
        )

    @property
    def of_duty(self) -> tuple[tuple[ReasonCode, Callable[[Errand, Station], bool]], ...]:
        """Rules between an errand and a duty, for errands that every rule above admits."""
        return (
            (ReasonCode.LOCKED_TO_OTHERS, _not_locked),
            (ReasonCode.VOLUNTEER_VETOED, _no_veto),
            (ReasonCode.NO_PAIR, lambda errand, station: not errand.pair or len(station.people) > 1),
            (ReasonCode.NOT_AUTHORISED, self._authorised),
            (ReasonCode.PASS_PURPOSE, _purposes),
            (ReasonCode.CUSTODY_CEILING, _custody),
            (ReasonCode.TOO_HEAVY, _mass),
            (ReasonCode.TOO_BULKY, _volume),
            (ReasonCode.TOO_HEAVY_TO_WALK, self._carried),
            (ReasonCode.OUTSIDE_PASS_AREA, self._inside_pass),
            (ReasonCode.INSIDE_CLOSED_ZONE, self._outside_zones),
            (ReasonCode.CUT_OFF_BY_PASS, self._connected),
        )

    def allows(self, errand: Errand, station: Station) -> bool:
        """Whether every rule admits the errand on the duty."""
        return all(rule(errand) for _, rule in self.of_errand) and all(
            rule(errand, station) for _, rule in self.of_duty
        )

    def _near_a_street(self, errand: Errand) -> bool:
        """Whether some mode in use has a street there; without any duty nothing can be said."""
        return errand.place == NOWHERE or self.ground.near_a_street(errand.place)

    def _institution_goods(self, errand: Errand) -> bool:
        goods = [self.products[item.product_id].kind for order in errand.orders for item in order.goods]
        needles = ProductKind.NEEDLES in goods
        return not errand.institution or not (needles or errand.custody())

    def _authorised(self, errand: Errand, station: Station) -> bool:
        asked = {name for order in errand.orders for name in order.requires}
        held = [_valid_authorisations(person, self.on) for person in station.people]
        return asked <= held[0] and all(set(errand.client.requires) <= mine for mine in held)

    def _carried(self, errand: Errand, station: Station) -> bool:
        """Whether the goods can be carried where the vehicle does not come to the door."""
        most_g = station.duty.vehicle.carry_max_g
        if most_g is None or errand.place not in self.ground.on_foot(station.duty):
            return True
        return sum(order.mass_g for order in errand.orders) <= most_g

    def _inside_pass(self, errand: Errand, station: Station) -> bool:
        return self._stops(errand, station) <= self._legal_places(station.duty, "allowed")

    def _outside_zones(self, errand: Errand, station: Station) -> bool:
        return self._stops(errand, station) <= self._legal_places(station.duty, "blocked")

    def _connected(self, errand: Errand, station: Station) -> bool:
        """Whether the streets legal on this duty join start, sites, client and end, there and back."""
        time = self.ground.travels[self.ground.profile_of[station.duty.duty_id]].time_s
        sites, back = _calls(errand, station)
        stops = [station.start, *sites, errand.place, *back, station.end]
        if NOWHERE in stops:
            return False
        return all(time[a, b] < UNREACHABLE for a, b in pairwise(stops))

    def _stops(self, errand: Errand, station: Station) -> set[int]:
        sites, back = _calls(errand, station)
        return {errand.place, *sites, *back, station.start, station.end}

    def _legal_places(self, duty: Duty, part: str) -> frozenset[int]:
        key = (duty.duty_id, part)
        if key not in self._legal:
            area = LegalArea(allowed=duty.allowed) if part == "allowed" else LegalArea(blocked=duty.blocked)
            found = self.ground.legal(str(duty.mode), area)
            snapped, doors = self.ground.snaps[str(duty.mode)], self.ground.doors[str(duty.mode)]
            # A place off this mode's streets is not the pass's or the zone's doing.
            off_streets = [snap is None and door is None for snap, door in zip(snapped, doors, strict=True)]
            self._legal[key] = frozenset(i for i, legal in enumerate(found) if legal or off_streets[i])
        return self._legal[key]


def tenths(quantity: float) -> int:
    """Return a quantity in tenths of its unit; quantities have no finer part."""
    return round(quantity * 10)


def _valid_authorisations(person: Volunteer, on: date) -> set[str]:
    return {
        entry.authorisation_id
        for entry in person.authorisations
        if (entry.valid_from_on is None or entry.valid_from_on <= on)
        and (entry.valid_to_on is None or on <= entry.valid_to_on)
    }


def _calls(errand: Errand, station: Station) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places of sites to call at before and after the visit; what is aboard already is not loaded."""
    if not any(order.order_id in station.aboard for order in errand.orders):
        return errand.sites, errand.sites
    to_load = [order.site_id for order in errand.orders if order.goods and order.order_id not in station.aboard]
    returns = [order.site_id for order in errand.orders if order.controlled or order.taken_back]
    before, after = (dict.fromkeys(errand.place_of_site[site or ""] for site in each) for each in (to_load, returns))
    return tuple(before), tuple(after)


def _not_locked(errand: Errand, station: Station) -> bool:
    return errand.locked.admits([person.volunteer_id for person in station.people])


def _no_veto(errand: Errand, station: Station) -> bool:
    return not any(
        person.volunteer_id in errand.client.vetoes or errand.client.client_id in person.vetoes
        for person in station.people
    )


def _purposes(errand: Errand, station: Station) -> bool:
    purposes = station.duty.purposes
    return purposes is None or {order.purpose for order in errand.orders if order.purpose is not None} <= purposes


def _custody(errand: Errand, station: Station) -> bool:
    ceilings = custody_of(station.lead)
    return all(amount <= ceilings.get(product, 0) for product, amount in errand.custody().items())


def custody_of(person: Volunteer) -> dict[str, int]:
    """Return a volunteer's custody ceilings in tenths; a product that is missing may not be carried."""
    if person.custody_blocked:
        return {}
    return {ceiling.product_id: floor(ceiling.quantity * 10 + 1e-6) for ceiling in person.custody}


def _mass(errand: Errand, station: Station) -> bool:
    return sum(order.mass_g for order in errand.orders) <= station.duty.vehicle.max_mass_g


def _volume(errand: Errand, station: Station) -> bool:
    return sum(order.volume_ml for order in errand.orders) <= station.duty.vehicle.max_volume_ml
