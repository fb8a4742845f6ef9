"""Bytes to plain JSON values, refusing what JSON readers usually let pass.

Law: nothing is lost silently. A key that stands twice, NaN and Infinity, a truncated or foreign file are problems
with a place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import NoReturn

from routing.domain.errors import Problem

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
MOST_BYTES = 256 * 1024 * 1024


class _Object(dict[str, Json]):
    """A JSON object that remembers the keys that stood in it more than once."""

    def __init__(self, pairs: list[tuple[str, Json]]) -> None:
        super().__init__(pairs)
        counted = Counter(key for key, _ in pairs)
        self.repeated = [key for key, times in counted.items() if times > 1]


class _NotANumberError(ValueError):
    pass


def _refuse_constant(name: str) -> NoReturn:
    raise _NotANumberError(name)


def pointer(*parts: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of a path."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def read_json(data: bytes) -> tuple[Json, list[Problem]]:
    """Parse a document.

    Returns
    -------
    value, problems
        The value (`None` if it could not be parsed) and what is wrong with it as JSON.
    """
    if len(data) > MOST_BYTES:
        return None, [_problem("file_too_large", "the file is larger than 256 MiB", "split the programme")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [
            _problem(
                "not_utf8",
                f"byte {error.start} is not UTF-8 text",
                "save the file as JSON in UTF-8 (an encrypted file ends in .sealed)",
            )
        ]
    return _parse(text)


def _parse(text: str) -> tuple[Json, list[Problem]]:
    try:
        value = json.loads(text, object_pairs_hook=_Object, parse_constant=_refuse_constant)
    except _NotANumberError as error:
        return None, [_problem("not_a_number", f"{error} is not a JSON number", "write a number, or leave the key out")]
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        message = f"{place}: {error.msg[0].lower()}{error.msg[1:]}"
        return None, [_problem("not_json", message, "complete or repair the file there", where=place)]
    except RecursionError:
        return None, [_problem("too_deep", "the document is nested too deeply", "use the documented structure")]
    return value, [
        _problem(
            "duplicate_key",
            f"the key `{key}` stands more than once",
            "keep one of them",
            where=place + pointer(key),
        )
        for place, key in _repeated(value, "")
    ]


def _repeated(value: Json, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Object):
        yield from ((place, key) for key in value.repeated)
    for part, child in _entries(value):
        yield from _repeated(child, place + pointer(part))


def _entries(value: Json) -> Iterator[tuple[str | int, Json]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _problem(code: str, message: str, remedy: str, *, where: str = "") -> Problem:
    return Problem(code=code, where=where, message=message, remedy=remedy)
