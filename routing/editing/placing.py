"""Where visits go by edits. Law: a route is exchanged whole, by the solver's own hand; nothing is timed here."""

from __future__ import annotations

from collections.abc import Collection
from functools import singledispatchmethod

from routing.domain.edits import AddClient, Edit, ExcludeClient, LockVisit, MoveVisit, UnlockVisit
from routing.domain.errors import DayError
from routing.editing.refusing import (
    already_on_plan,
    excluded,
    no_way,
    not_on_plan,
    nothing_due,
    volunteer_not_out,
)
from routing.solver import Posed, Solution, Wish, as_locked, put, without


class Placing:
    """A day's routes, and what edits make of them."""

    def __init__(self, posed: Posed, solution: Solution) -> None:
        self._posed = posed
        self.solution = solution
        self._number = 0

    def apply(self, number: int, edit: Edit) -> None:
        """Do one edit, the one at a position of the list.

        Raises
        ------
        DayError
            `edit_nothing_due`, `edit_not_on_plan`, `edit_already_on_plan`, `edit_client_excluded`,
            `edit_volunteer_not_out`, `edit_no_way`.
        """
        self._number = number
        self._apply(edit)

    @singledispatchmethod
    def _apply(self, edit: Edit) -> None:
        raise TypeError(type(edit).__name__)

    @_apply.register
    def _(self, edit: UnlockVisit) -> None:
        """Leave everybody where they are."""

    @_apply.register
    def _(self, edit: ExcludeClient) -> None:
        self._take_out(edit.client_id, self._due(edit.client_id))

    @_apply.register
    def _(self, edit: LockVisit) -> None:
        jobs = self._due(edit.client_id)
        lock = self._posed.errands[jobs[0]].locked
        astray = [index for index in jobs if not as_locked(self._posed, self.solution, index, lock)]
        if astray:
            self._take_out(edit.client_id, astray)
            self._put(edit.client_id, astray, Wish(volunteer_id=edit.volunteer_id))

    @_apply.register
    def _(self, edit: MoveVisit) -> None:
        self._refuse_excluded(edit.client_id)
        jobs = [
            index
            for index in self._due(edit.client_id)
            if index in self.solution.served
            and (not edit.order_ids or set(edit.order_ids) & set(self._posed.problem.jobs[index].order_ids))
        ]
        if not jobs:
            raise DayError([not_on_plan(self._number, edit.client_id)])
        self._take_out(edit.client_id, jobs)
        self._put(edit.client_id, jobs, Wish(volunteer_id=edit.volunteer_id, position=edit.position))

    @_apply.register
    def _(self, edit: AddClient) -> None:
        self._refuse_excluded(edit.client_id)
        jobs = [index for index in self._due(edit.client_id) if index not in self.solution.served]
        if not jobs:
            raise DayError([already_on_plan(self._number, edit.client_id)])
        self._put(edit.client_id, jobs, Wish(volunteer_id=edit.volunteer_id, position=edit.position))

    def _due(self, client_id: str) -> list[int]:
        found = [index for index, errand in enumerate(self._posed.errands) if errand.client.client_id == client_id]
        if not found:
            raise DayError([nothing_due(self._number, client_id)])
        return found

    def _refuse_excluded(self, client_id: str) -> None:
        if any(self._posed.errands[index].locked.excluded for index in self._due(client_id)):
            raise DayError([excluded(self._number, client_id)])

    def _take_out(self, client_id: str, jobs: Collection[int]) -> None:
        self._keep(client_id, without(self._posed, self.solution, jobs))

    def _put(self, client_id: str, jobs: Collection[int], wish: Wish) -> None:
        out = {people[0] for people in (vehicle.people for vehicle in self._posed.problem.vehicles)}
        if wish.volunteer_id is not None and wish.volunteer_id not in out:
            raise DayError([volunteer_not_out(self._number, wish.volunteer_id)])
        for index in jobs:
            self._keep(client_id, put(self._posed, self.solution, index, wish))

    def _keep(self, client_id: str, found: Solution | None) -> None:
        if found is None:
            raise DayError([no_way(self._number, client_id)])
        self.solution = found
