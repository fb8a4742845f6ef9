"""`doorstep call-list`: whom to ask what this morning. Law: a phone number is shown only where calling is safe.

Nothing is written. For real people numbers go to a terminal, or into the CSV that somebody asked for, and nowhere else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import notes, results, say
from api.cli.days import read_date, this_day
from api.cli.documents import refuse_both, write_csv, write_json
from api.cli.tables import show_table, texts, wholes
from api.settings import read_settings

if TYPE_CHECKING:
    from api.cli.sources import Source
    from routing.horizon import Call

NOTHING_AGREED = "nothing agreed: say it was a wrong number, nothing else"
HOW = {"home": "at the door", "meeting_point": "at the meeting point", "institution": "at the gate"}
SHEET_COLUMNS = (
    *("how", "client", "client_id", "tier", "due_on", "question", "product_id", "ask"),
    *("language", "phone", "call_before_coming", "if_others_answer"),
)


def call_list(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A scenario's name, or a programme's file.")],
    *,
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day; else the scenario's own, or today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to the output.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, and nothing else, to the output.")] = False,
) -> None:
    """List whom to ask what before the day is planned: by phone where that is safe, else at the door."""
    from api.cli.sources import read_source
    from api.security.passphrases import Passphrases
    from routing.horizon import calls_of

    refuse_both(as_json=as_json, as_csv=as_csv)
    given_on = None if day is None else read_date(day)
    read = read_source(source, Passphrases(read_settings()))
    on = this_day(read, given_on)
    calls = calls_of(read.programme, on)
    if as_csv:
        write_csv(SHEET_COLUMNS, _sheet(calls))
        return
    with_numbers = read.made_up or sys.stdout.isatty()
    if as_json:
        write_json(_document(read, on, calls, with_numbers=with_numbers))
    else:
        _show(on, calls, with_numbers=with_numbers)


def _show(on: date, calls: Sequence[Call], *, with_numbers: bool) -> None:
    console = results()
    phoned, visited = [call for call in calls if call.by_phone], [call for call in calls if not call.by_phone]
    said = f"{on:%A %d %B %Y}: {len(phoned)} to call, {len(visited)} to ask at the door or by the meeting point"
    say(console, said, style="bold")
    if phoned:
        columns = (*wholes("client"), *texts("urgency", "phone", "language", "ask", "if somebody else answers"))
        show_table(console, "Call", columns, [_called(call, with_numbers=with_numbers) for call in phoned])
    if visited:
        title = "Not safe to call: ask at the door or by the meeting point"
        columns = (*wholes("client"), *texts("urgency", "where", "language", "ask"))
        show_table(console, title, columns, [_visited(call) for call in visited])
    if phoned and not with_numbers:
        say(notes(), "numbers are shown on a terminal, and with --csv; this output is neither")


def _called(call: Call, *, with_numbers: bool) -> tuple[object, ...]:
    phone = call.client.phone if with_numbers else "(hidden)"
    before = "\n(call before coming)" if call.client.consent.call_first else ""
    others = call.client.consent.if_others_answer or NOTHING_AGREED
    return call.client.code_name, _urgency(call), f"{phone}{before}", call.client.language, _asks(call), others


def _visited(call: Call) -> tuple[object, ...]:
    return call.client.code_name, _urgency(call), _how(call), call.client.language, _asks(call)


def _how(call: Call) -> str:
    if call.by_phone:
        return "call"
    where = HOW[call.client.place.kind] if call.client.consent.home_delivery else "at the site: nobody may come"
    return f"{where} (no number)" if call.client.consent.safe_to_call else where


def _urgency(call: Call) -> str:
    if call.tier is not None and call.due_on is not None:
        return f"{call.tier}"
    return "to be made sure" if call.due_on is None else f"from {call.due_on}"


def _asks(call: Call) -> str:
    return " · ".join(f"{ask.product_id}: {ask.text}" if ask.product_id else ask.text for ask in call.asks)


def _document(read: Source, on: date, calls: Sequence[Call], *, with_numbers: bool) -> dict[str, object]:
    return {
        "programme_id": read.programme.programme_id,
        "date": on,
        "call": [_entry(call, with_numbers=with_numbers) for call in calls if call.by_phone],
        "ask_in_person": [_entry(call, with_numbers=False) for call in calls if not call.by_phone],
    }


def _entry(call: Call, *, with_numbers: bool) -> dict[str, object]:
    consent = call.client.consent
    return {
        "client_id": call.client.client_id,
        "client": call.client.code_name,
        "how": _how(call),
        "tier": call.tier,
        "due_on": call.due_on,
        "language": call.client.language,
        "phone": call.client.phone if with_numbers else None,
        "call_before_coming": consent.call_first,
        "if_others_answer": (consent.if_others_answer or NOTHING_AGREED) if call.by_phone else None,
        "asks": [{"question": ask.question, "product_id": ask.product_id, "text": ask.text} for ask in call.asks],
    }


def _sheet(calls: Sequence[Call]) -> list[tuple[object, ...]]:
    rows = []
    for call in calls:
        entry = _entry(call, with_numbers=call.by_phone)
        before = "yes" if call.client.consent.call_first else "no"
        for ask in call.asks:
            asked = {"question": ask.question, "product_id": ask.product_id, "ask": ask.text}
            row = {**entry, **asked, "call_before_coming": before}
            rows.append(tuple(row.get(column) for column in SHEET_COLUMNS))
    return rows
