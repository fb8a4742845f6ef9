"""What is too much, too deep, packed or foreign: refused cheaply, and the service goes on."""

import gzip
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from api.manners.guard import MOST_BYTES, STRANGERS_BYTES
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


@pytest.mark.parametrize(
    "body",
    [b'{"a": "' + b'\\"' * 500_000, b'{"a": "' + b"\\" * 1_000_000, b'"' * 1_000_001],
    ids=["quotes", "backslashes", "texts"],
)
def test_a_text_that_does_not_end_is_read_in_one_go(dispatcher, programme_id, body):
    # Tried anew from each of its quotes, the first of these took an hour, in which nobody else was answered.
    began = time.monotonic()
    answer = dispatcher.patch(f"/v1/programmes/{programme_id}", content=body, headers=JSON)
    assert refusal(answer)[:2] == (422, "not_json")
    assert time.monotonic() - began < 10


def test_of_very_many_faults_two_hundred_are_told(service):
    with service.as_role("administrator") as client:
        answer = client.post("/v1/users", json={f"unknown{number}": 1 for number in range(50_000)})
    assert (answer.status_code, len(answer.json()["problems"])) == (422, 200)


def test_brackets_in_a_text_are_no_depth(dispatcher, programme_id):
    tag = dispatcher.get(f"/v1/programmes/{programme_id}").headers["etag"]
    patch = {"name": '[[["' * 100}
    answer = dispatcher.patch(f"/v1/programmes/{programme_id}", json=patch, headers={"If-Match": tag})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("role", "path", "size", "refused"),
    [
        ("administrator", "/v1/users", MOST_BYTES, (422, "too_long")),
        ("administrator", "/v1/users", MOST_BYTES + 1, (413, "body_too_large")),
        ("administrator", "/v1/unlock", STRANGERS_BYTES, (422, "too_long")),
        ("administrator", "/v1/unlock", STRANGERS_BYTES + 1, (413, "body_too_large")),
        (None, "/v1/unlock", STRANGERS_BYTES, (422, "too_long")),
        (None, "/v1/users", STRANGERS_BYTES, (401, "not_signed_in")),
        (None, "/v1/users", MOST_BYTES, (401, "not_signed_in")),
    ],
)
@pytest.mark.parametrize("said", [True, False], ids=["said", "chunked"])
def test_a_body_is_at_most_a_mebibyte_and_a_strangers_sixty_four_kibibytes(service, role, path, size, refused, said):
    name = "secret" if path == "/v1/unlock" else "login"
    body = f'{{"{name}": "'.encode()
    body += b"x" * (size - len(body) - 2) + b'"}'
    with service.as_role(role) if role else service.anonymous() as client:
        sent = body if said else iter([body])
        assert refusal(client.post(path, content=sent, headers=JSON))[:2] == refused


def test_what_a_stranger_sends_is_not_taken_into_memory(service):
    # 32 MiB are allowed for a document, of somebody who is known: this is refused before they are sent.
    head = b"POST /v1/programmes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    for known in (b"", b"Authorization: Bearer doorstep_guess\r\n", b"Cookie: doorstep_session=guess\r\n"):
        answer = raw(service, head + known + b"Content-Length: 33000000\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 401")
        assert b"not_signed_in" in answer


def test_a_hundred_megabytes_are_refused_before_they_are_sent(service):
    head = b"POST /v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    answer = raw(service, head + b"Content-Length: 100000000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body_too_large" in answer
    assert alive(service)


def test_a_body_that_does_not_say_its_length_is_counted(service):
    head = b"POST /v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"%x\r\n" % (STRANGERS_BYTES + 1) + b"x" * (STRANGERS_BYTES + 1) + b"\r\n"
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


_HOST = b"Host: 127.0.0.1\r\n"
_HIDDEN = b"GET /v1/programmes HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


_POST = b"POST /v1/session HTTP/1.1\r\n" + _HOST
_GET = b"GET /healthz HTTP/1.1\r\n"
AMBIGUOUS = {
    "two lengths": _POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + _HIDDEN,
    "lengths differ": _POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + _HIDDEN,
    "unknown coding": _POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + _HIDDEN,
    "space": _POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + _HIDDEN,
    "sign": _POST + b"Content-Length: +5\r\n\r\nhello" + _HIDDEN,
    "two hosts": _GET + _HOST + _HOST + b"\r\n" + _HIDDEN,
    "no host": _GET + b"\r\n" + _HIDDEN,
    "long head": _GET + _HOST + b"X: " + b"x" * 20_000 + b"\r\n\r\n" + _HIDDEN,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_two_readers_could_read_differently_is_refused_and_ends_the_connection(service, request_bytes):
    answer = raw(service, request_bytes)
    assert answer.count(b"HTTP/1.1 ") == 1  # what hides behind it is not answered
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))
    assert answer.lower().count(b"connection: close") == 1
    assert alive(service)


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c"])
def test_no_other_protocol_is_spoken(service, protocol):
    head = b"GET /healthz HTTP/1.1\r\n" + _HOST + b"Connection: close, Upgrade\r\nUpgrade: " + protocol + b"\r\n\r\n"
    assert raw(service, head).startswith(b"HTTP/1.1 200")


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
