"""What `doorstep network info` shows. Law: whatever the streets tell of each mode is a column; nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from api.cli.console import say
from api.cli.tables import numbers, show_table, texts, wholes

Described = Mapping[str, Any]


def show_network(console: Console, described: Described) -> None:
    """Print a description of an extract's streets."""
    restrictions = described["restrictions"]
    say(console, str(described["file"]), style="bold")
    say(console, f"data of {described['dated'] or 'an unknown date: the file does not say'}")
    say(
        console, f"{described['nodes']} nodes, {described['ways']} ways; {_share(described)} of the metres have no name"
    )
    show_table(console, "By mode", *_modes(described["modes"]))
    say(
        console,
        f"turn restrictions: {restrictions['relations']} relations, {restrictions['turns']} turns read, "
        f"{len(restrictions['unread'])} remarks",
    )
    if restrictions["unread"]:
        show_table(
            console, "Not read, or not wholly", (*wholes("relation"), *texts("why")), _unread(restrictions["unread"])
        )
    say(console, str(described["attribution"]))


def _share(described: Described) -> str:
    return f"{described['unnamed_share']:.0%}"


def _modes(modes: Mapping[str, Mapping[str, object]]) -> tuple[Sequence[Any], list[tuple[object, ...]]]:
    told = list(dict.fromkeys(key for mode in modes.values() for key in mode))
    columns = (*wholes("mode"), *numbers(*(key.replace("_", " ") for key in told)))
    return columns, [(name, *(mode.get(key, "–") for key in told)) for name, mode in modes.items()]


def _unread(unread: Sequence[Mapping[str, object]]) -> list[tuple[object, ...]]:
    return [(one["relation_id"], f"{one['code']}: {one['message']}") for one in unread]
