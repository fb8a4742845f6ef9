"""Rule 15: who gets which of the prescribers' slots today, and who waits. Law: nobody takes a more urgent one's slot.

A client takes one slot of a prescriber, whatever it is about: a hold that the prescriber decides, or a prescription or
review whose end shortens what can be sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from routing.continuity.case import Case
from routing.continuity.day import Day
from routing.continuity.tiers import tier_of
from routing.continuity.timing import latest_safe
from routing.continuity.weights import regimen_weight, visit_weight
from routing.domain.clients import Client, Regimen
from routing.domain.orders import HoldCode, Notice, NoticeCode, OrderKind, Tier
from routing.domain.prescribers import Prescriber

RENEWALS = frozenset({"prescription_ends_on", "review_on"})


class Want(NamedTuple):
    """One product of a client about which a prescriber is asked.

    Attributes
    ----------
    about
        The hold's code, or the cap that a renewal lifts.
    prescriber_id
        None: whoever has a slot.
    """

    client_id: str
    product_id: str
    about: str
    prescriber_id: str | None
    tier: Tier
    weight: int


def want_of(case: Case, about: str) -> Want:
    """Return what is wanted for a regimen, as urgent as its next delivery."""
    run_out = case.run_out_on or case.wanted_on
    return Want(
        client_id=case.client.client_id,
        product_id=case.product.product_id,
        about=about,
        prescriber_id=case.regimen.prescriber_id,
        tier=Tier.T4 if run_out is None else tier_of(case, run_out, latest_safe(case, run_out).on),
        weight=regimen_weight(case),
    )


def want_of_assessed(client: Client, regimen: Regimen) -> Want:
    """Return what is wanted for somebody who has been assessed and not been prescribed anything yet."""
    return Want(
        client_id=client.client_id,
        product_id=regimen.product_id,
        about=HoldCode.NOT_PRESCRIBED,
        prescriber_id=regimen.prescriber_id,
        tier=Tier.T3,
        weight=visit_weight(client, OrderKind.ASSESSMENT),
    )


@dataclass
class _Visitor:
    """A client before one prescriber, or before any: as urgent as the most urgent of what they want."""

    wants: list[Want]

    @property
    def urgency(self) -> tuple[int, int]:
        """The smaller, the more urgent."""
        return min((want.tier.rank, -want.weight) for want in self.wants)


def consultations(wants: Sequence[Want], prescribers: Sequence[Prescriber], day: Day) -> Iterator[Notice]:
    """Say who gets which slot, and who waits, the most urgent first."""
    visitors: dict[tuple[str, str | None], _Visitor] = {}
    for want in wants:
        visitors.setdefault((want.client_id, want.prescriber_id), _Visitor([])).wants.append(want)
    queue = sorted(visitors.values(), key=lambda visitor: visitor.urgency)  # of equals, the programme's order
    slots = {each.prescriber_id: slots_of(each, day) for each in prescribers}
    rooms = _share_out(queue, slots)
    taken = {prescriber_id: iter(times) for prescriber_id, times in slots.items()}
    for place, visitor in enumerate(queue):
        prescriber_id = rooms.get(place)
        if prescriber_id is None:
            yield _waits(visitor, sum(other in rooms for other in range(place)), day)
        else:
            yield _seen(visitor, prescriber_id, next(taken[prescriber_id]), day)


def slots_of(prescriber: Prescriber, day: Day) -> tuple[datetime, ...]:
    """Return when a prescriber's slots of the day begin, in UTC."""
    if day.on in prescriber.absent_on:
        return ()
    length, free_at = timedelta(seconds=prescriber.slot_s), None
    begins = []
    spans = [span for hours in prescriber.hours if (span := hours.span(day.on, day.zone)) is not None]
    for start, end in sorted(spans):
        at = start if free_at is None else max(start, free_at)
        while at + length <= end:
            begins.append(at)
            at += length
        free_at = at if begins else None
    return tuple(begins[: prescriber.most_slots])


def _share_out(queue: Sequence[_Visitor], slots: Mapping[str, Sequence[datetime]]) -> dict[int, str]:
    """Return whom each visitor sees, by place in the queue; who asks for nobody in particular makes room for others."""
    rooms: dict[int, str] = {}
    for place, visitor in enumerate(queue):
        named = visitor.wants[0].prescriber_id
        free = [each for each in slots if _left(each, rooms, slots)]
        if named is None or named in free:
            room = named or min(free, key=lambda each: slots[each][_used(each, rooms)], default=None)
        else:
            room = named if free and _make_room(named, free, queue, rooms) else None
        if room is not None:
            rooms[place] = room
    return rooms


def _make_room(named: str, free: Sequence[str], queue: Sequence[_Visitor], rooms: dict[int, str]) -> bool:
    """Send the least urgent visitor of a prescriber who asked for nobody in particular to another one."""
    flexible = [place for place, room in rooms.items() if room == named and queue[place].wants[0].prescriber_id is None]
    if flexible:
        rooms[flexible[-1]] = free[0]
    return bool(flexible)


def _left(prescriber_id: str, rooms: Mapping[int, str], slots: Mapping[str, Sequence[datetime]]) -> bool:
    return _used(prescriber_id, rooms) < len(slots[prescriber_id])


def _used(prescriber_id: str, rooms: Mapping[int, str]) -> int:
    return sum(room == prescriber_id for room in rooms.values())


def _seen(visitor: _Visitor, prescriber_id: str, at: datetime, day: Day) -> Notice:
    local = at.astimezone(day.zone)
    return _notice(
        visitor,
        NoticeCode.CONSULTATION,
        day,
        f"A consultation at {local:%H:%M} with {prescriber_id}.",
        prescriber_id=prescriber_id,
        slot_at=local.isoformat(),
    )


def _waits(visitor: _Visitor, before: int, day: Day) -> Notice:
    named = visitor.wants[0].prescriber_id
    whose = f" with {named}" if named else ""
    return _notice(
        visitor,
        NoticeCode.CONSULTATION_WAITS,
        day,
        f"No slot is left for a consultation{whose} today; more urgent ones have {before}.",
        before=before,
        **({"prescriber_id": named} if named else {}),
    )


def _notice(visitor: _Visitor, code: NoticeCode, day: Day, message: str, **params: str | int) -> Notice:
    tier = min((want.tier for want in visitor.wants), key=lambda each: each.rank)
    wanted = {
        "tier": str(tier),
        "products": ", ".join(want.product_id for want in visitor.wants),
        "about": ", ".join(dict.fromkeys(want.about for want in visitor.wants)),
    }
    return Notice(
        code=code,
        client_id=visitor.wants[0].client_id,
        on=day.on,
        params={**wanted, **params},
        message=message,
        owner="dispatcher",
    )
