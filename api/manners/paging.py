"""Lists in pages. Law: a cursor says after which place to go on, so entries that come or go shift nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Query
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.manners.errors import UnprocessableError

DEFAULT, MOST = 50, 200
MOST_DIGITS = 18  # of a number that every database takes
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


def page_of(
    session: Session, wanted: Select[_Item], place: InstrumentedAttribute[int], limit: int, cursor: str | None
) -> tuple[list[_Item], str | None]:
    """Cut a page out of what the database has, where it is too long to be looked at whole.

    Parameters
    ----------
    wanted
        Sorted by `place`, a number, the largest first.

    Raises
    ------
    UnprocessableError
        `bad_cursor`.
    """
    if cursor is not None:
        wanted = wanted.where(place < _number(_place(cursor)))
    found = list(session.scalars(wanted.limit(limit + 1)))
    last = getattr(found[limit - 1], place.key) if len(found) > limit else None
    return found[:limit], None if last is None else _cursor(str(last))


def _number(place: str) -> int:
    if not (place.isascii() and place.isdecimal() and len(place) <= MOST_DIGITS):
        raise _bad_cursor()
    return int(place)


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _bad_cursor() from error


def _bad_cursor() -> UnprocessableError:
    return UnprocessableError(
        "bad_cursor", "this is no cursor of ours", where="/query/cursor", remedy="begin without one"
    )
