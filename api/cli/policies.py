"""`doorstep policies`: the packs of take-home policies that come with Doorstep, and what each number rests on."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import results, say
from api.cli.tables import Column, numbers, show_table, texts, wholes
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from routing.domain.policy_files import PackEntry, PolicyPack

NONE_FOR_IRAN = "Iran has no pack: no number was found. Without a policy a product is held, and nothing is guessed."
_RULES = (*wholes("rule"), *texts("value", "rests on"))
_PACKS = (
    *wholes("pack"),
    Column("setting", missed=1),  # the pack's name says as much
    *numbers("most days a delivery"),
    *wholes("from"),
    *numbers("rules", "of them judged"),
    *wholes("signed off"),
)


def policies(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A pack; without, all are listed.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the packs' documents as JSON.")] = False,
) -> None:
    """List the packs of take-home policies, or show one with its sources and what nobody has signed off."""
    from routing.domain.policy_files import pack_names, read_pack

    packs = [read_pack(each) for each in pack_names()] if name is None else [_pack(name)]
    if as_json:
        documents = [pack.model_dump(mode="json", by_alias=True, exclude_unset=True) for pack in packs]
        wanted = documents if name is None else documents[0]
        sys.stdout.write(json.dumps(wanted, ensure_ascii=False, indent=1) + "\n")
    elif name is None:
        _show_all(packs)
    else:
        _show(packs[0])


def _pack(name: str) -> PolicyPack:
    from routing.domain.policy_files import nearest_pack, pack_names, read_pack

    if name in pack_names():
        return read_pack(name)
    raise UsageError("policy_pack_unknown", "no pack of policies has this name", where=name, remedy=nearest_pack(name))


def _show_all(packs: list[PolicyPack]) -> None:
    show_table(results(), "Packs of take-home policies", _PACKS, [_row(pack) for pack in packs])
    say(results(), 'A programme names them: "policy_packs": ["…"]. `doorstep policies NAME` shows what one rests on.')
    say(results(), NONE_FOR_IRAN)


def _row(pack: PolicyPack) -> tuple[object, ...]:
    return (
        pack.pack,
        pack.setting,
        "/".join(str(days) for days in sorted({entry.max_days_a_delivery for entry in pack.entries})),
        min(entry.valid_from_on for entry in pack.entries),
        sum(len(entry.rests_on) for entry in pack.entries),
        pack.judged(),
        "yes" if pack.signed_off else "no",
    )


def _show(pack: PolicyPack) -> None:
    out = results()
    say(out, pack.title, style="bold")
    say(out, f"{pack.pack}: {pack.setting}. {pack.source}")
    show_table(out, "Sources", (*wholes("key"), *texts("what it is")), list(pack.sources.items()))
    for entry in pack.entries:
        show_table(out, f"{entry.entry_id}: {entry.title} ({_goods(entry)})", _RULES, list(_rules(entry)))
    for note in pack.notes:
        say(out, f"- {note}")
    total = sum(len(entry.rests_on) for entry in pack.entries)
    say(out, f"Signed off by nobody: {total} rules, {pack.judged()} of them judgement alone.", style="bold")


def _goods(entry: PackEntry) -> str:
    forms = f", {'/'.join(entry.forms)}" if entry.forms else ""
    return "/".join(entry.kinds) + forms


def _rules(entry: PackEntry) -> Iterator[tuple[str, str, str]]:
    phases = {f"missed_doses.{one.phase}": one for one in entry.missed_doses}
    for rule in entry.rules():
        if rule in phases:
            limits = phases[rule]
            restart = f", anew from {limits.restart_from}" if limits.restart_from else ""
            value = f"go on up to {limits.resume_up_to}, with a clearance up to {limits.clearance_up_to}{restart}"
        else:
            value = _text(getattr(entry, rule))
        yield rule, value, entry.rests_on[rule]


def _text(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, tuple) else str(value)
