"""What is being done shows on a terminal, and nowhere else."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from api.cli.console import working


def test_a_terminal_shows_it(village_streets: Path):
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "api", "network", "build", str(village_streets)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=slave, check=True)
    os.close(slave)
    shown = os.read(master, 4096).decode()
    os.close(master)
    assert "compiling village.osm" in shown
    assert b"compiling" not in done.stdout


def test_a_file_or_pipe_does_not(capfd):
    with working("compiling"):
        pass
    assert capfd.readouterr() == ("", "")
