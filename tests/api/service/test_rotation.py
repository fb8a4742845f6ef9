"""Rotation: everything is sealed anew, whatever was in the way; secrets of the keyring are exchanged."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select

from api.audit.verifying import verify
from api.backup import restoring
from api.identity.people import add_organisation, find_user, login_of
from api.installation import Installation
from api.rotating import cell_of, rotate, sealed_columns, sealed_tables
from api.security.field_cipher import FieldCipher, version_of
from api.security.keyring import open_keyring, recovery_code
from api.storage.sessions import EVERY
from api.storage.tables import Organisation
from routing.domain.errors import InputError, UsageError
from tests.api.service.conftest import PASSPHRASE
from tests.api.service.test_backup import at, backed_up, document, home, make, server
from tests.api.service.test_serve_command import doorstep, environment

__all__ = ["environment", "home", "make", "server"]  # fixtures


class CutOffError(Exception):
    """The process is gone, as far as the rotation is concerned."""


def versions(installation: Installation) -> set[int]:
    """The versions of the data key that anything kept needs."""
    found = set()
    with at(installation) as opened:
        with opened.store.engine.connect() as connection:
            for table in sealed_tables():
                for row in connection.execute(select(table)).mappings():
                    found |= {version_of(row[name]) for name in sealed_columns(table) if row[name] is not None}
        found |= {version_of(wrapped) for _, _, wrapped in opened.client_keys.rows()}
    return found - {0}


def test_everything_is_sealed_under_the_new_key_and_reads_as_before(home):
    before = document(home)
    assert versions(home) == {1}
    done = rotate(home, PASSPHRASE)
    assert (done.version, done.resumed) == (2, False)
    assert versions(home) == {2}
    assert document(home) == before
    with at(home) as opened, opened.store.reading(EVERY) as session:
        user = find_user(session, opened.cipher, "north", "first")
        assert user is not None
        assert login_of(opened.cipher, user) == "first"
        assert list(verify(session, opened.keyring)) == []


def test_cut_off_after_any_batch_it_goes_on_and_nothing_is_lost(home):
    before, told = document(home), []
    # the wrapped keys; then the organisation, the user, the programme's frame and its entries: a table a batch
    for cut in range(5):
        with pytest.raises(CutOffError):
            rotate(home, PASSPHRASE, batch_done=lambda rows: told.append(rows) or cut_off(told))
        assert document(home) == before
        if cut in (0, 4):
            assert versions(home) == ({1, 2} if cut == 0 else {2})


def cut_off(told: list[int]) -> None:
    """Cut off once something was sealed anew in this run."""
    if told[-1] > 0:
        told.clear()
        raise CutOffError


def test_killed_at_any_instant_it_goes_on(environment):
    assert doorstep(environment, "init", "north", "--role", "dispatcher").returncode == 0
    installation = Installation(settings_of(environment))
    with at(installation) as opened, opened.store.writing(EVERY) as session:
        for number in range(1000):
            add_organisation(session, opened.cipher, f"org{number}", f"Organisation {number}")
    line = [sys.executable, "-m", "api", "rotate-keys"]
    for delay_s in (0.8, 1.2, 1.6):
        process = subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        assert names(installation) == {f"Organisation {number}" for number in range(1000)} | {"north"}
    assert doorstep(environment, "rotate-keys").returncode == 0
    assert len(versions(installation)) == 1
    assert [path.name for path in installation.folder.glob(".doorstep-*") if "part" not in path.name] == []


def names(installation: Installation) -> set[str]:
    """Every organisation's name, as it is read."""
    table = Organisation.__table__
    with at(installation) as opened, opened.store.engine.connect() as connection:
        rows = connection.execute(select(table)).mappings()
        return {opened.cipher.open(cell_of(table, "sealed_name", row), row["sealed_name"]).decode() for row in rows}


def settings_of(environment: dict[str, str]):
    from api.settings import read_settings

    return read_settings(environment)


def test_the_service_must_not_be_running(home):
    with at(home), pytest.raises(UsageError, match="service_runs_already"):
        rotate(Installation(settings_of({"DOORSTEP_HOME": str(home.folder.parent)})), PASSPHRASE)


