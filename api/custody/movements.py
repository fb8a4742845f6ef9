"""What is said when a shelf holds more or less. Shapes only."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from api.custody.records import Witness
from routing.domain.base import Day, Document, Identifier, Instant, Number, Text

MOST_MOVEMENTS = 200


class MovementKind(StrEnum):
    """Why a shelf holds more or less."""

    RECEIVED = "received"
    COUNTED = "counted"
    WRITTEN_OFF = "written_off"
    MOVED = "moved"


class Movement(Document):
    """One movement. `quantity` of a count: all that lies there. `lot`: of this lot only."""

    movement_id: Identifier
    kind: MovementKind
    at: Instant
    site_id: Identifier
    to_site_id: Identifier | None = None
    product_id: Identifier
    quantity: Number
    lot: Text = ""
    expires_on: Day | None = None
    reason: Text = ""
    witness: Witness | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.kind is MovementKind.MOVED) != (self.to_site_id is not None) or self.site_id == self.to_site_id:
            raise ValueError("`moved` names another site as `to_site_id`, and nothing else does")
        if self.quantity == 0 and self.kind is not MovementKind.COUNTED:
            raise ValueError("nothing was moved: `quantity` is above 0")
        return self


class Movements(Document):
    """Several movements at once."""

    movements: Annotated[tuple[Movement, ...], Field(min_length=1, max_length=MOST_MOVEMENTS)]
