"""The one reader of programmes. Law: all faults at once, each with code, pointer and remedy, or a programme."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from routing.domain.consistency import consistency_problems
from routing.domain.errors import Problem, ProgrammeError
from routing.domain.geometry import area_problems, locate_pins, without_echoes
from routing.domain.policy_expansion import expand_packs
from routing.domain.problems import TIME_REMEDY, problems_of
from routing.domain.programme import Programme
from routing.domain.reading import Json, pointer, read_json, walk
from routing.domain.references import reference_problems

SCHEMA = "doorstep.programme/1"
_OF_A_TIME = re.compile(r"(?:^|_)(?:on|at|time)$")  # keys of dates and times, or of lists of them, end so
_NUMERAL = re.compile(r"[-+]?[\d.]+")


def load_programme(data: bytes) -> Programme:
    """Read a programme from the bytes of its document.

    Pins become locations and packs become policies, so that what is read, hashed and written anew says everything
    itself: it means the same under every version of the packs.

    Raises
    ------
    ProgrammeError
        With every problem found: as JSON, in fields, in references, in areas and pins, between entries.
    """
    raw, problems = read_json(data)
    if raw is None and problems:
        raise ProgrammeError(problems)
    return read_programme(raw, problems)


def read_programme(raw: Json, found: Iterable[Problem] = ()) -> Programme:
    """Read a programme from its document as a value, which is changed: pins become locations, packs policies.

    Parameters
    ----------
    found
        What was wrong with the document as JSON.

    Raises
    ------
    ProgrammeError
        As `load_programme`.
    """
    problems = [*found, *_schema_problems(raw)]
    if not isinstance(raw, dict) or any(problem.code == "schema_unknown" for problem in problems):
        raise ProgrammeError(problems)
    problems += [*locate_pins(raw), *expand_packs(raw)]
    programme, field_problems = validate(raw)
    problems += [*field_problems, *numeral_problems(raw), *reference_problems(raw), *area_problems(raw)]
    if programme is not None and not problems:
        problems += consistency_problems(programme)
    if programme is None or problems:
        raise ProgrammeError(_in_order(without_echoes(problems)))
    return programme


def dump_programme(programme: Programme) -> bytes:
    """Return the document of a programme: UTF-8 JSON, keys in the model's order, defaults left out."""
    return programme.model_dump_json(indent=1, exclude_defaults=True, by_alias=True).encode() + b"\n"


def document_of(programme: Programme) -> dict[str, Json]:
    """Return the document of a programme as a value: packs and pins expanded, defaults left out."""
    document: dict[str, Json] = json.loads(dump_programme(programme))
    return document


def _schema_problems(raw: Json) -> list[Problem]:
    if not isinstance(raw, dict):
        return [
            Problem(
                code="schema_unknown",
                where="",
                message="the document is not a JSON object",
                remedy=f'a programme is an object that begins {{"schema": "{SCHEMA}"',
            )
        ]
    if raw.get("schema") != SCHEMA:
        return [
            Problem(
                code="schema_unknown",
                where="/schema",
                message=f"the document does not say that it is `{SCHEMA}`",
                remedy=f'write "schema": "{SCHEMA}", or give a programme, not another document',
            )
        ]
    return []


def numeral_problems(raw: Json) -> Iterator[Problem]:
    """Find dates and instants written as `"20261123"`, which Pydantic reads as seconds since 1970."""
    for path, value in walk(raw):
        if not isinstance(value, str) or not _NUMERAL.fullmatch(value):
            continue
        if any(isinstance(part, str) and _OF_A_TIME.search(part) for part in path[-2:]):
            yield Problem(
                code="bad_date_or_time",
                where=pointer(*path),
                message="a number is no date and no time",
                remedy=TIME_REMEDY,
            )


def validate(raw: Json) -> tuple[Programme | None, list[Problem]]:
    """Return a document as a programme whose fields are as they have to be, or None and what is wrong with them."""
    try:
        # JSON mode: strict, yet dates and times are read from their text.
        return Programme.model_validate_json(json.dumps(raw)), []
    except ValidationError as error:
        return None, problems_of(error, raw, Programme)


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Drop repeated findings (a field check and a reference check may meet); keep the order found."""
    return list({(problem.code, problem.where): problem for problem in problems}.values())
