"""A date in a path, a query or a body. Law: it is written out; a number would be read as seconds since 1970."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BeforeValidator


def _written_out(value: object) -> object:
    if isinstance(value, str) and value.replace(".", "").lstrip("+-").isdecimal():
        raise ValueError("a number is no date")
    return value


Date = Annotated[dt.date, BeforeValidator(_written_out)]
