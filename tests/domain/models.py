"""A walk over the models that make up the programme's document: which key stands where, of which type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args, get_type_hints

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from routing.domain.programme import Programme


class Key(NamedTuple):
    """A key of the document. `path` has `*` for any entry of a list, as in `routing.domain.references`."""

    path: str
    model: type[BaseModel]
    name: str
    field: FieldInfo
    hint: Any


def keys(model: type[BaseModel] = Programme, prefix: str = "") -> Iterator[Key]:
    """Yield every key that a document may hold, outer ones first."""
    hints = get_type_hints(model, include_extras=True)
    for attribute, field in model.model_fields.items():
        name = field.alias or attribute
        hint = hints[attribute]
        path = prefix + name + ("/*" if is_list(hint) else "")
        yield Key(path, model, name, field, hint)
        for inner in models_in(hint):
            yield from keys(inner, f"{path}/")


def models(model: type[BaseModel] = Programme) -> list[type[BaseModel]]:
    """Return every model reachable, each once."""
    return list(dict.fromkeys([model, *(key.model for key in keys(model))]))


def models_in(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for argument in get_args(hint):
        yield from models_in(argument)


def holds(hint: Any, wanted: Any) -> bool:
    """Say whether a type is, or has among its arguments, another."""
    return hint == wanted or any(holds(argument, wanted) for argument in get_args(hint))


def limits(hint: Any) -> list[object]:
    """Return the limits written into a type, however deep."""
    own = [part for part in getattr(hint, "__metadata__", ()) for part in getattr(part, "metadata", [part])]
    inner = [each for argument in getattr(hint, "__args__", ()) for each in limits(argument)]
    origin = getattr(hint, "__origin__", None)
    more = limits(origin) if own and origin is not None else []
    return [part for part in own if isinstance(part, Ge | Gt | Le | Lt)] + inner + more


def is_list(hint: Any) -> bool:
    """Say whether a type is a tuple of any length, bare or annotated (a union of one with None counts)."""
    arguments = get_args(hint)
    return Ellipsis in arguments or (hasattr(hint, "__metadata__") and is_list(arguments[0]))
