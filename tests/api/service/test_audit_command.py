"""`doorstep audit` as a process, beside a service that runs."""

from pathlib import Path

from sqlalchemy import delete

from api.installation import Installation
from api.settings import read_settings
from api.storage.audit_tables import AuditEntry
from api.storage.sessions import EVERY
from tests.api.service.test_serve_command import PASSPHRASE, doorstep, environment, served

__all__ = ["environment"]  # the fixture of the commands


def test_heads_are_kept_and_the_record_is_held_against_them(environment, tmp_path: Path):
    assert doorstep(environment, "init", "north").returncode == 0
    with served(environment):
        kept = tmp_path / "heads"
        kept.write_text(doorstep(environment, "audit", "head").stdout, encoding="utf-8")
        assert '"organisation_id": "north", "sequence": 1' in kept.read_text(encoding="utf-8")
        whole = doorstep(environment, "audit", "verify", "--head", str(kept))
        assert (whole.returncode, whole.stderr) == (0, "")
        assert "the record is whole" in whole.stdout
    cut_off(environment)
    told = doorstep(environment, "audit", "verify", "--head", str(kept))
    assert told.returncode == 1
    assert "audit_cut" in told.stderr


def cut_off(environment: dict[str, str]) -> None:
    installation = Installation(read_settings(environment))
    with installation.unlock(PASSPHRASE).store.writing(EVERY) as session:
        session.execute(delete(AuditEntry))
    installation.close()


def test_without_a_service_or_its_passphrase_the_record_is_not_read(environment, tmp_path: Path):
    assert "service_missing" in doorstep(environment, "audit", "head").stderr
    assert doorstep(environment, "init", "north").returncode == 0
    (tmp_path / "passphrase").write_text("other words than those\n", encoding="utf-8")
    refused = doorstep(environment, "audit", "verify")
    assert (refused.returncode, "cannot_unlock" in refused.stderr) == (3, True)
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "home/service/doorstep.db").unlink()
    assert "database_missing" in doorstep(environment, "audit", "verify").stderr
