"""How one volunteer stands while their day is followed step by step. Law: follows the plan and what was reported."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from routing.domain.day_so_far import Parcel, VolunteerSoFar
from routing.domain.orders import Order
from routing.domain.plan import Route, Step
from routing.replanning.records import parcel_of


@dataclass
class Standing:
    """Where a volunteer is, and what they carry; changed by every step that has happened."""

    volunteer_id: str
    free_at: datetime | None = None
    client_id: str | None = None
    site_id: str | None = None
    at_edge: bool = False
    at_end: bool = False
    route: Route | None = None
    mode_and_plate: tuple[object, object] = (None, None)
    pass_ids: tuple[str, ...] = ()
    visits: int = 0
    met_isolating: bool = False
    rested_at: list[datetime] = field(default_factory=list)
    aboard: dict[str, Parcel] = field(default_factory=dict)
    fetched: list[Parcel] = field(default_factory=list)
    counts_in: set[str] = field(default_factory=set)
    out_of_service: bool = False

    @classmethod
    def of(cls, volunteer_id: str, before: VolunteerSoFar | None) -> Standing:
        """Return how somebody stood when the day was last planned."""
        if before is None:
            return cls(volunteer_id)
        return cls(
            volunteer_id,
            free_at=before.free_at,
            client_id=before.client_id,
            site_id=before.site_id,
            at_edge=before.at_edge,
            at_end=before.at_end,
            mode_and_plate=(before.mode, before.plate),
            pass_ids=before.pass_ids,
            visits=before.visits,
            met_isolating=before.met_isolating,
            rested_at=list(before.rested_at),
            aboard={parcel.order_id: parcel for parcel in before.aboard},
            fetched=list(before.fetched),
            counts_in=set(before.counts_in),
            out_of_service=before.out_of_service,
        )

    def so_far(self, now_at: datetime) -> VolunteerSoFar | None:
        """Return the entry of the day; None: nothing has happened to them."""
        if self.free_at is None and not self.out_of_service:
            return None
        away = self.client_id is not None or self.site_id is not None
        mode, plate = self.mode_and_plate if away else (None, None)
        return VolunteerSoFar.model_validate(
            {
                "volunteer_id": self.volunteer_id,
                "free_at": max(now_at, self.free_at or now_at),
                "client_id": self.client_id,
                "site_id": self.site_id,
                "at_edge": self.at_edge,
                "at_end": self.at_end,
                "mode": mode,
                "plate": plate,
                "pass_ids": self.pass_ids if self.client_id is not None else (),
                "visits": self.visits,
                "met_isolating": self.met_isolating,
                "rested_at": tuple(self.rested_at),
                "aboard": tuple(self.aboard.values()),
                "fetched": tuple(self.fetched),
                "counts_in": tuple(sorted(self.counts_in)),
                "out_of_service": self.out_of_service,
            }
        )

    def at_site(self, site_id: str, route: Route, at: datetime, to_come: Collection[str]) -> None:
        """Hand in, at a site, what was taken back and what nobody on the rest of the route is for."""
        self._stand(route, at, site_id=site_id)
        self.fetched = [parcel for parcel in self.fetched if parcel.site_id != site_id]
        self.aboard = {
            order_id: parcel
            for order_id, parcel in self.aboard.items()
            if parcel.site_id != site_id or parcel.client_id in to_come
        }

    def counted_in(self, site_id: str) -> None:
        """Note that controlled goods were counted in."""
        self.counts_in.discard(site_id)

    def at_door(self, step: Step, route: Route, at: datetime, *, at_edge: bool, isolating: bool) -> None:
        """Stand at a client's door."""
        self._stand(route, at, client_id=step.client_id, at_edge=at_edge)
        self.pass_ids = () if step.leg is None else step.leg.pass_ids
        self.visits += 1
        self.met_isolating |= isolating

    def hand_over(self, order: Order) -> None:
        """Hand over an order's goods, and take back what is exchanged for them."""
        self.aboard.pop(order.order_id, None)
        self.fetched += [parcel_of(order, item) for item in order.taken_back]
        owed = [*(order.goods if order.controlled else ()), *order.taken_back]
        self.counts_in |= {item.site_id for item in owed}

    def at_home(self, at: datetime, *, at_end: bool) -> None:
        """End a route: whatever is left aboard is out of hand."""
        self.free_at, self.client_id, self.site_id, self.at_edge = at, None, None, False
        self.at_end = at_end
        self.aboard, self.fetched, self.counts_in, self.pass_ids = {}, [], set(), ()

    def rest(self, begin_at: datetime, at: datetime) -> None:
        """Take a break where they are."""
        self.rested_at.append(begin_at)
        self.free_at = at

    def _stand(
        self,
        route: Route,
        at: datetime,
        *,
        client_id: str | None = None,
        site_id: str | None = None,
        at_edge: bool = False,
    ) -> None:
        self.free_at, self.client_id, self.site_id, self.at_edge, self.at_end = at, client_id, site_id, at_edge, False
        self.mode_and_plate = (route.mode, route.plate)
