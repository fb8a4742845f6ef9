"""Backups of a service that runs, put back into either database; what is damaged or foreign; who stays erased."""

import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from api.audit.verifying import verify
from api.backup import restoring, writing
from api.backup.records import PASSING, VERSIONS, tables_of
from api.backup.stream import CHUNK_BYTES, Sealing, new_header, opened_pieces, read_header
from api.installation import Installation
from api.looking import looking
from api.security.keyring import new_keyring, open_keyring
from api.settings import read_settings
from api.storage.sessions import EVERY
from api.storage.tables import Entry, Erasure, Network, Organisation
from routing.domain.errors import InputError, InternalError, UsageError
from tests.api.conftest import OSM
from tests.api.service import postgres, story
from tests.api.service.conftest import PASSPHRASE, serving
from tests.api.service.test_secrets import canaries

Make = Callable[[], Installation]
_names = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    with postgres.running(binaries) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """What makes another empty installation; on PostgreSQL, with a database of its own."""
    return maker(request, tmp_path, request.param)


def maker(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Make:
    def made() -> Installation:
        name = f"kept{next(_names)}"
        url = "" if kind == "sqlite" else database(request.getfixturevalue("server"), name)
        return Installation(read_settings({"DOORSTEP_HOME": str(tmp_path / name), "DOORSTEP_DATABASE_URL": url}))

    return made


def database(server: str, name: str) -> str:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def home(make: Make) -> Installation:
    """An installation with an organisation, a programme of canaries and an extract; closed."""
    return filled(make())


def filled(installation: Installation) -> Installation:
    from api.audit.recording import event_now
    from api.beginning import let_in
    from api.identity.roles import Role
    from api.networks.building import Sent, keep_network

    installation.make([("passphrase", PASSPHRASE)])
    opened = installation.unlock(PASSPHRASE)
    let_in(opened, "north", "Canary Ibis", "first", Role)
    with opened.store.writing("north") as session:
        opened.kept.add(session, "north", story.programme("village"))
    part = opened.networks / "part.osm"
    part.touch(0o600)
    part.write_text(OSM, encoding="utf-8")
    keep_network(opened, Sent(event=event_now("north", "test"), network_id="village.osm", part=part))
    installation.close()
    return installation


@contextmanager
def at(installation: Installation):
    opened = installation.unlock(PASSPHRASE)
    try:
        yield opened
    finally:
        installation.close()


def backed_up(installation: Installation, folder: Path) -> tuple[Path, Path]:
    data, keys = folder / f"data{next(_names)}", folder / f"keys{next(_names)}"
    with looking(installation, PASSPHRASE) as looked:
        writing.back_up_data(installation, looked, data)
        writing.back_up_keys(installation, looked, keys)
    return data, keys


def rows(installation: Installation) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that is kept, but the record, which tells of backup and restore."""
    with at(installation) as opened, opened.store.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in tables_of(connection)
            if table.name not in {VERSIONS, "audit_entry", *PASSING}
        }


def document(installation: Installation, programme_id: str = "village") -> dict[str, object]:
    with at(installation) as opened, opened.store.reading("north") as session:
        return dict(opened.kept.load(session, "north", programme_id).document)


@pytest.mark.parametrize("target_kind", ["sqlite", "postgresql"])
def test_everything_comes_back_on_another_machine_and_in_either_database(home, tmp_path, request, target_kind):
    before, told = rows(home), document(home)
    data, keys = backed_up(home, tmp_path)
    other = maker(request, tmp_path, target_kind)()
    restoring.restore_keys(other, keys, PASSPHRASE)
    assert restoring.restore_data(other, data, PASSPHRASE, replace=False) == 0
    assert rows(other) == before
    assert document(other) == told
    with at(other) as opened, opened.store.reading(EVERY) as session:
        assert list(verify(session, opened.keyring)) == []
        (network,) = session.scalars(select(Network))
        assert (opened.networks / f"{network.sha256}.osm").read_text(encoding="utf-8") == OSM
    with at(other) as opened, opened.store.writing("north") as session:  # it goes on
        opened.kept.add(session, "north", story.programme("next"))


def test_it_is_made_while_the_service_runs_and_changes(home, tmp_path):
    opened = home.unlock(PASSPHRASE)
    with serving(home), opened.store.writing("north") as session:
        kept = opened.kept.load(session, "north", "village")
        opened.kept.change(session, "north", "village", {**kept.document, "name": "Other"})
        data, keys = backed_up_while_written(home, tmp_path)
    assert document(home)["name"] == "Other"
    restoring.restore_data(home, data, PASSPHRASE, replace=True)
    assert document(home)["name"] == "Canary Ibis"  # as it was at that moment
    assert keys.stat().st_mode & 0o777 == data.stat().st_mode & 0o777 == 0o600


def backed_up_while_written(installation, folder):
    """As `backed_up`, without the entries in the record, which have to wait for whoever writes."""
    from api.backup.records import write_end, write_tables
    from api.storage.migrating import newest_revision

    data = folder / "while"
    with looking(installation, PASSPHRASE) as looked, looked.engine.connect() as connection:
        handle = os.open(data, os.O_CREAT | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            sealing = Sealing(file, new_header("data", looked.keyring, newest_revision()), looked.keyring)
            write_end(write_tables(connection, sealing.write), sealing.write)
            sealing.finish()
    return data, data


def test_a_client_erased_after_the_backup_stays_erased(home, tmp_path):
    data, _ = backed_up(home, tmp_path)
    erase(home, "c1")
    erased = document(home)
    assert restoring.restore_data(home, data, PASSPHRASE, replace=True) == 1
    assert document(home) == erased
    assert json.dumps(erased).count("c1") == 0
    with at(home) as opened, opened.store.reading("north") as session:
        (erasure,) = session.scalars(select(Erasure))
        assert erasure.done_at is not None
        with pytest.raises(InternalError, match="client_key_gone"):
            opened.client_keys.key("north", erasure.key_id)


def test_neither_an_older_backup_of_the_keys_brings_them_back(home, tmp_path):
    data, keys = backed_up(home, tmp_path)
    erase(home, "c1")
    restoring.restore_keys(home, keys, PASSPHRASE)
    assert restoring.restore_data(home, data, PASSPHRASE, replace=True) == 1
    # keys.db is lost, the older backup of keys has the key, and the database knows of the erasure
    home.keys_path.unlink()
    erase_known = rows(home_keys(home, keys))["erasure"]
    assert len(erase_known) == 1
    newer, _ = backed_up(home, tmp_path)
    assert restoring.restore_data(home, newer, PASSPHRASE, replace=True) == 0
    with at(home) as opened:
        assert str(erase_known[0][1]) in opened.client_keys.destroyed()


def home_keys(installation, keys):
    restoring.restore_keys(installation, keys, PASSPHRASE)
    return installation


def erase(installation: Installation, client_id: str) -> None:
    from api.installation import finish_erasures
    from api.programmes.kept import without_client

    with at(installation) as opened:
        with opened.store.writing("north") as session:
            kept = opened.kept.load(session, "north", "village")
            opened.kept.change(session, "north", "village", without_client(kept, client_id))
        finish_erasures(opened)


def test_what_there_is_goes_only_when_asked_for(home, tmp_path):
    data, _ = backed_up(home, tmp_path)
    with pytest.raises(UsageError, match="database_in_use"):
        restoring.restore_data(home, data, PASSPHRASE, replace=False)
    with at(home), pytest.raises(UsageError, match="service_runs_already"):
        restoring.restore_data(Installation(settings_of(home)), data, PASSPHRASE, replace=True)


def settings_of(installation: Installation):
    return read_settings({"DOORSTEP_HOME": str(installation.folder.parent)})


def test_a_restore_that_fails_leaves_what_was_there(home, tmp_path):
    data, _ = backed_up(home, tmp_path)
    before = rows(home)
    spoilt = bytearray(data.read_bytes())
    spoilt[-1] ^= 1
    data.write_bytes(spoilt)
    with pytest.raises(InputError, match="backup_damaged"):
        restoring.restore_data(home, data, PASSPHRASE, replace=True)
    assert rows(home) == before


def test_a_backup_of_another_keyring_is_refused(home, make, tmp_path):
    data, keys = backed_up(home, tmp_path)
    other = filled(make())
    for restore in (
        lambda: restoring.restore_data(other, data, PASSPHRASE, replace=True),
        lambda: restoring.restore_keys(other, keys, PASSPHRASE),
    ):
        with pytest.raises(InputError, match="backup_foreign"):
            restore()


def test_data_without_their_clients_keys_are_refused_and_not_taken_for_erased(home, tmp_path):
    data, _ = backed_up(home, tmp_path)
    home.keys_path.unlink()
    before = rows_without_keys(home)
    with pytest.raises(InputError, match="client_keys_missing"):
        restoring.restore_data(home, data, PASSPHRASE, replace=True)
    assert rows_without_keys(home) == before


def rows_without_keys(installation):
    with looking(installation, PASSPHRASE) as looked, looked.store.reading(EVERY) as session:
        return sorted(session.scalars(select(Entry.entry_id)))


def test_a_backup_of_a_newer_version_is_refused(home, tmp_path):
    with looking(home, PASSPHRASE) as looked:
        path = tmp_path / "newer"
        with path.open("wb") as file:
            Sealing(file, new_header("data", looked.keyring, "9999"), looked.keyring).finish()
    with pytest.raises(InputError, match="backup_newer"):
        restoring.restore_data(home, path, PASSPHRASE, replace=True)
    path.write_bytes(b"doorstep-backup/2\n{}\n")
    with pytest.raises(InputError, match="backup_newer"):
        restoring.restore_data(home, path, PASSPHRASE, replace=True)
    path.write_bytes(b"something else")
    with pytest.raises(InputError, match="not_a_backup"):
        restoring.restore_data(home, path, PASSPHRASE, replace=True)


def test_each_kind_has_its_place(home, tmp_path):
    data, keys = backed_up(home, tmp_path)
    with pytest.raises(UsageError, match="backup_of_other_kind"):
        restoring.restore_data(home, keys, PASSPHRASE, replace=True)
    with pytest.raises(UsageError, match="backup_of_other_kind"):
        restoring.restore_keys(home, data, PASSPHRASE)


def test_a_backup_of_an_older_form_is_brought_up_to_date(home, tmp_path, monkeypatch):
    with at(home) as opened, opened.store.engine.execution_options(doorstep_writes=True).begin() as connection:
        connection.execute(text("DROP TABLE audit_entry"))
        monkeypatch.setattr(writing, "newest_revision", lambda: "0001")
        path = tmp_path / "older"
        with path.open("wb") as file:
            sealing = Sealing(file, new_header("data", opened.keyring, "0001"), opened.keyring)
            from api.backup.records import line, told

            sealing.write(line({"table": "organisation", "columns": ["organisation_id", "sealed_name", "created_at"]}))
            sealing.write(line({"row": ["old", told(b"x"), 5]}))
            sealing.write(line({"end": 2}))
            sealing.finish()
        connection.rollback()
    assert restoring.restore_data(home, path, PASSPHRASE, replace=True) == 0
    with at(home) as opened, opened.store.reading(EVERY) as session:
        assert session.scalars(select(Organisation.organisation_id)).all() == ["old"]
        assert list(verify(session, opened.keyring)) == []


def test_no_backup_is_written_over_but_one_of_keys_which_is_wiped(home, tmp_path):
    data, keys = backed_up(home, tmp_path)
    held = keys.open("rb")  # the earlier file, whatever has its name
    with looking(home, PASSPHRASE) as looked:
        with pytest.raises(UsageError, match="file_exists"):
            writing.back_up_data(home, looked, data)
        with pytest.raises(UsageError, match="file_exists"):
            writing.back_up_keys(home, looked, data)
        writing.back_up_keys(home, looked, keys)
    with held:
        assert not held.read().startswith(b"doorstep")
    restoring.restore_keys(home, keys, PASSPHRASE)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".doorstep-")] == []


def test_a_backup_shows_nothing_to_whoever_has_not_the_keyring(home, tmp_path):
    data, keys = backed_up(home, tmp_path)
    sealed = data.read_bytes() + keys.read_bytes()
    assert [canary for canary in canaries() if canary in sealed] == []
    assert b"village" not in sealed
    assert b"north" not in sealed


# The stream


def stream_of(pieces: list[bytes]) -> tuple[bytes, object]:
    import io

    keyring = open_keyring(new_keyring([("file", "a secret of sixteen")]), "a secret of sixteen")
    file = io.BytesIO()
    sealing = Sealing(file, new_header("data", keyring, "0001"), keyring)
    for piece in pieces:
        sealing.write(piece)
    sealing.finish()
    return file.getvalue(), keyring


def read(data: bytes, keyring) -> bytes:
    import io

    file = io.BytesIO(data)
    header, opening = read_header(file, "x")
    return b"".join(opened_pieces(file, header, opening, keyring, "x"))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_what_goes_in_comes_out(size):
    data, keyring = stream_of([os.urandom(size // 2), bytes(size - size // 2)])
    assert len(read(data, keyring)) == size


def test_whatever_is_changed_cut_or_put_in_another_order_is_found():
    data, keyring = stream_of([bytes(2 * CHUNK_BYTES + 5)])
    start = data.index(b"\n", data.index(b"\n") + 1) + 1
    whole = 4 + CHUNK_BYTES + 16
    first, second, last = (
        data[start : start + whole],
        data[start + whole : start + 2 * whole],
        data[start + 2 * whole :],
    )
    opening = data[:start]
    for spoilt in (
        opening + second + first + last,
        opening + first + last,
        opening + first + second,  # the end is cut off where a chunk ends
        data[:-1],
        data + b"\0",
        data + last,
        opening,
        opening.replace(b'"data"', b'"keys"') + first + second + last,
        opening[:-20],
        data[: start + 100] + bytes([data[start + 100] ^ 1]) + data[start + 101 :],
    ):
        with pytest.raises(InputError, match="backup_damaged"):
            read(spoilt, keyring)


def test_the_clients_of_a_restored_programme_are_still_each_under_a_key_of_their_own(home, tmp_path):
    data, _ = backed_up(home, tmp_path)
    restoring.restore_data(home, data, PASSPHRASE, replace=True)
    with at(home) as opened, opened.store.writing("north") as session:
        keys = {row.key_id for row in session.scalars(select(Entry).where(Entry.kind == "clients"))}
        assert len(keys) == 2
        session.execute(update(Organisation).values(created_at=Organisation.created_at))
