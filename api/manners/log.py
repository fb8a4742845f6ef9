"""The service's log. Law: only what is named here is ever written, so that nothing personal can slip in."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.types import Scope

from api.manners.metrics import count_request
from api.telemetry.figures import tell_request

CODE = "doorstep.code"  # of the refusal, where whoever answers leaves it in the request's scope
ALLOWED = ("at", "event", "method", "route", "status", "took_ms", "error")


def log_line(scope: Scope, status: object, took_s: float) -> None:
    """Write one line about a request, count it, tell of it: its route as declared, not its path, which holds ids."""
    route = getattr(scope.get("route"), "path", None)
    count_request(scope["method"], route, status, took_s)
    tell_request(scope["method"], route, status, took_s, scope.get(CODE))
    write_log(event="request", method=scope["method"], route=route, status=status, took_ms=round(took_s * 1000))


def write_log(**fields: object) -> None:
    """Write one line of JSON to standard error."""
    line: Mapping[str, object] = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **fields}
    kept = {key: line[key] for key in ALLOWED if key in line}
    sys.stderr.write(json.dumps(kept) + "\n")
