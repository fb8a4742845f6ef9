"""The programme that a plan is about, kept with it: of a published version, and of what is left of a day.

Law: a programme goes on changing and a published plan does not, so each has its own. What is kept here of a client lies
under that client's key: once a client is erased, nobody opens it any more, and the plan is about the others.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.security.field_cipher import Cell, FieldCipher
from api.storage.basis_tables import PlanBasis
from api.storage.client_keys import ClientKeys
from api.storage.plan_tables import PlanRow, RouteDay
from routing.domain.loading import dump_programme, load_programme
from routing.domain.programme import Programme

AS_ASKED = 0
OF_CLIENTS = ("clients", "ledger")


class KeptBases:
    """Opens and writes them, all in a session of their organisation."""

    def __init__(self, cipher: FieldCipher, keys: ClientKeys) -> None:
        self._cipher = cipher
        self._keys = keys

    def keep(
        self, session: Session, row: PlanRow, version: int, programme: Programme, key_ids: Mapping[str, str]
    ) -> None:
        """Keep what a version of a plan is about; `key_ids`: the key of each client who is kept."""
        session.execute(delete(PlanBasis).where(PlanBasis.plan_id == row.plan_id, PlanBasis.version == version))
        for part, document in _parts(json.loads(dump_programme(programme)), key_ids):
            session.add(
                PlanBasis(
                    organisation_id=row.organisation_id,
                    plan_id=row.plan_id,
                    version=version,
                    part=part,
                    key_id=key_ids.get(part),
                    sealed=self._cipher.seal(
                        _cell(row, version, part),
                        json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(),
                        self._key(session, row, key_ids.get(part)),
                    ),
                )
            )
        session.flush()

    def load(self, session: Session, organisation_id: str, plan_id: str, version: int) -> Programme | None:
        """Return what a version of a plan is about, but for who was erased since; None: nothing was kept of it."""
        stored = select(PlanBasis).where(PlanBasis.plan_id == plan_id, PlanBasis.version == version)
        parts = {each.part: each for each in session.scalars(stored)}
        if not parts:
            return None
        row = session.get_one(PlanRow, (organisation_id, plan_id))
        opened = {part: self._opened(session, row, each) for part, each in parts.items() if self._is_kept(each)}
        return load_programme(json.dumps(_joined(opened)).encode())

    def sheet_key(self, session: Session, organisation_id: str, plan_id: str) -> bytes:
        """Return the key of a day's code names: it goes with the day."""
        row = session.get_one(PlanRow, (organisation_id, plan_id))
        return hmac.digest(self._key(session, row, None), b"doorstep sheets", hashlib.sha256)

    def _is_kept(self, part: PlanBasis) -> bool:
        """Whether it is of nobody who was erased; a key that is merely missing is a fault."""
        return part.key_id is None or not self._keys.is_destroyed(part.key_id)

    def _opened(self, session: Session, row: PlanRow, part: PlanBasis) -> dict[str, Any]:
        key = self._key(session, row, part.key_id)
        found: dict[str, Any] = json.loads(self._cipher.open(_cell(row, part.version, part.part), part.sealed, key))
        return found

    def _key(self, session: Session, row: PlanRow, key_id: str | None) -> bytes:
        if key_id is None:
            key_id = session.get_one(RouteDay, (row.organisation_id, row.programme_id, row.date)).key_id
        return self._keys.key(row.organisation_id, key_id)


def _parts(document: dict[str, Any], key_ids: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is of each client who has a key, with its place in the list, and what is left."""
    for client_id in key_ids:
        own = {kind: _numbered(document, kind, client_id) for kind in OF_CLIENTS}
        yield client_id, own
    rest = dict(document)
    for kind in OF_CLIENTS:
        entries = enumerate(document.get(kind) or [])
        rest[kind] = [[number, entry] for number, entry in entries if entry.get("client_id") not in key_ids]
    yield "", rest


def _numbered(document: dict[str, Any], kind: str, client_id: str) -> list[list[Any]]:
    entries = enumerate(document.get(kind) or [])
    return [[number, entry] for number, entry in entries if entry.get("client_id") == client_id]


def _joined(parts: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the document with everybody where they were."""
    document = dict(parts[""])
    for kind in OF_CLIENTS:
        entries = [entry for part in parts.values() for entry in part[kind]]
        known = [each for each in entries if len(each) > 1]  # of somebody erased, the place in the list alone is left
        document[kind] = [entry for _, entry in sorted(known, key=lambda each: int(each[0]))]
    return document


def _cell(row: PlanRow, version: int, part: str) -> Cell:
    where = f"{row.plan_id}/{version}/{part}"
    return Cell(table="plan_basis", column="sealed", row=where, organisation_id=row.organisation_id)
