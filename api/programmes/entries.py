"""The entries of a programme's lists, one kind a path. Law: each role sees and changes its own keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.identity.callers import Allowed, Here
from api.installation import finish_erasures
from api.manners.answers import Answer, once
from api.manners.bodies import body_object
from api.manners.conditions import is_known, not_modified, require_match, tag
from api.manners.errors import ConflictError, UnprocessableError
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.manners.problems import not_found
from api.programmes.endpoints import PROGRAMME, change, load
from api.programmes.examples import EXAMPLES, MODELS
from api.programmes.kept import Document, Kept, Place, with_entry, without_client, without_volunteer
from api.programmes.projection import merged, refuse_others, shown
from routing.domain.errors import Problem, ProgrammeError
from routing.domain.reading import Json
from routing.domain.references import IDENTIFIED


def entries_router() -> APIRouter:
    """Return the routes of all kinds of entries."""
    router = APIRouter()
    for kind in IDENTIFIED:
        _Kind(kind).routes(router)
    return router


class _Kind:
    """The routes of one kind."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.key = IDENTIFIED[kind]

    def routes(self, router: APIRouter) -> None:
        """Add the five routes."""
        listed, single = f"{PROGRAMME}/{self.kind}", f"{PROGRAMME}/{self.kind}/{{entry_id}}"
        example = EXAMPLES[self.kind]
        asks: dict[str, Any] = {"asks": MODELS[self.kind], "example": example}
        patch: dict[str, Any] = {**asks, "example": dict(list(example.items())[1:2])}
        for path, method, function, said in (
            (listed, "GET", self.list, told({"items": [example], "next_cursor": None})),
            (listed, "POST", self.create, told(example, status=201, **asks)),
            (single, "GET", self.show, told(example)),
            (single, "PATCH", self.change, told(example, **patch)),
            (single, "DELETE", self.remove, told(status=204)),
        ):
            name = f"{function.__name__}_{self.kind}"
            router.add_api_route(path, function, methods=[method], name=name, tags=[self.kind], **said)

    def list(self, here: Allowed, programme_id: str, limit: Limit = 50, cursor: Cursor = None) -> Response:
        """Return the entries in the programme's order, as far as one's roles see them."""
        with here.reading() as session:
            kept = load(here, session, programme_id)
        places = [(f"{row.position:09d}", place) for place, row in kept.rows.items() if place[0] == self.kind]
        items, following = page(places, limit, cursor)
        body = {"items": [self._shown(here, kept, place) for place in items], "next_cursor": following}
        return Answer(body=body).response()

    def create(self, here: Allowed, programme_id: str) -> Response:
        """Add an entry."""
        entry = body_object(here.request)
        refuse_others(self.kind, entry, here.caller.roles)
        with here.writing() as session:
            answer = once(here, session, lambda: self._added(here, session, programme_id, entry))
        return answer.response()

    def show(self, here: Allowed, programme_id: str, entry_id: str) -> Response:
        """Return an entry, as far as one's roles see it."""
        with here.reading() as session:
            kept = load(here, session, programme_id)
        version = self._version(kept, entry_id)
        return not_modified(version) if is_known(here.request, version) else self._answer(here, kept, entry_id)

    def change(self, here: Allowed, programme_id: str, entry_id: str) -> Response:
        """Apply a JSON merge patch to an entry; needs If-Match."""
        patch = body_object(here.request)
        refuse_others(self.kind, patch, here.caller.roles)
        if patch.get(self.key, entry_id) != entry_id:
            raise UnprocessableError(
                "id_differs", "an id cannot be changed", where=f"/{self.key}", remedy="leave it out"
            )
        with here.writing() as session:
            kept = load(here, session, programme_id)
            require_match(here.request, self._version(kept, entry_id))
            entry = merged(kept.entries[self.kind, entry_id], patch)
            changed = self._changed(here, session, kept, entry_id, entry)
        return self._answer(here, changed, entry_id)

    def remove(self, here: Allowed, programme_id: str, entry_id: str) -> Response:
        """Take an entry out; needs If-Match. A client is erased: nothing that was kept of it can be opened again."""
        with here.writing() as session:
            kept = load(here, session, programme_id)
            require_match(here.request, self._version(kept, entry_id))
            change(here, session, programme_id, self._without(kept, entry_id))
        finish_erasures(here.opened)
        return Answer(status=204).response()

    def _without(self, kept: Kept, entry_id: str) -> Document:
        if self.kind == "clients":
            return without_client(kept, entry_id)
        if self.kind == "volunteers":
            return without_volunteer(kept, entry_id)
        return with_entry(kept, (self.kind, entry_id), None)

    def _added(self, here: Here, session: Session, programme_id: str, entry: dict[str, Json]) -> Answer:
        kept = load(here, session, programme_id)
        entry_id = str(entry.get(self.key, ""))
        if (self.kind, entry_id) in kept.rows:
            raise ConflictError(
                "already_exists", "there is one of this id already", where=f"/{self.key}", remedy="change that one"
            )
        added = self._changed(here, session, kept, entry_id, entry)
        path = f"/v1/programmes/{programme_id}/{self.kind}/{entry_id}"
        headers = {"Location": path, "ETag": tag(self._version(added, entry_id))}
        place = self.kind, entry_id
        return Answer(
            body=self._shown(here, added, place), status=201, headers=headers, key_id=added.rows[place].key_id
        )

    def _changed(self, here: Here, session: Session, kept: Kept, entry_id: str, entry: Json) -> Kept:
        """Write an entry; its faults are told with their place in the entry."""
        try:
            document = with_entry(kept, (self.kind, entry_id), entry)
            return change(here, session, str(kept.document["programme_id"]), document)
        except ProgrammeError as error:
            places = [place for place in kept.entries if place[0] == self.kind]
            index = places.index((self.kind, entry_id)) if (self.kind, entry_id) in places else len(places)
            raise ProgrammeError(_within(error.problems, f"/{self.kind}/{index}")) from error

    def _answer(self, here: Here, kept: Kept, entry_id: str) -> Response:
        body = self._shown(here, kept, (self.kind, entry_id))
        return Answer(body=body, headers={"ETag": tag(self._version(kept, entry_id))}).response()

    def _shown(self, here: Here, kept: Kept, place: Place) -> dict[str, Json]:
        return shown(self.kind, kept.entries[place], here.caller.roles)

    def _version(self, kept: Kept, entry_id: str) -> int:
        row = kept.rows.get((self.kind, entry_id))
        if row is None:
            raise not_found()
        return row.version


def _within(problems: Sequence[Problem], place: str) -> list[Problem]:
    """Return problems with their places relative to an entry; those elsewhere keep theirs."""
    return [
        replace(problem, where=problem.where.removeprefix(place)) if problem.where.startswith(f"{place}/") else problem
        for problem in problems
    ]
