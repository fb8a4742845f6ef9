"""Canaries in every personal field: in nothing that the service writes, and after an erasure opened by no key there is.

Looked at: files, write-ahead log, backups, temporary files, PostgreSQL's own files, the log, refusals, headers,
figures, addresses that the service hands out, and the processes that make plans.
"""

import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path

import httpx
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from sqlalchemy import select, text

from api.backup import writing
from api.backup.records import lines_of, tables_of, value_of
from api.backup.stream import opened_pieces, read_header
from api.looking import looking
from api.manners.metrics import served
from api.plans import kept_plans
from api.rotating import cell_of, sealed_columns, sealed_tables
from api.security.field_cipher import VERSION_BYTES
from api.security.keyring import NONCE_BYTES, Keyring
from tests.api.service import aviary
from tests.api.service.conftest import PASSPHRASE
from tests.api.service.flight import REFERENCE, Flight, free_texts, told_by_form

RECORDED = 20  # requests at least
LISTS = ("clients", "volunteers", "sites", "products", "passes", "checkpoints", "intake", "discrepancies")


@pytest.fixture(scope="module")
def told(service, tmp_path_factory) -> dict[str, object]:
    """The service after it was told everything there is to tell, well and wrongly; backed up, and its log."""
    folder = tmp_path_factory.mktemp("canaries")
    document, points = aviary.full_programme("aviary")
    words = sorted(aviary.canaries(document))
    patch = pytest.MonkeyPatch()
    patch.setattr(tempfile, "tempdir", str(_made(folder / "temporary")))
    patch.setenv("TMPDIR", str(folder / "temporary"))  # of the processes that make plans
    logged: list[str] = []
    patch.setattr("sys.stderr.write", logged.append, raising=False)
    with service.as_role("all") as client:
        seen = [client.post("/v1/programmes", json=document, headers={"Idempotency-Key": "aviary"})]
        assert seen[0].status_code == 201, seen[0].text
        flight = Flight(service, points)
        flight.everything()
        words += [*aviary.canaries(flight.sent), *flight.secrets, PASSPHRASE]
        seen += [*flight.seen, *_used(client, words), *_paged(client)]
    patch.undo()
    with looking(service.installation, PASSPHRASE) as looked:
        writing.back_up_data(service.installation, looked, folder / "data")
        writing.back_up_keys(service.installation, looked, folder / "keys")
    found = {"folder": folder, "search": aviary.search_for(words, points), "seen": seen, "words": words, "log": logged}
    return {**found, "document": document, "flight": flight}


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def _used(client, words: list[str]) -> Iterator[object]:
    """Ask for everything, change everything, and do both wrongly with canaries in every place of a request."""
    path = "/v1/programmes/aviary"
    for kind in ("clients", "volunteers", "sites", "zones", "checkpoints", "passes", "prescribers", "products"):
        yield client.get(f"{path}/{kind}")
        yield client.post(f"{path}/{kind}", json={"surprises": words})
    yield client.get(f"{path}/document")
    yield client.get(f"{path}/days/2026-11-23")
    yield client.patch(f"{path}/clients/c1", json={"service_s": 240}, headers={"If-Match": "*"})
    for word in words[:3]:
        yield client.get(f"{path}/clients/{word}?near={word}", headers={"If-None-Match": word})
        yield client.get(f"{path}/clients", params={"cursor": word, "limit": word})
        yield client.get(f"/v1/{word}")
        yield client.get("/v1/audit", params={"about": f"{path}/clients/{word}"})
        yield client.patch(f"{path}/clients/c1", json={"place": {"location": word}}, headers={"If-Match": "*"})
        yield client.put(f"{path}/document", content=word, headers={"If-Match": word})


def _paged(client) -> Iterator[object]:
    """Every list, so that it has a next page: with what its cursor names."""
    for path in ("/v1/users", "/v1/keys", "/v1/networks", "/v1/programmes", "/v1/audit", "/v1/failed-guesses"):
        yield client.get(path, params={"limit": 1})
    for path in (*LISTS, "visits", "custody", "stock"):
        asked = {"limit": 1} if path in LISTS else {"limit": 1, "date": "2026-11-23"}
        yield client.get(f"/v1/programmes/aviary/{path}", params=asked)
    yield client.get("/v1/programmes/flight/plans", params={"limit": 1})
    yield client.get("/v1/programmes/flight/links", params={"limit": 1})


def test_every_text_of_every_body_was_sent_with_a_canary(service, told):
    """Whoever adds a text to a body adds it to `flight.py`, or says there that it is told by its form."""
    with service.anonymous() as client:
        fields = free_texts(client.get("/openapi.json").json())
    sent = aviary.planted([told["document"], told["flight"].sent])
    assert sent | told_by_form() == fields | told_by_form()
    assert {("Report", "remark"), ("ClientChange", "phone"), ("Pass", "plates"), ("NewUser", "login")} <= sent


