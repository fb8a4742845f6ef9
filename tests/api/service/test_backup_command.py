"""`doorstep backup` and `restore` as processes: beside a service that runs, and on a machine that has nothing yet."""

from pathlib import Path

from tests.api.service.test_serve_command import doorstep, environment, served

__all__ = ["environment"]  # the fixture of the commands


def test_a_service_moves_to_another_machine(environment, tmp_path: Path):
    assert doorstep(environment, "init", "north").returncode == 0
    data, keys = tmp_path / "data", tmp_path / "keys"
    with served(environment):
        assert doorstep(environment, "backup", str(data)).returncode == 0
        assert doorstep(environment, "backup", "--keys", str(keys)).returncode == 0
        refused = doorstep(environment, "restore", str(data), "--replace")
        assert (refused.returncode, "service_runs_already" in refused.stderr) == (2, True)
    other = environment | {"DOORSTEP_HOME": str(tmp_path / "other")}
    assert "service_missing" in doorstep(other, "restore", str(data)).stderr
    done = doorstep(other, "restore", str(data), "--keys", str(keys))
    assert done.returncode == 0, done.stderr
    assert "0 clients who were erased since" in done.stdout
    assert doorstep(other, "audit", "verify").returncode == 0
    with served(other) as client:
        assert client.get("/readyz").status_code == 200


def test_a_backup_that_is_not_there_is_told_of(environment, tmp_path: Path):
    assert "file_not_found" in doorstep(environment, "restore", str(tmp_path / "nowhere")).stderr
    assert "bad_usage" in doorstep(environment, "restore").stderr
