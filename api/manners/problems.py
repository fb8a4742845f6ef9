"""Errors as RFC 9457 problem documents. Law: no value of a request is echoed; what broke inside stays inside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from api.identity.access import ACCESS
from api.manners.bodies import MOST_PROBLEMS
from api.manners.errors import (
    BadRequestError,
    MethodError,
    NotFoundError,
    ServiceError,
    TooManyError,
    UnavailableError,
    UnprocessableError,
    status_of,
)
from api.manners.log import CODE
from routing.domain.errors import DoorstepError, InternalError, Problem
from routing.domain.reading import pointer

MEDIA_TYPE = "application/problem+json"


def problem_document(error: DoorstepError) -> dict[str, object]:
    """Return the document of an error; `problems` holds every fault found, up to 200."""
    return {
        "type": f"urn:doorstep:error:{error.code}",
        "title": error.message,
        "status": status_of(error),
        "code": error.code,
        "where": error.where,
        "remedy": error.remedy,
        "problems": [_entry(problem) for problem in error.problems[:MOST_PROBLEMS]],
    }


def problem_response(error: DoorstepError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer to a request that failed."""
    body = json.dumps(problem_document(error), ensure_ascii=False, default=str).encode()
    sent = {**_headers_of(error), **(headers or {})}
    return Response(body, status_of(error), sent, MEDIA_TYPE)


def answer_refused(request: Request, error: Exception) -> Response:
    """Answer one of our own errors."""
    assert isinstance(error, DoorstepError)  # noqa: S101 - the handler is registered for these only
    return _answered(request, error)


def answer_http(request: Request, error: Exception) -> Response:
    """Answer what the web framework found: a path or a method that is not there."""
    assert isinstance(error, HTTPException)  # noqa: S101 - the handler is registered for these only
    allow = {"Allow": ", ".join(_methods_at(request.url.path))} if error.status_code == MethodError.status else {}
    return _answered(request, _of_status(error.status_code), {**(error.headers or {}), **allow})


def answer_parameters(request: Request, error: Exception) -> Response:
    """Answer parameters that the web framework could not read."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the handler is registered for these only
    return _answered(request, _parameters(error.errors()))


def answer_broken(request: Request, error: Exception) -> Response:
    """Answer that something broke, without its text, which may hold personal data."""
    return _answered(
        request,
        InternalError(
            "internal_error",
            f"something in Doorstep broke ({type(error).__name__})",
            remedy="please report it, with the time at which it happened",
        ),
    )


def _answered(request: Request, error: DoorstepError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer, and leave its code for whoever tells of the request."""
    request.scope[CODE] = error.code
    return problem_response(error, headers)


def _methods_at(path: str) -> list[str]:
    """Return the methods of all routes of a path; the framework knows those of the first one."""
    return sorted({method for method, route in ACCESS if compile_path(route)[0].match(path)})


def _entry(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "where": problem.where,
        "message": problem.message,
        "remedy": problem.remedy,
        "params": dict(problem.params),
    }


def _headers_of(error: DoorstepError) -> dict[str, str]:
    if isinstance(error, TooManyError | UnavailableError):
        return {"Retry-After": str(error.params.get("retry_after_s", 5))}
    return {"WWW-Authenticate": "Bearer"} if status_of(error) == 401 else {}


def _of_status(status: int) -> ServiceError:
    if status == NotFoundError.status:
        return not_found()
    if status == MethodError.status:
        return MethodError("method_not_allowed", "this cannot be asked here", remedy="see /openapi.json")
    return BadRequestError("bad_request", "the request cannot be read", remedy="see /openapi.json")


def not_found() -> NotFoundError:
    """Return the one answer to whatever is not there, or not there for the caller."""
    return NotFoundError("not_found", "there is no such thing here", remedy="correct the path")


def _parameters(found: Sequence[Mapping[str, object]]) -> UnprocessableError:
    location = found[0].get("loc", ())
    where = pointer(*location) if isinstance(location, tuple) else ""
    return UnprocessableError(
        "bad_parameter", "a parameter cannot be read", where=where, remedy="see /openapi.json for what it may be"
    )
