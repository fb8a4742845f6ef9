"""Canaries in every personal field: in no file, no table, no log; and after an erasure no key opens what is left."""

import base64
import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import LargeBinary, select, text

from api.installation import finish_erasures
from api.security.field_cipher import Cell, version_of
from api.storage.sessions import EVERY
from api.storage.tables import Answered, Base, Entry, Erasure
from routing.domain.errors import InternalError
from tests.api.service import story

WORDS = (*story.CANARIES, story.METHADONE, "canary-clinic", "dispatcher@canary")


def forms_of(number: float) -> Iterator[bytes]:
    """A coordinate as decimal text, as floats of both sizes, as scaled integers."""
    yield f"{number:.5f}".encode()
    for order in "<>":
        yield struct.pack(f"{order}d", number)
        yield struct.pack(f"{order}f", number)
        yield struct.pack(f"{order}i", round(number * 10**7))


def canaries() -> list[bytes]:
    words = [word.encode() for word in WORDS]
    # any text of three bytes and more is in base64 in one of three alignments; the middle of each is searched for
    packed = [base64.b64encode(b"x" * shift + word)[4:-4] for word in words for shift in range(3)]
    return [*words, *packed, *forms_of(story.LON), *forms_of(story.LAT)]


def kept(service) -> Iterator[tuple[str, bytes]]:
    """Every byte that the service keeps: its files, and every value of every table."""
    for path in service.installation.folder.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    with service.opened.store.reading(EVERY) as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                for column, value in row._mapping.items():
                    yield f"{table.name}.{column}", value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def used(service, programme_id, capfd):
    """The service after it was told everything that is personal, and asked for it in wrong ways, too."""
    path = f"/v1/programmes/{programme_id}"
    with service.as_role("all") as client:
        client.post("/v1/users", json={"login": "dispatcher@canary-phone", "roles": ["dispatcher"]})
    with service.signed_in("all") as person:
        person.post("/v1/keys", json={"name": "canary-word", "roles": ["dispatcher"]})
    with service.as_role("all") as client:
        new = {"client_id": "c3", "code_name": "canary-lane-7", "place": story.place()}
        client.post(f"{path}/clients", json=new, headers={"Idempotency-Key": f"canary-gate {path}"})
        client.patch(f"{path}/clients/c1", json={"phone": "canary-phone 2"}, headers={"If-Match": "*"})
        client.get("/v1/nothing/canary-lane-7?near=canary-gate")
        client.get(f"{path}/clients?cursor=canary-lane-7")
        client.post(f"{path}/clients", json={"canary-gate": "canary-gate"})
    told = capfd.readouterr()
    deadline = time.monotonic() + 5
    # A line is written when the answer has been given.
    while told.err.count("\n") < 7 and time.monotonic() < deadline:
        time.sleep(0.05)
        more = capfd.readouterr()
        told = told._replace(out=told.out + more.out, err=told.err + more.err)
    return told


def test_the_canaries_would_be_found():
    hidden = b"..." + base64.b64encode(b"ab canary-lane-7 cd") + b"..."
    assert any(canary in hidden for canary in canaries())


@pytest.mark.usefixtures("used")
def test_nothing_personal_lies_open_in_what_is_kept(service):
    found = [(where, canary) for where, data in kept(service) for canary in canaries() if canary in data]
    assert found == []


def test_nothing_personal_is_in_the_log(used):
    assert used.err.count("\n") >= 7
    assert [word for word in ("canary", "village", "115.21", "c1") if word in used.out + used.err] == []


def test_a_file_of_the_service_is_its_owners_alone(service):
    modes = {path.name: path.stat().st_mode & 0o777 for path in service.installation.folder.rglob("*")}
    assert {name: oct(mode) for name, mode in modes.items() if mode not in (0o600, 0o700)} == {}


def test_every_column_that_is_said_to_be_sealed_is_opened_by_no_neighbour(service, programme_id):
    with service.opened.store.reading("north") as session:
        entry = session.get_one(Entry, ("north", programme_id, "clients", "c1"))
        key = service.opened.client_keys.key("north", str(entry.key_id))
    row = f"{programme_id}/clients/c1"
    right = Cell(table="entry", column="sealed", row=row, organisation_id="north")
    assert b"canary-lane-7" in service.opened.cipher.open(right, entry.sealed, key)
    for wrong in (
        Cell(table="entry", column="sealed", row=f"{programme_id}/clients/c2", organisation_id="north"),
        Cell(table="entry", column="sealed", row=row, organisation_id="south"),
        Cell(table="entry", column="other", row=row, organisation_id="north"),
        Cell(table="programme", column="sealed", row=row, organisation_id="north"),
    ):
        with pytest.raises(InternalError, match="sealed_field_damaged"):
            service.opened.cipher.open(wrong, entry.sealed, key)
    damaged = entry.sealed[:-1] + bytes([entry.sealed[-1] ^ 1])
    with pytest.raises(InternalError, match="sealed_field_damaged"):
        service.opened.cipher.open(right, damaged, key)


