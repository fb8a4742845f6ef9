"""What may be told of a request or a job. Law: a declared route, a method, a status, a code, a kind, a time.

No id, path, query, header, address or text of an error has a place here. Whoever wants to be told says so with
`telling`; nobody does unless an endpoint is configured, and then nothing is loaded or connected.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One thing that took a time, and ended now.

    Attributes
    ----------
    began_ns, ended_ns
        Since 1970.
    """

    name: str
    is_request: bool
    began_ns: int
    ended_ns: int
    attributes: Mapping[str, str | int]


@dataclass
class _Seam:
    """Who is told; nobody, as long as nobody asks."""

    listener: Callable[[Figure], None] | None = field(default=None)


_seam = _Seam()


@contextmanager
def telling(listener: Callable[[Figure], None]) -> Iterator[None]:
    """Tell somebody for as long as a block lasts."""
    _seam.listener = listener
    try:
        yield
    finally:
        _seam.listener = None


def tell_request(method: str, route: str | None, status: object, took_s: float, code: object) -> None:
    """Tell of a request. `route`: as declared; None: there is no such route."""
    if _seam.listener is None:
        return
    known = method if method in _METHODS else "_OTHER"
    told: dict[str, str | int] = {"http.request.method": known}
    if route is not None:
        told["http.route"] = route
    if isinstance(status, int):
        told["http.response.status_code"] = status
    name = known if route is None else f"{known} {route}"
    _seam.listener(_figure(name, took_s, told | _coded(code), is_request=True))


def tell_job(kind: str | None, state: str | None, took_s: float, code: object) -> None:
    """Tell of a job that has ended, or goes back to the ledger; without a kind or a state it was another's."""
    if _seam.listener is not None and kind and state:
        told = {"doorstep.job.kind": kind, "doorstep.job.state": state}
        _seam.listener(_figure(f"job {kind}", took_s, told | _coded(code), is_request=False))


def _figure(name: str, took_s: float, attributes: Mapping[str, str | int], *, is_request: bool) -> Figure:
    now = time.time_ns()
    return Figure(
        name=name, is_request=is_request, began_ns=now - round(took_s * 1e9), ended_ns=now, attributes=attributes
    )


def _coded(code: object) -> dict[str, str | int]:
    return {"doorstep.code": code} if isinstance(code, str) and _CODE.fullmatch(code) else {}
