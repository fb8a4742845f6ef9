"""Which server a command line names. Law: nothing is connected here, and nothing heavy imported.

`--server`, `--server-ca` and `--api-key-file` may stand anywhere in the line; they are taken out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from routing.domain.errors import UsageError

COMMANDS = ("validate", "due", "plan", "explain", "replan", "compare", "sheets", "route")
OPTIONS = ("--server", "--server-ca", "--api-key-file")
# What needs streets or a programme's file here, of commands that work on a server otherwise.
HERE_ONLY = ("--map", "--extract", "--export")


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that was named, as it was.

    Attributes
    ----------
    authority
        File with the certificate of an authority to be trusted; None: those that the system trusts.
    key_file
        File with a program's key; None: none was named.
    """

    url: str
    authority: Path | None
    key_file: Path | None


def asked_of_server(given: Sequence[str], settings: Settings) -> tuple[list[str], Server | None]:
    """Return the command line without what names a server, and the server; None: the command works here.

    `DOORSTEP_SERVER` counts for commands that work on a server; an empty `--server` says that they work here.

    Raises
    ------
    UsageError
        `bad_usage`, `not_on_a_server`.
    """
    line, named = _split(given)
    command = next((part for part in line if not part.startswith("-")), None)
    if "--server" in named:
        url = named["--server"]
        if url:
            _refuse_elsewhere(command, line)
    else:
        url = settings.server or "" if command in COMMANDS else ""
        if not url and named:
            raise UsageError(
                "bad_usage", "no server is named", where=next(iter(named)), remedy="name one with --server"
            )
        if url:
            _refuse_options(line)
    if not url:
        return line, None
    return line, Server(
        url=url,
        authority=_path(named.get("--server-ca")) or settings.server_authority,
        key_file=_path(named.get("--api-key-file")) or settings.api_key_file,
    )


def _split(given: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return what is left of a line, and the options that were in it."""
    line: list[str] = []
    named: dict[str, str] = {}
    parts = iter(given)
    for part in parts:
        name, equals, value = part.partition("=")
        if part == "--":
            line += [part, *parts]
        elif name not in OPTIONS:
            line.append(part)
        elif equals:
            named[name] = value
        else:
            named[name] = _value(name, next(parts, None))
    return line, named


def _value(name: str, value: str | None) -> str:
    if value is None:
        raise UsageError("bad_usage", "the option needs a value", where=name, remedy="give one behind it")
    return value


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None


def _refuse_elsewhere(command: str | None, line: Sequence[str]) -> None:
    if command is not None and command not in COMMANDS:
        raise UsageError(
            "not_on_a_server",
            "this command works on this machine only",
            where="--server",
            remedy=f"leave --server out; on a server work {', '.join(COMMANDS)}",
        )
    _refuse_options(line)


def _refuse_options(line: Sequence[str]) -> None:
    for part in line:
        if part.partition("=")[0] in HERE_ONLY:
            raise UsageError(
                "not_on_a_server",
                "this option works on this machine only",
                where=part.partition("=")[0],
                remedy="leave it out, or work here: --server ''",
            )
