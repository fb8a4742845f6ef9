"""What /openapi.json says. Law: every operation has an example, says who may use it, and how it may be refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from api.identity.access import ACCESS, Access
from api.manners.declared import REFERENCE, changes, parameters
from api.manners.problems import MEDIA_TYPE
from api.programmes.examples import EXAMPLES
from routing.domain.base import Document
from routing.domain.programme import Programme
from routing.domain.references import IDENTIFIED

_TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "where", "remedy", "problems"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": _TEXT,
        "where": _TEXT,
        "remedy": _TEXT,
        "problems": {"type": "array", "items": {"type": "object"}},
    },
}
PROBLEM_EXAMPLE = {
    "type": "urn:doorstep:error:not_found",
    "title": "there is no such thing here",
    "status": 404,
    "code": "not_found",
    "where": "",
    "remedy": "correct the path",
    "problems": [],
}
UPLOAD = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def told(
    answer: object = None,
    *,
    status: int = 200,
    also: Sequence[int] = (),
    asks: type[Document] | str | None = None,
    example: object = None,
    media: str = "application/json",
    sent_as: str = "application/json",
) -> dict[str, Any]:
    """Return what an endpoint tells about itself: an example of its answer, and of what it asks for.

    Parameters
    ----------
    also
        Other statuses with which it may be done; the answer is alike.
    asks
        The model of the body, or the name of a model of `doorstep.programme/1`.
    media, sent_as
        The form of the answer, and of what is asked for.
    """
    content = {} if answer is None else {"content": {media: {"schema": {}, "example": answer}}}
    responses = {str(one): {"description": "Done", **content} for one in (status, *also)}
    extra: dict[str, Any] = {"responses": responses}
    if asks is not None:
        schema = {"$ref": f"{REFERENCE}{asks if isinstance(asks, str) else asks.__name__}"}
        body = {sent_as: {"schema": schema, "example": example}}
        extra["requestBody"] = {"required": True, "content": body}
    return {"status_code": status, "openapi_extra": extra}


def told_file(*media: str) -> dict[str, Any]:
    """Return what an endpoint tells about itself that answers with a file, of one of these forms."""
    content = {one: {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7 …"} for one in media}
    return {
        "response_class": Response,
        "openapi_extra": {"responses": {"200": {"description": "Done", "content": content}}},
    }


def describe(app: FastAPI, models: Mapping[str, type[Document]]) -> None:
    """Have the app describe itself, with the models that its endpoints read by themselves."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _schema(app, models)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _schema(app: FastAPI, models: Mapping[str, type[Document]]) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = schema.setdefault("components", {})
    components["schemas"] = _domain() | {"Problem": PROBLEM}
    for model in models.values():
        components["schemas"] |= _with_parts(model)
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "doorstep_session"},
        "key": {"type": "http", "scheme": "bearer"},
    }
    named = set(re.findall(rf"{REFERENCE}(\w+)", str(schema["paths"])))
    components["schemas"] |= dict(changes(components["schemas"], named))
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            operation["parameters"] = parameters(operation, _example_id(path))
            _finish(operation, ACCESS[method.upper(), path])
    return schema


def _example_id(path: str) -> str | None:
    """Return the id of the example entry of a path's kind."""
    kind = path.removesuffix("/{entry_id}").rpartition("/")[2]
    return EXAMPLES[kind][IDENTIFIED[kind]] if kind in EXAMPLES else None


def _finish(operation: dict[str, Any], access: Access) -> None:
    refused = {"description": "Refused", "content": {MEDIA_TYPE: {"schema": {"$ref": f"{REFERENCE}Problem"}}}}
    refused["content"][MEDIA_TYPE]["example"] = PROBLEM_EXAMPLE  # type: ignore[index]
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = refused
    operation["security"] = [] if access.anybody else [{"session": []}, {"key": []}]
    if not access.anybody:
        operation["x-doorstep-roles"] = sorted(access.all_of or access.any_of)


def _domain() -> dict[str, Any]:
    """Return the schemas of a programme and its parts."""
    return _with_parts(Programme)


def _with_parts(model: type[Document]) -> dict[str, Any]:
    whole = model.model_json_schema(ref_template=f"{REFERENCE}{{model}}")
    parts: dict[str, Any] = whole.pop("$defs", {})
    return {**parts, model.__name__: whole}
