"""A server's address and the key to it. Law: TLS, or this machine; the key comes from a file and never from a line."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import urlsplit

from api.cli.files import read_file
from api.identity.tokens import KEY_PREFIX
from api.manners.addresses import is_loopback
from routing.domain.errors import InputError, UsageError


def checked_url(url: str, where: str = "--server") -> str:
    """Return an address without a slash at its end; `where`: the option or the setting that it comes from.

    Raises
    ------
    UsageError
        `server_address_unfit`, `server_needs_tls`.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _unfit(where) from None
    if parts.scheme not in {"https", "http"} or not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise _unfit(where)
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _unfit(where)
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(
            "server_needs_tls",
            "what is asked of another machine would be open on the way",
            where=where,
            remedy="give an address that begins with https://",
        )
    return url.rstrip("/")


def _unfit(where: str) -> UsageError:
    return UsageError(
        "server_address_unfit",
        "this is no address of a server",
        where=where,
        remedy="write it like https://plans.example.org, without a user, a question mark or a #",
    )


def read_key(path: Path | None) -> str:
    """Return a program's key from its file's first line.

    Raises
    ------
    UsageError
        `api_key_needed`.
    InputError
        `api_key_unfit`, and those of the file.
    """
    if path is None:
        raise UsageError(
            "api_key_needed",
            "a server asks who you are",
            where="--api-key-file",
            remedy="make a key (POST /v1/keys), keep it in a file, and name that here or in DOORSTEP_API_KEY_FILE",
        )
    key = next(iter(read_file(path).decode("ascii", "replace").splitlines()), "").strip()
    if not key.startswith(KEY_PREFIX) or not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(
            "api_key_unfit",
            "the file does not hold a key",
            where=str(path),
            remedy=f"write the key, which begins with {KEY_PREFIX}, into its first line",
        )
    return key


def trust(authority: Path | None) -> ssl.SSLContext:
    """Return what certificates are held against: the system's authorities, or the one given alone.

    Raises
    ------
    InputError
        `server_ca_unreadable`, and those of the file.
    """
    if authority is None:
        return ssl.create_default_context()
    try:
        # A space, since no certificate at all would mean: those that the system trusts.
        return ssl.create_default_context(cadata=read_file(authority).decode("ascii") or " ")
    except (ssl.SSLError, ValueError):
        raise InputError(
            "server_ca_unreadable",
            "the file is no certificate of an authority",
            where=str(authority),
            remedy="give authority.pem, which `doorstep tls init` has made on the server",
        ) from None
