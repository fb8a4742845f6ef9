"""Spans: of whom nobody can be told, to nobody but whoever was named."""

import subprocess
import sys
import time

import pytest

from api.settings import read_settings
from api.telemetry.exporting import exported
from api.telemetry.figures import tell_job, tell_request
from routing.domain.errors import UsageError
from tests.api.service import aviary
from tests.api.service.collector import Collector, attributes, collecting
from tests.api.service.test_canaries import _used

NAMED = {
    *("http.request.method", "http.route", "http.response.status_code"),
    *("doorstep.code", "doorstep.job.kind", "doorstep.job.state"),
}


@pytest.fixture
def collector():
    with collecting() as found:
        yield found


def told(collector: Collector) -> list[dict[str, object]]:
    return [attributes(span) for span in collector.spans()]


def until_told(collector: Collector, requests: int) -> None:
    """Wait until as many requests were told of: that is done once they have been answered, and now and then."""
    until = time.monotonic() + 60
    while len(collector.spans()) < requests:
        assert time.monotonic() < until
        time.sleep(0.2)


def test_a_request_is_told_of_by_its_route_as_declared_and_the_code_of_its_refusal(service, programme_id, collector):
    with exported(collector.url), service.as_role("dispatcher") as client:
        assert client.get(f"/v1/programmes/{programme_id}/clients/canary-9?near=canary").status_code == 404
        assert client.get(f"/v1/programmes/{programme_id}/policies").status_code == 403
        assert client.request("CANARY", "/healthz").status_code == 405
        assert client.get("/canary-path").status_code == 404
        until_told(collector, 4)
    found = told(collector)
    route = "/v1/programmes/{programme_id}"
    assert {
        "http.request.method": "GET",
        "http.route": f"{route}/clients/{{entry_id}}",
        "http.response.status_code": 404,
        "doorstep.code": "not_found",
    } in found
    assert {
        "http.request.method": "GET",
        "http.route": f"{route}/policies",
        "http.response.status_code": 403,
        "doorstep.code": "not_allowed",
    } in found
    assert [each["http.request.method"] for each in found if each["http.response.status_code"] == 405] == ["_OTHER"]
    assert any("http.route" not in each for each in found)
    assert {span.name for span in collector.spans()} >= {f"GET {route}/policies", "GET", "_OTHER /healthz"}
    assert b"canary" not in b"".join(collector.bodies).lower()
    assert programme_id.encode() not in b"".join(collector.bodies)


def test_nothing_that_is_sent_shows_a_canary_and_nothing_is_sent_that_is_not_named(service, collector):
    document, points = aviary.full_programme("aviary-told")
    words = [aviary.word(*field) for field in aviary.planted(document)]
    # What is given about everything by whoever asks, as other services would hand it on.
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": f"who={words[0]}"}
    with exported(collector.url), service.as_role("all") as client:
        client.headers.update(trace)
        assert client.post("/v1/programmes", json=document).status_code == 201
        asked = 1 + len(list(_used(client, words)))
        until_told(collector, asked)
    spans = collector.spans()
    assert len(spans) >= asked
    search = aviary.search_for(words, points)
    for sent in (*collector.bodies, *(head.encode() for head in collector.heads)):
        assert search.search(sent) is None
    assert {key for each in told(collector) for key in each} <= NAMED
    assert not any(span.events or span.links or span.parent_span_id or span.trace_state for span in spans)
    assert not any(span.status.message for span in spans)
    assert b"\x0a\xf7\x65\x19\x16\xcd" not in b"".join(collector.bodies)  # the trace of whoever asked
    assert {one.key for each in collector.resources() for one in each.resource.attributes} == {"service.name"}


def test_a_job_is_told_of_with_its_kind_its_end_and_its_time(collector):
    with exported(collector.url):
        tell_job("plan", "failed", 2.5, "job_died")
        tell_job("replan", "done", 1.0, None)
        tell_request("GET", None, 500, 0.25, "Canary text, not a code")
    first, second, third = collector.spans()
    assert attributes(first) == {
        "doorstep.job.kind": "plan",
        "doorstep.job.state": "failed",
        "doorstep.code": "job_died",
    }
    assert first.end_time_unix_nano - first.start_time_unix_nano == 2_500_000_000
    assert attributes(second) == {"doorstep.job.kind": "replan", "doorstep.job.state": "done"}
    assert attributes(third) == {"http.request.method": "GET", "http.response.status_code": 500}


def test_after_the_block_nobody_is_told(collector):
    with exported(collector.url):
        pass
    tell_job("plan", "done", 1.0, None)
    assert collector.bodies == []


def test_a_collector_that_is_away_costs_nobody_anything(capfd):
    with exported("http://127.0.0.1:9"):
        tell_job("plan", "done", 1.0, None)
    assert capfd.readouterr() == ("", "")


def test_no_proxy_of_the_environment_is_used(collector, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    with exported(collector.url):
        tell_job("plan", "done", 1.0, None)
    assert len(collector.spans()) == 1


@pytest.mark.parametrize(
    ("endpoint", "code"), [("http://192.0.2.7:4318", "server_needs_tls"), ("collector:4318", "server_address_unfit")]
)
def test_a_collector_elsewhere_needs_tls(endpoint, code):
    with pytest.raises(UsageError) as caught, exported(endpoint):
        pass
    assert (caught.value.code, caught.value.where) == (code, "DOORSTEP_OTLP_ENDPOINT")


def test_another_programs_setting_says_nothing_to_the_service():
    assert read_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}).otlp_endpoint is None
    assert read_settings({"DOORSTEP_OTLP_ENDPOINT": "http://127.0.0.1:4318"}).otlp_endpoint == "http://127.0.0.1:4318"


def test_without_the_packages_it_is_told_what_is_missing_and_without_the_setting_nothing_is_loaded():
    """An interpreter in which nothing of OpenTelemetry can be imported, as where the extra is not installed."""
    program = """
import sys
sys.modules["opentelemetry"] = None
from api.telemetry.exporting import exported
from routing.domain.errors import UsageError
with exported(None):
    print("quiet", "requests" in sys.modules)
try:
    with exported("http://127.0.0.1:4318"):
        print("sent")
except UsageError as error:
    print(error.code)
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["quiet", "False", "telemetry_missing"]
