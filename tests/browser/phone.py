"""A cheap phone: Chromium at 360 x 640, without a connection, opening files from its storage."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

CHROMIUM = shutil.which("chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND")


@contextmanager
def phone(playwright: Playwright, profile: Path, *, scripts: bool = True) -> Iterator[BrowserContext]:
    """Open a browser that keeps its storage in `profile`, and is offline."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=list(FLAGS),
        viewport={"width": 360, "height": 640},
        java_script_enabled=scripts,
        offline=True,
    )
    try:
        yield context
    finally:
        context.close()
