"""Who asks, and whether they may. Law: every request comes by here, and is refused unless the table of access lets it.

Whoever asks for something of another organisation is told that there is no such thing.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.chain import Event
from api.audit.requests import UNROUTED, event_of, record_reading, recording_refusals
from api.identity.access import ACCESS, Access
from api.identity.beyond import is_from_beyond
from api.identity.roles import NEED_SECOND_FACTOR, Role, Scope, roles_of, scopes_of
from api.identity.second_factors import has_one
from api.identity.spans import runs
from api.identity.tokens import COOKIE, CSRF_HEADER, KEY_PREFIX, csrf_token, hash_token
from api.installation import Installation, Opened
from api.manners.errors import ForbiddenError, UnavailableError, UnknownCallerError
from api.storage.sessions import EVERY
from api.storage.tables import ApiKey, SignIn, User
from routing.domain.errors import InternalError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody who has proved who they are.

    Attributes
    ----------
    token_hash
        Of the session; None: a program with a key.
    key_id
        Of the program's key; None: a session.
    must_change
        The password was given, and has to be changed before anything else.
    has_second_factor
        A code of an authenticator was asked for when the session began; for a key: of whoever made it.
    """

    organisation_id: str
    user_id: str
    roles: frozenset[Role]
    scopes: frozenset[Scope] = frozenset(Scope)
    token_hash: bytes | None = None
    key_id: str | None = None
    must_change: bool = False
    has_second_factor: bool = False


@dataclass(frozen=True, kw_only=True)
class Here:
    """A request that may go on: who asks, and what there is to ask."""

    request: Request
    opened: Opened
    caller: Caller

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that reads, of the caller's organisation."""
        with self.opened.store.reading(self.caller.organisation_id) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session that writes, of the caller's organisation; what is done in it is recorded with it."""
        with self.opened.store.writing(self.caller.organisation_id) as session:
            yield session
            self.opened.audit.note(session, self.event())

    def event(self) -> Event:
        """Return what the record says of this request once it is done."""
        return event_of(self.request, self.caller, self.opened.audit, "done")


def opened_of(request: Request) -> Opened:
    """Return what is open.

    Raises
    ------
    UnavailableError
        `locked`.
    """
    installation: Installation = request.app.state.installation
    if installation.opened is None:
        raise UnavailableError("locked", "the service is locked", remedy="unlock it: POST /v1/unlock")
    return installation.opened


def allowed(request: Request) -> Here:
    """Let a request in; record who reads, and who was refused.

    Raises
    ------
    UnknownCallerError
        `not_signed_in`.
    ForbiddenError
        `not_allowed`, `scope_missing`, `session_needed`, `csrf_missing`, `password_change_needed`,
        `second_factor_needed`.
    """
    access = access_of(request)
    opened = opened_of(request)
    caller = _caller(request, opened)
    with recording_refusals(request, caller, opened.audit):
        _refuse_unfinished(request, access, caller)
        if not access.lets(caller.roles):
            raise ForbiddenError("not_allowed", "your roles do not allow this", remedy="ask somebody whose role it is")
        _refuse_key(request, access, caller)
    if request.method in SAFE:
        record_reading(request, caller, opened.audit)
    return Here(request=request, opened=opened, caller=caller)


def refuse_stranger(request: Request) -> None:
    """Refuse whoever does not show who they are; raise what `allowed` raises then."""
    _caller(request, opened_of(request))


def record_foreign(installation: Installation) -> None:
    """Record that a page of another site has sent something, if there is a record that can be written to."""
    if installation.opened is not None:
        with suppress(UnavailableError):
            installation.opened.audit.later_of_all(UNROUTED, "foreign_origin")


def needs_second_factor(request: Request, roles: frozenset[Role]) -> bool:
    """Whether somebody asks from beyond this machine who may read addresses or doses."""
    return bool(roles & NEED_SECOND_FACTOR) and is_from_beyond(request)


