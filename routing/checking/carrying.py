"""What a route carries, step by step: loaded on it, aboard before it began, taken back at doors.

Law: follows what is written, judges nothing. A parcel that was aboard before is its client's and nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from routing.checking.cargo import Cargo, Goods, added, goods_in, lacking, taken
from routing.domain.day_so_far import Parcel, VolunteerSoFar
from routing.domain.plan import Step, StepType


def goods_of(parcels: Iterable[Parcel]) -> dict[Goods, float]:
    """Return how many of each kind of goods some parcels hold."""
    counted: dict[Goods, float] = {}
    for parcel in parcels:
        for unit in parcel.units:
            loose = unit.for_on is None
            kind = Goods(parcel.product_id, parcel.site_id, unit.for_on, 1.0 if loose else round(unit.quantity, 6))
            counted[kind] = counted.get(kind, 0.0) + (unit.quantity if loose else 1.0)
    return counted


class Carrying:
    """The goods on a route before a step.

    Attributes
    ----------
    loaded
        Taken aboard on the route itself.
    parcels
        By client, aboard since before the route.
    fetched
        Taken back, and not handed in at its site yet.
    """

    def __init__(self, steps: Sequence[Step], so_far: VolunteerSoFar | None) -> None:
        self._steps = steps
        self.loaded: Cargo = {}
        self.parcels: Mapping[str, Cargo] = {}
        self.fetched: Cargo = {}
        if so_far is not None:
            clients = {parcel.client_id for parcel in so_far.aboard}
            self.parcels = {
                client_id: goods_of(parcel for parcel in so_far.aboard if parcel.client_id == client_id)
                for client_id in clients
            }
            self.fetched = goods_of(so_far.fetched)

    @property
    def aboard(self) -> Cargo:
        """Everything."""
        parts = [part for part in (*self.parcels.values(), self.fetched) if part]
        found = self.loaded
        for part in parts:
            found = added(found, part)
        return found

    def after(self, index: int, step: Step) -> None:
        """Follow one step."""
        if step.type in {StepType.LOAD, StepType.RETURN}:
            self._call(index, step)
        if step.type is StepType.LOAD:
            self.loaded = added(self.loaded, goods_in(step.items))
        elif step.type is StepType.VISIT:
            self._visit(step)

    def _call(self, index: int, step: Step) -> None:
        """Hand in what was taken back, and parcels of whom the route does not visit any more."""
        to_come = {later.client_id for later in self._steps[index + 1 :] if later.type is StepType.VISIT}
        self.fetched = _but_for(self.fetched, step.site_id)
        self.parcels = {
            client_id: cargo if client_id in to_come else _but_for(cargo, step.site_id)
            for client_id, cargo in self.parcels.items()
        }

    def _visit(self, step: Step) -> None:
        handed, client_id = goods_in(step.items), step.client_id or ""
        own = self.parcels.get(client_id, {})
        self.loaded = taken(self.loaded, lacking(own, handed))
        if own:
            self.parcels = {**self.parcels, client_id: taken(own, handed)}
        self.fetched = added(self.fetched, goods_in(step.fetched))


def _but_for(cargo: Cargo, site_id: str | None) -> dict[Goods, float]:
    return {goods: count for goods, count in cargo.items() if goods.site_id != site_id}
