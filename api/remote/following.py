"""Wait for a plan at a terminal. Law: Ctrl-C never leaves anybody in doubt of what becomes of the plan.

At a terminal it asks: take the best so far, cancel, go on watching, or leave the plan to the server. Where nobody can
be asked, it cancels: interrupted here means that nothing is made, as it does without a server.
"""

from __future__ import annotations

import sys

from api.cli.console import notes, say
from api.cli.progress import STAGES, Progress
from api.remote.answers import ToldError, failed_plan
from api.remote.connection import Connection
from api.remote.events import Event, Watch
from routing.domain.errors import InputError

QUESTION = "[s]top with the best so far, [c]ancel, [g]o on watching, or [l]eave it to the server? "
_CHOICES = {"s": "stop", "c": "cancel", "g": "go on", "l": "leave"}


def follow(connection: Connection, plan_path: str) -> None:
    """Show how a plan is made until it is done.

    Raises
    ------
    ToldError
        The plan failed, with the code of the reason.
    InputError
        `plan_cancelled`, by somebody else.
    KeyboardInterrupt
        Somebody here wants it no more.
    """
    watch = Watch(connection, plan_path)
    while True:
        try:
            with Progress() as progress:
                for event in watch:
                    _tell(event, progress)
            return
        except KeyboardInterrupt:
            _interrupted(connection, plan_path)


def _tell(event: Event, progress: Progress) -> None:
    if event.kind in STAGES:
        progress(event.kind, event.figures)
    elif event.kind == "retry":
        say(notes(), f"its process ended ({event.figures.get('code')}); the server tries again")
    elif event.kind == "failed":
        raise failed_plan(event.figures)
    elif event.kind == "cancelled":
        raise InputError(
            "plan_cancelled", "somebody has cancelled the plan", where="--server", remedy="ask for another"
        )


def _interrupted(connection: Connection, plan_path: str) -> None:
    """Do what somebody wants who pressed Ctrl-C; return if the plan goes on being watched."""
    choice = _asked() if sys.stdin.isatty() and sys.stderr.isatty() else "cancel"
    if choice == "leave":
        say(notes(), f"left to the server; see it with --follow {plan_path.rpartition('/')[2]}")
        raise KeyboardInterrupt
    if choice == "go on":
        return
    try:
        connection.post(f"{plan_path}/{choice}")
    except ToldError as error:
        if error.code != "plan_ended":  # it was quicker: what it ended with is told next
            raise
        return
    if choice == "cancel":
        say(notes(), "cancelled: nothing is kept")
        raise KeyboardInterrupt


def _asked() -> str:
    """Return what somebody chooses; a second Ctrl-C, or nothing more to read, leaves the plan to the server."""
    while True:
        sys.stderr.write(f"\n{QUESTION}")
        sys.stderr.flush()
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            return "leave"
        if not line:
            return "leave"
        choice = _CHOICES.get(line.strip().lower()[:1])
        if choice is not None:
            return choice
