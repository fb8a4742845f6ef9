"""Lists in pages. Law: a cursor says after which place to go on, so entries that come or go shift nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from api.manners.errors import UnprocessableError

DEFAULT, MOST = 50, 200
Limit = Annotated[int, Query(ge=1, le=MOST, description="So many at most.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")]
_Item = TypeVar("_Item")


def page(items: Sequence[tuple[str, _Item]], limit: int, cursor: str | None) -> tuple[list[_Item], str | None]:
    """Cut a page out of items that are sorted by their place; return it with the cursor of the next one.

    Raises
    ------
    UnprocessableError
        `bad_cursor`.
    """
    after = "" if cursor is None else _place(cursor)
    rest = [(place, item) for place, item in items if place > after]
    more = len(rest) > limit
    return [item for _, item in rest[:limit]], _cursor(rest[limit - 1][0]) if more else None


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise UnprocessableError(
            "bad_cursor", "this is no cursor of ours", where="/query/cursor", remedy="begin without one"
        ) from error
