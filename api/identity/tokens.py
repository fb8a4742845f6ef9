"""What a browser or a program holds to prove who it is. Law: random, and kept as a hash only.

A session's token stands in a cookie that scripts cannot read. A key is `doorstep_` and
its secret, sent as a bearer token.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

COOKIE = "doorstep_session"
CSRF_HEADER = "x-csrf-token"
KEY_PREFIX = "doorstep_"
_BYTES = 32


def new_token() -> str:
    """Return a new token of 256 random bits."""
    return secrets.token_urlsafe(_BYTES)


def new_id() -> str:
    """Return a new identifier that says nothing."""
    return secrets.token_hex(8)


def hash_token(token: str) -> bytes:
    """Return what is kept of a token; it is random, so a plain hash is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def csrf_token(token: str, key: bytes) -> str:
    """Return what a page has to send along with the session's cookie, which another site cannot know."""
    return hmac.new(key, token.encode("utf-8", "surrogatepass"), sha256).hexdigest()
