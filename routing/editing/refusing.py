"""Edits that cannot be done. Law: what is merely against a rule is done and told; here is what makes no sense."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.domain.edits import AddClient, Edit, LockVisit, MoveVisit
from routing.domain.errors import DayError, Problem
from routing.domain.programme import Programme
from routing.domain.reading import pointer


def refuse_edits(programme: Programme, edits: Sequence[Edit]) -> None:
    """Refuse edits about nobody.

    Raises
    ------
    DayError
        `edit_about_unknown`, for each.
    """
    found = list(_unknown(programme, edits))
    if found:
        raise DayError(found)


def nothing_due(number: int, client_id: str) -> Problem:
    """There is no visit to decide about."""
    return Problem(
        code="edit_nothing_due",
        where=pointer("edits", number, "client_id"),
        message=f"nothing is due to client {client_id} that could be brought today",
        remedy="leave the client out; the day says what is due, and what is held",
        params={"client_id": client_id},
    )


def not_on_plan(number: int, client_id: str) -> Problem:
    """Nobody visits the client."""
    return Problem(
        code="edit_not_on_plan",
        where=pointer("edits", number, "client_id"),
        message=f"no visit to client {client_id} is on the plan",
        remedy="add the client, with an edit of type `add`",
        params={"client_id": client_id},
    )


def already_on_plan(number: int, client_id: str) -> Problem:
    """Somebody visits the client."""
    return Problem(
        code="edit_already_on_plan",
        where=pointer("edits", number, "client_id"),
        message=f"the visit to client {client_id} is on the plan",
        remedy="move the visit, with an edit of type `move`",
        params={"client_id": client_id},
    )


def excluded(number: int, client_id: str) -> Problem:
    """Somebody has decided that there is no visit."""
    return Problem(
        code="edit_client_excluded",
        where=pointer("edits", number, "client_id"),
        message=f"client {client_id} is excluded today",
        remedy="take the exclusion out first, with an edit of type `unlock`",
        params={"client_id": client_id},
    )


def volunteer_not_out(number: int, volunteer_id: str) -> Problem:
    """Nobody sets out in that name today, whatever one wishes."""
    return Problem(
        code="edit_volunteer_not_out",
        where=pointer("edits", number, "volunteer_id"),
        message=f"volunteer {volunteer_id} has no hours, vehicle or pass with which to set out today",
        remedy="name somebody else, or correct the volunteer's entry first",
        params={"volunteer_id": volunteer_id},
    )


def no_way(number: int, client_id: str) -> Problem:
    """No lawful street leads there, or no time is left beside the volunteer's other routes."""
    return Problem(
        code="edit_no_way",
        where=pointer("edits", number),
        message=f"no way over lawful streets leads to client {client_id} on that route",
        remedy="take another volunteer, whose passes cover the streets",
        params={"client_id": client_id},
    )


def _unknown(programme: Programme, edits: Sequence[Edit]) -> Iterator[Problem]:
    clients = {client.client_id for client in programme.clients}
    volunteers = {volunteer.volunteer_id for volunteer in programme.volunteers}
    for number, edit in enumerate(edits):
        if edit.client_id not in clients:
            yield _problem(number, "client_id", edit.client_id)
        named = edit.volunteer_id if isinstance(edit, LockVisit | MoveVisit | AddClient) else None
        if named is not None and named not in volunteers:
            yield _problem(number, "volunteer_id", named)


def _problem(number: int, key: str, named: str) -> Problem:
    return Problem(
        code="edit_about_unknown",
        where=pointer("edits", number, key),
        message=f"nothing in the programme has the id {named}",
        remedy="correct the id",
        params={"id": named},
    )
