"""Every setting in one table. Law: the environment is read here and nowhere else; `docs/settings.md` shows the same.

A test holds the page and `SETTINGS` equal.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from routing.domain.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One environment variable."""

    name: str
    default: str
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="DOORSTEP_HOME",
        default="`$XDG_DATA_HOME/doorstep`",
        meaning="Folder of plans, `service` and `cache`. Where it is not set, the cache has a folder of its own.",
    ),
    Setting(
        name="DOORSTEP_PASSPHRASE_FILE",
        default="none: asked on the terminal",
        meaning="File whose first line is the passphrase that seals and unseals; no question is asked then.",
    ),
    Setting(
        name="DOORSTEP_KEY_FILE",
        default="none",
        meaning="File that unlocks the service on a server without anybody's passphrase; `doorstep init` makes it.",
    ),
    Setting(
        name="DOORSTEP_DATABASE_URL",
        default="none: an encrypted file in `DOORSTEP_HOME/service`",
        meaning="PostgreSQL database of the service, as `postgresql://user@host/database`.",
    ),
    Setting(
        name="DOORSTEP_PLANS_AT_ONCE",
        default="one for every two processors",
        meaning="How many plans the service makes at the same time; the others wait.",
    ),
    Setting(
        name="DOORSTEP_PLAN_MEMORY_MB",
        default="3000",
        meaning="Memory that the process which makes a plan may take; beyond it, the plan fails.",
    ),
    Setting(
        name="DOORSTEP_OTLP_ENDPOINT",
        default="none: nothing is sent",
        meaning="Collector to which the service sends spans (OTLP over HTTP), as `http://127.0.0.1:4318`.",
    ),
    Setting(
        name="DOORSTEP_SERVER",
        default="none: commands work on this machine",
        meaning="Service on which commands work that can, as `https://plans.example.org`; `--server` overrides it.",
    ),
    Setting(
        name="DOORSTEP_SERVER_CA",
        default="those that the system trusts",
        meaning="File with the certificate of the authority that the service's certificate is held against.",
    ),
    Setting(
        name="DOORSTEP_API_KEY_FILE",
        default="none",
        meaning="File whose first line is the key with which commands ask a service.",
    ),
    Setting(
        name="DOORSTEP_DEBUG",
        default="none",
        meaning="`1` shows the traceback of an internal error. It may hold personal data: look before you share it.",
    ),
    Setting(
        name="DOORSTEP_NOMINATIM",
        default="OpenStreetMap's own",
        meaning="Server that `doorstep network fetch` asks for a place's outline.",
    ),
    Setting(
        name="DOORSTEP_OVERPASS",
        default="`https://overpass-api.de/api`",
        meaning="Server that `doorstep network fetch` asks for a place's streets.",
    ),
    Setting(
        name="XDG_DATA_HOME",
        default="`~/.local/share`",
        meaning="Where the platform keeps programs' data; used where `DOORSTEP_HOME` is not set.",
    ),
    Setting(
        name="XDG_CACHE_HOME",
        default="`~/.cache`",
        meaning="Where the platform keeps caches; compiled streets lie in `doorstep` there.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of this run.

    Attributes
    ----------
    home
        Folder of plans.
    cache
        Folder of compiled streets; all of it can be made again.
    passphrase_file
        Where the passphrase is read from; None: asked on a terminal.
    key_file
        What unlocks the service without a passphrase; None: nothing does.
    database_url
        PostgreSQL database of the service; None: a file of its own.
    plans_at_once, plan_memory_mb
        How many plans the service makes at the same time, and the memory of each process that makes one.
    otlp_endpoint
        Where the service sends spans to; None: nowhere.
    server, server_authority, api_key_file
        Service on which commands work, what its certificate is held against, and where the key to it is; None: here,
        the system's authorities, no key.
    debug
        Whether an internal error shows its traceback.
    nominatim, overpass
        Servers to fetch streets from; None: the public ones.
    """

    home: Path
    cache: Path
    passphrase_file: Path | None
    key_file: Path | None
    database_url: str | None
    plans_at_once: int
    plan_memory_mb: int
    otlp_endpoint: str | None
    server: str | None
    server_authority: Path | None
    api_key_file: Path | None
    debug: bool
    nominatim: str | None
    overpass: str | None

    @property
    def plans(self) -> Path:
        """Folder of the plans that were not sent elsewhere by `--out`."""
        return self.home / "plans"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment (`os.environ` unless given); an empty value counts as not set."""
    values = {name: value for name, value in (environment or os.environ).items() if value}
    home = _folder(values, "DOORSTEP_HOME")
    passphrase_file = _folder(values, "DOORSTEP_PASSPHRASE_FILE")
    return Settings(
        home=home or (_folder(values, "XDG_DATA_HOME") or Path.home() / ".local/share") / "doorstep",
        cache=home / "cache" if home else (_folder(values, "XDG_CACHE_HOME") or Path.home() / ".cache") / "doorstep",
        passphrase_file=passphrase_file,
        key_file=_folder(values, "DOORSTEP_KEY_FILE"),
        database_url=values.get("DOORSTEP_DATABASE_URL"),
        plans_at_once=_number(values, "DOORSTEP_PLANS_AT_ONCE", max(1, (os.cpu_count() or 1) // 2), most=64),
        plan_memory_mb=_number(values, "DOORSTEP_PLAN_MEMORY_MB", 3000, most=1_000_000),
        otlp_endpoint=values.get("DOORSTEP_OTLP_ENDPOINT"),
        server=values.get("DOORSTEP_SERVER"),
        server_authority=_folder(values, "DOORSTEP_SERVER_CA"),
        api_key_file=_folder(values, "DOORSTEP_API_KEY_FILE"),
        debug=values.get("DOORSTEP_DEBUG") == "1",
        nominatim=values.get("DOORSTEP_NOMINATIM"),
        overpass=values.get("DOORSTEP_OVERPASS"),
    )


def environment_of_workers() -> dict[str, str]:
    """Return what the process that makes a plan gets of the environment: nothing that unlocks or opens anything."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}


def _folder(values: Mapping[str, str], name: str) -> Path | None:
    return Path(values[name]).expanduser().absolute() if name in values else None


def _number(values: Mapping[str, str], name: str, usual: int, most: int) -> int:
    """Read a whole number from 1 on.

    Raises
    ------
    UsageError
        `bad_setting`.
    """
    text = values.get(name, str(usual))
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= most:
        return int(text)
    raise UsageError("bad_setting", "the setting is no number from 1 on", where=name, remedy="correct it, or unset it")
