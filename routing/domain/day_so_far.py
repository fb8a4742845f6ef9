"""The day so far: where everybody is, what is aboard, who has been seen, what was promised, what is locked.

Law: shapes only. Places are named by whose they are, never by coordinates; goods are named by whom they are for.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from routing.domain.base import Day, Document, Identifier, Instant, Number, Seconds, Text
from routing.domain.volunteers import Mode


class ParcelUnit(Document):
    """One labelled unit, or (`for_on` None) packs or items."""

    for_on: Day | None = None
    quantity: Number


class Parcel(Document):
    """Goods of one order, labelled for one client."""

    client_id: Identifier
    order_id: Identifier
    product_id: Identifier
    site_id: Identifier
    units: Annotated[tuple[ParcelUnit, ...], Field(min_length=1)]

    @property
    def quantity(self) -> float:
        """In the product's unit."""
        return sum(unit.quantity for unit in self.units)


class VolunteerSoFar(Document):
    """Where somebody stands in the midst of the day.

    Attributes
    ----------
    free_at
        From then on they can go on.
    client_id, site_id
        At whose door, at which site; neither: at home, at `start`.
    at_edge
        At the client's `edge_place`.
    at_end
        At home, at `end`: their day's route is over.
    mode, plate
        What they are on the road with; none at home.
    pass_ids
        The pass of the trip outdoors that they are on: a trip has one.
    visits
        Made so far.
    met_isolating
        They have seen an isolating client who was not urgent.
    rested_at
        When breaks began that are over: a break whose span holds such an instant is taken.
    aboard
        Loaded and not handed over.
    fetched
        Taken back at doors, and not handed in yet.
    counts_in
        Sites that wait for them to count controlled goods in.
    out_of_service
        They make no more visits today, and what they carry is out of reach.
    """

    volunteer_id: Identifier
    free_at: Instant
    client_id: Identifier | None = None
    site_id: Identifier | None = None
    at_edge: bool = False
    at_end: bool = False
    mode: Mode | None = None
    plate: Text | None = None
    pass_ids: tuple[Identifier, ...] = ()
    visits: Annotated[int, Field(ge=0, le=10_000)] = 0
    met_isolating: bool = False
    rested_at: tuple[Instant, ...] = ()
    aboard: tuple[Parcel, ...] = ()
    fetched: tuple[Parcel, ...] = ()
    counts_in: tuple[Identifier, ...] = ()
    out_of_service: bool = False

    @property
    def on_the_road(self) -> bool:
        """Whether they are away from home."""
        return self.client_id is not None or self.site_id is not None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if (self.client_id is not None) + (self.site_id is not None) + self.at_end > 1:
            raise ValueError("a volunteer is at one place: one of `client_id`, `site_id`, `at_end`")
        if self.on_the_road != (self.mode is not None):
            raise ValueError("`mode` says what a volunteer is on the road with, and stands there only")
        if (self.aboard or self.fetched or self.counts_in) and not (self.on_the_road or self.out_of_service):
            raise ValueError("goods are aboard, or to be counted in, only on the road")
        return self


class Served(Document):
    """Orders that were done at one visit. `reported`: somebody said so; else it is only planned to have happened."""

    client_id: Identifier
    volunteer_id: Identifier | None = None
    at: Instant
    order_ids: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    reported: bool = True


class Promise(Document):
    """When and by whom a client was told to be visited, with what."""

    client_id: Identifier
    volunteer_id: Identifier
    begin_at: Instant
    order_ids: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class Lock(Document):
    """What a dispatcher has decided about one client's visit.

    Attributes
    ----------
    volunteer_id
        They and nobody else make the visit; it must take place.
    not_volunteer_ids
        None of them makes it.
    from_at, to_at
        It begins then. With `to_at` it must take place; `from_at` alone means: not before.
    excluded
        There is no visit today.
    """

    client_id: Identifier
    volunteer_id: Identifier | None = None
    not_volunteer_ids: tuple[Identifier, ...] = ()
    from_at: Instant | None = None
    to_at: Instant | None = None
    excluded: bool = False

    @property
    def demands(self) -> bool:
        """Whether the visit must take place."""
        return self.volunteer_id is not None or self.to_at is not None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.demands or self.not_volunteer_ids or self.from_at or self.excluded):
            raise ValueError("a lock says who, who not, when, or that there is no visit")
        return self


class DaySoFar(Document):
    """A day in its midst; what is left of it is planned from here.

    Attributes
    ----------
    on
        The day; on any other the section says nothing.
    now_at
        Nobody who is not told of here goes out before.
    tolerance_s
        A visit may begin so much before or after what was promised.
    change_s
        What a visit by another than promised costs, in seconds of travel.
    """

    on: Day
    now_at: Instant
    tolerance_s: Seconds = 1800
    change_s: Seconds = 600
    volunteers: tuple[VolunteerSoFar, ...] = ()
    served: tuple[Served, ...] = ()
    promised: tuple[Promise, ...] = ()
    locks: tuple[Lock, ...] = ()

    def of(self, volunteer_id: str) -> VolunteerSoFar | None:
        """Return where a volunteer stands; None: nothing has happened to them yet."""
        return next((each for each in self.volunteers if each.volunteer_id == volunteer_id), None)
