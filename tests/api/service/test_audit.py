"""The record: what is written into it, who sees it, and what is found when it was tampered with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from api.audit.chain import BEGINNING, Event, chained_mac, own_mac
from api.audit.requests import paths_about
from api.audit.verifying import Head, heads, read_heads, verify
from api.storage.audit_tables import AuditEntry
from api.storage.sessions import EVERY
from api.storage.tables import User
from routing.domain.errors import InputError
from tests.api.service.test_sign_in import PASSWORD, sign_in

CLIENT = "{programme_id}/clients/{entry_id}"


def seen(service, **asked: object) -> list[dict[str, object]]:
    with service.as_role("auditor") as auditor:
        answer = auditor.get("/v1/audit", params={"limit": 200, **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_a_change_is_recorded_with_whoever_made_it(service, programme_id):
    path = f"/v1/programmes/{programme_id}/clients/c1"
    with service.as_role("dispatcher") as client:
        assert client.patch(path, json={"phone": "canary-phone 3"}, headers={"If-Match": "*"}).status_code == 200
    entry = seen(service, about=path)[0]
    with service.opened.store.reading("north") as session:
        users = set(session.scalars(select(User.user_id)))
    assert (entry["action"], entry["outcome"]) == (f"PATCH /v1/programmes/{CLIENT}", "done")
    assert entry["actor"] in users
    assert str(entry["via"]).startswith("key ")


def test_what_fails_leaves_no_entry_of_a_change(service, programme_id):
    path = f"/v1/programmes/{programme_id}/clients/c2"
    with service.as_role("dispatcher") as client:
        assert client.patch(path, json={"place": 1}, headers={"If-Match": "*"}).status_code == 422
    assert seen(service, about=path, limit=1)[0]["action"] == "POST /v1/programmes"


def test_who_reads_an_address_is_recorded_and_who_may_not_too(service, programme_id):
    path = f"/v1/programmes/{programme_id}/clients/c1"
    with service.as_role("dispatcher") as client, service.as_role("auditor") as auditor:
        assert client.get(path).status_code == 200
        assert auditor.get(path).status_code == 403
    outcomes = [(entry["outcome"], entry["action"]) for entry in seen(service, about=path)[:2]]
    assert outcomes == [("not_allowed", f"GET /v1/programmes/{CLIENT}"), ("seen", f"GET /v1/programmes/{CLIENT}")]


def test_what_is_done_to_the_whole_is_found_about_a_part(service, programme_id):
    with service.as_role("all") as client:
        client.get(f"/v1/programmes/{programme_id}/document")
        client.get(f"/v1/programmes/{programme_id}/clients")
    actions = [entry["action"] for entry in seen(service, about=f"/v1/programmes/{programme_id}/clients/c1")]
    assert actions == [
        "GET /v1/programmes/{programme_id}/clients",
        "GET /v1/programmes/{programme_id}/document",
        "POST /v1/programmes",
    ]
    assert list(paths_about("/v1/programmes/a/clients/c")) == [
        "/v1/programmes/a/clients/c",
        "/v1/programmes/a/clients",
        "/v1/programmes/a",
    ]


def test_an_export_is_recorded_before_it_is_answered(service, programme_id):
    with service.as_role("all") as client:
        client.get(f"/v1/programmes/{programme_id}/document")
        with service.opened.store.reading(
            "north"
        ) as session:  # straight from the database: nothing waited to be written
            found = select(AuditEntry.subject).where(AuditEntry.action.endswith("/document"))
            last = session.scalars(found.order_by(AuditEntry.sequence.desc())).first()
    assert last == service.opened.audit.pseudonym("north", f"/v1/programmes/{programme_id}")


def test_signing_in_and_failing_to_is_recorded(service):
    with service.as_role("administrator") as client:
        made = client.post("/v1/users", json={"login": "audited", "roles": ["auditor"]}).json()
    with service.anonymous() as client:
        assert sign_in(client, "audited", "not the password").status_code == 401
        assert sign_in(client, "audited", made["one_time_password"]).status_code == 201
    entries = [(entry["action"], entry["outcome"]) for entry in seen(service, actor=made["user_id"])]
    assert entries == [("POST /v1/session", "done"), ("POST /v1/session", "wrong_credentials")]


def test_an_erasure_is_recorded(service, programme_id):
    with service.as_role("all") as client:
        assert client.delete(f"/v1/programmes/{programme_id}/clients/c1", headers={"If-Match": "*"}).status_code == 204
    assert [entry["action"] for entry in seen(service)[:3] if entry["via"] == "service"] == ["client erased"]


def test_the_record_names_nobody_and_nothing(service, programme_id):
    with service.as_role("all") as client:
        client.get(f"/v1/programmes/{programme_id}/clients/c1?near=canary-gate")
    with service.as_role("auditor") as auditor:
        told = auditor.get("/v1/audit?limit=200").text
    assert [word for word in ("canary", "village-", PASSWORD, "/c1", "115.2") if word in told.lower()] == []


def test_another_organisation_sees_nothing_of_it(service, programme_id):
    del programme_id
    with service.as_role("auditor", "south") as auditor:
        south = auditor.get("/v1/audit?limit=200").json()
    with service.opened.store.reading("south") as session:
        actors = set(session.scalars(select(User.user_id)))
    assert {entry["actor"] for entry in south["items"]} <= {*actors, None}


def test_the_record_comes_in_pages(service, programme_id):
    with service.as_role("dispatcher") as client, service.as_role("auditor") as auditor:
        for _ in range(5):
            client.get(f"/v1/programmes/{programme_id}/clients")
        about = {"about": f"/v1/programmes/{programme_id}/clients", "limit": 2}
        numbers, cursor = [], None
        while cursor is not None or not numbers:
            page = auditor.get("/v1/audit", params=about | ({"cursor": cursor} if cursor else {})).json()
            numbers += [entry["sequence"] for entry in page["items"]]
            cursor = page["next_cursor"]
        assert auditor.get("/v1/audit?cursor=eA").json()["code"] == "bad_cursor"
    assert len(numbers) == 6  # five readings, and the programme that was taken in
    assert numbers == sorted(numbers, reverse=True)


def test_reading_does_not_wait_for_whoever_writes(service, programme_id):
    path = f"/v1/programmes/{programme_id}/clients/c1"
    with service.as_role("dispatcher") as client:
        with service.opened.store.writing(EVERY):
            began = datetime.now(UTC)
            assert client.get(path).status_code == 200
            assert datetime.now(UTC) - began < timedelta(seconds=5)  # the writer's lock would be waited for 10 s
        assert seen(service, about=path)[0]["outcome"] == "seen"


# The chain


def test_the_first_two_entries_are_bound_as_the_documentation_says():
    import hmac
    from hashlib import sha256

    key, at = bytes(range(32)), datetime(2026, 11, 23, tzinfo=UTC)
    event = Event(organisation_id="n", at=at, action="a", actor=None, via="service", subject="")
    # parts: n, 1795392000, a, done, nothing, service, an empty text; 2026-11-23 is day 20780 since 1970
    content = b"\1\0\0\0\1n\1\0\0\0\n1795392000\1\0\0\0\1a\1\0\0\0\4done\0\1\0\0\0\7service\1\0\0\0\0"
    assert own_mac(key, event) == hmac.digest(key, b"own" + content, sha256)
    own = own_mac(key, event)
    first = hmac.digest(key, b"chained" + bytes(32) + bytes(7) + b"\1" + own, sha256)
    assert chained_mac(key, BEGINNING, 1, own) == first
    assert chained_mac(key, first, 2, own) == hmac.digest(key, b"chained" + first + bytes(7) + b"\2" + own, sha256)


@pytest.fixture
def ten(service) -> Callable[[], tuple[list[tuple[str, str]], list[Head]]]:
    """A chain of ten entries of an organisation `east` of its own, and what is found in it."""
    recorder = service.opened.audit
    with service.opened.store.writing(EVERY) as session:
        session.execute(delete(AuditEntry).where(AuditEntry.organisation_id == "east"))
        events = [
            Event(organisation_id="east", at=datetime(2026, 11, 23, tzinfo=UTC), action=f"act {number}")
            for number in range(1, 11)
        ]
        recorder.note(session, *events)
    yield lambda kept=(): found_in(service, kept)
    with service.opened.store.writing(EVERY) as session:
        session.execute(delete(AuditEntry).where(AuditEntry.organisation_id == "east"))


def found_in(service, kept=()) -> list[tuple[str, str]]:
    with service.opened.store.reading(EVERY) as session:
        problems = list(verify(session, service.opened.keyring, kept))
    return [(problem.code, problem.where) for problem in problems]


def tamper(service, *statements: object) -> None:
    with service.opened.store.writing(EVERY) as session:
        for statement in statements:
            session.execute(statement)


EAST = AuditEntry.organisation_id == "east"


def number(sequence: int):
    return (EAST, AuditEntry.sequence == sequence)


def test_a_record_that_was_left_alone_is_whole(service, ten):
    with service.opened.store.reading(EVERY) as session:
        kept = heads(session)
    assert [(head.organisation_id, head.sequence) for head in kept if head.organisation_id == "east"] == [("east", 10)]
    assert ten(kept) == []
    assert read_heads("\n".join(head.line() for head in kept).encode()) == kept


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "other"},
        {"actor": "somebody"},
        {"subject": "x"},
        {"outcome": "seen"},
        {"via": "session"},
        {"at": datetime(2026, 11, 23, 0, 0, 1, tzinfo=UTC)},
        {"own_mac": bytes(32)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_changed_entry_is_found(service, ten, changed):
    tamper(service, update(AuditEntry).where(*number(4)).values(**changed))
    assert ten() == [("audit_entry_changed", "east/4")]


def test_a_removed_entry_is_found(service, ten):
    tamper(service, delete(AuditEntry).where(*number(4)))
    assert ten() == [("audit_entry_missing", "east/4")]


def test_an_entry_that_was_removed_and_its_gap_closed_is_found(service, ten):
    tamper(service, delete(AuditEntry).where(*number(4)))
    for sequence in range(5, 11):
        tamper(service, update(AuditEntry).where(*number(sequence)).values(sequence=sequence - 1))
    assert ten()[0] == ("audit_entry_moved", "east/4")


def test_two_entries_that_were_exchanged_are_found(service, ten):
    for before, after in ((4, 99), (5, 4), (99, 5)):
        tamper(service, update(AuditEntry).where(*number(before)).values(sequence=after))
    # 4 follows 3 no more, 5 not 4, and 6 not 5
    assert ten() == [("audit_entry_moved", f"east/{sequence}") for sequence in (4, 5, 6)]


def test_an_entry_that_was_put_in_is_found(service, ten):
    forged = {
        "organisation_id": "east",
        "sequence": 11,
        "at": datetime(2026, 11, 23, tzinfo=UTC),
        "via": "service",
        "action": "forged",
        "outcome": "done",
        "own_mac": bytes(32),
        "chained_mac": bytes(32),
    }
    tamper(service, insert(AuditEntry).values(**forged))
    assert ten() == [("audit_entry_changed", "east/11")]


def test_a_genuine_entry_that_was_repeated_is_found(service, ten):
    copied = (
        "SELECT organisation_id, 11, at, actor, via, action, subject, outcome, own_mac, chained_mac FROM audit_entry"
    )
    tamper(service, text(f"INSERT INTO audit_entry {copied} WHERE organisation_id = 'east' AND sequence = 4"))
    assert ten() == [("audit_entry_moved", "east/11")]


def test_an_end_that_was_taken_away_is_found_with_a_head_that_was_kept_and_only_with_one(service, ten):
    with service.opened.store.reading(EVERY) as session:
        kept = heads(session)
    tamper(service, delete(AuditEntry).where(EAST, AuditEntry.sequence > 8))
    assert ten() == []
    assert ten(kept) == [("audit_cut", "east/9")]
    tamper(service, delete(AuditEntry).where(EAST))
    assert ten(kept) == [("audit_cut", "east/1")]


def test_a_record_that_went_another_way_since_is_found(service, ten):
    with service.opened.store.reading(EVERY) as session:
        kept = heads(session)
    tamper(service, delete(AuditEntry).where(*number(10)))
    service.opened.audit.now(Event(organisation_id="east", at=datetime.now(UTC), action="instead"))
    assert ten() == []
    assert ten(kept) == [("audit_head_differs", "east/10")]


@pytest.mark.parametrize(
    "data", [b"no", b"[]", b"{}", b'{"organisation_id": "n", "sequence": "1", "mac": ""}', b"\xff"]
)
def test_heads_that_cannot_be_read_are_told_of(data):
    with pytest.raises(InputError, match="audit_heads_unreadable"):
        read_heads(data)


def test_many_writers_leave_one_whole_chain(service):
    from concurrent.futures import ThreadPoolExecutor

    event = Event(organisation_id="west", at=datetime.now(UTC), action="at once")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: service.opened.audit.now(event, event), range(40)))
    with service.opened.store.reading(EVERY) as session:
        wanted = select(func.count(), func.max(AuditEntry.sequence)).where(AuditEntry.organisation_id == "west")
        assert tuple(session.execute(wanted).one()) == (80, 80)
    assert found_in(service) == []
