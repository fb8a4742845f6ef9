"""Retention: each rule below, at and above its limit; a dry run removes nothing; the page says what the rules keep."""

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from api.installation import finish_erasures
from api.retention import files, purging
from api.retention.purging import count_due, purge
from api.retention.rules import RULES
from api.retention.table import KEPT
from api.storage.basis_tables import PlanBasis
from api.storage.every_table import every_table
from api.storage.plan_tables import PlanEvent, PlanRow, RouteDay
from api.storage.sessions import EVERY
from api.storage.tables import Erasure, Instant, Programme
from api.storage.visit_tables import (
    CustodyRecord,
    Discrepancy,
    HandedGoods,
    IntakeRequest,
    VisitReport,
    WrittenEntries,
)
from routing.domain.errors import InternalError
from routing.sheets import marks
from tests.api.service.test_backup import at, home, make, server
from tests.api.service.test_serve_command import doorstep, environment

__all__ = ["environment", "home", "make", "server"]  # fixtures
PAGE = Path(__file__).resolve().parents[3] / "docs/service.md"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def rows_of(table: str, instants: dict[str, datetime], ends: str) -> list[dict[str, object]]:
    keyed = [column.name for column in every_table().tables[table].primary_key.columns]
    made = []
    for name, instant in instants.items():
        values: dict[str, object] = {}
        for column in every_table().tables[table].columns:
            is_bytes = column.type.python_type is bytes
            mark: object = name.encode() if is_bytes else name
            plain: object = mark if column.type.python_type in (bytes, str) else NOW
            values[column.name] = 1 if column.type.python_type is int else plain
        for column_name in ("expires_at", "revoked_at"):
            if column_name in values:
                values[column_name] = datetime(2030, 1, 1, tzinfo=UTC)
        if "failure_id" in keyed:
            del values["failure_id"]
        made.append(values | {ends: instant})
    return made


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_row_goes_when_its_time_is_over_and_not_a_second_before(home, rule):
    limit = NOW - rule.keeps
    instants = {"before": limit - timedelta(seconds=1), "at": limit, "after": limit + timedelta(seconds=1)}
    table = every_table().tables[rule.table]
    with at(home) as opened:
        with opened.store.writing(EVERY) as session:
            session.execute(insert(table), rows_of(rule.table, instants, rule.ends))
            before = session.execute(select(func.count()).select_from(table)).scalar_one()
            assert count_due(session, home.folder, home.folder, NOW)[rule.name] == 2
        gone = purge(opened.store, opened.keyring, home.folder, home.folder / "plans", NOW, lambda: None)
        assert gone[rule.name] == 2
        with opened.store.reading(EVERY) as session:
            assert session.execute(select(func.count()).select_from(table)).scalar_one() == before - 2
            assert session.execute(select(table.c[rule.ends]).where(table.c[rule.ends] <= limit)).all() == []


def test_a_day_goes_with_its_plans_and_its_key_30_days_after_and_not_before(home):
    """The 24th of November less 30 days is the 25th of October: the 24th is the last day that goes."""
    with at(home) as opened:
        keys = dict(zip(("2026-10-24", "2026-10-25", "2026-10-26"), opened.client_keys.make("north", 3), strict=True))
        with opened.store.writing("north") as session:
            for on, key_id in keys.items():
                of_day = {"organisation_id": "north", "programme_id": "village", "date": on}
                session.add(RouteDay(**of_day, key_id=key_id))
                session.execute(insert(PlanRow), [plan_row(on) | of_day])
                event = {"organisation_id": "north", "plan_id": f"plan-{on}", "number": 1}
                session.add(PlanEvent(**event, at=NOW, sealed_event=b"x"))
                basis = {"organisation_id": "north", "plan_id": f"plan-{on}", "version": 1}
                session.add(PlanBasis(**basis, part="c1", key_id="of c1", sealed=b"x"))  # under a key that stays
        gone = purge(
            opened.store, opened.keyring, home.folder, home.folder / "plans", NOW, lambda: finish_erasures(opened)
        )
        assert gone["route_days"] == 1
        with opened.store.reading("north") as session:
            for table, column in ((RouteDay, RouteDay.date), (PlanRow, PlanRow.date)):
                assert sorted(session.scalars(select(column).select_from(table))) == ["2026-10-25", "2026-10-26"]
            for column in (PlanEvent.plan_id, PlanBasis.plan_id):
                assert sorted(session.scalars(select(column))) == ["plan-2026-10-25", "plan-2026-10-26"]
        with pytest.raises(InternalError, match="client_key_gone"):
            opened.client_keys.key("north", keys["2026-10-24"])
        assert opened.client_keys.key("north", keys["2026-10-25"])


