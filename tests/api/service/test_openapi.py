"""What the service says of itself: every operation with an example, and examples that are true."""

import json

import pytest

from api.identity.access import ACCESS
from api.programmes.examples import EXAMPLES, MODELS
from routing.domain.loading import load_programme
from routing.domain.references import IDENTIFIED
from routing.sheets.languages import LANGUAGES


@pytest.fixture
def described(service):
    with service.anonymous() as client:
        return client.get("/openapi.json").json()


def operations(described):
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield (method.upper(), path), operation


def test_every_route_is_described(described):
    assert {route for route, _ in operations(described)} == set(ACCESS) - {("GET", "/openapi.json")}


def test_every_operation_has_an_example_a_summary_and_a_refusal(described):
    for route, operation in operations(described):
        assert operation["summary"], route
        done = next(answer for status, answer in operation["responses"].items() if status[0] in "23")
        if not {"204", "303"} & set(operation["responses"]):
            assert next(iter(done["content"].values()))["example"], route
        assert operation["responses"]["default"]["content"]["application/problem+json"]["example"], route
        for media, body in operation.get("requestBody", {}).get("content", {}).items():
            assert media == "application/octet-stream" or body["example"], route
        assert ("x-doorstep-roles" in operation) is not ACCESS[route].anybody


def test_every_reference_leads_somewhere(described):
    text = json.dumps(described)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(described["components"]["schemas"])


def test_papers_are_asked_for_in_languages_that_there_are(described):
    paper = described["paths"]["/v1/programmes/{programme_id}/plans/{plan_id}/run-sheet"]["get"]
    (language,) = (one for one in paper["parameters"] if one["name"] == "language")
    assert language["schema"]["enum"] == sorted(LANGUAGES)


def test_whatever_is_changed_only_if_it_is_the_version_meant_asks_for_that_version(described):
    whole, plan = "/v1/programmes/{programme_id}", "/v1/programmes/{programme_id}/plans/{plan_id}"
    entries = {(method, f"{whole}/{kind}/{{entry_id}}") for kind in IDENTIFIED for method in ("PATCH", "DELETE")}
    programmes = {("PATCH", whole), ("DELETE", whole), ("PUT", f"{whole}/document")}
    plans = {("POST", f"{plan}/edits"), ("POST", f"{plan}/publish")}
    asking = {
        route
        for route, operation in operations(described)
        if any(one["name"] == "If-Match" and one["required"] for one in operation["parameters"])
    }
    assert asking == entries | programmes | plans


@pytest.mark.parametrize(
    ("method", "path", "status", "media"),
    [
        ("put", "/v1/networks/{network_id}", "201", "application/json"),
        ("put", "/v1/networks/{network_id}", "200", "application/json"),  # another one in its place
        ("put", "/v1/networks/{network_id}", "202", "application/json"),  # it takes more than ten seconds
        ("get", "/v1/programmes/{programme_id}/plans/{plan_id}/events", "200", "text/event-stream"),
        ("get", "/v1/programmes/{programme_id}/plans/{plan_id}/sheets/{volunteer_id}", "200", "text/html"),
    ],
)
def test_what_is_answered_in_more_than_one_way_is_described_in_each(described, method, path, status, media):
    assert media in described["paths"][path][method]["responses"][status]["content"]


def test_the_examples_make_a_programme():
    document = {"schema": "doorstep.programme/1", "programme_id": "x", "name": "x", "timezone": "UTC"}
    load_programme(json.dumps(document | {kind: [EXAMPLES[kind]] for kind in EXAMPLES}).encode())
    assert set(EXAMPLES) == set(MODELS) == set(IDENTIFIED)
