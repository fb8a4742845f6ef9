"""Whether a request comes from beyond this machine. Law: in doubt it does.

A proxy on this machine calls from the loopback address, too. So what it passes on, and the name it asks for, count as
well; and where the service has been given a name (`--name`) or listens elsewhere, every request counts as from beyond.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from api.manners.addresses import is_loopback

_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


def is_from_beyond(request: Request) -> bool:
    """Whether somebody else than a person at this machine may be asking."""
    return bool(
        request.app.state.reached_from_beyond
        or not is_loopback(request.client.host if request.client else "")
        or not is_loopback(urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
        or any(name in request.headers for name in _PASSED_ON)
    )
