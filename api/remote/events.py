"""A plan's events as they come. Law: none is lost and none told twice, whatever becomes of connection and server.

A stream that breaks is opened anew behind the event that came last (`Last-Event-ID`). A server that is started anew
goes on with the plan, so it is waited for.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from api.cli.console import notes, say
from api.remote.answers import ToldError, unreadable
from api.remote.connection import Connection, may_come_back, pauses_s, unreached
from routing.domain.errors import DoorstepError, InputError

AWAY_S = 120.0
ENDED = frozenset({"done", "failed", "cancelled"})
# What a server that has just been started, or ends, answers for a moment.
_FOR_A_MOMENT = frozenset({"busy", "database_away", "service_ends", "locked"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened to a plan."""

    number: int
    kind: str
    figures: Mapping[str, Any]


class Watch:
    """The events of one plan.

    Attributes
    ----------
    last
        The number of the event that came last.
    """

    def __init__(self, connection: Connection, plan_path: str) -> None:
        self._connection, self._path = connection, f"{plan_path}/events"
        self.last = 0

    def __iter__(self) -> Iterator[Event]:
        """Yield what happens until the plan has ended.

        Raises
        ------
        DoorstepError
            `server_away`, `server_not_trusted`, `server_answer_unreadable`, or what the server tells.
        """
        away_since, pauses = time.monotonic(), pauses_s()
        while True:
            failure: Exception | None = None
            try:
                for event in self._streamed():
                    self.last, away_since, pauses = event.number, time.monotonic(), pauses_s()
                    yield event
                    if event.kind in ENDED:
                        return
                away_since = time.monotonic()  # it ended in good order: so long does nobody watch at a time
                if self._is_over():
                    return
            except httpx.TransportError as error:
                failure = _refused(error)
            except ToldError as error:
                failure = _for_a_moment(error)
            if failure is not None and time.monotonic() - away_since > AWAY_S:
                raise self._gone(failure)
            _say_away(failure)
            time.sleep(next(pauses))

    def _streamed(self) -> Iterator[Event]:
        with self._connection.stream(self._path, self.last) as lines:
            yield from _events(lines)

    def _is_over(self) -> bool:
        """Whether the plan has ended and nothing is to be told of it: its events may be gone long since."""
        try:
            told = self._connection.get(self._path, after=self.last)
        except DoorstepError:  # a server that ends; whatever it is, the next stream says it
            return False
        return told["state"] in ENDED and not told["items"]

    def _gone(self, failure: Exception) -> InputError:
        return InputError(
            "server_away",
            "the server has not answered for two minutes",
            where="--server",
            remedy="once it runs it makes the plan; ask again with --follow and the plan's id",
            params={"last_event": self.last, "fault": type(failure).__name__},
        )


def _events(lines: Iterator[str]) -> Iterator[Event]:
    """Read a stream of server-sent events; comments and other fields say nothing to us."""
    data: list[str] = []
    for line in lines:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield _event("\n".join(data))
            data = []


def _event(text: str) -> Event:
    try:
        told = json.loads(text)
        return Event(number=int(told["number"]), kind=str(told["kind"]), figures=dict(told["figures"]))
    except (ValueError, TypeError, KeyError):
        raise unreadable() from None


def _refused(error: httpx.TransportError) -> Exception:
    if not may_come_back(error):
        raise unreached(error) from error
    return error


def _for_a_moment(error: ToldError) -> Exception:
    if error.code not in _FOR_A_MOMENT:
        raise error
    return error


def _say_away(failure: Exception | None) -> None:
    if failure is not None:
        say(notes(), "the server is away: waiting for it (the plan is not lost)")
