"""Pydantic's findings as our problems. Law: no value of the document is echoed; it may be personal."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from routing.domain.errors import Problem
from routing.domain.reading import Json, pointer

# Pydantic's error types -> our code and remedy. What is not listed is `wrong_type`.
_CODES: dict[str, tuple[str, str]] = {
    "missing": ("missing_key", "add the key"),
    "extra_forbidden": ("unknown_key", "remove the key or correct its spelling"),
    "value_error": ("impossible_value", "correct the value"),
    "enum": ("unknown_value", "use one of the values named"),
    "literal_error": ("unknown_value", "use one of the values named"),
    "union_tag_invalid": ("unknown_value", "use one of the values named"),
    "union_tag_not_found": ("missing_key", "add the key `type`"),
    "string_pattern_mismatch": (
        "bad_identifier",
        "use letters, digits, `_`, `-`, `.`; at most 64, first a letter or digit",
    ),
    "string_too_long": ("too_long", "shorten the text"),
    "too_short": ("too_few", "add entries"),
    "out_of_calendar": ("bad_date_or_time", "correct the year; where something has no end, leave its key out"),
    "fraction_of_a_second": ("bad_date_or_time", "write whole seconds"),
}
_RANGES = ("greater_than", "less_than", "finite_number")
_TIMES = ("date", "time", "timezone")
TIME_REMEDY = 'write dates as "2026-11-23", times of day as "09:30", instants as "2026-11-23T09:30:00+08:00"'


def problems_of(error: ValidationError, raw: Json, model: type[BaseModel], most: int | None = None) -> list[Problem]:
    """Translate the findings of one validation.

    Parameters
    ----------
    raw
        The document as parsed; tells union tags in Pydantic's locations from keys of the document.
    model
        The type validated against; its field names serve to suggest spellings.
    most
        So many findings at most; None: all.
    """
    details = error.errors(include_url=False, include_input=False, include_context=True)
    problems = [_problem(detail, raw, model) for detail in details[:most]]
    # Pydantic counts only the valid entries of a list: "too few" is no finding where an entry has one of its own.
    return [
        problem
        for problem in problems
        if problem.code != "too_few" or not any(other.where.startswith(problem.where + "/") for other in problems)
    ]


def _problem(detail: ErrorDetails, raw: Json, model: type[BaseModel]) -> Problem:
    kind = detail["type"]
    path = _path(detail["loc"], raw, keep_last=kind in {"missing", "extra_forbidden"})
    code, remedy = _code(kind)
    message = _message(detail)
    if code == "unknown_key":
        message = f"`{path[-1]}` is not a key of this object"
        remedy = _suggest(str(path[-1]), model, path[:-1]) or remedy
    elif kind == "missing":
        message = f"the key `{path[-1]}` is missing"
    return Problem(code=code, where=pointer(*path), message=message, remedy=remedy)


def _code(kind: str) -> tuple[str, str]:
    if kind.startswith(_RANGES):
        return "out_of_range", "correct the number"
    if kind.startswith(_TIMES):
        return "bad_date_or_time", TIME_REMEDY
    return _CODES.get(kind, ("wrong_type", "write a value of the type named"))


def _message(detail: ErrorDetails) -> str:
    if detail["type"] == "union_tag_invalid":  # Pydantic's text repeats the value
        return f"`type` should be one of {detail['ctx']['expected_tags']}"
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return message[:1].lower() + message[1:]


def _path(location: tuple[int | str, ...], raw: Json, *, keep_last: bool) -> list[int | str]:
    """Drop the parts of a location that are union tags or type names, not keys."""
    path: list[int | str] = []
    for index, part in enumerate(location):
        last = index == len(location) - 1
        known = isinstance(raw, dict) and part in raw
        if known or (isinstance(raw, list) and isinstance(part, int) and part < len(raw)):
            raw = raw[part]  # type: ignore[index]
        elif not (last and keep_last):
            continue
        path.append(part)
    return path


def _suggest(key: str, model: type[BaseModel], path: list[int | str]) -> str:
    known = sorted(_keys_at(model, path))
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"known keys here: {', '.join(known)}" if known else ""


def _keys_at(model: type[BaseModel], path: list[int | str]) -> set[str]:
    types: list[type[BaseModel]] = [model]
    for part in path:
        if isinstance(part, int):
            continue
        types = [
            inner
            for outer in types
            for name, field in outer.model_fields.items()
            if part in {name, field.alias}
            for inner in _models_in(field.annotation)
        ]
    return {field.alias or name for kind in types for name, field in kind.model_fields.items()}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, UnionType, tuple):
        for argument in get_args(annotation):
            yield from _models_in(argument)
