"""The one base of every document type. Law: frozen, strict, and no unknown key passes.

Pydantic is silent by default about several things that would harm here; each is closed on this page and has a
test in `tests/domain/test_base.py`: unknown keys, `"3"` for 3, numbers for dates, naive times, lists that can be
changed inside a frozen model, and `model_copy(update=...)`, which skips validation.

Every number has an upper limit, and dates have both: beyond what anybody means, and small enough that neither 64-bit
sums nor the calendar overflow later. `docs/programme.md` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, NoReturn, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

_Clock = TypeVar("_Clock", time, datetime)
EARLIEST_ON, LATEST_ON = date(1900, 1, 1), date(2200, 1, 1)

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Text = Annotated[str, StringConstraints(max_length=500)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Positive = Annotated[int, Field(gt=0, le=10**9)]
Number = Annotated[float, Field(ge=0, le=10**9, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=0, le=3660)]
PositiveDays = Annotated[int, Field(gt=0, le=3660)]
Seconds = Annotated[int, Field(ge=0, le=86_400)]
# not just above 0: a dose is divided by a strength
Milligrams = Annotated[float, Field(ge=0.001, le=10**6, allow_inf_nan=False)]


def _out_of_calendar() -> PydanticCustomError:
    return PydanticCustomError("out_of_calendar", f"should lie between {EARLIEST_ON} and {LATEST_ON}")


def _day_in_calendar(value: date) -> date:
    if not EARLIEST_ON <= value <= LATEST_ON:
        raise _out_of_calendar()
    return value


def _instant_in_calendar(value: datetime) -> datetime:
    if not _midnight(EARLIEST_ON) <= value <= _midnight(LATEST_ON):
        raise _out_of_calendar()
    return value


def _instant_near_calendar(value: datetime) -> datetime:
    if not EARLIEST_ON.year - 20 < value.year < LATEST_ON.year + 20:
        raise _out_of_calendar()
    return value


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=UTC)


def _whole_seconds(value: _Clock) -> _Clock:
    if value.microsecond:
        raise PydanticCustomError("fraction_of_a_second", "has a fraction of a second")
    return value


def _without_offset(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("a local time of day carries no offset")
    return value


Day = Annotated[date, AfterValidator(_day_in_calendar)]
Instant = Annotated[AwareDatetime, AfterValidator(_whole_seconds), AfterValidator(_instant_in_calendar)]
# what follows from days and instants within the limits may lie some years beyond them
DerivedInstant = Annotated[AwareDatetime, AfterValidator(_whole_seconds), AfterValidator(_instant_near_calendar)]
LocalTime = Annotated[time, AfterValidator(_without_offset), AfterValidator(_whole_seconds)]


class Document(BaseModel):
    """A frozen, strict piece of a document."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
        allow_inf_nan=False,
        validate_default=True,
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy; refuses `update`, which would skip every check. Use `changed`."""
        if update:
            _refuse_update()
        return super().model_copy(deep=deep)

    def changed(self, **fields: object) -> Self:
        """Return a copy with `fields` replaced, validated as if read anew."""
        unknown = set(fields) - set(type(self).model_fields)
        if unknown:
            raise TypeError(f"unknown fields: {sorted(unknown)}")
        # not `dict(self)`, which holds cached properties, too
        return type(self).model_validate({name: getattr(self, name) for name in type(self).model_fields} | fields)


def _refuse_update() -> NoReturn:
    raise TypeError("model_copy(update=...) skips validation; use changed()")
