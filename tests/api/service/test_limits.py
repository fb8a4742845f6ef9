"""What is too much, too deep, packed or foreign: refused cheaply, and the service goes on."""

import gzip
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from api.manners import guard
from api.manners.guard import MOST_BYTES
from api.manners.paging import MOST as MOST_A_PAGE
from api.networks import endpoints
from routing.domain.reading import MOST_DEPTH
from tests.api.service import story
from tests.api.service.test_resources import refusal

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def dispatcher(service):
    with service.as_role("dispatcher") as client:
        yield client


def raw(service, request: bytes) -> bytes:
    """Send bytes as they are; return the answer, after which the server hangs up."""
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        with suppress(ConnectionResetError):  # it hangs up on what it has not read
            while piece := connection.recv(65536):
                answer += piece
        return answer


def alive(service) -> bool:
    with service.anonymous() as client:
        return client.get("/readyz").json() == {"status": "ready"}


def nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    ("depth", "status", "code"),
    [(100, 403, "field_not_allowed"), (101, 400, "body_too_deep"), (500_000, 400, "body_too_deep")],
)
def test_a_body_is_at_most_a_hundred_deep(dispatcher, programme_id, depth, status, code):
    answer = dispatcher.patch(f"/v1/programmes/{programme_id}", content=nested(depth), headers=JSON)
    assert refusal(answer)[:2] == (status, code)


def test_brackets_in_a_text_are_no_depth(dispatcher, programme_id):
    tag = dispatcher.get(f"/v1/programmes/{programme_id}").headers["etag"]
    patch = {"name": '[[["' * 100}
    answer = dispatcher.patch(f"/v1/programmes/{programme_id}", json=patch, headers={"If-Match": tag})
    assert answer.status_code == 200


@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 422), (MOST_BYTES + 1, 413)])
def test_a_body_is_at_most_a_mebibyte(service, size, status):
    with service.anonymous() as client:
        body = b'{"secret": "' + b"x" * (size - 14) + b'"}'
        assert refusal(client.post("/v1/unlock", content=body, headers=JSON))[0] == status


def test_a_hundred_megabytes_are_refused_before_they_are_sent(service):
    head = b"POST /v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    answer = raw(service, head + b"Content-Length: 100000000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body_too_large" in answer
    assert alive(service)


def test_a_body_that_does_not_say_its_length_is_counted(service):
    head = b"POST /v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"%x\r\n" % (MOST_BYTES + 1) + b"x" * (MOST_BYTES + 1) + b"\r\n"
    assert raw(service, head + piece).startswith(b"HTTP/1.1 413")
    assert alive(service)


def test_a_packed_body_is_refused_unopened(dispatcher):
    bomb = gzip.compress(b" " * 50_000_000)
    answer = dispatcher.post("/v1/programmes", content=bomb, headers={**JSON, "Content-Encoding": "gzip"})
    assert refusal(answer)[:2] == (415, "body_packed")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"[]", "not_an_object"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": NaN}', "not_a_number"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b'{"a": "\\ud83d"}', "not_utf8"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_a_number"),
    ],
)
def test_what_is_no_json_object_is_told_with_its_code(dispatcher, programme_id, body, code):
    answer = dispatcher.patch(f"/v1/programmes/{programme_id}", content=body, headers=JSON)
    assert refusal(answer)[:2] == (422, code)


def test_a_body_that_is_not_said_to_be_json_is_not_read_as_json(dispatcher, programme_id):
    answer = dispatcher.patch(f"/v1/programmes/{programme_id}", content=b"{}", headers={"Content-Type": "text/plain"})
    assert refusal(answer)[:2] == (415, "media_type_unsupported")


def test_paths_and_methods_that_are_not_there(service):
    with service.anonymous() as client:
        assert refusal(client.get("/v1/nothing"))[:2] == (404, "not_found")
        answer = client.put("/v1/session")
        assert refusal(answer)[:2] == (405, "method_not_allowed")
        assert answer.headers["allow"] == "DELETE, GET, POST"


def test_a_foreign_name_and_a_foreign_page_are_refused(service):
    with service.anonymous() as client:
        assert refusal(client.get("/healthz", headers={"Host": "rebound.example"}))[:2] == (400, "host_unknown")
        foreign = client.post("/v1/session", json={}, headers={"Origin": "https://evil.example"})
        assert refusal(foreign)[:2] == (403, "foreign_origin")
        own = client.post("/v1/session", json={}, headers={"Origin": service.url})
        assert refusal(own)[:2] == (422, "missing_key")


def test_every_answer_carries_the_same_care(service):
    with service.anonymous() as client:
        for path in ("/healthz", "/v1/programmes", "/nothing", "/openapi.json"):
            headers = client.get(path).headers
            assert headers["cache-control"] == "no-store"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert "server" not in headers


