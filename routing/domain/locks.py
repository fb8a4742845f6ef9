"""What all locks together say about one client. Law: what contradicts itself is told, never resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.domain.day_so_far import DaySoFar, Lock
from routing.domain.errors import Problem
from routing.domain.reading import pointer


@dataclass(frozen=True)
class Locked:
    """The locks of one client, taken together; `demands`: the visit must take place."""

    volunteer_id: str | None = None
    not_volunteer_ids: frozenset[str] = frozenset()
    from_at: datetime | None = None
    to_at: datetime | None = None
    excluded: bool = False

    @property
    def demands(self) -> bool:
        """Whether the visit must take place."""
        return self.volunteer_id is not None or self.to_at is not None

    def admits(self, people: Sequence[str]) -> bool:
        """Whether these people together may make the visit."""
        by_whom = self.volunteer_id is None or self.volunteer_id in people
        return by_whom and not self.not_volunteer_ids & set(people)


FREE = Locked()


def locked(day: DaySoFar | None) -> dict[str, Locked]:
    """Return, by client id, what the day's locks say; who has none is left out."""
    found: dict[str, Locked] = {}
    for lock in () if day is None else day.locks:
        found[lock.client_id] = _with(found.get(lock.client_id, FREE), lock)
    return found


def _with(before: Locked, lock: Lock) -> Locked:
    froms = [each for each in (before.from_at, lock.from_at) if each is not None]
    tos = [each for each in (before.to_at, lock.to_at) if each is not None]
    return Locked(
        volunteer_id=lock.volunteer_id or before.volunteer_id,
        not_volunteer_ids=before.not_volunteer_ids | set(lock.not_volunteer_ids),
        from_at=max(froms, default=None),
        to_at=min(tos, default=None),
        excluded=before.excluded or lock.excluded,
    )


def lock_problems(day: DaySoFar) -> Iterator[Problem]:
    """Find locks of one client that no plan can keep together."""
    before: dict[str, Locked] = {}
    for number, lock in enumerate(day.locks):
        so_far = before.get(lock.client_id, FREE)
        both = _with(so_far, lock)
        said = _contradiction(so_far, lock, both)
        if said:
            yield Problem(
                code="locks_contradict",
                where=pointer("day", "locks", number),
                message=f"the locks of client {lock.client_id} contradict each other: {said}",
                remedy="take one of them out",
                params={"client_ids": [lock.client_id]},
            )
        before[lock.client_id] = both


def _contradiction(before: Locked, lock: Lock, both: Locked) -> str:
    if both.excluded and both.demands:
        return "there is no visit, and it must take place"
    if before.volunteer_id and lock.volunteer_id and before.volunteer_id != lock.volunteer_id:
        return "one visit by two volunteers"
    if both.volunteer_id in both.not_volunteer_ids:
        return "the same volunteer makes the visit, and does not"
    if both.from_at is not None and both.to_at is not None and both.to_at < both.from_at:
        return "it ends before it begins"
    return ""
