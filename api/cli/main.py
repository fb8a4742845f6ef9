"""The command `doorstep`. Law: whatever happens ends in an exit code and, if it went wrong, one coded error.

0 done, 1 violations found (or rows not taken), 2 asked wrongly, 3 bad input, 4 internal error, 130 interrupted,
141 nobody reads the output any more.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli.audit import audit
from api.cli.backup import backup, restore
from api.cli.call_list import call_list
from api.cli.check import check
from api.cli.compare import compare
from api.cli.doctor import doctor
from api.cli.due import due
from api.cli.explain import explain
from api.cli.failures import ASKED_WRONGLY, OUTPUT_CLOSED, report, report_unexpected
from api.cli.keys import change_passphrase, renew_recovery_code, rotate_keys
from api.cli.network import network
from api.cli.plan import plan
from api.cli.policies import policies
from api.cli.purge import purge
from api.cli.replan import replan
from api.cli.report import report as report_command
from api.cli.seal import seal, unseal
from api.cli.serve import init, serve
from api.cli.sheets import sheets
from api.cli.tls import tls
from api.cli.update import update
from api.cli.validate import validate
from api.cli.version import say_version, version
from api.cli.wipe import wipe
from api.remote.asked import asked_of_server
from api.settings import read_settings
from api.start import INTERRUPTED
from routing.domain.errors import DoorstepError, UsageError

app = typer.Typer(
    name="doorstep",
    help="Plans lawful delivery days for people who depend on a daily medicine, and proves them.\n\n"
    "With --server URL, validate, due, plan, explain, replan, compare, sheets and route work on a service.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    call_list,
    update,
    due,
    plan,
    explain,
    replan,
    compare,
    sheets,
    check,
    validate,
    policies,
    seal,
    unseal,
    wipe,
    init,
    serve,
    backup,
    restore,
    rotate_keys,
    change_passphrase,
    renew_recovery_code,
    purge,
    doctor,
    version,
):
    app.command()(command)
app.command("report")(report_command)  # its function would hide that of `failures`
app.add_typer(network)
app.add_typer(audit)
app.add_typer(tls)

# What typer raises when a command line makes no sense; it has no public name there.
_BadCommandLine: type[Exception] = typer.BadParameter.__bases__[0]


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    *,
    version_asked: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version_asked:
        say_version()
        raise typer.Exit
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")
        raise typer.Exit(ASKED_WRONGLY)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (`sys.argv` unless given) and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _let_any_text_out()
    try:
        code = _ended(given)
        sys.stdout.flush()
    except BrokenPipeError:
        return _output_closed()
    except SystemExit as leaving:  # typer and rich turn a closed pipe into exit code 1, which means violations here
        if isinstance(leaving.__context__, BrokenPipeError):
            return _output_closed()
        raise
    return code


def _ended(given: Sequence[str]) -> int:
    as_json = "--json" in given
    try:
        code = _run(given)
    except DoorstepError as error:
        return report(error, as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except _BadCommandLine as error:
        return report(_usage(error), as_json=as_json)
    except BrokenPipeError:
        raise
    except Exception as error:  # the edge of the program: nothing may leave it as a traceback
        return report_unexpected(error, as_json=as_json, debug=read_settings().debug)
    return code if isinstance(code, int) else 0


def _run(given: Sequence[str]) -> object:
    """Run a command here, or on the server that is named."""
    line, server = asked_of_server(given, read_settings())
    if server is None:
        return app(line, prog_name="doorstep", standalone_mode=False)
    from api.remote.app import run_there

    return run_there(line, server)


def _let_any_text_out() -> None:
    """Write what the terminal's encoding lacks as an escape: a sign is no reason to break off."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _output_closed() -> int:
    """End quietly: what is still buffered goes nowhere, or the interpreter would complain while it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return OUTPUT_CLOSED


def _usage(error: Exception) -> UsageError:
    text = getattr(error, "format_message", error.__str__)()
    return UsageError("bad_usage", text[:1].lower() + text[1:].rstrip("."), remedy="see `doorstep --help`")
