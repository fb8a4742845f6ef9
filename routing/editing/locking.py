"""What edits make of a day's locks. Law: locks stand in the programme's `day`, where planner and checker read them.

A day that has not begun has one that begins with it: nobody is anywhere yet, and nothing was promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time

from routing.domain.day_so_far import DaySoFar, Lock
from routing.domain.edits import Edit, ExcludeClient, LockVisit, UnlockVisit
from routing.domain.errors import DayError
from routing.domain.hours import at
from routing.domain.locks import lock_problems
from routing.domain.programme import Programme


def locks_after(locks: Sequence[Lock], edits: Iterable[Edit]) -> tuple[Lock, ...]:
    """Return the locks as edits leave them; a client who is locked anew keeps nothing of before."""
    left = list(locks)
    for edit in edits:
        if isinstance(edit, LockVisit | UnlockVisit | ExcludeClient):
            left = [lock for lock in left if lock.client_id != edit.client_id]
        if isinstance(edit, LockVisit):
            left.append(Lock(**edit.model_dump(exclude={"type"})))
        elif isinstance(edit, ExcludeClient):
            left.append(Lock(client_id=edit.client_id, excluded=True))
    return tuple(left)


def with_locks(programme: Programme, on: date, locks: Sequence[Lock]) -> Programme:
    """Return the programme with the locks of a day; one whose day has not begun, and without locks, is left alone.

    Raises
    ------
    DayError
        `locks_contradict`.
    """
    day = programme.so_far(on)
    if day is None and not locks:
        return programme
    if day is None:
        day = DaySoFar(on=on, now_at=at(on, time(), programme.zone))
    day = day.changed(locks=tuple(locks))
    problems = list(lock_problems(day))
    if problems:
        raise DayError(problems)
    return programme.changed(day=day)


def locks_of(programme: Programme, on: date) -> tuple[Lock, ...]:
    """Return the locks of a day."""
    day = programme.so_far(on)
    return () if day is None else day.locks
