"""Packs of policies that ship with Doorstep: `doorstep.policies/1`, one JSON file a setting in `policy_packs/`.

Law: no number without what it rests on, and no pack is signed off. A clinician signs a policy that an organisation
has written into its own programme.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from routing.domain.base import Document, Identifier, Text
from routing.domain.policies import TakeHome
from routing.domain.products import Form, ProductKind

JUDGEMENT = "judgement, needs a clinician's sign-off"
"""What a number rests on that no source gives."""

_SUFFIX = ".json"
_NO_NUMBERS = {"source", "approved_by", "signed_off"}


class _Entry(Document):
    """What an entry is about. First in `PackEntry`'s order of keys, so a class of its own."""

    entry_id: Identifier
    title: Text
    kinds: Annotated[tuple[ProductKind, ...], Field(min_length=1)]
    forms: tuple[Form, ...] = ()
    rests_on: dict[str, Text]


class PackEntry(TakeHome, _Entry):
    """The rules for some kinds of products; becomes a policy for each such product of a programme.

    Attributes
    ----------
    kinds, forms
        The products it is for; no forms: any form.
    rests_on
        For every rule written: the source's key (or `JUDGEMENT`), a colon, what it says. Missed doses by phase:
        `missed_doses.maintenance`.
    """

    signed_off: Literal[False] = False

    def is_for(self, kind: str, form: str) -> bool:
        """Whether it speaks of products of a kind and form."""
        return kind in self.kinds and (not self.forms or form in self.forms)

    def rules(self) -> Iterator[str]:
        """Yield the names of the rules written, in the model's order."""
        for name in TakeHome.model_fields:
            if name == "missed_doses":
                yield from (f"{name}.{entry.phase}" for entry in self.missed_doses)
            elif name in self.model_fields_set and name not in _NO_NUMBERS:
                yield name

    @model_validator(mode="after")
    def _all_rest_on_something(self) -> Self:
        differing = set(self.rules()) ^ set(self.rests_on)
        if differing:
            raise ValueError(f"`rests_on` and the rules written differ: {', '.join(sorted(differing))}")
        return self


class PolicyPack(Document):
    """The take-home policies of one setting, as far as sources tell of them.

    Attributes
    ----------
    place
        Stands in each policy.
    sources
        Key -> what it is: title, author, date.
    notes
        For the clinician who reads it over.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    schema_: Literal["doorstep.policies/1"] = Field(alias="schema")
    pack: Identifier
    title: Text
    setting: Text
    place: Text
    source: Text
    sources: dict[str, Text]
    notes: tuple[Text, ...]
    signed_off: Literal[False]
    entries: Annotated[tuple[PackEntry, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _sources_are_named(self) -> Self:
        known = (*self.sources, JUDGEMENT)
        for entry in self.entries:
            for rule, text in entry.rests_on.items():
                if text.split(": ", 1)[0] not in known:
                    raise ValueError(f"`rests_on` of `{entry.entry_id}`, `{rule}`, begins with no key of `sources`")
        return self

    def judged(self) -> int:
        """Return how many of the rules rest on judgement alone."""
        return sum(text.startswith(JUDGEMENT) for entry in self.entries for text in entry.rests_on.values())


def pack_names() -> tuple[str, ...]:
    """Return the names of all packs, sorted."""
    found = (file.name for file in files("routing.domain").joinpath("policy_packs").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


@cache
def read_pack(name: str) -> PolicyPack:
    """Return a pack by a name that `pack_names` gives."""
    file = files("routing.domain").joinpath("policy_packs", name + _SUFFIX)
    return PolicyPack.model_validate_json(file.read_bytes())


def nearest_pack(name: str) -> str:
    """Return a remedy for an unknown name: the nearest one, or all."""
    names = pack_names()
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"name one of: {', '.join(names)}"
