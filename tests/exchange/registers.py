"""Registers as people write them, and the small programme they are about. Everything personal carries "canary"."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import openpyxl

from routing.domain.clients import Client, Consent, HomeSupply
from routing.domain.places import Place
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer
from tests.continuity.stories import LIQUID, MONDAY, TABLETS, client, day, programme, regimen, supply
from tests.solver.town import rider

ON = MONDAY
HEADINGS = ("code", "product", "doses left", "last taken", "status", "paid", "windows", "note")
PRIVATE = Place(address="canary street 5", hint="canary door")


def person(client_id: str, code_name: str, *regimens: Any, **fields: Any) -> Client:
    """Return a client with an address and a phone number that nobody may see."""
    made = client(client_id, *regimens, **fields)
    return made.changed(code_name=code_name, place=PRIVATE, phone="canary 0812")


def usual(**fields: Any) -> Any:
    """Return a regimen counted two days ago: three then, so one today; taken yesterday."""
    home = HomeSupply(doses=3, as_of_on=day(-2))
    return regimen(**{"last_taken_on": day(-1), **fields}).changed(home=home)


def riders() -> tuple[Volunteer, ...]:
    """Return two volunteers, 8 to 16."""
    return rider("v1", code_name="Kingfisher"), rider("v2", code_name="Hoopoe")


def town(*clients: Client, **fields: Any) -> Programme:
    """Return a programme of Heron and Egret, who take one product; Ibis, who takes two; Stork, who takes none."""
    people = clients or (
        person("c1", "Heron", usual()),
        person("c2", "Egret", usual()),
        person("c3", "Ibis", usual(), regimen(TABLETS, dose_mg=8.0, last_taken_on=day(-1))),
        person("c4", "Stork", supplies=(supply(),)),
        person("c5", "Crane", usual(), consent=Consent(safe_to_call=True)),
        person("crane", "Ostrich", usual()),  # an id that is another one's name
    )
    return programme(*people, volunteers=riders(), **fields)


def as_csv(rows: Sequence[Sequence[object]], sign: str = ",", encoding: str = "utf-8") -> bytes:
    """Return rows as a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sign).writerows(rows)
    return text.getvalue().encode(encoding)


def as_workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    """Return sheets of rows as an .xlsx file."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Return the bytes of a workbook."""
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def row(code: str = "", **cells: object) -> tuple[object, ...]:
    """Return a row under `HEADINGS`; `doses_left=2` goes under "doses left"."""
    named = {name.replace("_", " "): value for name, value in cells.items()}
    assert set(named) <= set(HEADINGS)
    return tuple(code if name == "code" else named.get(name, "") for name in HEADINGS)


def yesterday() -> date:
    """Return the day before the register's."""
    return ON - timedelta(days=1)


__all__ = ["HEADINGS", "LIQUID", "ON", "as_csv", "as_workbook", "person", "row", "saved", "town", "usual", "yesterday"]
