"""ETag and If-Match. Law: nobody overwrites what they have not seen."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from api.manners.errors import StaleError, UnconditionalError


def tag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


def require_match(request: Request, version: int) -> None:
    """Refuse a change of another version than the one that is there.

    Raises
    ------
    UnconditionalError
        `if_match_needed`.
    StaleError
        `changed_meanwhile`.
    """
    asked = request.headers.get("if-match")
    if asked is None:
        raise UnconditionalError(
            "if_match_needed",
            "the request does not say which version it changes",
            remedy="send If-Match with the ETag of what you have read",
        )
    if asked.strip() != "*" and tag(version) not in {part.strip() for part in asked.split(",")}:
        raise StaleError(
            "changed_meanwhile",
            "it has been changed since you read it",
            remedy="read it again, and decide again",
        )


def is_known(request: Request, version: int) -> bool:
    """Whether the caller has this version already (If-None-Match)."""
    asked = request.headers.get("if-none-match", "")
    return tag(version) in {part.strip().removeprefix("W/") for part in asked.split(",")}


def not_modified(version: int) -> Response:
    """Return the answer to somebody who has this version."""
    return Response(status_code=304, headers={"ETag": tag(version)})