def test_what_nobody_can_open_any_more_goes_30_days_after_the_erasure_and_the_goods_stay(home):
    """Three clients, erased a second before the limit, at it, a second after; a fourth who is there still."""
    limit = NOW - timedelta(days=30)
    erased = {"k1": limit - timedelta(seconds=1), "k2": limit, "k3": limit + timedelta(seconds=1)}
    with at(home) as opened:
        with opened.store.writing("north") as session:
            own = {"organisation_id": "north"}
            session.add(Programme(**own, programme_id="erased", version=1, sealed_frame=b"\0\1", changed_at=NOW))
            session.flush()
            for key_id in ("k1", "k2", "k3", "k4"):
                for table in (VisitReport, WrittenEntries, Discrepancy, CustodyRecord, IntakeRequest, HandedGoods):
                    session.add(table(**of_client(table, key_id)))
            session.add(IntakeRequest(**of_client(IntakeRequest, "k1") | {"request_id": "refused", "state": "refused"}))
            for key_id, done_at in erased.items():
                session.add(Erasure(**own, key_id=key_id, asked_at=NOW, done_at=done_at))
        with opened.store.reading(EVERY) as session:
            assert count_due(session, home.folder, home.folder, NOW)["erased"] == 2 * 5  # in five tables
        gone = purge(opened.store, opened.keyring, home.folder, home.folder / "plans", NOW, lambda: None)
        assert gone["erased"] == 2 * 5
        with opened.store.reading("north") as session:
            for table in (VisitReport, WrittenEntries, Discrepancy):
                assert sorted(session.scalars(select(table.key_id))) == ["k3", "k4"]
            assert sorted(session.scalars(select(IntakeRequest.request_id))) == ["k3", "k4", "refused"]
            assert sorted(session.scalars(select(HandedGoods.key_id))) == ["k1", "k2", "k3", "k4"]
            goods = session.execute(select(CustodyRecord.key_id, CustodyRecord.sealed_client)).all()
            assert sorted(map(tuple, goods)) == [("k1", None), ("k2", None), ("k3", b"\0\1"), ("k4", b"\0\1")]


def of_client(table: type, key_id: str) -> dict[str, object]:
    """A row of a table: what is not about the client is alike everywhere."""
    made: dict[str, object] = {}
    for column in table.__table__.columns:
        kind = column.type.python_type if not isinstance(column.type, Instant) else datetime
        made[column.name] = {bytes: b"\0\1", str: key_id, int: 1, datetime: NOW}[kind]
    made |= {"organisation_id": "north", "programme_id": "erased"}
    return made | ({"state": "accepted"} if table is IntakeRequest else {})


def plan_row(on: str) -> dict[str, object]:
    return {
        "plan_id": f"plan-{on}",
        "programme_version": 1,
        "version": 1,
        "asked_by": "x",
        "asked_at": NOW,
        "sealed_asked": b"\0\0x",
    }


def test_files_go_when_their_time_is_over(tmp_path, monkeypatch):
    service, plans = tmp_path / "service", tmp_path / "plans"
    (service / "networks").mkdir(parents=True)
    for folder in ("2026-11-23", "2026-11-24", "2026-11-23-0930", "notes"):
        (plans / "p" / folder / "sheets").mkdir(parents=True)
        (plans / "p" / folder / "sheets/sheet-v1.html").write_bytes(marks.PAGE_MARK + b"...")
        (plans / "p" / folder / "sheets/own.html").write_bytes(b"somebody's own")
    for name in ("first-password", ".doorstep-x.part", "networks/.doorstep-y", "keyring.json"):
        (service / name).write_bytes(b"x")
    written = (service / "first-password").stat().st_mtime
    for later_s, expected in ((15 * 60, 0), (15 * 60 + 1, 1), (86_400, 1), (86_401, 3)):
        monkeypatch.setattr(files.time, "time", lambda later_s=later_s: written + later_s)
        found = list(files.due_files(service, tmp_path / "none", date(2026, 11, 24)))
        assert len(found) == expected, later_s
    due = [path for name, path in files.due_files(service, plans, date(2026, 11, 24)) if name == "sheets"]
    assert {path.parent.parent.name for path in due} == {"2026-11-23", "2026-11-23-0930"}
    for path in due:
        files.remove_file(path)
    assert (plans / "p/2026-11-23/sheets/own.html").exists()
    assert not (plans / "p/2026-11-23/sheets/sheet-v1.html").exists()


def test_the_service_purges_by_itself(home, monkeypatch):
    monkeypatch.setattr(purging, "FIRST_AFTER_S", 0.2)
    with at(home) as opened:
        with opened.store.writing(EVERY) as session:
            table = every_table().tables["answered"]
            session.execute(insert(table), rows_of("answered", {"old": NOW - timedelta(days=900)}, "answered_at"))
        until = datetime.now(UTC) + timedelta(seconds=20)
        left = 1
        while left and datetime.now(UTC) < until:
            with opened.store.reading(EVERY) as session:
                left = session.execute(select(func.count()).select_from(table)).scalar_one()
    assert left == 0


def test_the_command_says_what_would_go_and_then_removes_it(environment):
    assert doorstep(environment, "init", "north").returncode == 0
    password = Path(environment["DOORSTEP_HOME"]) / "service/first-password"
    os.utime(password, (0, 0))
    told = doorstep(environment, "purge", "--dry-run")
    assert "would go: 1 first passwords in a file" in told.stdout, told.stderr
    assert password.exists()
    assert "removed: 1 first passwords in a file" in doorstep(environment, "purge").stdout
    assert not password.exists()


def test_the_page_shows_what_the_rules_keep():
    table = PAGE.read_text(encoding="utf-8").split("<!-- kept -->")[1].split("<!-- end -->")[0]
    shown = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", table, re.MULTILINE)
    assert {name: (what, after) for name, what, after in shown} == dict(KEPT)
