"""Every route and who may use it, in one table. Law: a route that is not here does not exist (`app.py`).

`docs/service.md` shows the table, and a test tries every route as every role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.identity.roles import CARE, EVERYBODY, Role
from api.programmes.fields import ADDED, CHANGED, REMOVED, SEEN
from routing.domain.references import IDENTIFIED


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may use a route.

    Attributes
    ----------
    any_of
        Any of these roles suffices.
    all_of
        All of these are needed: what is read or written belongs to several roles.
    anybody
        Nobody is asked who they are.
    before_change
        Also while a password that was given has yet to be changed.
    before_factor
        Also from beyond this machine without a second factor.
    by_link
        Only for a volunteer who comes by a link (`api/volunteers`).
    session_only
        Only for somebody who has signed in, and for no key: what is done here outlives a key, or is about passwords.
    """

    any_of: frozenset[Role] = EVERYBODY
    all_of: frozenset[Role] = frozenset()
    anybody: bool = False
    before_change: bool = False
    before_factor: bool = False
    session_only: bool = False
    by_link: bool = False

    def lets(self, roles: frozenset[Role]) -> bool:
        """Whether somebody with these roles may."""
        return bool(self.any_of & roles) and self.all_of <= roles


ANYBODY = Access(anybody=True)
SIGNED_IN = Access()
ONESELF = Access(before_change=True, before_factor=True)
OWN_SECRETS = Access(before_change=True, before_factor=True, session_only=True)
ADMINISTRATORS = Access(any_of=frozenset({Role.ADMINISTRATOR}))
WHOLE = Access(any_of=CARE, all_of=CARE)
_ALL_CARE = Access(any_of=CARE)
_READERS = Access(any_of=CARE | {Role.ADMINISTRATOR})
_DISPATCHERS = Access(any_of=frozenset({Role.DISPATCHER}))
_DISPENSERS = Access(any_of=frozenset({Role.DISPENSER}))
_LINK = Access(any_of=frozenset({Role.VOLUNTEER}), by_link=True)
_MAPS = Access(any_of=frozenset({Role.DISPATCHER, Role.ADMINISTRATOR}))

Route = tuple[str, str]
_PROGRAMME = "/v1/programmes/{programme_id}"
_PLAN = f"{_PROGRAMME}/plans/{{plan_id}}"


def _entries() -> Mapping[Route, Access]:
    table: dict[Route, Access] = {}
    for kind in IDENTIFIED:
        listed, single = f"{_PROGRAMME}/{kind}", f"{_PROGRAMME}/{kind}/{{entry_id}}"
        table |= {
            ("GET", listed): Access(any_of=frozenset(SEEN[kind])),
            ("POST", listed): Access(any_of=ADDED[kind]),
            ("GET", single): Access(any_of=frozenset(SEEN[kind])),
            ("PATCH", single): Access(any_of=frozenset(CHANGED[kind])),
            ("DELETE", single): Access(any_of=REMOVED[kind]),
        }
    return table


def _made_plans() -> Mapping[Route, Access]:
    """Return what is done with plans once they are made."""
    return {
        ("POST", f"{_PLAN}/edits"): _DISPATCHERS,
        ("GET", f"{_PLAN}/violations"): _ALL_CARE,
        ("POST", f"{_PLAN}/publish"): _DISPATCHERS,
        ("POST", f"{_PLAN}/replans"): _ALL_CARE,
        ("GET", f"{_PLAN}/differences"): _DISPATCHERS,
        ("GET", f"{_PLAN}/explanations"): _DISPATCHERS,
        ("GET", f"{_PLAN}/routes/{{volunteer_id}}"): _ALL_CARE,
        ("GET", f"{_PLAN}/sheets/{{volunteer_id}}"): _DISPATCHERS,
        ("GET", f"{_PLAN}/manifests/{{site_id}}"): _DISPENSERS,
        ("GET", f"{_PLAN}/run-sheet"): _DISPATCHERS,
    }


