"""The doctor: an installation in order, and one that is broken in each of the ways there are."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, insert, update

from api.backup import writing
from api.doctor import contents, machine
from api.doctor.diagnosing import diagnose
from api.installation import Installation
from api.looking import looking
from api.security.keyring import open_keyring, with_next_version
from api.settings import Settings, read_settings
from api.storage.audit_tables import AuditEntry
from api.storage.sessions import EVERY
from api.storage.tables import Erasure
from tests.api.service.conftest import PASSPHRASE
from tests.api.service.test_backup import database, filled, server
from tests.api.service.test_serve_command import doorstep, environment

__all__ = ["environment", "server"]  # fixtures
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sound(request: pytest.FixtureRequest, tmp_path_factory) -> Settings:
    """The settings of an installation that nothing is wrong with."""
    folder = tmp_path_factory.mktemp("sound")
    url = "" if request.param == "sqlite" else database(request.getfixturevalue("server"), "sound")
    settings = read_settings({"DOORSTEP_HOME": str(folder / "home"), "DOORSTEP_DATABASE_URL": url})
    installation = filled(Installation(settings))
    with looking(installation, PASSPHRASE) as looked:
        writing.back_up_keys(installation, looked, folder / "keys")
    return settings


def codes(
    settings: Settings, secret: str | None = PASSPHRASE, now: datetime | None = None, **asked: object
) -> list[str]:
    return [problem.code for problem in diagnose(settings, secret, now or datetime.now(UTC), **asked)]


def service_folder(settings: Settings) -> Path:
    return settings.home / "service"


def changed(settings: Settings, *statements: object) -> None:
    installation = Installation(settings)
    with looking(installation, PASSPHRASE) as looked, looked.store.writing(EVERY) as session:
        for statement in statements:
            session.execute(statement)


def test_nothing_is_wrong_with_one_in_order(sound):
    assert codes(sound) == []


def test_what_others_can_read_is_told_of(sound):
    (service_folder(sound) / "keyring.json").chmod(0o644)
    service_folder(sound).chmod(0o750)
    try:
        assert codes(sound) == ["open_to_others"] * 2
    finally:
        (service_folder(sound) / "keyring.json").chmod(0o600)
        service_folder(sound).chmod(0o700)


@pytest.mark.parametrize(("free", "found"), [(2**29 - 1, ["disk_nearly_full"]), (2**29, []), (2**29 + 1, [])])
def test_a_disk_that_is_nearly_full_is_told_of(free, found, tmp_path):
    assert [one.code for one in machine.too_little(free, tmp_path)] == found


def test_a_lock_that_cannot_be_opened_is_told_of(sound):
    lock = service_folder(sound) / "service.lock"
    lock.unlink()
    lock.mkdir(0o700)
    assert codes(sound) == ["lock_unusable"]
    lock.rmdir()


def test_a_cache_that_cannot_be_written_is_told_of(sound):
    sound.cache.parent.mkdir(exist_ok=True)
    sound.cache.write_bytes(b"a file where the folder should be")
    assert codes(sound) == ["cache_unwritable"]
    sound.cache.unlink()


def test_without_a_passphrase_only_the_rest_is_looked_at(sound):
    assert codes(sound, None) == ["doctor_locked"]
    assert codes(sound, "another one that is long") == ["cannot_unlock"]


def test_a_keyring_that_is_gone_or_damaged_is_told_of(sound):
    keyring = service_folder(sound) / "keyring.json"
    kept = keyring.read_bytes()
    keyring.write_bytes(b"{")
    assert codes(sound) == ["keyring_damaged"]
    keyring.unlink()
    assert codes(sound) == ["service_missing"]
    keyring.touch(0o600)
    keyring.write_bytes(kept)


def test_a_clock_that_stands_before_what_was_recorded_is_told_of(sound):
    assert codes(sound, now=datetime.now(UTC) - timedelta(minutes=4)) == []
    assert codes(sound, now=datetime.now(UTC) - timedelta(days=1)) == ["clock_behind"]


def test_an_erasure_that_was_cut_off_is_told_of(sound):
    changed(sound, insert(Erasure).values(organisation_id="north", key_id="x", asked_at=datetime.now(UTC)))
    assert codes(sound) == ["erasure_unfinished"]
    changed(sound, delete(Erasure).where(Erasure.key_id == "x"))


def test_a_rotation_that_was_cut_off_is_told_of(sound):
    keyring = service_folder(sound) / "keyring.json"
    kept = keyring.read_bytes()
    keyring.write_bytes(with_next_version(kept, open_keyring(kept, PASSPHRASE)))
    assert codes(sound) == ["rotation_unfinished"]
    keyring.write_bytes(kept)


def test_a_record_that_was_tampered_with_is_told_of(sound):
    first = (AuditEntry.organisation_id == "north", AuditEntry.sequence == 1)
    with looking(Installation(sound), PASSPHRASE) as looked, looked.store.reading(EVERY) as session:
        action = session.get_one(AuditEntry, ("north", 1)).action
    changed(sound, update(AuditEntry).where(*first).values(action="another"))
    assert codes(sound) == ["audit_entry_changed"]
    changed(sound, update(AuditEntry).where(*first).values(action=action))


def test_clients_without_their_keys_are_told_of(sound):
    keys = service_folder(sound) / "keys.db"
    keys.rename(keys.with_suffix(".aside"))
    assert codes(sound) == ["client_keys_lacking"]
    keys.with_suffix(".aside").rename(keys)


def test_a_backup_of_keys_from_before_an_erasure_is_told_of(sound):
    later = datetime.now(UTC) + timedelta(minutes=1)
    changed(sound, insert(Erasure).values(organisation_id="north", key_id="y", asked_at=later, done_at=later))
    assert codes(sound) == ["keys_backup_outdated"]
    changed(sound, delete(Erasure).where(Erasure.key_id == "y"))


def test_an_extract_that_is_gone_or_another_is_told_of(sound):
    (path,) = (service_folder(sound) / "networks").iterdir()
    kept = path.read_bytes()
    path.write_bytes(kept + b"x")
    assert codes(sound) == ["network_file_damaged"]
    path.unlink()
    assert codes(sound) == ["network_file_missing"]
    path.touch(0o600)
    path.write_bytes(kept)


# One database only


@pytest.fixture
def alone(tmp_path) -> Settings:
    """An installation with a file of its own, to be broken for good."""
    settings = read_settings({"DOORSTEP_HOME": str(tmp_path / "home")})
    filled(Installation(settings))
    return settings


def test_a_damaged_database_is_told_of(alone):
    path = service_folder(alone) / "doorstep.db"
    kept = bytearray(path.read_bytes())
    assert codes(alone) == ["keys_backup_outdated"]
    kept[-2000] ^= 1  # of the last page, which opening does not read
    path.write_bytes(kept)
    assert codes(alone) == ["database_pages_damaged"]
    path.write_bytes(b"x" * len(kept))
    assert codes(alone) == ["database_damaged"]
    path.unlink()
    assert codes(alone) == ["database_missing"]


def test_a_database_of_another_form_is_told_of(alone):
    from sqlalchemy import text

    for version, code in (("9999", "database_newer"), ("0001", "database_older")):
        with looking_at(alone) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        assert codes(alone) == [code]


def looking_at(settings: Settings):
    installation = Installation(settings)
    return installation.engine(open_keyring(installation.keyring_bytes(), PASSPHRASE)).begin()


def test_a_server_that_does_not_answer_is_told_of(alone, tmp_path):
    url = f"postgresql://nobody@/nothing?host={tmp_path}"
    away = read_settings({"DOORSTEP_HOME": str(alone.home), "DOORSTEP_DATABASE_URL": url})
    assert codes(away) == ["postgresql_away"]


def test_an_unfit_server_is_told_of(server, tmp_path):
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    url = server.replace("/postgres?", "/latin?")
    settings = read_settings({"DOORSTEP_HOME": str(tmp_path / "home"), "DOORSTEP_DATABASE_URL": url})
    filled(Installation(settings))
    assert codes(settings) == ["postgresql_encoding", "keys_backup_outdated"]
    assert [one.code for one in contents.unfit_server(139999, "UTF8")] == ["postgresql_old"]
    assert list(contents.unfit_server(140000, "UTF8")) == []


# No installation needed


@pytest.mark.parametrize(
    ("days", "found"), [(-1, ["certificate_ends"]), (29, ["certificate_ends"]), (30, []), (31, [])]
)
def test_a_certificate_that_ends_is_told_of(tmp_path, days, found):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    path = tmp_path / "certificate.pem"
    path.write_bytes(certificate(now - timedelta(days=300), now + timedelta(days=days)))
    assert [one.code for one in machine.certificate(path, now)] == found


def certificate(begins_at: datetime, ends_at: datetime) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), begins_at, ends_at)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_a_certificate_that_is_none_is_told_of(tmp_path):
    path = tmp_path / "certificate.pem"
    path.write_bytes(b"no")
    for one in (path, tmp_path / "nowhere"):
        assert [problem.code for problem in machine.certificate(one, datetime.now(UTC))] == ["certificate_unreadable"]


def test_missing_time_zones_are_told_of(tmp_path):
    (tmp_path / "tzdata").mkdir()
    (tmp_path / "tzdata/__init__.py").write_text("", encoding="utf-8")
    look = "from api.doctor.machine import time_zones; print([one.code for one in time_zones()])"
    environment = os.environ | {"PYTHONTZPATH": "", "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = subprocess.run([sys.executable, "-c", look], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "['time_zones_missing']\n"


def test_the_command_tells_and_ends_with_1_if_anything_is_wrong(environment, tmp_path):
    assert "service_missing" in doorstep(environment, "doctor").stderr
    assert doorstep(environment, "init", "north").returncode == 0
    told = doorstep(environment, "doctor", "--json")
    assert told.returncode == 1
    assert [one["code"] for one in json.loads(told.stdout)["findings"]] == ["keys_backup_outdated"]
    assert doorstep(environment, "backup", "--keys", str(tmp_path / "keys")).returncode == 0
    told = doorstep(environment, "doctor")
    assert (told.returncode, told.stdout) == (0, "nothing is wrong\n")


def test_every_finding_is_in_the_table_of_the_page():
    from tests.domain.source_codes import codes_in

    page = (ROOT / "docs/service.md").read_text(encoding="utf-8").split("## When something is wrong")[1]
    found = codes_in("api/doctor")
    assert [code for code in sorted(found) if f"`{code}`" not in page.split("## Limits")[0]] == []
    assert len(found) >= 18
