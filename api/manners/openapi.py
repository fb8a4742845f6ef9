"""What /openapi.json says. Law: every operation has an example, says who may use it, and how it may be refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.identity.access import ACCESS, Access
from api.manners.problems import MEDIA_TYPE
from routing.domain.base import Document
from routing.domain.programme import Programme

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
    asks: type[Document] | str | None = None,
    example: object = None,
    media: str = "application/json",
    sent_as: str = "application/json",
) -> dict[str, Any]:
    """Return what an endpoint tells about itself: an example of its answer, and of what it asks for.

    Parameters
    ----------
    asks
        The model of the body, or the name of a model of `doorstep.programme/1`.
    media, sent_as
        The form of the answer, and of what is asked for.
    """
    content = {} if answer is None else {"content": {media: {"schema": {}, "example": answer}}}
    extra: dict[str, Any] = {"responses": {str(status): {"description": "Done", **content}}}
    if asks is not None:
        schema = {"$ref": f"#/components/schemas/{asks if isinstance(asks, str) else asks.__name__}"}
        body = {sent_as: {"schema": schema, "example": example}}
        extra["requestBody"] = {"required": True, "content": body}
    return {"status_code": status, "openapi_extra": extra}


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
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _finish(operation, ACCESS[method.upper(), path])
    return schema


def _finish(operation: dict[str, Any], access: Access) -> None:
    refused = {"description": "Refused", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
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
    whole = model.model_json_schema(ref_template="#/components/schemas/{model}")
    parts: dict[str, Any] = whole.pop("$defs", {})
    return {**parts, model.__name__: whole}
