"""Programmes as they are kept: a frame and its entries, each sealed in a row. Law: the core's reader takes it.

Every change, whoever makes it, is a new document of the whole programme that the core reads, or what has changed of it
(`rereading.py`); what differs from before is written. Rows of a client are sealed by the client's own key. What was
opened last is held in memory, told by its version.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from api.manners.errors import ConflictError
from api.manners.problems import not_found
from api.security.field_cipher import Cell, FieldCipher
from api.storage.client_keys import ClientKeys
from api.storage.tables import Entry, Erasure, Programme
from api.storage.visit_tables import IntakeRequest
from routing.domain import programme as domain
from routing.domain.loading import document_of, read_programme
from routing.domain.reading import Json
from routing.domain.references import IDENTIFIED
from routing.domain.rereading import LEDGER, LISTS, Reading, read_again

KINDS = LISTS
HELD = 4  # programmes in memory
Document = Mapping[str, Json]
Place = tuple[str, str]  # kind, entry_id
OnErased = Callable[[Session, str, str, Collection[str]], None]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is in the clear of an entry."""

    position: int
    version: int
    key_id: str | None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A programme as it is kept in one version; nothing of it is changed in place.

    Attributes
    ----------
    read
        The same as the core has read it, if it has.
    """

    version: int
    document: Document
    rows: Mapping[Place, Row]
    read: domain.Programme | None = None

    @cached_property
    def programme(self) -> domain.Programme:
        """The programme as the core reads it."""
        return self.read or _read(self.document)

    @property
    def reading(self) -> Reading | None:
        """The programme with its document; None: that was opened, and may have been written by an earlier version."""
        return None if self.read is None else Reading(self.read, self.document)

    @cached_property
    def entries(self) -> Mapping[Place, dict[str, Json]]:
        """Every entry by kind and id, in order."""
        return dict(_entries(self.document))


class KeptProgrammes:
    """Opens and writes programmes.

    Parameters
    ----------
    on_erased
        Told of clients who are taken out: the session, organisation, programme, and their ids.
    """

    def __init__(self, cipher: FieldCipher, keys: ClientKeys, on_erased: OnErased = lambda *_: None) -> None:
        self._cipher = cipher
        self._on_erased = on_erased
        self._keys = keys
        self._held: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._lock = Lock()

    def load(self, session: Session, organisation_id: str, programme_id: str) -> Kept:
        """Return a programme.

        Raises
        ------
        NotFoundError
            `not_found`.
        """
        found = session.get(Programme, (organisation_id, programme_id))
        if found is None:
            raise not_found()
        with self._lock:
            held = self._held.get((organisation_id, programme_id))
        if held is not None and held.version == found.version:
            return held
        return self._hold((organisation_id, programme_id), self._opened(session, found))

    def add(self, session: Session, organisation_id: str, document: Document) -> Kept:
        """Write a new programme.

        Raises
        ------
        ProgrammeError
            Every fault of the document.
        ConflictError
            `already_exists`.
        """
        reading = _whole(document)
        key = (organisation_id, reading.programme.programme_id)
        if session.get(Programme, key) is not None:
            raise ConflictError(
                "already_exists", "there is one of this id already", remedy="change that one, or give another id"
            )
        row = Programme(organisation_id=key[0], programme_id=key[1], version=0)
        self._write_frame(row, reading.document)
        session.add(row)
        session.flush()
        return self._write(session, row, Kept(version=0, document={}, rows={}), reading)

    def change(self, session: Session, organisation_id: str, programme_id: str, document: Document) -> Kept:
        """Write a programme anew; what is the same as before keeps its version.

        Raises
        ------
        ProgrammeError
            Every fault of the document.
        """
        before = self.load(session, organisation_id, programme_id)
        row = session.get_one(Programme, (organisation_id, programme_id))
        asked = {**document, "programme_id": programme_id}
        again = None if before.reading is None else read_again(before.reading, asked)
        return self._write(session, row, before, again or _whole(asked))

    def remove(self, session: Session, organisation_id: str, programme_id: str) -> None:
        """Take a programme out, and have the keys of its clients destroyed."""
        kept = self.load(session, organisation_id, programme_id)
        self._erase(session, organisation_id, (row.key_id for (kind, _), row in kept.rows.items() if kind == "clients"))
        asked = select(IntakeRequest.key_id).where(
            IntakeRequest.programme_id == programme_id, IntakeRequest.state == "asked"
        )
        self._erase(session, organisation_id, session.scalars(asked).all())
        session.delete(session.get_one(Programme, (organisation_id, programme_id)))

    def _write(self, session: Session, row: Programme, before: Kept, reading: Reading) -> Kept:
        after = replace(self._rows(row, before, reading.document), read=reading.programme)
        self._remove(session, row, before, after)
        entries = after.entries
        for place, meta in after.rows.items():
            if before.rows.get(place) != meta:
                self._put(session, row, place, meta, entries[place])
        self._write_frame(row, after.document)
        row.version = after.version
        session.flush()
        key = (row.organisation_id, row.programme_id)
        event.listen(session, "after_commit", lambda _: self._hold(key, after), once=True)
        return after

    def _rows(self, row: Programme, before: Kept, document: Document) -> Kept:
        """Say where every entry goes: in order, and where it was if it can be."""
        version = row.version + 1
        entries = dict(_entries(document))
        key_ids = self._key_ids(row.organisation_id, before, entries)
        rows: dict[Place, Row] = {}
        last = dict.fromkeys(KINDS, 0)
        for place, entry in entries.items():
            old = before.rows.get(place)
            position = old.position if old is not None and old.position > last[place[0]] else last[place[0]] + 1
            last[place[0]] = position
            same = old is not None and ((known := before.entries.get(place)) is entry or known == entry)
            key_id = key_ids.get(_client_of(place, entry))
            rows[place] = Row(position=position, version=old.version if old and same else version, key_id=key_id)
        return Kept(version=version, document=document, rows=rows)

    def _key_ids(self, organisation_id: str, before: Kept, entries: Mapping[Place, Document]) -> dict[str, str]:
        clients = [entry_id for kind, entry_id in entries if kind == "clients"]
        known = {entry_id: row.key_id for (kind, entry_id), row in before.rows.items() if kind == "clients"}
        new = [client_id for client_id in clients if known.get(client_id) is None]
        made = self._keys.make(organisation_id, len(new)) if new else []
        return {client_id: key_id for client_id, key_id in known.items() if key_id} | dict(zip(new, made, strict=True))

    def _remove(self, session: Session, row: Programme, before: Kept, after: Kept) -> None:
        gone = [place for place in before.rows if place not in after.rows]
        for kind, entry_id in gone:
            session.delete(session.get_one(Entry, (row.organisation_id, row.programme_id, kind, entry_id)))
        erased = (before.rows[place].key_id for place in gone if place[0] == "clients")
        self._erase(session, row.organisation_id, erased)
        if clients := {entry_id for kind, entry_id in gone if kind == "clients"}:
            self._on_erased(session, row.organisation_id, row.programme_id, clients)

    def _erase(self, session: Session, organisation_id: str, key_ids: Iterable[str | None]) -> None:
        now = datetime.now(UTC)
        session.add_all(
            Erasure(organisation_id=organisation_id, key_id=key_id, asked_at=now) for key_id in key_ids if key_id
        )

    def _put(self, session: Session, row: Programme, place: Place, meta: Row, entry: Document) -> None:
        own = None if meta.key_id is None else self._keys.key(row.organisation_id, meta.key_id)
        session.merge(
            Entry(
                organisation_id=row.organisation_id,
                programme_id=row.programme_id,
                kind=place[0],
                entry_id=place[1],
                position=meta.position,
                version=meta.version,
                key_id=meta.key_id,
                sealed=self._cipher.seal(_entry_cell(row, place), _bytes(entry), own),
            )
        )

    def _write_frame(self, row: Programme, document: Document) -> None:
        frame = {key: value for key, value in document.items() if key not in KINDS}
        row.sealed_frame = self._cipher.seal(_frame_cell(row), _bytes(frame))
        row.changed_at = datetime.now(UTC)

    def _opened(self, session: Session, row: Programme) -> Kept:
        document: dict[str, Json] = json.loads(self._cipher.open(_frame_cell(row), row.sealed_frame))
        lists: dict[str, list[Json]] = {}
        rows: dict[Place, Row] = {}
        stored = select(Entry).where(Entry.programme_id == row.programme_id).order_by(Entry.position, Entry.entry_id)
        for entry in session.scalars(stored):
            place = entry.kind, entry.entry_id
            own = None if entry.key_id is None else self._keys.key(entry.organisation_id, entry.key_id)
            value = json.loads(self._cipher.open(_entry_cell(row, place), entry.sealed, own))
            lists.setdefault(entry.kind, []).append(value)
            rows[place] = Row(position=entry.position, version=entry.version, key_id=entry.key_id)
        return Kept(version=row.version, document={**document, **lists}, rows=rows)

    def _hold(self, key: tuple[str, str], kept: Kept) -> Kept:
        with self._lock:
            self._held[key] = kept
            self._held.move_to_end(key)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return kept


def clients_of(kept: Kept) -> frozenset[str]:
    """Return the ids of the clients of a programme."""
    return frozenset(entry_id for kind, entry_id in kept.rows if kind == "clients")


def with_entry(kept: Kept, place: Place, entry: Json) -> Document:
    """Return the document with an entry added, exchanged, or (None) taken out."""
    kind, entry_id = place
    listed = kept.document.get(kind) or []
    assert isinstance(listed, list)  # noqa: S101 - it was read as such
    key = IDENTIFIED[kind]
    others = [(entry if one[key] == entry_id else one) for one in listed]  # type: ignore[index, call-overload]
    changed = others if place in kept.entries else [*listed, entry]
    return {**kept.document, kind: [one for one in changed if one is not None]}


def without_client(kept: Kept, client_id: str) -> Document:
    """Return the document without a client, and without what points at it."""
    document = dict(with_entry(kept, ("clients", client_id), None))
    document[LEDGER] = [one for one in _list(document, LEDGER) if one.get("client_id") != client_id]
    document["volunteers"] = [_without_veto(one, client_id) for one in _list(document, "volunteers")]
    return document


def without_volunteer(kept: Kept, volunteer_id: str) -> Document:
    """Return the document without a volunteer; what they brought stays brought, by nobody who is named."""
    document = dict(with_entry(kept, ("volunteers", volunteer_id), None))
    document[LEDGER] = [_unless_by(one, volunteer_id) for one in _list(document, LEDGER)]
    return document


def _unless_by(entry: Document, volunteer_id: str) -> Json:
    return {key: value for key, value in entry.items() if key != "volunteer_id" or value != volunteer_id}


def _without_veto(volunteer: Document, client_id: str) -> Json:
    vetoes = volunteer.get("vetoes")
    kept = [one for one in vetoes if one != client_id] if isinstance(vetoes, list) else []
    return {**volunteer, "vetoes": kept} if vetoes else dict(volunteer)


def _entries(document: Document) -> Iterator[tuple[Place, dict[str, Json]]]:
    for kind, key in IDENTIFIED.items():
        for entry in _list(document, kind):
            yield (kind, str(entry[key])), entry
    for index, entry in enumerate(_list(document, LEDGER)):
        yield (LEDGER, f"{index:09d}"), entry


def _list(document: Document, kind: str) -> list[dict[str, Json]]:
    listed = document.get(kind) or []
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _client_of(place: Place, entry: Document) -> str:
    return str(entry.get("client_id", "")) if place[0] in {"clients", LEDGER} else ""


def _read(document: Document) -> domain.Programme:
    """Return a document as the core reads it, which changes what it is given."""
    return read_programme(json.loads(_bytes(document)))


def _whole(document: Document) -> Reading:
    """Return a document as the core reads it and writes it: packs and pins expanded, defaults left out."""
    read = _read(document)
    return Reading(read, document_of(read))


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _frame_cell(row: Programme) -> Cell:
    return Cell(table="programme", column="sealed_frame", row=row.programme_id, organisation_id=row.organisation_id)


def _entry_cell(row: Programme, place: Place) -> Cell:
    where = "/".join((row.programme_id, *place))
    return Cell(table="entry", column="sealed", row=where, organisation_id=row.organisation_id)