def test_every_sealed_column_is_bytes_and_its_place_is_told_by_its_key(home):
    with at(home) as opened, opened.store.engine.connect() as connection:
        for table in sealed_tables():
            for name in sealed_columns(table):
                assert isinstance(table.c[name].type, LargeBinary), (table.name, name)
            for row in connection.execute(select(table)).mappings():
                for name in sealed_columns(table):
                    if row[name] is not None and version_of(row[name]):
                        opened.cipher.open(cell_of(table, name, row), row[name])


def test_an_earlier_backup_is_read_unless_the_earlier_keys_were_forgotten(home, tmp_path):
    before = document(home)
    data, keys = backed_up(home, tmp_path)
    rotate(home, PASSPHRASE)
    restoring.restore_data(home, data, PASSPHRASE, replace=True)
    assert document(home) == before
    newer, _ = backed_up(home, tmp_path)
    assert rotate(home, PASSPHRASE, forget_old=True).resumed  # the restored cells were left to do
    assert list(open_keyring(home.keyring_bytes(), PASSPHRASE).data_keys) == [2]
    assert document(home) == before
    with pytest.raises(InputError, match="backup_key_forgotten"):
        restoring.restore_data(home, data, PASSPHRASE, replace=True)
    # the keyring of an earlier backup of the keys is older than newer backups of the data
    del keys
    assert restoring.restore_data(home, newer, PASSPHRASE, replace=True) == 0


def test_an_older_keyring_does_not_take_newer_data(home, make, tmp_path):
    _, keys = backed_up(home, tmp_path)
    rotate(home, PASSPHRASE)
    newer, newer_keys = backed_up(home, tmp_path)
    other = make()
    restoring.restore_keys(other, keys, PASSPHRASE)
    with pytest.raises(InputError, match="keyring_older"):
        restoring.restore_data(other, newer, PASSPHRASE, replace=True)
    restoring.restore_keys(other, newer_keys, PASSPHRASE)
    assert restoring.restore_data(other, newer, PASSPHRASE, replace=True) == 0
    assert document(other) == document(home)


# What opens the keyring


def test_an_exchanged_secret_opens_and_the_one_before_does_not(tmp_path: Path):
    installation = Installation(settings_of({"DOORSTEP_HOME": str(tmp_path)}))
    code = recovery_code()
    installation.make([("passphrase", PASSPHRASE), ("recovery", code)])
    installation.exchange("passphrase", code, "other words that nobody guesses")
    data = installation.keyring_bytes()
    root = open_keyring(data, code).root
    assert open_keyring(data, "other words that nobody guesses").root == root
    with pytest.raises(InputError, match="cannot_unlock"):
        open_keyring(data, PASSPHRASE)
    with pytest.raises(UsageError, match="passphrase_too_short"):
        installation.exchange("passphrase", code, "short")
    assert installation.keyring_bytes() == data


def test_the_commands_exchange_them(environment, tmp_path: Path):
    assert doorstep(environment, "init", "north").returncode == 0
    new = tmp_path / "new"
    new.write_text("other words that nobody guesses\n", encoding="utf-8")
    assert doorstep(environment, "change-passphrase", "--new-file", str(new)).returncode == 0
    assert "cannot_unlock" in doorstep(environment, "renew-recovery-code").stderr
    environment["DOORSTEP_PASSPHRASE_FILE"] = str(new)
    renewed = doorstep(environment, "renew-recovery-code")
    assert renewed.returncode == 0
    code = renewed.stdout.strip()
    data = (Path(environment["DOORSTEP_HOME"]) / "service/keyring.json").read_bytes()
    assert open_keyring(data, code).current == 1
    assert code not in renewed.stderr
    assert (Path(environment["DOORSTEP_HOME"]) / "service/keyring.json").stat().st_mode & 0o777 == 0o600


def test_what_is_sealed_under_a_forgotten_key_is_opened_by_none_that_is_left(home):
    with at(home) as opened, opened.store.engine.connect() as connection:
        table = next(one for one in sealed_tables() if one.name == "programme")
        row = connection.execute(select(table)).mappings().one()
    rotate(home, PASSPHRASE, forget_old=True)
    cipher = FieldCipher(open_keyring(home.keyring_bytes(), PASSPHRASE))
    with pytest.raises(Exception, match="sealed_field_damaged"):
        cipher.open(cell_of(table, "sealed_frame", row), row["sealed_frame"])