def test_eighty_writers_at_once_are_all_heard_and_none_is_lost(service, programme_id):
    # More than the web framework has threads (40): nobody who waits may hold what the writer needs.
    path = f"/v1/programmes/{programme_id}/clients"

    def add(number: int) -> int:
        client = {"client_id": f"w{number}", "code_name": f"Writer {number}", "place": story.place()}
        return threads.post(path, json=client, headers={"Idempotency-Key": f"{path}{number}"}).status_code

    with service.as_role("dispatcher") as threads, ThreadPoolExecutor(80) as pool:
        assert set(pool.map(add, range(80))) == {201}
        listed = threads.get(path, params={"limit": 200}).json()["items"]
    assert {one["client_id"] for one in listed} == {"c1", "c2", *(f"w{number}" for number in range(80))}


def test_of_many_who_change_one_version_one_succeeds(service, programme_id):
    path = f"/v1/programmes/{programme_id}/clients/c1"

    def change(number: int) -> int:
        return client.patch(path, json={"code_name": f"W{number}"}, headers={"If-Match": '"1"'}).status_code

    with service.as_role("dispatcher") as client, ThreadPoolExecutor(12) as pool:
        answers = sorted(pool.map(change, range(12)))
    assert answers == [200] + [412] * 11


def test_a_problem_echoes_nothing_of_the_request(service):
    with service.as_role("care") as client:
        document = story.programme("canary-id") | {
            "timezone": "canary-zone",
            "near": {"lon": "canary-lon", "lat": 999.25},
        }
        text = client.post("/v1/programmes", json=document).text
    assert "canary" not in text
    assert "999.25" not in text
    assert json.loads(text)["problems"]


@pytest.mark.parametrize("date", ["0", "1.5", "+7", "20261123", "2026-11-23T00:00:00", "tomorrow"])
def test_a_number_is_no_date(dispatcher, programme_id, date):
    at = f"/v1/programmes/{programme_id}"
    assert refusal(dispatcher.get(f"{at}/days/{date}"))[:2] == (422, "bad_parameter")
    assert refusal(dispatcher.get(f"{at}/plans", params={"date": date}))[:2] == (422, "bad_parameter")
    assert dispatcher.post(f"{at}/plans", json={"date": date}).status_code == 422
    assert dispatcher.post(f"{at}/plans", json={"date": 0}).status_code == 422


@pytest.mark.parametrize(("limit", "status"), [(0, 422), (1, 200), (199, 200), (200, 200), (201, 422)])
def test_a_page_has_one_to_two_hundred_items(dispatcher, programme_id, limit, status):
    assert dispatcher.get(f"/v1/programmes/{programme_id}/clients", params={"limit": limit}).status_code == status


@pytest.mark.parametrize(("length", "status"), [(1, 201), (199, 201), (200, 201), (201, 422)])
def test_an_idempotency_key_has_at_most_two_hundred_characters(dispatcher, programme_id, length, status):
    client = {"client_id": "k", "code_name": "Crake", "place": story.place()}
    path = f"/v1/programmes/{programme_id}/clients"
    key = (programme_id[-1] + "k" * length)[:length]
    answer = dispatcher.post(path, json={**client, "client_id": f"k{length}"}, headers={"Idempotency-Key": key})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("more", "refused"), [(-1, False), (0, False), (1, True)])
def test_a_whole_programme_has_a_limit_of_its_own(service, monkeypatch, more, refused):
    # The limit is lowered, so that nothing of 32 MiB has to be sent: 2 MiB, which is beyond any other body's.
    monkeypatch.setattr(guard, "MOST_DOCUMENT_BYTES", 2 * MOST_BYTES)
    body = b'{"a": "' + b"x" * (2 * MOST_BYTES + more - 9) + b'"}'
    with service.as_role("care") as client:
        answer = client.post("/v1/programmes", content=body, headers=JSON)
    assert (refusal(answer)[1] == "body_too_large") is refused


@pytest.mark.parametrize(("more", "refused"), [(-1, False), (0, False), (1, True)])
def test_an_extract_has_a_limit_and_is_counted_as_it_comes(dispatcher, monkeypatch, more, refused):
    monkeypatch.setattr(endpoints, "MOST_BYTES", 2000)
    answer = dispatcher.put("/v1/networks/big.osm", content=b"x" * (2000 + more))
    assert (answer.status_code, answer.json()["code"]) == (
        (413, "body_too_large") if refused else (422, "extract_unreadable")
    )


def test_the_description_and_the_page_tell_the_limits_that_are_enforced(service):
    with service.anonymous() as client:
        described = client.get("/openapi.json").json()["info"]["description"]
    page = (Path(__file__).resolve().parents[3] / "docs/service.md").read_text(encoding="utf-8")
    mib = 1024 * 1024
    for most in (MOST_BYTES, guard.MOST_DOCUMENT_BYTES, endpoints.MOST_BYTES, guard.MOST_AT_ONCE_BYTES):
        assert f"{most // mib} MiB" in described
        assert f"| {most // mib} MiB" in page
    assert f"{MOST_DEPTH} deep" in described
    assert f"at most {MOST_A_PAGE} items" in described
    assert f"(50, at most {MOST_A_PAGE})" in page
