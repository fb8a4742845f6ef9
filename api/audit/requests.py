"""What a request leaves in the record. Law: its route as declared, and a pseudonym of its path; nothing that was sent.

A thing's pseudonym is that of its path: whatever is done to `/v1/programmes/village/clients/c01`, or to the whole list,
is found by whoever knows that path, and tells nothing to whoever does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request

from api.audit.chain import Event
from api.manners.errors import ForbiddenError

if TYPE_CHECKING:
    from api.audit.recording import Recorder
    from api.identity.callers import Caller
    from api.storage.identity_tables import VolunteerLink

MADE = "doorstep.made"  # where the path of what a request has made is left in its scope
UNRECORDED = frozenset({("GET", "/v1/session")})  # asks who one is, with every page
UNROUTED = "a request before its route is known"
WHOLE = "/document"  # what leaves the service whole is recorded before it does


def event_of(request: Request, caller: Caller, recorder: Recorder, outcome: str) -> Event:
    """Return what is recorded of a request."""
    path = str(request.scope.get(MADE) or request.url.path)
    return Event(
        organisation_id=caller.organisation_id,
        at=datetime.now(UTC),
        action=action_of(request),
        outcome=outcome,
        actor=caller.user_id,
        via="session" if caller.key_id is None else f"key {caller.key_id}",
        subject=recorder.pseudonym(caller.organisation_id, subject_path(path)),
    )


def record_reading(request: Request, caller: Caller, recorder: Recorder) -> None:
    """Record that somebody reads: soon, or at once where the whole leaves the service."""
    route = (request.method, request.scope["route"].path)
    if route in UNRECORDED:
        return
    event = event_of(request, caller, recorder, "seen")
    if route[1].endswith(WHOLE):
        recorder.now(event)
    else:
        recorder.later(event)


@contextmanager
def recording_refusals(request: Request, caller: Caller, recorder: Recorder) -> Iterator[None]:
    """Record that somebody was refused what a block refuses them."""
    try:
        yield
    except ForbiddenError as error:
        recorder.later(event_of(request, caller, recorder, error.code))
        raise


def action_of(request: Request) -> str:
    """Return the method and the route as declared, or that none is known yet: whatever a stranger sends as a method."""
    route = request.scope.get("route")
    return UNROUTED if route is None else f"{request.method} {route.path}"


def by_link_event(request: Request, recorder: Recorder, link: VolunteerLink, outcome: str | None = None) -> Event:
    """Return what is recorded of somebody who comes by a link; none: they were let in."""
    usual = "seen" if request.method == "GET" else "done"
    whose = f"/v1/programmes/{link.programme_id}/volunteers/{link.volunteer_id}"
    return Event(
        organisation_id=link.organisation_id,
        at=datetime.now(UTC),
        action=action_of(request),
        outcome=outcome or usual,
        via=f"link {link.link_id}",
        subject=recorder.pseudonym(link.organisation_id, whose),
    )


def signing_in(organisation_id: str, user_id: str | None, outcome: str = "done") -> Event:
    """Return what is recorded of somebody who signs in, or fails to; None: there is no such login."""
    now = datetime.now(UTC)
    action = "POST /v1/session"
    return Event(organisation_id=organisation_id, at=now, action=action, outcome=outcome, actor=user_id, via="session")


def subject_path(path: str) -> str:
    """Return the path of the thing itself: a programme's document is the programme."""
    return path.rstrip("/").removesuffix(WHOLE)


def paths_about(path: str) -> Iterator[str]:
    """Yield the path of a thing and of whatever holds it: the list it stands in, the programme."""
    parts = subject_path(path).split("/")
    for length in range(len(parts), 3, -1):  # "", "v1", "programmes", "village", ...
        yield "/".join(parts[:length])
