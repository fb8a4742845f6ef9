"""A date in a path, a query or a body. Law: it is written out; a number would be read as seconds since 1970."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import BeforeValidator, Field

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _written_out(value: object) -> object:
    if not isinstance(value, str | dt.date) or (isinstance(value, str) and not _DATE.fullmatch(value)):
        raise ValueError("should be a date like 2026-11-23")
    return value


# Not strict, since a text is what is left for Pydantic to read; ours has refused all else.
Date = Annotated[dt.date, Field(strict=False), BeforeValidator(_written_out)]
