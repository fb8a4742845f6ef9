"""The error tree. Law: every error tells what is wrong, where, and what to do about it.

DoorstepError
├── UsageError          exit 2   the command was asked wrongly
├── InputError          exit 3   a document or file cannot be used
│   ├── ExtractError             the OpenStreetMap extract
│   ├── FetchError               a place could not be fetched from OpenStreetMap's servers
│   ├── PointsError              a table of points; carries every problem found
│   ├── DayError                 the day so far, its locks, or events of it; carries every problem found
│   ├── ProgrammeError           the programme; carries every problem found, not the first only
│   └── PlanError                a plan file that cannot be read
└── InternalError       exit 4   a promise of ours that did not hold
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with a document.

    Attributes
    ----------
    code
        From the closed list in `docs/errors.md`.
    where
        JSON pointer (RFC 6901), or sheet row and column, or a path.
    message
        What is wrong, in English, without personal data.
    remedy
        What to do about it.
    params
        The values the message was made from, for translation.
    """

    code: str
    where: str
    message: str
    remedy: str
    params: Mapping[str, object] = field(default_factory=dict)


class DoorstepError(Exception):
    """An error with a code, a place and a remedy."""

    exit_code = 4

    def __init__(
        self,
        code: str,
        message: str,
        *,
        where: str = "",
        remedy: str = "",
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.where = where
        self.remedy = remedy
        self.params: Mapping[str, object] = dict(params or {})

    @property
    def problems(self) -> Sequence[Problem]:
        """All that is wrong; one entry unless the document has several faults."""
        return (
            Problem(
                code=self.code,
                where=self.where,
                message=self.message,
                remedy=self.remedy,
                params=self.params,
            ),
        )


class UsageError(DoorstepError):
    """The command was asked wrongly."""

    exit_code = 2


class InputError(DoorstepError):
    """A document or file cannot be used."""

    exit_code = 3


class ExtractError(InputError):
    """The OpenStreetMap extract cannot be used."""


class FetchError(InputError):
    """A place could not be fetched from OpenStreetMap's servers."""


class PlanError(InputError):
    """A plan file cannot be read."""


class ManyProblemsError(InputError):
    """A document with several faults; `problems` holds every fault found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(
            first.code,
            first.message,
            where=first.where,
            remedy=first.remedy,
            params=first.params,
        )
        self._problems = tuple(problems)

    @property
    def problems(self) -> Sequence[Problem]:
        """All faults, in document order."""
        return self._problems


class ProgrammeError(ManyProblemsError):
    """The programme cannot be used."""


class DayError(ManyProblemsError):
    """What is said of a day that is under way cannot be used."""


class PointsError(ManyProblemsError):
    """A table of points cannot be used."""


class InternalError(DoorstepError):
    """A promise of ours that did not hold; the plan is not given out."""

    exit_code = 4
