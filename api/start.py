"""Where the process starts. Law: nothing heavy is imported up here, so that Ctrl-C is quiet from the first moment."""

from __future__ import annotations

INTERRUPTED = 130


def run() -> int:
    """Run the command line of this process; return its exit code."""
    try:
        from api.cli.main import main

        return main()
    except KeyboardInterrupt:
        return INTERRUPTED
