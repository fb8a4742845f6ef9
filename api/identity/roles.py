"""The roles, and what a program's key may do. Law: a role says what somebody may see; nothing is granted besides."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What somebody does in an organisation. One person may have several."""

    CLINICIAN = "clinician"
    DISPENSER = "dispenser"
    DISPATCHER = "dispatcher"
    VOLUNTEER = "volunteer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What a key may do with the roles it has."""

    READ = "read"
    WRITE = "write"


CARE = frozenset({Role.CLINICIAN, Role.DISPENSER, Role.DISPATCHER})
EVERYBODY = frozenset(Role)
NEED_SECOND_FACTOR = CARE | {
    Role.ADMINISTRATOR
}  # who reads addresses or doses, or could give themselves a role that does


def joined(words: Iterable[Role] | Iterable[Scope]) -> str:
    """Return roles or scopes as they are kept."""
    return " ".join(sorted(words))


def roles_of(text: str) -> frozenset[Role]:
    """Return roles that are kept."""
    return frozenset(map(Role, text.split()))


def scopes_of(text: str) -> frozenset[Scope]:
    """Return scopes that are kept."""
    return frozenset(map(Scope, text.split()))
