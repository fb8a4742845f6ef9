"""Who prescribes, and how many consultations a day they have. Law: a code name, no legal name."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from routing.domain.base import Day, Document, Identifier, Text
from routing.domain.hours import Hours


class Prescriber(Document):
    """Somebody who decides about doses.

    Attributes
    ----------
    hours
        When consultations are held; a span holds as many slots of `slot_s` as fit whole.
    most_slots
        No more than so many a day; none: all that fit.
    """

    prescriber_id: Identifier
    code_name: Text
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    slot_s: Annotated[int, Field(ge=60, le=14_400)] = 900
    most_slots: Annotated[int, Field(ge=1, le=1000)] | None = None
    absent_on: tuple[Day, ...] = ()
