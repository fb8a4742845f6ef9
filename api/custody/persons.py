"""Two persons for each step. Law: they are two, and both are known."""

from __future__ import annotations

from api.custody.records import Witness
from api.storage.tables import User
from api.visits.books import Books
from routing.domain.errors import Problem


def witness_problem(books: Books, first_user_id: str, witness: Witness, *, user_only: bool = False) -> Problem | None:
    """Return what is wrong with the second person; None: nothing."""
    if witness.user_id == first_user_id:
        return Problem(
            code="witness_same_person",
            where="/witness",
            message="the second person is the first one",
            remedy="somebody else has to see it",
        )
    if _is_known(books, witness) and not (user_only and witness.user_id is None):
        return None
    return Problem(
        code="witness_unknown",
        where="/witness",
        message="the second person is no user of the organisation, and no volunteer who may be one",
        remedy="name a user, or where volunteers may see it a volunteer of the programme",
    )


def _is_known(books: Books, witness: Witness) -> bool:
    if witness.volunteer_id is not None:
        return ("volunteers", witness.volunteer_id) in books.kept.rows
    user = books.session.get(User, (books.organisation_id, witness.user_id))
    return user is not None and user.disabled_at is None
