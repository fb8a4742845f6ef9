"""The chain: what binds an entry of the record to its content and to its place. Law: pure; no database, no clock.

Each entry has two HMACs under a key of its organisation, which is derived from the root key and stands in no database.
`own_mac` is over the content, `chained_mac` over the entry before, the number and `own_mac`. So a forged or changed
entry (the first is wrong) is told from a genuine one in a wrong place (only the second is).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from api.security.keyring import Keyring

SERVICE = "*"  # the chain of what concerns no one organisation; no identifier looks like that
BEGINNING = bytes(32)  # what the first entry is bound to


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that was done or refused.

    Attributes
    ----------
    actor
        The user; None: nobody who is known.
    via
        `session`, `key` or `link` with its id, `command`, `service` where it acted by itself, or `nobody` where
        somebody had, or guessed at, a secret that says not who they are.
    action
        Method and route as declared, or a name of our own; never a path that was sent.
    subject
        What it was about, as a pseudonym.
    outcome
        `done`, `seen`, or the code of the refusal.
    """

    organisation_id: str
    at: datetime
    action: str
    outcome: str = "done"
    actor: str | None = None
    via: str = "service"
    subject: str | None = None


def chain_key(keyring: Keyring, organisation_id: str) -> bytes:
    """Return the key of an organisation's chain; it outlives every rotation."""
    return keyring.of_root(f"audit/{organisation_id}")


def own_mac(key: bytes, event: Event) -> bytes:
    """Return what binds an entry to its content."""
    return hmac.digest(key, b"own" + _content(event), sha256)


def chained_mac(key: bytes, previous: bytes, sequence: int, own: bytes) -> bytes:
    """Return what binds an entry to its place: behind the one whose `chained_mac` is `previous`."""
    return hmac.digest(key, b"chained" + previous + sequence.to_bytes(8, "big") + own, sha256)


def _content(event: Event) -> bytes:
    """Return the content; no part can be taken for another, nor nothing for an empty text."""
    at = str(int(event.at.timestamp()))
    parts = (event.organisation_id, at, event.action, event.outcome, event.actor, event.via, event.subject)
    return b"".join(_part(part) for part in parts)


def _part(text: str | None) -> bytes:
    return b"\0" if text is None else b"\1" + len(text.encode()).to_bytes(4, "big") + text.encode()
