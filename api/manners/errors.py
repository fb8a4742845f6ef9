"""Why a request is refused, as part of the one error tree. Law: each class is one HTTP status.

ServiceError
├── BadRequestError      400   ├── StaleError           412
├── UnknownCallerError   401   ├── TooLargeError        413
├── ForbiddenError       403   ├── MediaTypeError       415
├── NotFoundError        404   ├── UnprocessableError   422
├── MethodError          405   ├── UnconditionalError   428
├── ConflictError        409   ├── TooManyError         429
                               └── UnavailableError     503

A programme that cannot be read is a `ProgrammeError`, answered with 422 and all its problems.
"""

from __future__ import annotations

from routing.domain.errors import DoorstepError, InputError, InternalError


class ServiceError(InputError):
    """A request that is refused."""

    status = 400


class BadRequestError(ServiceError):
    """The request makes no sense."""


class UnknownCallerError(ServiceError):
    """Nobody knows who asks."""

    status = 401


class ForbiddenError(ServiceError):
    """Whoever asks may not."""

    status = 403


class NotFoundError(ServiceError):
    """There is no such thing, or none of the caller's organisation."""

    status = 404


class MethodError(ServiceError):
    """The thing is there and cannot be asked this."""

    status = 405


class ConflictError(ServiceError):
    """What is there stands in the way."""

    status = 409


class StaleError(ServiceError):
    """Somebody else was quicker."""

    status = 412


class TooLargeError(ServiceError):
    """The body is larger than is read."""

    status = 413


class MediaTypeError(ServiceError):
    """The body is of another form."""

    status = 415


class UnprocessableError(ServiceError):
    """The body is read and cannot be used."""

    status = 422


class UnconditionalError(ServiceError):
    """A change that does not say what it changes."""

    status = 428


class TooManyError(ServiceError):
    """Too often in too short a time; `params["retry_after_s"]` says when again."""

    status = 429


class UnavailableError(ServiceError):
    """Not now; the same request may succeed later."""

    status = 503


def status_of(error: DoorstepError) -> int:
    """Return the HTTP status of any error."""
    if isinstance(error, ServiceError):
        return error.status
    if isinstance(error, InternalError):
        return 500
    return UnprocessableError.status if isinstance(error, InputError) else BadRequestError.status