def test_a_text_in_a_body_is_found_however_deep_it_lies():
    free, closed = {"type": "string", "maxLength": 9}, {"type": "string", "enum": ["a"]}
    deep = {"anyOf": [{"type": "array", "items": {"anyOf": [free, {"type": "null"}]}}, {"type": "null"}]}
    schemas = {
        "Body": {
            "properties": {"part": {"$ref": f"{REFERENCE}Part"}, "kind": closed, "on": {**free, "format": "date"}}
        },
        "Part": {"properties": {"words": deep, "id": {**free, "pattern": "^a"}}},
        "Answer": {"properties": {"text": free}},
    }
    operation = {"requestBody": {"content": {"application/json": {"schema": {"$ref": f"{REFERENCE}Body"}}}}}
    described = {"components": {"schemas": schemas}, "paths": {"/v1/x": {"post": operation, "get": {}}}}
    assert free_texts(described) == {("Part", "words")}


def test_neither_figures_nor_the_processes_that_make_plans_show_one(told):
    with served(0) as port:
        figures = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).content
    assert b'route="/v1/programmes/{programme_id}/visits"' in figures
    assert len(told["flight"].of_processes) >= 2
    assert b"api.jobs.worker" in b"".join(told["flight"].of_processes)
    for shown in (figures, *told["flight"].of_processes):
        assert not told["search"].search(shown)


def test_no_address_that_is_handed_out_shows_one(told):
    addresses = list(handed_out(told["seen"]))
    assert len([one for one in addresses if one.startswith("/v1/")]) >= 5  # Location: of what was made
    assert len([one for one in addresses if one.startswith("http")]) >= 1  # of a volunteer's page
    cursors = [one for one in addresses if "/" not in one]
    assert len(cursors) >= 8
    assert [one for one in addresses if told["search"].search(one.encode())] == []


def handed_out(answers) -> Iterator[str]:
    """Every address in answers, as far as it is sent to anybody: nothing behind a `#`."""
    for answer in answers:
        yield from (answer.headers[name] for name in ("location", "link") if name in answer.headers)
        if answer.headers.get("content-type") == "application/json" and answer.status_code < 400:
            body = answer.json()
            yield from (str(body[name]).partition("#")[0] for name in ("url", "page", "next_cursor") if body.get(name))


def test_every_field_that_takes_any_text_has_a_canary():
    document, points = aviary.full_programme("aviary")
    assert aviary.planted(document) | aviary.TOLD_BY_FORM == aviary.text_fields() | aviary.TOLD_BY_FORM
    assert aviary.text_fields() >= aviary.TOLD_BY_FORM
    assert len(set(points.given)) == len(points.given)


def test_a_canary_would_be_found_in_whatever_form():
    import base64
    import struct

    document, points = aviary.full_programme("aviary")
    words = sorted(aviary.canaries(document))
    search = aviary.search_for(words, points)
    lon, lat = points.given[3]
    for hidden in (
        words[0].encode(),
        base64.b64encode(b"ab" + words[-1].encode() + b"c"),
        words[1].encode("utf-16-le"),
        f"POINT({lon:.6f} {lat:.6f})".encode(),
        struct.pack("<d", lat),
        struct.pack(">2f", lon, lat),
        struct.pack("<2i", round(lat * 1e7), round(lon * 1e7)),
        struct.pack(">q", round(lon * 1e6)),
        base64.b64encode(struct.pack("<2d", lon, lat)),
    ):
        assert search.search(b"..." + hidden + b"..."), hidden
    assert not search.search(json.dumps(aviary.plain_place()).encode())


def test_nothing_that_lies_on_a_disk_shows_a_canary(service, told):
    home, cache = service.installation.settings.home, service.installation.settings.cache
    files = [*home.rglob("*"), *cache.rglob("*"), *told["folder"].rglob("*"), *database_files(service)]
    looked_at = [path for path in files if path.is_file()]
    names = {path.name for path in looked_at}
    assert {"keyring.json", "keys.db", "data", "keys"} <= names
    if service.database == "sqlite":
        assert {"doorstep.db", "doorstep.db-wal"} <= names
    assert [str(path) for path in looked_at if told["search"].search(path.read_bytes())] == []
    assert list((told["folder"] / "temporary").iterdir()) == []


def database_files(service) -> list[Path]:
    """PostgreSQL's own files, once all that was written has come there."""
    if service.database == "sqlite":
        return []
    with service.opened.store.engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(str(connection.execute(text("SHOW data_directory")).scalar()))
    return list(folder.parent.rglob("*"))


def test_no_value_in_any_table_shows_a_canary(service, told):
    with service.opened.store.engine.connect() as connection:
        for table in tables_of(connection):
            for row in connection.execute(select(table)):
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    assert not told["search"].search(data), table.name


def test_neither_the_log_nor_a_refusal_nor_a_header_shows_one(told):
    log = "".join(told["log"])
    assert log.count("\n") >= RECORDED
    assert not told["search"].search(log.encode())
    assert "aviary" not in log
    refused = [answer for answer in told["seen"] if answer.status_code >= 400]
    assert len(refused) >= RECORDED
    for answer in told["seen"]:
        # A session's secret is given in its cookie, and nowhere else.
        headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "set-cookie")
        assert not told["search"].search(headers.encode()), answer.request.url
        if answer.status_code >= 400:
            assert not told["search"].search(answer.content), answer.request.url


