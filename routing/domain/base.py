"""The one base of every document type. Law: frozen, strict, and no unknown key passes.

Pydantic is silent by default about several things that would harm here; each is closed on this page and has a
test in `tests/domain/test_base.py`: unknown keys, `"3"` for 3, numbers for dates, naive times, lists that can be
changed inside a frozen model, and `model_copy(update=...)`, which skips validation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, NoReturn, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Text = Annotated[str, StringConstraints(max_length=500)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]
PositiveNumber = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Number = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Seconds = Annotated[int, Field(ge=0, le=86_400)]
Instant = AwareDatetime


def _without_offset(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("a local time of day carries no offset")
    return value


LocalTime = Annotated[time, AfterValidator(_without_offset)]


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
