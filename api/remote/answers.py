"""What a server answers. Law: its errors are told with their codes; nothing it says is trusted to be well formed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from routing.domain.errors import DoorstepError, InputError, Problem

if TYPE_CHECKING:
    import httpx

_CODE = re.compile(r"[a-z0-9_]{1,64}")
# Codes of what broke inside a server, as they end a plan.
_BROKEN = frozenset({"job_broke", "job_died", "job_lost", "internal_error", "plan_not_lawful"})


class ToldError(DoorstepError):
    """An error that a server told of; it ends a command as the same error here would."""

    def __init__(self, code: str, problem: Problem, problems: Sequence[Problem], *, broke: bool) -> None:
        super().__init__(code, problem.message, where=problem.where, remedy=problem.remedy, params=problem.params)
        self.exit_code = 4 if broke else 3
        self._problems = tuple(problems) or (problem,)

    @property
    def problems(self) -> Sequence[Problem]:
        """All faults that were told."""
        return self._problems


def refuse_error(answer: httpx.Response) -> None:
    """Raise the error that an answer tells of; return if it tells of none.

    Raises
    ------
    ToldError
        With the server's code.
    InputError
        `server_answer_unreadable`.
    """
    if answer.is_success:
        return
    document = _object(answer)
    first = _problem(document, message=document.get("title"))
    entries = document.get("problems")
    problems = [_problem(each, message=each.get("message")) for each in entries or () if isinstance(each, dict)]
    raise ToldError(first.code, first, problems, broke=answer.status_code >= 500 and answer.status_code != 503)


def document_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the object that an answer holds; raise what `refuse_error` raises."""
    refuse_error(answer)
    return _object(answer)


def failed_plan(figures: Mapping[str, object]) -> ToldError:
    """Return why a plan failed, as its last event tells it."""
    problem = _problem(
        {
            "code": figures.get("code"),
            "where": figures.get("where"),
            "remedy": "see docs/errors.md and docs/service.md (Plans) for what the code means",
        },
        message=figures.get("message") or "the plan could not be made",
    )
    return ToldError(problem.code, problem, (), broke=problem.code in _BROKEN)


def unreadable() -> InputError:
    """Return that what was answered is no answer of a service."""
    return InputError(
        "server_answer_unreadable",
        "what answers there is no Doorstep service, or something between changes its answers",
        where="--server",
        remedy="correct the address; ask it for /healthz",
    )


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        raise unreadable() from None
    if not isinstance(found, dict):
        raise unreadable()
    return found


def _problem(told: Mapping[str, Any], message: object) -> Problem:
    code = told.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise unreadable()
    params = told.get("params")
    return Problem(
        code=code,
        where=str(told.get("where") or ""),
        message=str(message or ""),
        remedy=str(told.get("remedy") or ""),
        params=params if isinstance(params, dict) else {},
    )
