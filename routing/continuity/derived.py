"""The one place where documents are made without being validated.

Law: only shapes that continuity itself derives from a validated programme (orders, their items and units, holds, gaps)
are made here, and always with their fields complete. Pydantic's checks would take most of a large day's time and could
find nothing: `tests/continuity/test_derived.py` validates what is made here for random programmes.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from routing.domain.base import Document

Derived = TypeVar("Derived", bound=Document)
_set = object.__setattr__


@cache
def _names(kind: type[Document]) -> set[str]:
    """Return the names of all fields; one set for all, since nothing frozen changes it."""
    return set(kind.model_fields)


def derived(kind: type[Derived], /, **fields: Any) -> Derived:
    """Return a document of valid fields, all of them given, in the model's order (in which they are written out).

    What `model_construct` does, without its search for aliases and defaults, which costs six times as much.
    """
    made = kind.__new__(kind)
    _set(made, "__dict__", fields)
    _set(made, "__pydantic_fields_set__", _names(kind))
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made
