"""Tell on standard error what planning is at. Law: it never slows planning and never says who is concerned."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from rich.status import Status

from api.cli.console import notes, plain, say

STAGES = {
    "orders": "Working out who needs what",
    "duties": "Working out who may go where",
    "streets": "Measuring lawful ways",
    "routes": "Searching for routes",
    "bound": "Proving how short routes could be",
    "check": "Checking every rule again",
    "remedies": "Looking for what would help",
}
SEARCH = "routes"


class Progress:
    """Shows what is being done with a spinner on a terminal, and a line for each finished stage everywhere.

    Planning reports a stage when it has its figures: at its end, or (the search) again and again.
    """

    def __init__(self) -> None:
        self._console = notes()
        self._status = Status("Reading", console=self._console)
        self._stage = ""
        self._figures: Mapping[str, object] = {}
        self._begun_s = self._told_s = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()
        if kind is None:
            self._finish()

    def __call__(self, stage: str, figures: Mapping[str, object]) -> None:
        """Take note of a stage's figures."""
        if stage != self._stage:
            self._finish()
            self._stage, self._begun_s = stage, self._told_s
        self._figures, self._told_s = figures, time.monotonic()
        self._status.update(plain(self._line() if stage == SEARCH else _next(stage)))

    def _finish(self) -> None:
        if self._stage:
            say(self._console, f"{self._line()} ({self._told_s - self._begun_s:.1f} s)", style="dim")
        self._stage = ""

    def _line(self) -> str:
        figures = ", ".join(f"{str(key).replace('_', ' ')} {_figure(value)}" for key, value in self._figures.items())
        title = STAGES.get(self._stage, self._stage)
        return f"{title}: {figures}" if figures else title


def _figure(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _next(stage: str) -> str:
    """Return the title of what follows a stage that is done."""
    titles = list(STAGES.values())
    following = list(STAGES).index(stage) + 1 if stage in STAGES else len(titles)
    return titles[following] if following < len(titles) else "Writing"
