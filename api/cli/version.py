"""`doorstep version`."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version


def version() -> None:
    """Print the version."""
    say_version()


def say_version() -> None:
    """Print the name and version of the installed distribution."""
    sys.stdout.write(f"doorstep {installed_version('doorstep')}\n")
