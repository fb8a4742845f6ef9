"""A programme on a server: what commands need of it. Law: names are taken from lists that one's roles may read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from api.cli.console import notes, say
from api.cli.days import read_date
from api.remote.answers import ToldError
from api.remote.connection import Connection
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from routing.domain.programme import Programme

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass
class Remote:
    """One programme, as its server shows it."""

    connection: Connection
    programme_id: str
    _frame: dict[str, Any] | None = None
    _names: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/v1/programmes/{identifier(self.programme_id)}"

    def plan_path(self, plan_id: str) -> str:
        """Where one of its plans is."""
        return f"{self.path}/plans/{identifier(plan_id)}"

    @property
    def frame(self) -> Mapping[str, Any]:
        """What it says of itself."""
        if self._frame is None:
            self._frame = self.connection.get(self.path)
        return self._frame

    @property
    def made_up(self) -> bool:
        """Whether nobody in it exists."""
        return self.frame.get("made_up") is True

    def document(self) -> Programme:
        """Return all of it, for whoever has every role of care; raise what a reader of programmes raises."""
        from routing.domain.loading import load_programme

        return load_programme(json.dumps(self.connection.get(f"{self.path}/document")).encode())

    def day(self, given: str | None, ahead: int) -> date:
        """Return the date given, or so many days from today where the programme is."""
        if given is not None:
            return read_date(given)
        on = datetime.now(ZoneInfo(self.frame["timezone"])).date() + timedelta(days=ahead)
        say(notes(), f"no --date given: {'tomorrow' if ahead else 'today'}, {on}")
        return on

    def names(self, kind: str) -> Mapping[str, str]:
        """Return names of `clients`, `volunteers` or `sites` by their ids; none, where one may not read them."""
        if kind not in self._names:
            self._names[kind] = self._read_names(kind)
        return self._names[kind]

    def _read_names(self, kind: str) -> dict[str, str]:
        own_id, name = f"{kind[:-1]}_id", "name" if kind == "sites" else "code_name"
        try:
            return {each[own_id]: each[name] for each in self.connection.listed(f"{self.path}/{kind}") if name in each}
        except ToldError as error:
            if error.code == "not_allowed":
                return {}
            raise

    def client_id(self, named: str) -> str:
        """Return the id of a client by id or code name; raise `unknown_client`."""
        found = _identified(named, self.names("clients"))
        if found is None:
            raise UsageError(
                "unknown_client",
                "no client of the programme has that id or code name",
                where="--client",
                remedy="name one as the programme does, or leave it out for all",
            )
        return found

    def volunteer_id(self, named: str) -> str:
        """Return the id of a volunteer by id or code name; raise `unknown_volunteer`."""
        found = _identified(named, self.names("volunteers"))
        if found is None:
            raise UsageError(
                "unknown_volunteer",
                "no volunteer of the programme has that id or code name",
                where="--volunteer",
                remedy="name one as the programme does",
            )
        return found


def identifier(text: str) -> str:
    """Return an identifier, which can be a part of a path and of a file's name.

    Raises
    ------
    UsageError
        `bad_usage`.
    """
    if not _IDENTIFIER.fullmatch(text):
        raise UsageError(
            "bad_usage",
            "on a server programmes and plans have ids, not paths",
            where=text,
            remedy="give the id; or work here: --server ''",
        )
    return text


def _identified(named: str, names: Mapping[str, str]) -> str | None:
    return next((one for one, name in names.items() if named in {one, name}), None)