_AUDIT = {("GET", "/v1/audit"): Access(any_of=frozenset({Role.AUDITOR}))}
# What happened: visits, custody, stock, intake.
_DISPENSERS = Access(any_of=frozenset({Role.DISPENSER}))
_DOORS = Access(any_of=frozenset({Role.CLINICIAN, Role.DISPATCHER}))
_KEEPERS = Access(any_of=frozenset({Role.DISPENSER, Role.DISPATCHER}))
_HAPPENED: Mapping[Route, Access] = {
    ("POST", f"{_PROGRAMME}/visits"): _ALL_CARE,
    ("GET", f"{_PROGRAMME}/visits"): _ALL_CARE,
    ("GET", f"{_PROGRAMME}/discrepancies"): _ALL_CARE,
    ("POST", f"{_PROGRAMME}/discrepancies/{{discrepancy_id}}/decision"): _KEEPERS,
    ("POST", f"{_PROGRAMME}/custody"): _DISPENSERS,
    ("GET", f"{_PROGRAMME}/custody"): _DISPENSERS,
    ("GET", f"{_PROGRAMME}/custody/balances"): _DISPENSERS,
    ("POST", f"{_PROGRAMME}/days/{{date}}/close"): _DISPENSERS,
    ("POST", f"{_PROGRAMME}/stock"): _DISPENSERS,
    ("GET", f"{_PROGRAMME}/stock"): _DISPENSERS,
    ("POST", f"{_PROGRAMME}/intake"): _DOORS,
    ("GET", f"{_PROGRAMME}/intake"): _DOORS,
    ("POST", f"{_PROGRAMME}/intake/{{request_id}}/decision"): _DOORS,
}

ACCESS: Mapping[Route, Access] = {
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/openapi.json"): ANYBODY,
    ("POST", "/v1/unlock"): ANYBODY,
    ("POST", "/v1/session"): ANYBODY,
    ("GET", "/v1/session"): ONESELF,
    ("DELETE", "/v1/session"): ONESELF,
    ("PUT", "/v1/session/password"): OWN_SECRETS,
    ("POST", "/v1/session/second-factor"): Access(before_factor=True, session_only=True),
    ("PUT", "/v1/session/second-factor"): Access(before_factor=True, session_only=True),
    ("GET", "/v1/users"): ADMINISTRATORS,
    ("POST", "/v1/users"): ADMINISTRATORS,
    ("GET", "/v1/users/{user_id}"): ADMINISTRATORS,
    ("PATCH", "/v1/users/{user_id}"): ADMINISTRATORS,
    ("POST", "/v1/users/{user_id}/password"): ADMINISTRATORS,
    ("DELETE", "/v1/users/{user_id}/second-factor"): ADMINISTRATORS,
    ("GET", "/v1/failed-guesses"): Access(any_of=frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
    ("GET", "/v1/keys"): SIGNED_IN,
    ("POST", "/v1/keys"): Access(session_only=True),
    ("DELETE", "/v1/keys/{key_id}"): SIGNED_IN,
    ("GET", "/v1/networks"): _MAPS,
    ("GET", "/v1/networks/{network_id}"): _MAPS,
    ("PUT", "/v1/networks/{network_id}"): _MAPS,
    ("DELETE", "/v1/networks/{network_id}"): _MAPS,
    ("GET", "/v1/programmes"): _READERS,
    ("POST", "/v1/programmes"): WHOLE,
    ("GET", _PROGRAMME): _READERS,
    ("PATCH", _PROGRAMME): Access(any_of=frozenset(CHANGED["programme"])),
    ("DELETE", _PROGRAMME): WHOLE,
    ("GET", f"{_PROGRAMME}/document"): WHOLE,
    ("PUT", f"{_PROGRAMME}/document"): WHOLE,
    **_entries(),
    ("GET", f"{_PROGRAMME}/days/{{date}}"): _ALL_CARE,
    **_AUDIT,
    # Volunteers' links
    ("GET", f"{_PROGRAMME}/links"): _DISPATCHERS,
    ("POST", f"{_PROGRAMME}/links"): _DISPATCHERS,
    ("DELETE", f"{_PROGRAMME}/links/{{link_id}}"): _DISPATCHERS,
    ("GET", "/v"): ANYBODY,
    ("POST", "/v"): ANYBODY,
    ("POST", "/v1/volunteer/session"): ANYBODY,
    ("GET", "/v1/volunteer/session"): _LINK,
    ("DELETE", "/v1/volunteer/session"): _LINK,
    ("GET", "/v1/volunteer/day"): _LINK,
    ("GET", "/v1/volunteer/sheets/{trip}"): _LINK,
    ("POST", "/v1/volunteer/reports"): _LINK,
    **_HAPPENED,
    ("GET", f"{_PROGRAMME}/plans"): _ALL_CARE,
    ("POST", f"{_PROGRAMME}/plans"): _DISPATCHERS,
    ("GET", _PLAN): _ALL_CARE,
    ("GET", f"{_PLAN}/events"): _ALL_CARE,
    ("POST", f"{_PLAN}/cancel"): _DISPATCHERS,
    ("POST", f"{_PLAN}/stop"): _DISPATCHERS,
    **_made_plans(),
}
