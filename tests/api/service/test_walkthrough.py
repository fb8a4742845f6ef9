"""The walkthrough of the README, run as written, by bash and curl, against a service as `make serve` starts it."""

import json
import os
import re
import subprocess
from pathlib import Path

from tests.api.service.test_serve_command import environment, first_password, served

__all__ = ["environment"]
PAGE = Path(__file__).resolve().parents[3] / "README.md"
MARK = "<!-- a test runs this as it stands -->\n```bash\n"


def test_the_walkthrough_goes_from_the_first_password_to_a_published_replan(environment, tmp_path):
    commands = PAGE.read_text(encoding="utf-8").split(MARK)[1].split("\n```")[0]
    with served(environment, "--demo", "denpasar") as client:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=tmp_path,
            env={**os.environ, "service": str(client.base_url).rstrip("/"), "no_proxy": "127.0.0.1"},
            input=first_password(environment, "demonstration") + "\n",
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Kingfisher 2\n" in done.stdout
    assert re.search(r"^event: queued$", done.stdout, re.MULTILINE)
    assert re.search(r"^event: done$", done.stdout, re.MULTILINE)
    made = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert made["state"] == "done"
    assert {step["type"] for route in made["plan"]["routes"] for step in route["steps"]} >= {"load", "visit"}
    assert made["plan"]["date"] == "2026-11-24"
    assert json.loads((tmp_path / "needs.json").read_text(encoding="utf-8"))["orders"]
    assert re.findall(r'"(?:published_version|is_current)": \w+', done.stdout) == [
        '"published_version": 2',
        '"is_current": true',
    ]
    route = json.loads((tmp_path / "route.json").read_text(encoding="utf-8"))
    assert route["routes"]
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((tmp_path / "differences.json").read_text(encoding="utf-8"))
