"""What an organisation would rather have, each at a price in minutes of travel. Law: a price, never a rule."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from routing.domain.base import Document

# Four hours: more than anybody would ride for a wish, and far from what overflows.
Minutes = Annotated[float, Field(ge=0, le=240, allow_inf_nan=False)]


class Preferences(Document):
    """How many minutes of travel each wish is worth; 0: only what costs no travel at all.

    Attributes
    ----------
    preferred_min
        A visit by somebody else than whom the client would rather see.
    same_volunteer_min
        A visit by somebody else than who came last.
    weeks
        How far back it counts who came; the day planned is the last of them.
    most_people
        How many different people may come to one client in those weeks; none: any number.
    more_people_min
        Each person beyond them.
    exposure_min
        A volunteer's second stop of the day; the third twice that, and so on.
    balance_min
        An hour more for a volunteer who has been out for one; after two hours twice that, and so on.
    """

    preferred_min: Minutes = 2.0
    same_volunteer_min: Minutes = 1.0
    weeks: Annotated[int, Field(ge=1, le=52)] = 4
    most_people: Annotated[int, Field(ge=1, le=100)] | None = None
    more_people_min: Minutes = 5.0
    exposure_min: Minutes = 0.0
    balance_min: Minutes = 0.0