def test_an_erased_client_is_opened_by_no_key_that_is_left(service, programme_id):
    path = f"/v1/programmes/{programme_id}"
    with service.opened.store.reading("north") as session:
        rows = [
            row
            for row in session.scalars(select(Entry).where(Entry.programme_id == programme_id))
            if row.key_id is not None
        ]
    own = {row.key_id for row in rows if (row.kind, row.entry_id) == ("clients", "c1")}
    copies = [row for row in rows if row.key_id in own]  # as a backup of the data would hold them
    assert {row.kind for row in copies} == {"clients", "ledger"}
    with service.as_role("all") as client:
        tag = client.get(f"{path}/clients/c1").headers["etag"]
        assert client.delete(f"{path}/clients/c1", headers={"If-Match": tag}).status_code == 204
        exported = client.get(f"{path}/document").text
        assert [word for word in ("Canary Heron", "canary-guardian", '"c1"') if word in exported] == []
    for row in copies:
        with pytest.raises(InternalError, match="client_key_gone"):
            service.opened.client_keys.key("north", str(row.key_id))
        cell = Cell(
            table="entry", column="sealed", row=f"{programme_id}/{row.kind}/{row.entry_id}", organisation_id="north"
        )
        others = [None, *(service.opened.client_keys.key("north", one.key_id) for one in rows if one not in copies)]
        for other in others:
            with pytest.raises(InternalError, match="sealed_field_damaged"):
                service.opened.cipher.open(cell, row.sealed, other)
    keys = (service.installation.folder / "keys.db").read_bytes()
    assert str(copies[0].key_id).encode() not in keys
    with service.opened.store.reading("north") as session:
        assert session.get_one(Erasure, ("north", str(copies[0].key_id))).done_at is not None


def test_an_answer_that_is_kept_goes_with_the_client_whom_it_is_about(service, programme_id):
    path = f"/v1/programmes/{programme_id}/clients"
    asked = {
        "json": {"client_id": "c4", "code_name": "Ibis 4", "place": story.place()},
        "headers": {"Idempotency-Key": f"goes {path}"},
    }
    with service.as_role("all") as client:
        made = client.post(path, **asked)
        assert client.post(path, **asked).headers["idempotency-replayed"] == "true"
        with service.opened.store.reading("north") as session:
            entry = session.get_one(Entry, ("north", programme_id, "clients", "c4"))
            (kept_answer,) = session.scalars(select(Answered).where(Answered.key_id == entry.key_id))
        assert version_of(kept_answer.sealed_answer) == 0
        client.delete(f"{path}/c4", headers={"If-Match": made.headers["etag"]})
        assert client.post(path, **asked).json()["code"] == "not_found"


def test_an_erasure_that_was_cut_off_is_finished_when_the_service_is_next_opened(service):
    (key_id,) = service.opened.client_keys.make("north")
    with service.opened.store.writing("north") as session:
        session.add(Erasure(organisation_id="north", key_id=key_id, asked_at=datetime.now(UTC)))
    finish_erasures(service.opened)
    with pytest.raises(InternalError, match="client_key_gone"):
        service.opened.client_keys.key("north", key_id)


def test_the_whole_sqlite_file_is_encrypted(service):
    if service.database == "postgresql":
        with service.opened.store.engine.connect() as connection:  # there it is the server's disk that has to be
            assert connection.execute(text("SELECT 1")).scalar() == 1
        return
    for path in service.installation.folder.glob("*.db*"):
        data = path.read_bytes()
        assert b"SQLite format" not in data
        assert b"CREATE TABLE" not in data


def test_every_binary_column_is_sealed_a_hash_or_a_blind_index():
    binary = [
        column.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    ]
    kinds = {
        name for name in binary if not name.startswith("sealed") and not name.endswith(("_hash", "_index", "_mac"))
    }
    assert kinds == {"subject"}  # of failed sign-ins: an HMAC


def test_a_sealed_value_says_its_key(service, programme_id):
    with service.opened.store.reading("north") as session:
        own = session.get_one(Entry, ("north", programme_id, "clients", "c1"))
        shared = session.get_one(Entry, ("north", programme_id, "sites", "s1"))
    assert (version_of(own.sealed), version_of(shared.sealed)) == (0, 1)
