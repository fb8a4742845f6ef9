"""The commands that work on a server, under the names that they have here. Law: what they print looks the same."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from api.remote.asked import Server
from api.remote.days import due, validate
from api.remote.papers import sheets
from api.remote.plans import plan
from api.remote.reading import compare, explain, route
from api.remote.replans import replan

app = typer.Typer(
    name="doorstep",
    help="Commands that work on a server. SOURCE and PLAN are ids of a programme and a plan there.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (validate, due, plan, explain, replan, compare, sheets, route):
    app.command()(command)


def run_there(line: Sequence[str], server: Server) -> object:
    """Run a command line on a server; return what the command returns."""
    return app(list(line), prog_name="doorstep", standalone_mode=False, obj=server)
