"""Settings: one table, the same in code and documentation."""

import re
from pathlib import Path

from api.settings import SETTINGS, read_settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_documented_table_is_the_one_in_code():
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in page.splitlines() if line[:1] == "|"]
    assert rows[2:] == [(f"`{one.name}`", one.default, one.meaning) for one in SETTINGS]


def test_no_other_file_reads_the_environment():
    texts = {
        path: path.read_text(encoding="utf-8") for name in ("api", "routing") for path in (ROOT / name).rglob("*.py")
    }
    assert [path.name for path, text in texts.items() if re.search(r"os\.environ|getenv", text)] == ["settings.py"]


def test_the_home_holds_plans_and_cache():
    settings = read_settings({"DOORSTEP_HOME": "/data/doorstep", "XDG_CACHE_HOME": "/elsewhere"})
    assert (settings.plans, settings.cache) == (Path("/data/doorstep/plans"), Path("/data/doorstep/cache"))


def test_without_a_home_the_platforms_folders_are_used():
    settings = read_settings({"XDG_DATA_HOME": "/data", "XDG_CACHE_HOME": "/cache"})
    assert (settings.home, settings.cache) == (Path("/data/doorstep"), Path("/cache/doorstep"))


def test_without_anything_it_is_the_users_home():
    settings = read_settings({"DOORSTEP_HOME": "", "HOME": "x"})
    assert settings.home == Path.home() / ".local/share/doorstep"
    assert settings.cache == Path.home() / ".cache/doorstep"
    assert (settings.passphrase_file, settings.debug) == (None, False)