def _refuse_unfinished(request: Request, access: Access, caller: Caller) -> None:
    """Refuse whoever has first to do something about the way they sign in."""
    if caller.must_change and not access.before_change:
        raise ForbiddenError(
            "password_change_needed",
            "the password was given to you and has to be changed first",
            remedy="PUT /v1/session/password",
        )
    if not access.before_factor and not caller.has_second_factor and needs_second_factor(request, caller.roles):
        raise ForbiddenError(
            "second_factor_needed",
            "from beyond the service's machine your roles need a second factor",
            remedy="set one up: POST /v1/session/second-factor",
        )


def _refuse_key(request: Request, access: Access, caller: Caller) -> None:
    """Refuse what a key may not do; a session may do all that its roles may."""
    if access.session_only and caller.token_hash is None:
        raise ForbiddenError("session_needed", "a program's key cannot do this", remedy="sign in: POST /v1/session")
    needed = Scope.READ if request.method in SAFE else Scope.WRITE
    if needed not in caller.scopes:
        raise ForbiddenError("scope_missing", f"the key has not the scope `{needed}`", remedy="make a key that has")


Allowed = Annotated[Here, Depends(allowed)]


def access_of(request: Request) -> Access:
    """Return who may use the route of a request."""
    route = request.scope["route"]
    found = ACCESS.get((request.method, route.path))
    if found is None:
        raise InternalError("route_without_access", "a route says not who may use it", remedy="please report it")
    return found


def _caller(request: Request, opened: Opened) -> Caller:
    sent = request.headers.get("authorization")
    if sent is not None:
        return _of_key(sent, opened)
    token = request.cookies.get(COOKIE)
    if token is None:
        raise not_signed_in()
    caller = _of_session(token, opened)
    expected = csrf_token(token, opened.keyring.of_root("csrf"))
    given = request.headers.get(CSRF_HEADER, "")
    if request.method not in SAFE and not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        opened.audit.later_few(event_of(request, caller, opened.audit, "csrf_missing"))
        raise ForbiddenError(
            "csrf_missing",
            "the request does not carry the session's token",
            where="/header/x-csrf-token",
            remedy="send `csrf_token` of GET /v1/session as X-CSRF-Token",
        )
    return caller


def _of_session(token: str, opened: Opened) -> Caller:
    with opened.store.reading(EVERY) as session:
        found = session.scalar(select(SignIn).where(SignIn.token_hash == hash_token(token)))
        user = None if found is None else session.get(User, (found.organisation_id, found.user_id))
        if found is None or user is None or user.disabled_at is not None:
            raise not_signed_in()
        if not runs(found.created_at, found.expires_at):
            raise not_signed_in()
        return Caller(
            organisation_id=user.organisation_id,
            user_id=user.user_id,
            roles=roles_of(user.roles),
            token_hash=found.token_hash,
            must_change=user.password_expires_at is not None,
            has_second_factor=has_one(session, user),
        )


def _of_key(sent: str, opened: Opened) -> Caller:
    kind, _, token = sent.partition(" ")
    if kind.lower() != "bearer" or not token.startswith(KEY_PREFIX):
        raise not_signed_in()
    now = datetime.now(UTC)
    with opened.store.reading(EVERY) as session:
        key = session.scalar(select(ApiKey).where(ApiKey.secret_hash == hash_token(token)))
        user = None if key is None else session.get(User, (key.organisation_id, key.user_id))
        if key is None or user is None or user.disabled_at or key.revoked_at or key.expires_at <= now:
            raise not_signed_in()
        roles = roles_of(key.roles) & roles_of(user.roles)
        return Caller(
            organisation_id=key.organisation_id,
            user_id=key.user_id,
            roles=roles,
            scopes=scopes_of(key.scopes),
            key_id=key.key_id,
            has_second_factor=has_one(session, user),
        )


def not_signed_in() -> UnknownCallerError:
    """Return the one refusal of whoever has not shown who they are, whatever was wrong."""
    return UnknownCallerError("not_signed_in", "nobody is signed in", remedy="sign in: POST /v1/session; or send a key")
