"""What /openapi.json says beyond the models: changes, parameters, limits. Law: what is said here is what is enforced.

Nothing has to be declared twice: an operation whose description says that it needs If-Match declares that header, and
a body named `ClientChange` is `Client` as a merge patch (RFC 7396) may hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from api.manners.guard import MOST_AT_ONCE_BYTES, MOST_BYTES, MOST_DOCUMENT_BYTES
from api.manners.paging import MOST as MOST_A_PAGE
from routing.domain.reading import MOST_DEPTH
from routing.domain.references import IDENTIFIED

CHANGE = "Change"
REFERENCE = "#/components/schemas/"
_NOT_IN_A_PATCH = {"schema", "programme_id", "ledger", *IDENTIFIED}
_MIB = 1024 * 1024
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what is changed, or `*`.",
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]+")$'},
    "example": '"1"',
}
_PATHS = {
    "programme_id": "denpasar",
    "network_id": "denpasar.osm.pbf",
    "date": "2026-11-23",
    "plan_id": "4f1d2c3b5a697887",
    "user_id": "0f3c5a7be1d24c68",
    "key_id": "77ab3c5e9d0f1122",
}


def limits() -> str:
    """Return the limits as the description tells them (`docs/service.md` has all)."""
    return (
        f"Limits: a body has at most {MOST_BYTES // _MIB} MiB, a whole programme {MOST_DOCUMENT_BYTES // _MIB} MiB, an "
        f"extract 512 MiB; all bodies being sent together {MOST_AT_ONCE_BYTES // _MIB} MiB; JSON is nested at most "
        f"{MOST_DEPTH} deep; a page has at most {MOST_A_PAGE} items. Wrong passwords are answered with 429 after ten "
        "in a quarter of an hour. Packed bodies are refused."
    )


def parameters(operation: Mapping[str, Any], example_id: str | None) -> list[dict[str, Any]]:
    """Return an operation's parameters: those of its function, If-Match if it needs it, and examples of paths."""
    found = [_with_example(one, example_id) for one in operation.get("parameters", ())]
    needs_match = "eeds If-Match" in operation.get("description", "")
    return [*found, IF_MATCH] if needs_match else found


def changes(schemas: Mapping[str, Any], named: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield, by name, the merge patches that are referred to and are no models of their own."""
    for name in named:
        if name.endswith(CHANGE) and name not in schemas:
            yield name, _change_of(schemas[name.removesuffix(CHANGE)])


def _with_example(parameter: dict[str, Any], example_id: str | None) -> dict[str, Any]:
    if (parameter["in"], parameter["name"]) == ("query", "language"):
        return {**parameter, "schema": _languages()}
    example = example_id if parameter["name"] == "entry_id" else _PATHS.get(parameter["name"])
    return parameter if example is None or parameter["in"] != "path" else {**parameter, "example": example}


def _languages() -> dict[str, Any]:
    from routing.sheets.languages import LANGUAGES  # takes a while, and is needed for the description alone

    return {"type": "string", "enum": sorted(LANGUAGES)}


def _change_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may stand in a patch: any key but the id; null takes out what may be missing; objects are merged."""
    needed = schema.get("required", ())
    own_id = next(iter(schema["properties"]))
    return {
        "type": "object",
        "title": f"{schema['title']}{CHANGE}",
        "additionalProperties": False,
        "properties": {
            key: _merged(value, is_needed=key in needed)
            for key, value in schema["properties"].items()
            if key != own_id and key not in _NOT_IN_A_PATCH
        },
    }


def _merged(value: Mapping[str, Any], *, is_needed: bool) -> Mapping[str, Any]:
    parts = value.get("anyOf", [value])
    parts = [{"type": "object"} if "$ref" in part else part for part in parts]
    return {"anyOf": parts if is_needed else [*parts, {"type": "null"}]}
