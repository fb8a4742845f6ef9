"""How a command fails: code, place, message and remedy on standard error. Law: no traceback, unless asked for."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Mapping, Sequence

from api.cli.console import notes, plain, say
from api.cli.tables import show_table, texts, wholes
from routing.domain.errors import DoorstepError, InternalError, Problem

ASKED_WRONGLY = 2
OUTPUT_CLOSED = 141  # as a shell tells of SIGPIPE


def report(error: DoorstepError, *, as_json: bool) -> int:
    """Tell of an error; return the exit code."""
    if as_json:
        sys.stderr.write(json.dumps(_as_object(error), ensure_ascii=False) + "\n")
    elif len(error.problems) > 1:
        show_problems(error.problems)
    else:
        _say_one(error.problems[0])
    return error.exit_code


def report_unexpected(error: BaseException, *, as_json: bool, debug: bool) -> int:
    """Tell that something broke without its text, which may hold personal data; return the exit code."""
    if debug:
        traceback.print_exception(error, file=sys.stderr)
    return report(
        InternalError(
            "internal_error",
            f"something in Doorstep broke ({type(error).__name__})",
            remedy="please report it; DOORSTEP_DEBUG=1 shows where (read it before you send it: it may hold names)",
        ),
        as_json=as_json,
    )


def show_problems(problems: Sequence[Problem]) -> None:
    """Print problems as a table on standard error."""
    show_table(
        notes(),
        f"{len(problems)} problem{'s' * (len(problems) != 1)}",
        (*wholes("code"), *texts("place", "message", "remedy")),
        [(problem.code, problem.where, problem.message, problem.remedy) for problem in problems],
    )


def problem_object(problem: Problem) -> Mapping[str, object]:
    """Return a problem for a JSON document."""
    return {
        "code": problem.code,
        "where": problem.where,
        "message": problem.message,
        "remedy": problem.remedy,
        "params": {key: plain(value) for key, value in problem.params.items()},
    }


def _say_one(problem: Problem) -> None:
    console = notes()
    say(console, f"{problem.code}: {problem.message}", style="bold red")
    if problem.where:
        say(console, f"  where: {problem.where}")
    if problem.remedy:
        say(console, f"  remedy: {problem.remedy}")


def _as_object(error: DoorstepError) -> Mapping[str, object]:
    """Return a problem document after RFC 9457, with our own members."""
    return {
        "type": f"urn:doorstep:error:{error.code}",
        "title": error.message,
        "instance": error.where,
        "exit_code": error.exit_code,
        "problems": [problem_object(problem) for problem in error.problems],
    }
