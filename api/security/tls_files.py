"""Where the service's own certificates lie. Law: readable by their owner only, all four or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.security.certificates import Pair, new_authority, new_server
from api.security.private_files import write_private

AUTHORITY, AUTHORITY_KEY = "authority.pem", "authority.key"
SERVER, SERVER_KEY = "server.pem", "server.key"


@dataclass(frozen=True, kw_only=True)
class TlsFiles:
    """The folder `service/tls` of a home."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The certificate to be trusted."""
        return self.folder / AUTHORITY

    @property
    def server(self) -> Path:
        """The certificate that the service shows."""
        return self.folder / SERVER

    @property
    def server_key(self) -> Path:
        """Its key."""
        return self.folder / SERVER_KEY

    def make(self, names: Iterable[str], at: datetime, *, anew: bool) -> tuple[Pair, Pair]:
        """Make a server's certificate, and the authority where there is none or another is wanted; return both.

        Raises
        ------
        UsageError
            `tls_name_unfit`, `tls_other_names`, `cannot_write`.
        InputError
            `tls_damaged`.
        """
        wanted = tuple(names)
        authority = new_authority(wanted, at) if anew or not self.authority.exists() else self._authority()
        server = new_server(authority, wanted, at)
        files = {
            AUTHORITY: authority.certificate,
            AUTHORITY_KEY: authority.key,
            SERVER: server.certificate,
            SERVER_KEY: server.key,
        }
        write_private(self.folder, files)
        return authority, server

    def served(self) -> Pair | None:
        """Return what the service shows, if it was made."""
        if not self.server.exists() or not self.server_key.exists():
            return None
        return Pair(certificate=self.server.read_bytes(), key=self.server_key.read_bytes())

    def _authority(self) -> Pair:
        key = self.folder / AUTHORITY_KEY
        return Pair(certificate=self.authority.read_bytes(), key=key.read_bytes() if key.exists() else b"")
