"""What has happened on a day: the document `doorstep.events/1`.

Law: shapes and their reader; what follows from an event stands in `routing.replanning`.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from routing.domain.base import Day, Document, Identifier, Instant, Milligrams, Number, Seconds
from routing.domain.clients import Client, ClientStatus, DoseChange
from routing.domain.day_so_far import Lock
from routing.domain.errors import DayError, Problem
from routing.domain.passes import Zone
from routing.domain.problems import problems_of
from routing.domain.reading import read_json

SCHEMA = "doorstep.events/1"


class Failure(StrEnum):
    """Why nothing was handed over at a door, or why nobody came there."""

    NOT_HOME = "not_home"
    NOT_SAFE = "not_safe"
    REFUSED = "refused"
    NOT_REACHED = "not_reached"


class _Event(Document):
    """`at`: when it happened, or when somebody heard of it."""

    at: Instant


class VisitDone(_Event):
    """Everything was handed over, and the volunteer goes on."""

    type: Literal["visit_done"]
    volunteer_id: Identifier
    client_id: Identifier


class VisitPartly(_Event):
    """Some orders were done, the others not."""

    type: Literal["visit_partly"]
    volunteer_id: Identifier
    client_id: Identifier
    order_ids: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class VisitFailed(_Event):
    """Nothing was handed over. `again_from_at`: from then on another visit makes sense."""

    type: Literal["visit_failed"]
    volunteer_id: Identifier
    client_id: Identifier
    reason: Failure
    again_from_at: Instant | None = None


class Loaded(_Event):
    """The volunteer has loaded at a site, whatever the clock says."""

    type: Literal["loaded"]
    volunteer_id: Identifier
    site_id: Identifier


class VolunteerGone(_Event):
    """The volunteer falls out; what they carry is out of reach until it is returned."""

    type: Literal["volunteer_gone"]
    volunteer_id: Identifier


class VolunteerDetained(_Event):
    """The volunteer is held; likewise, and their clients are exposed."""

    type: Literal["volunteer_detained"]
    volunteer_id: Identifier


class SheetLost(_Event):
    """The volunteer's sheet is in other hands: the clients on it are exposed."""

    type: Literal["sheet_lost"]
    volunteer_id: Identifier


class PassRevoked(_Event):
    """A pass holds no more."""

    type: Literal["pass_revoked"]
    pass_id: Identifier


class StreetClosed(_Event):
    """An area, or some ways of the extract, cannot be entered from then on."""

    type: Literal["street_closed"]
    zone: Zone | None = None
    way_ids: tuple[Annotated[int, Field(gt=0, le=2**53)], ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if (self.zone is None) == (not self.way_ids):
            raise ValueError("a closure names either a `zone` or `way_ids`")
        return self


class DispensedAtSite(_Event):
    """The client has been at the counter: for some dose-days of a product, or for a supply."""

    type: Literal["dispensed_at_site"]
    client_id: Identifier
    product_id: Identifier
    from_on: Day | None = None
    to_on: Day | None = None
    supply_id: Identifier | None = None
    quantity: Number | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if (self.from_on is None) != (self.to_on is None) or (self.from_on is None) == (self.supply_id is None):
            raise ValueError("name dose-days (`from_on`, `to_on`) or a `supply_id`")
        return self


class StatusChanged(_Event):
    """The client's status is another from then on."""

    type: Literal["status_changed"]
    client_id: Identifier
    status: ClientStatus


class DoseChanged(_Event):
    """The client's daily dose is another from a dose-day on; `dose_change`: what becomes of older doses at home."""

    type: Literal["dose_changed"]
    client_id: Identifier
    product_id: Identifier
    from_on: Day
    dose_mg: Milligrams
    doses_a_day: Annotated[int, Field(ge=1, le=4)] = 1
    dose_change: DoseChange | None = None


class NewClient(_Event):
    """Somebody who was not in the programme."""

    type: Literal["new_client"]
    client: Client


class Locked(_Event):
    """A dispatcher has decided about a visit."""

    type: Literal["locked"]
    lock: Lock


class Unlocked(_Event):
    """All locks of a client are taken out."""

    type: Literal["unlocked"]
    client_id: Identifier


VisitEvent = VisitDone | VisitPartly | VisitFailed
Event = Annotated[
    VisitDone
    | VisitPartly
    | VisitFailed
    | Loaded
    | VolunteerGone
    | VolunteerDetained
    | SheetLost
    | PassRevoked
    | StreetClosed
    | DispensedAtSite
    | StatusChanged
    | DoseChanged
    | NewClient
    | Locked
    | Unlocked,
    Field(discriminator="type"),
]


class Events(Document):
    """What has happened on a day up to an instant, in the order of `at`.

    Attributes
    ----------
    tolerance_s, change_s, retry_s
        A visit may begin so much before or after what was promised; what a visit by another volunteer costs in seconds
        of travel; how long to leave who was not at home, where no `again_from_at` is said. None: as before.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    schema_: Literal["doorstep.events/1"] = Field(alias="schema")
    on: Day
    now_at: Instant
    tolerance_s: Seconds | None = None
    change_s: Seconds | None = None
    retry_s: Seconds = 3600
    events: tuple[Event, ...] = ()


def load_events(data: bytes) -> Events:
    """Read the facts of a day.

    Raises
    ------
    DayError
        With every problem found in form and fields.
    """
    raw, problems = read_json(data)
    if not problems and not (isinstance(raw, dict) and raw.get("schema") == SCHEMA):
        problems = [
            Problem(
                code="schema_unknown",
                where="/schema",
                message=f"the document does not say that it is `{SCHEMA}`",
                remedy=f'write "schema": "{SCHEMA}", or give the facts of a day, not another document',
            )
        ]
    if not problems:
        try:
            return Events.model_validate_json(json.dumps(raw))
        except ValidationError as error:
            problems = problems_of(error, raw, Events)
    raise DayError(problems)
