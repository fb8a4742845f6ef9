"""Bytes to plain JSON values, refusing what JSON readers usually let pass.

Law: nothing is lost silently. A key that stands twice, NaN and Infinity, half characters, a truncated or foreign
file are problems with a place.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import NoReturn

from routing.domain.errors import Problem

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
MOST_BYTES = 256 * 1024 * 1024
MOST_DEPTH = 100  # a programme needs about ten; Pydantic's JSON reader stops at 200
_HALF_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")


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
        repeated = list(_repeated(value))
    except _NotANumberError as error:
        return None, [_problem("not_a_number", f"{error} is not a JSON number", "write a number, or leave the key out")]
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        message = f"{place}: {error.msg[0].lower()}{error.msg[1:]}"
        return None, [_problem("not_json", message, "complete or repair the file there", where=place)]
    except ValueError:  # Python reads no whole number of more than 4300 digits
        return None, [_problem("not_a_number", "a number has thousands of digits", "correct the number")]
    except RecursionError:
        return None, [_problem("too_deep", "the document is nested too deeply", "use the documented structure")]
    halves = list(_half_characters(value)) if _HALF_ESCAPE.search(text) else []
    return (None, halves) if halves else (value, repeated)


def walk(document: Json) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield every value with its path, in document order; raise `RecursionError` beyond `MOST_DEPTH`."""
    waiting: list[tuple[tuple[str | int, ...], Json]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > MOST_DEPTH:
            raise RecursionError
        yield path, value
        if isinstance(value, dict):
            waiting += [((*path, key), child) for key, child in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*path, index), value[index]) for index in reversed(range(len(value)))]


def _repeated(document: Json) -> Iterator[Problem]:
    for path, value in walk(document):
        if isinstance(value, _Object):
            yield from (
                _problem(
                    "duplicate_key",
                    f"the key `{key}` stands more than once",
                    "keep one of them",
                    where=pointer(*path, key),
                )
                for key in value.repeated
            )


def _half_characters(document: Json) -> Iterator[Problem]:
    r"""Find escapes like `\ud83d` without their other half: no text, and not even printable."""
    for path, value in walk(document):
        texts = [value] if isinstance(value, str) else value if isinstance(value, dict) else ()
        if any(_HALF_CHARACTER.search(text) for text in texts):
            yield _problem(
                "not_utf8",
                "an escape stands for half a character",
                "write the character itself",
                where=_HALF_CHARACTER.sub("?", pointer(*path)),
            )


def _problem(code: str, message: str, remedy: str, *, where: str = "") -> Problem:
    return Problem(code=code, where=where, message=message, remedy=remedy)
