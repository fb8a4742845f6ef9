"""What a register says, once it is understood. Shapes only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from routing.domain.clients import ClientStatus
from routing.domain.errors import Problem
from routing.domain.hours import Hours


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """When somebody is to follow up; None: it is done, and none is awaited."""

    on: date | None


@dataclass(frozen=True, kw_only=True)
class ClientFacts:
    """What one row says about a client; None: nothing. `product_id` None: it says nothing about a regimen."""

    client_id: str
    product_id: str | None = None
    doses: int | None = None
    last_taken_on: date | None = None
    affordable_days: int | None = None
    status: ClientStatus | None = None
    follow_up: FollowUp | None = None
    windows: tuple[Hours, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class VolunteerFacts:
    """What one row says about a volunteer's day."""

    volunteer_id: str
    present: bool | None = None


Facts = ClientFacts | VolunteerFacts


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register as understood.

    Attributes
    ----------
    rows
        How many rows name somebody, or should.
    facts
        Of the rows taken, in their order.
    refused
        What is wrong with the rows that were not taken.
    unplaced
        What a row that was taken says besides, and no programme can hold.
    remarks
        What nobody has to mend: columns and sheets that were not read.
    """

    rows: int
    facts: tuple[Facts, ...]
    refused: tuple[Problem, ...]
    unplaced: tuple[Problem, ...]
    remarks: tuple[Problem, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all that it says was taken."""
        return not self.refused and not self.unplaced
