"""A day's needs, remembered as far as nothing has changed. Law: the same as worked out anew; an erasure empties it.

Three steps, each held by what it follows from: who is reached when (`reaching.py`), what is found about each client
(`routing/continuity/remembering.py`), and what somebody of some roles is told of one programme, which is never changed
in place. Everything is kept in memory only.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.days.reaching import forget_reach, reach_on
from api.identity.roles import Role
from routing.continuity import Memory, needs_of
from routing.domain.orders import Needs
from routing.domain.programme import Programme

HELD = 8
Projection = Callable[[Mapping[str, Any], Iterable[Role]], dict[str, object]]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Told:
    """What somebody was told of a day. The programme is held, so that none other can be taken for it."""

    programme: Programme
    on: dt.date
    roles: frozenset[Role]
    body: Mapping[str, object]


_memory = Memory()
_told: deque[_Told] = deque(maxlen=HELD)


def needs_on(programme: Programme, on: dt.date) -> Needs:
    """Return what `needs_of` returns with what `reach_of` returns."""
    return needs_of(programme, on, reach_on(programme, on), memory=_memory)


def told_on(programme: Programme, on: dt.date, roles: frozenset[Role], project: Projection) -> dict[str, object]:
    """Return the document of a day's needs as far as roles see it."""
    from api.cli.due_report import due_document

    for told in list(_told):
        if told.programme is programme and told.on == on and told.roles == roles:
            return {**told.body}
    body = project(due_document(programme, on, needs_on(programme, on)), roles)
    _told.append(_Told(programme=programme, on=on, roles=roles, body=body))
    return {**body}


def forget_days() -> None:
    """Forget it all: what is about somebody who is erased must not stay in memory."""
    _told.clear()
    _memory.forget()
    forget_reach()
