"""How a day that is under way is taken up: from where, with what aboard, what was promised, what is locked.

Law: knows the day so far and nothing of routes; of a day that has not begun everything is as the programme has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from routing.domain.clients import Client
from routing.domain.day_so_far import Parcel, Promise, VolunteerSoFar
from routing.domain.duties import Duty
from routing.domain.locks import FREE, Locked, locked
from routing.domain.orders import Order
from routing.domain.places import Place
from routing.domain.products import Product
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer
from routing.solver.eligibility import Errand, Station, tenths
from routing.solver.meeting import Clock
from routing.solver.problem import Problem, Rest, Vehicle, Window
from routing.solver.schedule import FAR, Schedule, schedule

NEVER: tuple[Window, ...] = ((FAR, FAR),)


@dataclass(frozen=True)
class Burdened:
    """What is aboard and nobody's any more: it fills the vehicle until it is handed in."""

    mass_g: int
    volume_ml: int
    custody: Mapping[str, int]
    controlled_g: int
    counts_in: frozenset[str]

    @property
    def anything(self) -> bool:
        """Whether there is any."""
        return self.mass_g > 0


class TakingUp:
    """The day so far, as the solver asks for it.

    Parameters
    ----------
    orders
        Those that are due.
    """

    def __init__(self, programme: Programme, on: date, orders: Sequence[Order]) -> None:
        self._day = programme.so_far(on)
        self._orders = {order.order_id: order for order in orders}
        self._clients = {client.client_id: client for client in programme.clients}
        self._sites = {site.site_id: site for site in programme.sites}
        self._products: dict[str, Product] = {product.product_id: product for product in programme.products}
        self._locked = locked(self._day)
        self._holders = {
            parcel.order_id: so_far.volunteer_id
            for so_far in ([] if self._day is None else self._day.volunteers)
            if not so_far.out_of_service
            for parcel in so_far.aboard
            if self._fits(parcel)
        }
        self._anew = self._spare(programme, on)
        promises = () if self._day is None else self._day.promised
        self._promises = {order_id: promise for promise in promises for order_id in promise.order_ids}

    def _fits(self, parcel: Parcel) -> bool:
        """Whether a parcel is exactly what its order asks for; else nobody may be handed it."""
        order = self._orders.get(parcel.order_id)
        if order is None or order.item is None or order.client_id != parcel.client_id:
            return False
        same_goods = (order.item.product_id, order.item.site_id) == (parcel.product_id, parcel.site_id)
        asked = sorted((str(unit.for_on), unit.quantity) for unit in order.item.units)
        return same_goods and asked == sorted((str(unit.for_on), unit.quantity) for unit in parcel.units)

    def _spare(self, programme: Programme, on: date) -> frozenset[str]:
        """Return the orders aboard that can be made up anew: the shelf has enough for all of them and the rest."""
        left: dict[tuple[str, str], float] = {}
        for site in programme.sites:
            for stock in site.stock:
                if stock.expires_on is None or stock.expires_on >= on:
                    shelf = site.site_id, stock.product_id
                    left[shelf] = left.get(shelf, 0.0) + stock.quantity
        for order in self._orders.values():
            for item in order.goods:
                left[item.site_id, item.product_id] = left.get((item.site_id, item.product_id), 0.0) - item.quantity
        held = [self._orders[order_id] for order_id in self._holders]
        return frozenset(
            order.order_id for order in held if all(left[item.site_id, item.product_id] >= 0 for item in order.goods)
        )

    def so_far(self, volunteer: Volunteer) -> VolunteerSoFar | None:
        """Return where somebody stands; None: nothing has happened to them."""
        return None if self._day is None else self._day.of(volunteer.volunteer_id)

    def on_the_road(self) -> frozenset[str]:
        """Return who has to come home."""
        known = [] if self._day is None else self._day.volunteers
        return frozenset(each.volunteer_id for each in known if each.on_the_road and not each.out_of_service)

    def holder(self, order: Order) -> str | None:
        """Return who has an order's goods aboard."""
        return self._holders.get(order.order_id)

    def parts(self, orders: Sequence[Order]) -> list[tuple[Order, ...]]:
        """Split a client's orders into what may be handed over together, as far as it is aboard already.

        What one volunteer has, and what others' sites still have, can come together; goods of one site that are aboard
        in part are two parcels, and so are those that two volunteers have.
        """
        holders = {self.holder(order) for order in orders}
        at_site: dict[str | None, set[str | None]] = {}
        for order in orders:
            at_site.setdefault(order.site_id, set()).add(self.holder(order))
        if len(holders - {None}) <= 1 and all(len(each) == 1 for each in at_site.values()):
            return [tuple(orders)]
        ordered = dict.fromkeys(self.holder(order) for order in orders)
        return [tuple(order for order in orders if self.holder(order) == holder) for holder in ordered]

    def start(self, volunteer: Volunteer, duty: Duty) -> Place | None:
        """Return where somebody starts from on a duty."""
        so_far = self.so_far(volunteer)
        if so_far is None or not duty.from_the_road:
            ended = so_far is not None and (so_far.at_end or so_far.on_the_road)
            return (volunteer.end or volunteer.start) if ended else volunteer.start
        if so_far.client_id is not None:
            client = self._clients[so_far.client_id]
            return client.edge_place if so_far.at_edge else client.place
        return self._sites[so_far.site_id or ""].place

    def aboard(self, volunteer: Volunteer, duty: Duty) -> frozenset[str]:
        """Return the orders whose goods somebody has with them on a duty."""
        if not duty.from_the_road:
            return frozenset()
        return frozenset(order for order, holder in self._holders.items() if holder == volunteer.volunteer_id)

    def locked(self, client: Client) -> Locked:
        """Return what locks say of a client."""
        return self._locked.get(client.client_id, FREE)

    def demanded(self, errands: Sequence[Errand]) -> frozenset[int]:
        """Return the indices of errands that must be done."""
        return frozenset(index for index, errand in enumerate(errands) if errand.locked.demands)

    def overdue(self, errands: Sequence[Errand]) -> frozenset[int]:
        """Return the indices of errands that nobody was promised any more, on a day with promises."""
        if not self._promises:
            return frozenset()
        return frozenset(index for index, errand in enumerate(errands) if self._promise(errand) is None)

    def windows(self, errand: Errand, windows: tuple[Window, ...], clock: Clock) -> tuple[Window, ...]:
        """Return a client's windows as locks narrow them."""
        wish = errand.locked
        if wish.from_at is None and wish.to_at is None:
            return windows
        opens = 0 if wish.from_at is None else clock.seconds(wish.from_at)
        closes = FAR if wish.to_at is None else clock.seconds(wish.to_at)
        return _within(windows, (opens, closes)) or NEVER

    def promised(self, errand: Errand, windows: tuple[Window, ...], clock: Clock) -> tuple[Window, ...] | None:
        """Return windows narrowed to what was promised; None where nothing was, or it cannot be kept any more."""
        promise = self._promise(errand)
        if promise is None or self._day is None:
            return None
        begin, tolerance = clock.seconds(promise.begin_at), self._day.tolerance_s
        if begin + tolerance < clock.seconds(self._day.now_at):
            return None
        return _within(windows, (begin - tolerance, begin + tolerance)) or None

    def _promise(self, errand: Errand) -> Promise | None:
        found = (self._promises.get(order.order_id) for order in errand.orders)
        return next((promise for promise in found if promise is not None), None)

    def change_s(self, errand: Errand, station: Station) -> int:
        """Return what it costs that others make a visit than were promised, or with goods made up anew."""
        promise = self._promise(errand)
        others = promise is not None and promise.volunteer_id not in {each.volunteer_id for each in station.people}
        anew = any(order.order_id in self._holders.keys() - station.aboard for order in errand.orders)
        return self._day.change_s if self._day is not None and (others or anew) else 0

    def burdened(self, station: Station) -> Burdened:
        """Return what somebody carries on a duty that nobody will be handed."""
        so_far = self.so_far(station.lead) if station.duty.from_the_road else None
        aboard = () if so_far is None else so_far.aboard
        fetched = () if so_far is None else so_far.fetched
        mine = station.aboard
        strays = [*(parcel for parcel in aboard if parcel.order_id not in mine), *fetched]
        custody: dict[str, int] = {}
        for parcel in strays:
            if self._products[parcel.product_id].controlled:
                custody[parcel.product_id] = custody.get(parcel.product_id, 0) + tenths(parcel.quantity)
        controlled = [parcel for parcel in strays if self._products[parcel.product_id].controlled]
        owed = () if so_far is None else so_far.counts_in
        return Burdened(
            mass_g=sum(self._carried(parcel)[0] for parcel in strays),
            volume_ml=sum(self._carried(parcel)[1] for parcel in strays),
            custody=custody,
            controlled_g=sum(self._carried(parcel)[0] for parcel in controlled),
            counts_in=frozenset({*owed, *(each.site_id for each in (*controlled, *fetched))}),
        )

    def _carried(self, parcel: Parcel) -> tuple[int, int]:
        product = self._products[parcel.product_id]
        pieces = sum(unit.quantity if unit.for_on is None else 1 for unit in parcel.units)
        return ceil(pieces * product.mass_g), ceil(pieces * product.volume_ml)

    def vehicle(self, vehicle: Vehicle, station: Station, errands: Sequence[Errand], clock: Clock) -> Vehicle:
        """Return a vehicle as it takes up the day."""
        if self._day is None:
            return vehicle
        states = [self.so_far(person) for person in station.people]
        burden = self.burdened(station)
        made = {each.volunteer_id: each.visits for each in states if each is not None}
        isolating = any(each.met_isolating for each in states if each is not None)
        custody = {product: most - burden.custody.get(product, 0) for product, most in vehicle.custody.items()}
        carried = {
            index: {order.site_id or "" for order in errand.orders if order.order_id in station.aboard}
            for index, errand in enumerate(errands)
            if any(order.order_id in station.aboard for order in errand.orders)
        }
        numbers = {site_id: number for number, site_id in enumerate(self._sites)}
        return replace(
            vehicle,
            max_mass_g=vehicle.max_mass_g - burden.mass_g,
            max_volume_ml=vehicle.max_volume_ml - burden.volume_ml,
            max_carry_g=None if vehicle.max_carry_g is None else vehicle.max_carry_g - burden.controlled_g,
            custody=custody,
            stops_of={person: most - made.get(person, 0) for person, most in vehicle.stops_of.items()},
            rests=tuple(rest for rest in vehicle.rests if not self._rested(rest, clock)),
            allowed=frozenset(
                index
                for index in vehicle.allowed
                if not (errands[index].institution and burden.anything)
                and (errands[index].client.isolating or not isolating)
                and all(self._within_reach(order, station) for order in errands[index].orders)
            ),
            aboard=frozenset(index for index, sites in carried.items() if sites == _sites(errands[index])),
            partly={
                index: frozenset(numbers[site_id] for site_id in sites)
                for index, sites in carried.items()
                if sites and sites != _sites(errands[index])
            },
            on_the_road=station.duty.from_the_road,
            counts_in=frozenset(index for index, site_id in enumerate(self._sites) if site_id in burden.counts_in),
        )

    def _within_reach(self, order: Order, station: Station) -> bool:
        """Whether those on a duty have an order's goods, or can have them made up (again)."""
        return order.order_id not in self._holders or order.order_id in station.aboard or order.order_id in self._anew

    def _rested(self, rest: Rest, clock: Clock) -> bool:
        """Whether somebody of a break's people has had it."""
        known = [] if self._day is None else self._day.volunteers
        return any(
            rest.earliest_s <= clock.seconds(begun_at) <= rest.latest_s
            for each in known
            if each.volunteer_id in rest.people
            for begun_at in each.rested_at
        )


