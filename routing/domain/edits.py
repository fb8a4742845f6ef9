"""What a dispatcher changes on a plan: locks, moves, exclusions, additions. Law: shapes only, a closed union."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from routing.domain.base import Document, Identifier, Instant

MOST_EDITS = 100
Position = Annotated[int, Field(ge=1, le=10_000)]


class Exclusion(StrEnum):
    """Why there is no visit today: closed, so that nothing of a person is written here."""

    ASKED_NOT_TODAY = "asked_not_today"
    AWAY = "away"
    NOT_SAFE = "not_safe"
    SERVED_OTHERWISE = "served_otherwise"
    OTHER = "other"


class LockVisit(Document):
    """The visit is made by somebody, or begins within a time, or both; it must take place.

    Earlier locks of the client are replaced.
    """

    type: Literal["lock"]
    client_id: Identifier
    volunteer_id: Identifier | None = None
    from_at: Instant | None = None
    to_at: Instant | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.volunteer_id is None and self.to_at is None:
            raise ValueError("a lock of a visit says by whom, or until when it begins (`to_at`)")
        return self


class UnlockVisit(Document):
    """All locks of a client are taken out, exclusions too; nobody is moved for it."""

    type: Literal["unlock"]
    client_id: Identifier


class MoveVisit(Document):
    """A visit is made by somebody else, or elsewhere on the way.

    Attributes
    ----------
    position
        Among the visits of the route, from 1; None: where it costs least.
    order_ids
        Which visit, where the client has several: the one that brings one of these. Empty: all of them.
    """

    type: Literal["move"]
    client_id: Identifier
    volunteer_id: Identifier
    position: Position | None = None
    order_ids: tuple[Identifier, ...] = ()


class ExcludeClient(Document):
    """There is no visit to the client today."""

    type: Literal["exclude"]
    client_id: Identifier
    reason: Exclusion


class AddClient(Document):
    """Somebody visits a client who is not on the plan. `position` as for a move."""

    type: Literal["add"]
    client_id: Identifier
    volunteer_id: Identifier
    position: Position | None = None


Edit = LockVisit | UnlockVisit | MoveVisit | ExcludeClient | AddClient


class Edits(Document):
    """Edits of a plan, one after the other. None: the plan is put on the programme as it is now."""

    edits: Annotated[
        tuple[Annotated[Edit, Field(discriminator="type")], ...],
        Field(max_length=MOST_EDITS),
    ]