# After an erasure


CLIENTS = ("aviary/clients/c1", "aviary/clients/c5", "aviary/clients/c6", "flight/clients/c3", "flight/clients/c8")


def test_no_key_that_is_left_opens_what_is_left_of_somebody_erased(service, told, monkeypatch):
    """Every key that exists on every sealed value of the database and of a backup that was made before.

    They are in programmes, ledgers, reports, goods, intake, plans, copies of programmes, and answers that are kept.
    """
    flight, backup = told["flight"], told["folder"] / "data"
    before = opened_texts([*rows_of_backup(service, backup), *rows_of_database(service)], keys_of(service))
    assert [one for one in of_clients(told) if one not in before] == []  # so they would be found
    assert [one for one in aviary.canaries(flight.sent) if one.endswith("h1") and one in before] == []  # was refused
    monkeypatch.setattr(kept_plans, "REPORTED_FOR", timedelta(days=-10_000))  # nobody reports of these days any more
    with service.as_role("all") as client:
        assert client.post("/v1/programmes/flight/clients", json=flight.newcomer).status_code == 201
        for path in CLIENTS:
            assert client.delete(f"/v1/programmes/{path}", headers={"If-Match": "*"}).status_code == 204, path
        for plan in flight.plans:
            assert client.get(plan).status_code == 200
            assert client.get(f"{plan}/differences").status_code in {200, 409}  # `plan_of_erased_client`
    after = opened_texts([*rows_of_backup(service, backup), *rows_of_database(service)], keys_of(service))
    assert [one for one in of_clients(told) if one in after] == []
    assert aviary.word("Site", "name") in after  # what is not the client's is opened as before
    assert "Stork" in after
    assert aviary.word("HelpRequest", "phone", "h2") in after  # who waits was not erased
    with looking(service.installation, PASSPHRASE) as looked:
        writing.back_up_keys(service.installation, looked, told["folder"] / "keys")
    assert not told["search"].search((told["folder"] / "keys").read_bytes())


def of_clients(told) -> list[str]:
    """All that was said of those who are erased, words and the numbers of their doors."""
    client = [aviary.word("Client", field) for field in ("code_name", "phone", "challenge", "guardian")]
    client += [aviary.word("Consent", "if_others_answer"), aviary.word("Clearance", "by")]
    everything = aviary.canaries([told["document"], told["flight"].sent])
    own = [one for one in everything if one.endswith(("c1", "c3", "c8", "h0")) or ".ClientChange." in one]
    places = (told["flight"].newcomer["place"], told["document"]["clients"][0]["place"], *told["flight"].doors)
    return [*client, *own, *(str(place["location"][name]) for place in places for name in ("lon", "lat"))]


Row = tuple[object, dict[str, object]]  # table and row


def rows_of_database(service) -> Iterator[Row]:
    with service.opened.store.engine.connect() as connection:
        for table in sealed_tables():
            for row in connection.execute(select(table)).mappings():
                yield table, dict(row)


def rows_of_backup(service, path: Path) -> Iterator[Row]:
    tables = {table.name: table for table in sealed_tables()}
    table, columns = None, []
    with path.open("rb") as file:
        header, opening = read_header(file, str(path))
        for line in lines_of(opened_pieces(file, header, opening, service.opened.keyring, str(path))):
            if "table" in line:
                table, columns = tables.get(line["table"]), line["columns"]
            elif "row" in line and table is not None:
                yield table, dict(zip(columns, map(value_of, line["row"]), strict=True))


def keys_of(service) -> list[bytes]:
    """Every key that exists, used as any other: the root, the data keys, those derived from them, the clients'."""
    keyring: Keyring = service.opened.keyring
    purposes = ("doorstep.db", "keys.db", "csrf", "keyring/id", "audit/north", "index/north/login")
    own = [service.opened.client_keys.key(owner, key_id) for key_id, owner, _ in service.opened.client_keys.rows()]
    fields = [
        keyring.of_data(f"fields/{owner}", version)
        for owner, version in product(("north", "south", ""), keyring.data_keys)
    ]
    return [keyring.root, *keyring.data_keys.values(), *map(keyring.of_root, purposes), *fields, *own]


def opened_texts(rows, keys: list[bytes]) -> str:
    """All that any of the keys opens of some rows, each tried in its place."""
    ciphers = [AESGCMSIV(key) for key in keys]
    found = []
    for table, row in rows:
        for name in sealed_columns(table):
            if row.get(name):  # of what was refused nothing is left to open
                found += _opened(ciphers, cell_of(table, name, row), bytes(row[name]))
    return "\n".join(found)


def _opened(ciphers, cell, sealed: bytes) -> Iterator[str]:
    version = int.from_bytes(sealed[:VERSION_BYTES], "big")
    nonce, rest = sealed[VERSION_BYTES : VERSION_BYTES + NONCE_BYTES], sealed[VERSION_BYTES + NONCE_BYTES :]
    for cipher in ciphers:
        try:
            yield cipher.decrypt(nonce, rest, cell.label(version)).decode()
        except InvalidTag:
            continue
