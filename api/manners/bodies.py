"""Read a request's body. Law: it is measured before it is parsed, and read by the core's own reader of JSON.

That reader refuses keys that stand twice, NaN, and half characters, each with its place.
"""

from __future__ import annotations

import json
import re
from typing import TypeVar

from fastapi import Request
from pydantic import ValidationError

from api.manners.errors import BadRequestError, MediaTypeError, UnprocessableError
from routing.domain.base import Document
from routing.domain.errors import ManyProblemsError
from routing.domain.problems import problems_of
from routing.domain.reading import MOST_DEPTH, Json, read_json

BODY = "doorstep.body"  # where the guard leaves it in the request's scope
_Model = TypeVar("_Model", bound=Document)
MOST_PROBLEMS = 200  # found in one body; the rest is not worth the time it takes to word it
# Possessive, and a text that does not end runs to the end: else each quote in it would be tried anew, in quadratic
# time.
_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def body_bytes(request: Request) -> bytes:
    """Return the bytes of a JSON body, which are not nested too deeply.

    Raises
    ------
    MediaTypeError
        `media_type_unsupported`.
    BadRequestError
        `body_too_deep`.
    """
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in {"application/json", "application/merge-patch+json"}:
        raise MediaTypeError(
            "media_type_unsupported",
            "the body is not said to be JSON",
            remedy="send JSON with Content-Type: application/json",
        )
    data: bytes = request.scope.get(BODY, b"")
    _refuse_depth(data)
    return data


def body_object(request: Request) -> dict[str, Json]:
    """Return a JSON object that was sent.

    Raises
    ------
    ServiceError
        As `body_bytes`; `not_an_object`.
    ManyProblemsError
        What is wrong with it as JSON.
    """
    value, problems = read_json(body_bytes(request))
    if problems:
        raise ManyProblemsError(problems)
    if not isinstance(value, dict):
        raise UnprocessableError("not_an_object", "the body is not a JSON object", remedy="send an object")
    return value


def body_of(request: Request, model: type[_Model]) -> _Model:
    """Return a document that was sent; raise what `body_object` raises, and every fault of its fields."""
    return read_as(body_object(request), model)


def read_as(raw: dict[str, Json], model: type[_Model]) -> _Model:
    """Return an object that was sent as a document.

    Raises
    ------
    ManyProblemsError
        Every fault of its fields.
    """
    try:
        return model.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        raise ManyProblemsError(problems_of(error, raw, model, most=MOST_PROBLEMS)) from None


def _refuse_depth(data: bytes) -> None:
    depth = 0
    for mark in _MARKS.finditer(data):
        first = data[mark.start()]
        depth += (first in b"[{") - (first in b"]}")
        if depth > MOST_DEPTH:
            raise BadRequestError(
                "body_too_deep",
                f"lists and objects are nested more than {MOST_DEPTH} deep",
                remedy="use the documented structure",
            )
