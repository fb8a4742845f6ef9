"""What differs between two plans of a day, so that people can act on it: who moves to whom, who has to be told what.

Law: pure; ids alone, so no address and no product can leak. A visit is one client's, by its orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from routing.domain.plan import Plan, StepType

USUAL_TOLERANCE_S = 1800


class ChangeKind(StrEnum):
    """What becomes of a visit."""

    MOVED = "moved"
    LATER = "later"
    EARLIER = "earlier"
    ADDED = "added"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One visit that is otherwise; `moved` may come with another time, too."""

    kind: ChangeKind
    client_id: str
    order_ids: tuple[str, ...]
    from_volunteer_id: str | None = None
    to_volunteer_id: str | None = None
    before_at: datetime | None = None
    after_at: datetime | None = None
    retimed: bool = False


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A plan in a few numbers."""

    clients_served: int
    clients_unserved: int
    visits: int
    routes: int
    travel_s: int
    distance_m: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How one plan differs from another.

    Attributes
    ----------
    clients_to_tell
        Those who are visited by another, at another time beyond the tolerance, or not at all any more.
    volunteers_to_tell
        Those whose stops, or the times of them beyond the tolerance, are others.
    figures
        Before and after; of the plan before, what was still to come.
    """

    changes: tuple[Change, ...]
    clients_to_tell: tuple[str, ...]
    volunteers_to_tell: tuple[str, ...]
    figures: tuple[Figures, Figures]
    stranded: tuple[str, ...] = ()
    exposed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def moves(self) -> int:
        """How many visits change hands, or time beyond the tolerance."""
        return sum(change.kind not in {ChangeKind.ADDED, ChangeKind.DROPPED} for change in self.changes)


@dataclass(frozen=True)
class _Visit:
    client_id: str
    volunteer_id: str
    begin_at: datetime
    order_ids: tuple[str, ...]


def difference_of(
    before: Plan,
    after: Plan,
    *,
    tolerance_s: int = USUAL_TOLERANCE_S,
    done: Iterable[str] = (),
    exposed: Mapping[str, tuple[str, ...]] | None = None,
) -> Difference:
    """Compare two plans.

    Parameters
    ----------
    tolerance_s
        A visit that begins so much earlier or later is the same.
    done
        Orders that are done, and so no more on the plan after. Where that is one of the rest of a day, so is what was
        to begin before it and is not on it any more.
    """
    settled = set(done)
    new = {visit.order_ids: visit for visit in _visits(after)}
    open_orders = {order for ids in new for order in ids} | {each.order_id for each in after.unserved}
    now_at = None if after.replans is None else after.replans.now_at
    old = {
        visit.order_ids: visit
        for visit in _visits(before)
        if not settled & set(visit.order_ids)
        and (now_at is None or visit.begin_at > now_at or open_orders & set(visit.order_ids))
    }
    changes = tuple(_changes(old, new, timedelta(seconds=tolerance_s)))
    volunteers = {one for change in changes for one in (change.from_volunteer_id, change.to_volunteer_id) if one}
    stranded = () if after.replans is None else after.replans.stranded
    return Difference(
        changes=changes,
        clients_to_tell=tuple(sorted({change.client_id for change in changes})),
        volunteers_to_tell=tuple(sorted(volunteers | set(stranded))),
        figures=(_figures(before, old.values()), _figures(after, new.values())),
        stranded=tuple(stranded),
        exposed=exposed or {},
    )


def _visits(plan: Plan) -> Iterator[_Visit]:
    for route in plan.routes:
        for step in route.steps if route.accompanies is None else ():
            if step.type is StepType.VISIT and step.client_id is not None:
                yield _Visit(step.client_id, route.volunteer_id, step.begin_at, tuple(sorted(step.order_ids)))


def _changes(
    old: Mapping[tuple[str, ...], _Visit], new: Mapping[tuple[str, ...], _Visit], tolerance: timedelta
) -> Iterator[Change]:
    """Yield what differs, in the order of the plan before, then what is added."""
    pairs = _paired(old, new)
    for visit in old.values():
        other = pairs.get(visit.order_ids)
        if other is None:
            yield _one_sided(ChangeKind.DROPPED, visit)
            continue
        retimed = abs(other.begin_at - visit.begin_at) > tolerance
        moved = other.volunteer_id != visit.volunteer_id
        if moved or retimed:
            later = ChangeKind.LATER if other.begin_at > visit.begin_at else ChangeKind.EARLIER
            yield Change(
                kind=ChangeKind.MOVED if moved else later,
                client_id=visit.client_id,
                order_ids=other.order_ids,
                from_volunteer_id=visit.volunteer_id,
                to_volunteer_id=other.volunteer_id,
                before_at=visit.begin_at,
                after_at=other.begin_at,
                retimed=retimed,
            )
    paired = {visit.order_ids for visit in pairs.values()}
    yield from (_one_sided(ChangeKind.ADDED, visit) for ids, visit in new.items() if ids not in paired)


def _paired(
    old: Mapping[tuple[str, ...], _Visit], new: Mapping[tuple[str, ...], _Visit]
) -> dict[tuple[str, ...], _Visit]:
    """Return, by the orders of a visit before, the visit after that does them, or some of them."""
    of_order = {order_id: visit for visit in new.values() for order_id in visit.order_ids}
    found: dict[tuple[str, ...], _Visit] = {}
    taken: set[tuple[str, ...]] = set()
    for ids in old:
        match = next((of_order[one] for one in ids if one in of_order and of_order[one].order_ids not in taken), None)
        if match is not None:
            found[ids] = match
            taken.add(match.order_ids)
    return found


def _one_sided(kind: ChangeKind, visit: _Visit) -> Change:
    is_new = kind is ChangeKind.ADDED
    return Change(
        kind=kind,
        client_id=visit.client_id,
        order_ids=visit.order_ids,
        from_volunteer_id=None if is_new else visit.volunteer_id,
        to_volunteer_id=visit.volunteer_id if is_new else None,
        before_at=None if is_new else visit.begin_at,
        after_at=visit.begin_at if is_new else None,
    )


def _figures(plan: Plan, visits: Iterable[_Visit]) -> Figures:
    counted = list(visits)
    unserved = {each.client_id for each in plan.unserved}
    return Figures(
        clients_served=len({visit.client_id for visit in counted} - unserved),
        clients_unserved=len(unserved),
        visits=len(counted),
        routes=len(plan.routes),
        travel_s=plan.summary.travel_s,
        distance_m=plan.summary.distance_m,
    )
