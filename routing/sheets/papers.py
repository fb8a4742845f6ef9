"""What stands on each paper. Law: three readers, three types; a paper holds nothing its type has no field for.

A volunteer's paper has no field that could hold a legal name, an address, a phone number of a client, a product, a
quantity, a diagnosis, or the name of a programme, clinic or site; a test reads the fields and holds them to that list.
Only `CustodyManifest` names products, and it stays at the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from routing.domain.places import Position
from routing.domain.volunteers import Mode
from routing.sheets.directions import Direction


class Mark(StrEnum):
    """What is to be minded at a stop."""

    CONTACTLESS = "contactless"
    CALL_FIRST = "call_first"
    NOBODY_ELSE = "nobody_else"
    TAKE_BACK = "take_back"
    NO_PARCEL = "no_parcel"
    TOGETHER = "together"
    GATE = "gate"


class CallKind(StrEnum):
    """What a volunteer does where no client is."""

    LOAD = "load"
    RETURN = "return"
    BREAK = "break"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """A visit as the volunteer knows it.

    Attributes
    ----------
    number
        From 1, in the order of the route.
    code_name
        Of the day: tomorrow the same client has another.
    from_at, to_at
        When the volunteer is awaited, in the programme's zone.
    hint
        How the door is found; cleaned, and empty where it told too much.
    parcels
        Codes of the parcels handed over here.
    junction
        Where the last named way to the door begins; None unless the organisation wants it shown.
    """

    number: int
    code_name: str
    from_at: datetime
    to_at: datetime
    hint: str
    directions: tuple[Direction, ...]
    parcels: tuple[str, ...]
    marks: tuple[Mark, ...]
    junction: Position | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call at a site, or a rest. `letter` stands for the site; `parcels` are taken aboard."""

    kind: CallKind
    letter: str
    from_at: datetime
    to_at: datetime
    directions: tuple[Direction, ...]
    parcels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class VolunteerSheet:
    """One route, as its volunteer carries it.

    Attributes
    ----------
    route
        Digits that stand for the route in report codes.
    volunteer
        The volunteer's own code name.
    ways
        Lines from junction to junction for the small map; empty unless the organisation wants one.
    geo_links
        Whether junctions may open in a map app.
    """

    on: date
    route: str
    volunteer: str
    mode: Mode
    entries: tuple[Stop | Call, ...]
    coordinator_phone: str
    ends_at: datetime
    ways: tuple[tuple[Position, ...], ...] = ()
    geo_links: bool = False

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The visits alone."""
        return tuple(entry for entry in self.entries if isinstance(entry, Stop))


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckpointCard:
    """What is shown when somebody in uniform asks: the pass, and a letter that says nothing.

    `hours` empty: all day.
    """

    number: str
    issuer: str
    area: str
    valid_from_on: date
    valid_to_on: date
    hours: tuple[tuple[time, time], ...]
    mode: Mode
    plate: str
    letter: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedLetter:
    """What the site closes and signs for the way: parcel codes, nothing else."""

    on: date
    letter: str
    parcels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A parcel's outside: its code, and the proof code that peels off at the door."""

    parcel: str
    proof: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestLine:
    """One product in one parcel. `units`: dose-day (None: whole packs or items) and quantity."""

    parcel: str
    product: str
    unit: str
    units: tuple[tuple[date | None, float], ...]
    controlled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CustodyManifest:
    """What one volunteer is issued at one call, for the dispenser. It never leaves the site.

    `taken_back`: what clients hand over in exchange on this round; their `parcel` is empty.
    """

    on: date
    site: str
    letter: str
    volunteer: str
    load_at: datetime
    return_at: datetime | None
    lines: tuple[ManifestLine, ...]
    taken_back: tuple[ManifestLine, ...] = ()

    @property
    def parcels(self) -> tuple[str, ...]:
        """The parcels' codes, each once."""
        return tuple(dict.fromkeys(line.parcel for line in self.lines))


@dataclass(frozen=True, kw_only=True, slots=True)
class RunLine:
    """A visit on the dispatcher's run sheet: the day's code name beside the programme's."""

    number: int
    code_name: str
    client: str
    from_at: datetime
    to_at: datetime
    latest_at: datetime | None
    parcels: int
    mass_g: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One route on the dispatcher's run sheet."""

    route: str
    volunteer: str
    mode: Mode
    start_at: datetime
    end_at: datetime
    lines: tuple[RunLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSheet:
    """The day, for the dispatcher's table: who goes where when, and whose report is still awaited."""

    on: date
    runs: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutePapers:
    """All that one route takes along."""

    volunteer_id: str
    trip: int
    sheet: VolunteerSheet
    cards: tuple[CheckpointCard, ...]
    letters: tuple[SealedLetter, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SitePapers:
    """What a site needs: manifests that stay there, and labels for its parcels."""

    site_id: str
    manifests: tuple[CustodyManifest, ...]
    labels: tuple[Label, ...]
