"""What all papers of a day are made from: plan, programme, codes, streets. Law: look-ups; no paper is made here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from routing.domain.errors import InputError
from routing.domain.products import Product
from routing.domain.volunteers import Mode
from routing.network.directions import Directions
from routing.network.extract import Extract
from routing.network.street_arrays import Streets
from routing.sheets.day_names import DayNames
from routing.sheets.junctions import Junctions
from routing.sheets.parcels import Parcel, parcels_of
from routing.sheets.texts import Guard, Withheld

STEP_MINUTES = 5  # nobody on a motorcycle keeps the minute


@dataclass(frozen=True, slots=True)
class Remark:
    """A text that stands on no paper, for the dispatcher to mend. `where`: its place in the programme."""

    where: str
    why: Withheld


@dataclass(frozen=True)
class Day(DayNames):
    """The day's plan with everything its papers look up.

    Attributes
    ----------
    extract, streets
        The same extract, raw and compiled.
    remarks
        Grows while papers are made: texts that were withheld.

    Raises
    ------
    InputError
        `plan_not_of_programme`, `plan_not_of_extract`.
    """

    extract: Extract
    streets: Streets
    remarks: dict[Remark, None] = field(default_factory=dict)
    _directions: dict[Mode, Directions] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.plan.inputs.extract_sha256 != self.extract.sha256:
            raise InputError(
                "plan_not_of_extract",
                "the plan was made on other streets than these",
                where="/inputs/extract_sha256",
                remedy="give the extract the plan was made on (--extract), or plan anew",
            )

    @cached_property
    def products(self) -> dict[str, Product]:
        """Products by id."""
        return {product.product_id: product for product in self.programme.products}

    @cached_property
    def letters(self) -> dict[str, str]:
        """Site -> letter of the day."""
        return self.codes.letters([site.site_id for site in self.programme.sites])

    @cached_property
    def parcels(self) -> tuple[Parcel, ...]:
        """The day's parcels."""
        return parcels_of(self.plan)

    @cached_property
    def parcel_codes(self) -> dict[str, str]:
        """Parcel -> code."""
        return self.codes.parcels(parcel.parcel_id for parcel in self.parcels)

    @cached_property
    def parcels_at(self) -> dict[tuple[int, int], tuple[Parcel, ...]]:
        """(route, step) of the load or the visit -> its parcels."""
        found: dict[tuple[int, int], list[Parcel]] = {}
        for parcel in self.parcels:
            for step in (parcel.visit, parcel.load):
                if step is not None:
                    found.setdefault((parcel.route, step), []).append(parcel)
        return {place: tuple(parcels) for place, parcels in found.items()}

    @cached_property
    def guard(self) -> Guard:
        """Knows what no volunteer's paper may repeat."""
        return Guard(self.programme)

    def passed(self, text: str, where: str) -> str:
        """Return a free text as it may be printed; remark on it where it may not."""
        passed = self.guard.passed(text)
        if passed.withheld is not None:
            self.remarks[Remark(where, passed.withheld)] = None
        return passed.text

    @cached_property
    def junctions(self) -> Junctions:
        """Where streets meet."""
        return Junctions(self.extract)

    def directions(self, mode: Mode) -> Directions:
        """Return what gives directions for a mode."""
        if mode not in self._directions:
            self._directions[mode] = Directions(self.extract, self.streets, mode)
        return self._directions[mode]

    def codes_at(self, route: int, step: int) -> tuple[str, ...]:
        """Return the codes of the parcels loaded or handed over at a step."""
        return tuple(self.parcel_codes[parcel.parcel_id] for parcel in self.parcels_at.get((route, step), ()))

    def local(self, instant: datetime) -> datetime:
        """Return an instant in the programme's zone."""
        return instant.astimezone(self.programme.zone)

    def from_to(self, begin_at: datetime, end_at: datetime) -> tuple[datetime, datetime]:
        """Return a span as people say it: in steps of five minutes, outwards."""
        start, end = self.local(begin_at), self.local(end_at)
        earlier = start - timedelta(minutes=start.minute % STEP_MINUTES, seconds=start.second)
        over = timedelta(minutes=end.minute % STEP_MINUTES, seconds=end.second)
        return earlier, end - over + (timedelta(minutes=STEP_MINUTES) if over else timedelta())