def _sites(errand: Errand) -> set[str]:
    """Return the sites that an errand's goods are from."""
    return {order.site_id or "" for order in errand.orders if order.goods}


def with_ways_home(problem: Problem, on_the_road: frozenset[str]) -> Problem:
    """Return the problem with what it takes those on the road to come home with nothing more to do.

    They go out again only after that; for whom there is no way home, not at all.
    """
    ways = {number: schedule(problem, each, ()) for number, each in enumerate(problem.vehicles) if each.on_the_road}
    lawful = {number: way for number, way in ways.items() if isinstance(way, Schedule)}
    home_s: dict[str, int] = {}
    for number, way in lawful.items():
        for person in problem.vehicles[number].people:
            home_s[person] = min(way.end_s, home_s.get(person, way.end_s))
    vehicles = []
    for number, vehicle in enumerate(problem.vehicles):
        out = on_the_road & set(vehicle.people)
        if number in lawful:
            vehicles.append(replace(vehicle, homeward_s=lawful[number].travel_s))
        elif out and not vehicle.on_the_road:
            begins = max(home_s.get(person, FAR) for person in out)
            known = vehicle.allowed if begins < vehicle.span[1] else frozenset[int]()
            span = (min(max(vehicle.span[0], begins), vehicle.span[1]), vehicle.span[1])
            vehicles.append(replace(vehicle, span=span, allowed=known))
        else:
            vehicles.append(vehicle)
    return replace(problem, vehicles=tuple(vehicles))


def _within(windows: tuple[Window, ...], span: Window) -> tuple[Window, ...]:
    """Return what of the windows (none: any time) lies in a span."""
    pieces = [(max(opens, span[0]), min(closes, span[1])) for opens, closes in windows or ((0, FAR),)]
    return tuple((opens, closes) for opens, closes in pieces if opens <= closes)
