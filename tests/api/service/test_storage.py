"""The database itself: migrations, whose rows are whose, one process, keys that are exchanged."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text, update

from api.identity.people import add_organisation
from api.installation import Installation
from api.security.field_cipher import Cell, FieldCipher
from api.security.keyring import new_keyring, open_keyring, recovery_code, with_next_version
from api.settings import read_settings
from api.storage.migrating import SCRIPTS, migrate
from api.storage.sessions import EVERY
from api.storage.tables import Base, Organisation, Programme, User
from routing.domain.errors import InputError, InternalError, UsageError
from tests.api.service.conftest import PASSPHRASE


def test_the_migrations_make_what_the_models_say(service):
    with service.opened.store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_of_a_newer_version_is_refused_and_left_alone(service):
    engine = service.opened.store.engine
    move = text("UPDATE alembic_version SET version_num = :version")
    with service.opened.store.writing(EVERY) as session:
        session.execute(move, {"version": "9999"})
    try:
        with pytest.raises(InputError, match="database_newer"):
            migrate(engine)
    finally:
        with service.opened.store.writing(EVERY) as session:
            session.execute(move, {"version": newest_version()})
    migrate(engine)


def newest_version() -> str:
    return str(ScriptDirectory(str(SCRIPTS)).get_current_head())


def test_a_session_reads_and_changes_the_rows_of_its_organisation_only(service, programme_id):
    with service.opened.store.writing("south") as session:
        assert session.get(Programme, ("north", programme_id)) is None
        assert session.scalars(select(User.organisation_id).distinct()).all() == ["south"]
        assert session.scalar(select(func.count()).select_from(Programme)) == 0
        session.execute(update(Programme).values(version=99))
    with service.opened.store.reading("north") as session:
        assert session.get_one(Programme, ("north", programme_id)).version == 1


def test_a_row_of_another_organisation_is_not_let_in(service):
    with pytest.raises(InternalError, match="no_organisation"), service.opened.store.writing("south") as session:
        add_organisation(session, service.opened.cipher, "west", "West")
    with service.opened.store.reading(EVERY) as session:
        assert session.get(Organisation, "west") is None


def test_what_fails_leaves_nothing(service):
    with suppress(ZeroDivisionError), service.opened.store.writing("north") as session:
        session.execute(update(Organisation).values(created_at=datetime(2000, 1, 1, tzinfo=UTC)))
        raise ZeroDivisionError
    with service.opened.store.reading("north") as session:
        assert session.get_one(Organisation, "north").created_at.year > 2000


def test_what_is_committed_is_read_after_a_start(service, tmp_path: Path):
    if service.database == "postgresql":
        service.opened.store.engine.dispose()
        with service.opened.store.reading("north") as session:
            assert session.get_one(Organisation, "north")
        return
    installation = made(tmp_path)
    with installation.opened.store.writing(EVERY) as session:
        add_organisation(session, installation.opened.cipher, "east", "East")
    installation.close()
    with installation.unlock(PASSPHRASE).store.reading("east") as session:
        assert session.get(Organisation, "east") is not None
    installation.close()


def made(folder: Path) -> Installation:
    installation = Installation(read_settings({"DOORSTEP_HOME": str(folder)}))
    installation.make([("passphrase", PASSPHRASE)])
    installation.unlock(PASSPHRASE)
    return installation


def test_one_process_has_a_service_open(tmp_path: Path):
    first = made(tmp_path)
    second = Installation(read_settings({"DOORSTEP_HOME": str(tmp_path)}))
    with pytest.raises(UsageError, match="service_runs_already"):
        second.unlock(PASSPHRASE)
    first.close()
    second.unlock(PASSPHRASE)
    second.close()


def test_a_keyring_is_not_written_over(tmp_path: Path):
    installation = made(tmp_path)
    with pytest.raises(UsageError, match="service_exists"):
        installation.make([("passphrase", PASSPHRASE)])
    installation.close()


def test_a_database_that_was_exchanged_is_told_of(tmp_path: Path):
    made(tmp_path / "a").close()
    other = made(tmp_path / "b")
    other.close()
    (tmp_path / "a/service/doorstep.db").replace(tmp_path / "b/service/doorstep.db")
    with pytest.raises(InputError, match="database_damaged"):
        other.unlock(PASSPHRASE)
    assert other.opened is None


# Keys


def test_each_slot_opens_the_same_keys_and_nothing_else_does():
    code = recovery_code()
    data = new_keyring([("passphrase", PASSPHRASE), ("recovery", code), ("file", "f" * 64)])
    opened = [open_keyring(data, secret) for secret in (PASSPHRASE, code, "f" * 64)]
    assert opened[0] == opened[1] == opened[2]
    with pytest.raises(InputError, match="cannot_unlock"):
        open_keyring(data, PASSPHRASE + "!")
    assert all(secret.encode() not in data for secret in (PASSPHRASE, code, "f" * 64))
    assert opened[0].root.hex() not in repr(opened[0])


def test_a_recovery_code_has_160_bits_and_no_sign_that_reads_like_another():
    codes = {recovery_code() for _ in range(100)}
    assert len(codes) == 100
    signs = set("".join(codes)) - {"-"}
    assert len(signs) == 32
    assert not signs & set("01IO")
    assert {len(code.replace("-", "")) for code in codes} == {32}  # 32 signs of 5 bits


@pytest.mark.parametrize("data", [b"", b"{}", b'{"slots": [], "data_keys": 1}', b"\xff"])
def test_a_keyring_that_cannot_be_read_is_told_of(data):
    with pytest.raises(InputError, match="keyring_damaged"):
        open_keyring(data, PASSPHRASE)


def test_after_a_new_version_the_old_one_still_opens():
    data = new_keyring([("passphrase", PASSPHRASE)])
    before = open_keyring(data, PASSPHRASE)
    after = open_keyring(with_next_version(data, before), PASSPHRASE)
    cell = Cell(table="t", column="c", row="r", organisation_id="o")
    old, new = (FieldCipher(keyring).seal(cell, b"something") for keyring in (before, after))
    assert (before.current, after.current) == (1, 2)
    assert FieldCipher(after).open(cell, old) == FieldCipher(after).open(cell, new) == b"something"
    with pytest.raises(InternalError, match="sealed_field_damaged"):
        FieldCipher(before).open(cell, new)


def test_a_blind_index_is_another_in_each_organisation_and_outlives_a_rotation():
    data = new_keyring([("passphrase", PASSPHRASE)])
    before = open_keyring(data, PASSPHRASE)
    ciphers = [FieldCipher(before), FieldCipher(open_keyring(with_next_version(data, before), PASSPHRASE))]
    first, second = (cipher.blind_index("north", "login", "ann") for cipher in ciphers)
    assert first == second
    assert first not in {
        ciphers[0].blind_index("south", "login", "ann"),
        ciphers[0].blind_index("north", "other", "ann"),
    }
