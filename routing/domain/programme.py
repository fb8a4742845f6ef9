"""The programme: everything an organisation knows. The document `doorstep.programme/1`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field

from routing.domain.base import Day, Document, Identifier, Text
from routing.domain.clients import Client
from routing.domain.day_so_far import DaySoFar
from routing.domain.hours import Weekday
from routing.domain.ledger import LedgerEntry
from routing.domain.passes import Checkpoint, MovementRule, Pass, Zone
from routing.domain.places import Location
from routing.domain.policies import Policy
from routing.domain.preferences import Preferences
from routing.domain.prescribers import Prescriber
from routing.domain.products import Product
from routing.domain.sites import Site
from routing.domain.volunteers import Volunteer


def _known_zone(name: str) -> str:
    try:
        if name == "localtime":  # the machine's own: another plan on another machine
            raise ValueError
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("no such time zone in the tz database") from None
    return name


TimezoneName = Annotated[str, AfterValidator(_known_zone)]


class ClosedDay(Document):
    """A day on which nobody is visited."""

    on: Day
    reason: Text = ""


class Calendar(Document):
    """Days without visits."""

    closed_days: tuple[ClosedDay, ...] = ()
    closed_weekdays: tuple[Weekday, ...] = ()

    def is_closed(self, on: date) -> bool:
        """Whether nobody is visited on a date."""
        return Weekday.of(on) in self.closed_weekdays or any(day.on == on for day in self.closed_days)


class Coordinator(Document):
    """Whom volunteers call."""

    phone: Text = ""


class SheetChoices(Document):
    """What an organisation wants on the papers of its volunteers.

    Attributes
    ----------
    language
        Of the papers of volunteers who have no language of their own.
    neutral_letter
        What stands on checkpoint cards beneath the pass; empty: a text of Doorstep's own.
    street_map
        A small map of the way, from junction to junction.
    geo_links
        Links that open a junction in a map app, which may send it on.
    navigation_files
        GPX, GeoJSON and CSV of the junctions, for map apps, which may send them on.
    """

    language: Text = "en"
    neutral_letter: Text = ""
    street_map: bool = False
    geo_links: bool = False
    navigation_files: bool = False


class Programme(Document):
    """Everything an organisation knows, in one document.

    Attributes
    ----------
    made_up
        All persons and places of stay are invented: the document needs no encryption.
    extract
        Path of the OpenStreetMap extract, relative to the programme's file.
    near
        A point in the area served; completes short plus codes.
    policy_packs
        Names of packs of policies that ship with Doorstep. Empty in a programme that has been read: the reader has
        put the packs' policies among `policies` (`policy_expansion.py`).
    day
        What has happened so far on a day that is under way: what is left of it is planned from there.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    schema_: Literal["doorstep.programme/1"] = Field(alias="schema")
    programme_id: Identifier
    name: Text
    timezone: TimezoneName
    made_up: bool = False
    extract: Text | None = None
    near: Location | None = None
    coordinator: Coordinator = Coordinator()
    calendar: Calendar = Calendar()
    products: tuple[Product, ...] = ()
    sites: tuple[Site, ...] = ()
    policies: tuple[Policy, ...] = ()
    policy_packs: tuple[Identifier, ...] = ()
    clients: tuple[Client, ...] = ()
    prescribers: tuple[Prescriber, ...] = ()
    volunteers: tuple[Volunteer, ...] = ()
    passes: tuple[Pass, ...] = ()
    movement_rules: tuple[MovementRule, ...] = ()
    zones: tuple[Zone, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    sheets: SheetChoices = SheetChoices()
    preferences: Preferences = Preferences()
    day: DaySoFar | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The programme's time zone."""
        return ZoneInfo(self.timezone)

    def so_far(self, on: date) -> DaySoFar | None:
        """Return what has happened on a date; None: it has not begun."""
        return self.day if self.day is not None and self.day.on == on else None
