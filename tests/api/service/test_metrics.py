"""Figures for monitoring: on this machine only, of routes as declared, and of nobody."""

import re
import socket
import time

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.jobs.counting import jobs_by_state
from api.manners.metrics import REGISTRY, States, served
from routing.domain.errors import UsageError

LABELS = {"method", "route", "status", "state", "le"}


def figures(port: int) -> str:
    return httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text


def requests_of(**labels: str) -> float:
    return REGISTRY.get_sample_value("doorstep_requests_total", labels) or 0


def test_a_request_is_counted_by_its_route_as_declared(service, programme_id):
    labels = {"method": "GET", "route": "/v1/programmes/{programme_id}/clients/{entry_id}", "status": "404"}
    before = requests_of(**labels)
    with service.as_role("dispatcher") as client:
        client.get(f"/v1/programmes/{programme_id}/clients/canary-9")
    until = time.monotonic() + 5
    while requests_of(**labels) == before and time.monotonic() < until:  # it is counted once it has been answered
        time.sleep(0.01)
    assert requests_of(**labels) == before + 1


def test_what_is_served_names_no_id_no_path_and_nothing_of_a_request(service, programme_id):
    with (
        service.as_role("care") as client,
        served(0, [States("doorstep_jobs", "Jobs.", lambda: jobs_by_state(service.installation))]) as port,
    ):
        client.get(f"/v1/programmes/{programme_id}/document")
        client.request("CANARY", "/healthz")
        client.get("/canary-path")
        client.get("/healthz")
        text = figures(port)
    assert "canary" not in text.lower()
    assert programme_id not in text
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert set(sample.labels) <= LABELS, sample
    assert re.search(r'doorstep_jobs\{state="running"\} \d+\.0', text)
    assert re.search(r'doorstep_requests_total\{method="other",route="[^"]+",status="405"\}', text)


def test_waiting_for_the_writer_is_measured(service):
    name = "doorstep_write_wait_seconds_count"
    before = REGISTRY.get_sample_value(name)
    with service.opened.store.writing("north"):
        pass
    assert REGISTRY.get_sample_value(name) == before + 1


def test_it_listens_on_this_machine_only_and_no_longer_than_it_should():
    with served(0) as port:
        own = {one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for address in own - {"127.0.0.1"}:
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"http://{address}:{port}/metrics", trust_env=False)
        assert "doorstep_requests" in figures(port)
    with pytest.raises(httpx.ConnectError):
        figures(port)


def test_without_a_port_there_is_no_listener():
    with served(None) as port:
        assert port is None


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="listened on") as caught, served(taken.getsockname()[1]):
            pass
    assert caught.value.code == "metrics_cannot_listen"
