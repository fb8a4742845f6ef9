"""A programme read again after some of its entries have changed. Law: what is taken here, the reader takes, and alike.

`read_programme` has the word, and nothing is refused here. Where more has changed than entries that were added or
exchanged, and where anything is wrong with those, nothing is given: the reader looks at the whole then, and tells it.

An entry is the same if it is the same object, never because it is equal: `True == 1`, and the reader tells them apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from routing.domain.base import Document
from routing.domain.consistency import consistency_problems
from routing.domain.geometry import area_problems, locate_pins
from routing.domain.loading import document_of, numeral_problems, validate
from routing.domain.programme import Programme
from routing.domain.reading import Json
from routing.domain.references import IDENTIFIED, dangling_problems

LEDGER = "ledger"
LISTS = (*IDENTIFIED, LEDGER)
_KEYS = tuple(field.alias or name for name, field in Programme.model_fields.items())
_Entry = dict[str, Json]


class Reading(NamedTuple):
    """A programme, and its document as the core writes it (`document_of`)."""

    programme: Programme
    document: Mapping[str, Json]


def read_again(before: Reading, document: Mapping[str, Json]) -> Reading | None:
    """Read a document that was made from an earlier one by adding entries to its lists or exchanging some.

    Parameters
    ----------
    document
        What stayed as it was is the same object as in `before.document`. Nothing of it is changed.

    Returns
    -------
    Reading or None
        What `read_programme` and `document_of` would return; None: they have to be asked.
    """
    if not _same_frame(before.document, document):
        return None
    lists = {kind: entries for kind in LISTS if (entries := _entries(document.get(kind, []))) is not None}
    known = {kind: _ids(lists[kind], key) for kind, key in IDENTIFIED.items() if kind in lists}
    if len(lists) < len(LISTS) or not all(_holds_on(before, kind, lists[kind], known[kind]) for kind in IDENTIFIED):
        return None
    models = {kind: _models(before, kind) for kind in LISTS}
    changed = {
        kind: new for kind in LISTS if (new := [one for one in lists[kind] if id(one) not in models[kind]])
    }  # by the ids of objects that `before` keeps alive
    read = _read(before, changed, known)
    return None if read is None else _joined(before, lists, models, read)


def _same_frame(before: Mapping[str, Json], after: Mapping[str, Json]) -> bool:
    keys = {*before, *after} - {*LISTS}
    return all(key in before and key in after and _same(before[key], after[key]) for key in keys)


def _same(before: Json, after: Json) -> bool:
    return before is after or (isinstance(before, str) and isinstance(after, str) and before == after)


def _entries(listed: Json) -> list[_Entry] | None:
    if not isinstance(listed, list):
        return None
    entries = [one for one in listed if isinstance(one, dict)]
    return entries if len(entries) == len(listed) else None


def _ids(entries: Sequence[_Entry], key: str) -> list[str]:
    return [found for one in entries if isinstance(found := one.get(key), str)]


def _holds_on(before: Reading, kind: str, entries: Sequence[_Entry], ids: Sequence[str]) -> bool:
    """Whether a list has every id that it had, so that nothing else points nowhere; and each once."""
    had = _ids(_entries(before.document.get(kind, [])) or [], IDENTIFIED[kind])
    return len(ids) == len(entries) == len(found := set(ids)) and found.issuperset(had)


def _models(before: Reading, kind: str) -> dict[int, tuple[_Entry, Document]]:
    """Return entries and how they were read, by the identity of the entry."""
    entries, read = _entries(before.document.get(kind, [])) or [], getattr(before.programme, kind)
    return {id(entry): (entry, model) for entry, model in zip(entries, read, strict=True)}


def _read(before: Reading, changed: Mapping[str, list[_Entry]], known: Mapping[str, Sequence[str]]) -> Programme | None:
    """Return a programme that has the entries that changed, and no other; None: something is wrong with them."""
    frame = {key: value for key, value in before.document.items() if key not in LISTS}
    raw: dict[str, Json] = json.loads(json.dumps({**frame, **changed}))
    pins = locate_pins(raw)
    programme, problems = validate(raw)
    ids = {kind: frozenset(found) for kind, found in known.items()}
    found = [*pins, *problems, *numeral_problems(raw), *dangling_problems(raw, ids), *area_problems(raw)]
    return None if found else programme


def _joined(
    before: Reading,
    lists: Mapping[str, list[_Entry]],
    models: Mapping[str, Mapping[int, tuple[_Entry, Document]]],
    read: Programme,
) -> Reading | None:
    """Put what changed and what did not together; None: they do not go together."""
    written = document_of(read)
    fields: dict[str, tuple[Document, ...]] = {}
    document = {key: value for key, value in before.document.items() if key not in LISTS}
    for kind in LISTS:
        new = iter(zip(_entries(written.get(kind, [])) or [], getattr(read, kind), strict=True))
        pairs = [models[kind].get(id(entry)) or next(new) for entry in lists[kind]]
        if pairs:
            document[kind] = [entry for entry, _ in pairs]
        fields[kind] = tuple(model for _, model in pairs)
    programme = before.programme.changed(**fields)
    if any(True for _ in consistency_problems(programme)):
        return None
    return Reading(programme, {key: document[key] for key in _KEYS if key in document})
