"""The map page in a real browser, from disk, without a connection."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=2000",
)
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page that `doorstep plan` writes for the scenario."""
    folder = tmp_path_factory.mktemp("denpasar")
    line = [sys.executable, "-c", "import sys; from api.cli.main import main; sys.exit(main())"]
    line += ["plan", "denpasar", "--iterations", "3", "--out", str(folder / "out")]
    done = subprocess.run(
        line, cwd=ROOT, env={**os.environ, "DOORSTEP_HOME": str(folder)}, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder / "out" / "map.html"


def browse(page: Path, profile: Path, *flags: str) -> str:
    """Return the document as it stands after the page's scripts have run."""
    line = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *flags, "--dump-dom", page.as_uri()]
    return subprocess.run(line, check=True, capture_output=True, text=True, timeout=120).stdout


def test_the_file_names_no_address(page: Path):
    assert re.findall(r"https?://\S+", page.read_text(encoding="utf-8")) == []


def test_scripts_run_and_fit_the_map_to_the_window(page: Path, tmp_path: Path):
    document = browse(page, tmp_path)
    assert '<html lang="en" class="js">' in document
    before, after = (re.search(r'viewBox="([^"]+)"', text)[1] for text in (page.read_text(encoding="utf-8"), document))
    assert before != after
    assert re.search(r'<div class="scale"[^>]*><span>\d+ k?m</span>', document)


def test_every_route_has_its_entry_and_its_line(page: Path, tmp_path: Path):
    document = browse(page, tmp_path)
    listed = set(re.findall(r'<input type="checkbox" checked="" value="(\d+)"', document))
    drawn = set(re.findall(r'class="drive" data-route="(\d+)"', document))
    assert listed
    assert drawn <= listed


def test_a_route_that_is_unchecked_disappears(page: Path, tmp_path: Path):
    acting = tmp_path / "acting.html"
    click = "<script>document.querySelector('li input').click()</script></body>"
    acting.write_text(page.read_text(encoding="utf-8").replace("</body>", click), encoding="utf-8")
    document = browse(acting, tmp_path / "profile")
    assert re.findall(r'class="marker off" data-route="(\d+)"', document)
    assert set(re.findall(r'class="marker off" data-route="(\d+)"', document)) == {"1"}


def test_without_scripts_it_is_a_whole_map(page: Path):
    text = re.sub(r"<script>.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert 'class="drawn-scale"' in text
    assert text.count('<g class="marker') > 10
    assert "© OpenStreetMap contributors, ODbL 1.0" in text
