"""A volunteer's own sheets of a day, from the plan that is published. Law: what leaves here is a `VolunteerSheet`.

That type has no field for a name, an address, a telephone, a product or a programme (`routing/sheets/papers.py`).
Streets are read once for each version of a plan, and again when something of the programme has changed that a sheet
shows; what was made of them is held in memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from api.installation import Opened
from api.manners.errors import ConflictError
from api.manners.problems import not_found
from api.networks.paths import network_path
from api.plans.forgetting import without_gaps
from api.storage.tables import Network

if TYPE_CHECKING:
    from routing.domain.plan import Plan
    from routing.domain.programme import Programme
    from routing.sheets.day_names import DayNames
    from routing.sheets.papers import VolunteerSheet

HELD = 8  # days whose sheets are in memory
_NOT_SHOWN: Any = {"ledger": True, "clients": {"__all__": {"regimens"}}, "sites": {"__all__": {"stock"}}}


@dataclass(frozen=True, kw_only=True)
class Published:
    """The plan of a day that volunteers go by, with what it was made from. `sheet_key`: of its papers' codes."""

    organisation_id: str
    plan_id: str
    version: int
    plan: Plan
    programme: Programme
    extract: Path
    sheet_key: bytes

    @cached_property
    def key(self) -> tuple[str, str, int, bytes]:
        """What tells it from every other: reports change doses and stock all day, which no sheet shows."""
        shown = self.programme.model_dump_json(exclude=_NOT_SHOWN)
        return self.organisation_id, self.plan_id, self.version, sha256(shown.encode()).digest()

    def routes_of(self, volunteer_id: str) -> list[int]:
        """Return the indexes of a volunteer's routes."""
        return [index for index, route in enumerate(self.plan.routes) if route.volunteer_id == volunteer_id]


@dataclass(frozen=True, kw_only=True)
class OwnSheets:
    """One volunteer's sheets, in the language of their papers."""

    sheets: tuple[VolunteerSheet, ...]
    language: str

    def document(self) -> list[dict[str, Any]]:
        """Return them as they are answered: every field of the type, and no other."""
        return [_plain(asdict(sheet)) for sheet in self.sheets]


class HeldSheets:
    """Sheets of days, as long as they are asked for."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._held: OrderedDict[tuple[str, str, int, bytes], Mapping[str, tuple[VolunteerSheet, ...]]] = OrderedDict()
        self._lock = Lock()

    def of(self, published: Published, volunteer_id: str) -> OwnSheets:
        """Return a volunteer's own sheets.

        Raises
        ------
        NotFoundError
            `not_found`: the volunteer has no route in the plan that is published now.
        """
        if volunteer_id not in {volunteer.volunteer_id for volunteer in published.programme.volunteers}:
            raise not_found()
        with self._lock:  # one at a time reads streets, which take some memory
            sheets = self._held.get(published.key)
            if sheets is None:
                sheets = _sheets(published, self._cache)
                self._held[published.key] = sheets
            self._held.move_to_end(published.key)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        if not sheets.get(volunteer_id):
            raise not_found()
        return OwnSheets(sheets=sheets[volunteer_id], language=_language(published.programme, volunteer_id))


def published_on(opened: Opened, session: Session, organisation_id: str, programme_id: str, on: date) -> Published:
    """Return the plan that is published of a day.

    Raises
    ------
    NotFoundError
        `not_found`: there is no such programme.
    ConflictError
        `nothing_published`.
    """
    kept = opened.kept.load(session, organisation_id, programme_id)
    found = opened.plans.published_of(session, organisation_id, programme_id, on.isoformat())
    network = session.get(Network, (organisation_id, kept.programme.extract or ""))
    if found is None or found.plan is None or network is None:
        raise ConflictError("nothing_published", "no plan of this day is published", remedy="publish one first")
    return Published(
        organisation_id=organisation_id,
        plan_id=found.plan_id,
        version=found.version,
        plan=without_gaps(found.plan),
        programme=kept.programme,
        extract=network_path(opened.networks, network),
        sheet_key=opened.bases.sheet_key(session, organisation_id, found.plan_id),
    )


def _sheets(published: Published, cache: Path) -> Mapping[str, tuple[VolunteerSheet, ...]]:
    from routing.network.extract import read_extract
    from routing.network.streets import load_streets
    from routing.sheets.day import Day
    from routing.sheets.volunteer_sheets import volunteer_sheet

    streets = load_streets(published.extract, cache)
    day = Day(published.plan, published.programme, published.sheet_key, read_extract(published.extract), streets)
    volunteers = dict.fromkeys(route.volunteer_id for route in published.plan.routes)
    return {own: tuple(volunteer_sheet(day, index) for index in published.routes_of(own)) for own in volunteers}


def names_of(published: Published) -> DayNames:
    """Return the names of a day: enough to read a report, without streets."""
    from routing.sheets.day_names import DayNames

    return DayNames(published.plan, published.programme, published.sheet_key)


def _language(programme: Programme, volunteer_id: str) -> str:
    own = {volunteer.volunteer_id: volunteer.language for volunteer in programme.volunteers}
    return own.get(volunteer_id) or programme.sheets.language


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
