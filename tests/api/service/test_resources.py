"""Programmes and what they consist of: in and out, by role, by version, once."""

import json
from pathlib import Path

import pytest

from api.programmes.examples import EXAMPLES
from routing.domain.loading import load_programme
from routing.domain.references import IDENTIFIED
from tests.api.service import story

DENPASAR = Path(__file__).resolve().parents[3] / "scenarios/denpasar"


@pytest.fixture
def at(programme_id):
    return f"/v1/programmes/{programme_id}"


@pytest.fixture
def care(service):
    with service.as_role("care") as client:
        yield client


@pytest.fixture
def dispatcher(service):
    with service.as_role("dispatcher") as client:
        yield client


def edit(client, path: str, patch: object):
    tag = client.get(path).headers["etag"]
    return client.patch(path, json=patch, headers={"If-Match": tag})


def refusal(answer) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["type"] == f"urn:doorstep:error:{document['code']}"
    assert document["title"]
    assert document["remedy"]
    return answer.status_code, document["code"], document["where"]


# The whole document


def test_what_comes_in_comes_out_as_the_core_reads_it(care, at, programme_id):
    exported = care.get(f"{at}/document")
    assert load_programme(exported.content) == load_programme(json.dumps(story.programme(programme_id)).encode())
    assert exported.headers["etag"] == '"1"'
    assert care.get(f"{at}/document", headers={"If-None-Match": '"1"'}).status_code == 304


def test_the_denpasar_scenario_goes_in_and_comes_out(care):
    data = (DENPASAR / "programme.json").read_bytes()
    document = json.loads(data) | {"programme_id": "denpasar-whole"}
    assert care.post("/v1/programmes", json=document).status_code == 201
    out = load_programme(care.get("/v1/programmes/denpasar-whole/document").content)
    assert out.changed(programme_id="denpasar") == load_programme(data)


def test_every_fault_of_a_document_is_told_at_once(care):
    document = story.programme("faulty")
    document["clients"][0]["regimens"][0]["product_id"] = "p9"
    document["sites"][0]["hours"] = "always"
    document["colour"] = "blue"
    answer = care.post("/v1/programmes", json=document)
    assert refusal(answer)[0] == 422
    assert {(one["code"], one["where"]) for one in answer.json()["problems"]} == {
        ("dangling_id", "/clients/0/regimens/0/product_id"),
        ("wrong_type", "/sites/0/hours"),
        ("unknown_key", "/colour"),
    }
    assert care.get("/v1/programmes/faulty").status_code == 404


def test_an_id_is_given_once(care, programme_id):
    answer = care.post("/v1/programmes", json=story.programme(programme_id))
    assert refusal(answer)[:2] == (409, "already_exists")


def test_replacing_keeps_the_version_of_what_stays_the_same(care, at, programme_id):
    document = story.programme(programme_id)
    document["clients"][1]["code_name"] = "Crane"
    answer = care.put(f"{at}/document", json=document, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert care.get(f"{at}/clients/c1").headers["etag"] == '"1"'
    assert care.get(f"{at}/clients/c2").headers["etag"] == '"2"'
    again = care.put(f"{at}/document", json=document, headers={"If-Match": '"1"'})
    assert refusal(again)[:2] == (412, "changed_meanwhile")
    other = care.put(f"{at}/document", json=document | {"programme_id": "x"}, headers={"If-Match": '"2"'})
    assert refusal(other) == (422, "id_differs", "/programme_id")


def test_the_order_of_the_document_is_kept(care, at, programme_id):
    document = story.programme(programme_id)
    new = [{"client_id": f"n{n}", "code_name": f"Crane {n}", "place": story.place()} for n in (3, 1, 2)]
    document["clients"] = new + document["clients"][::-1]
    assert care.put(f"{at}/document", json=document, headers={"If-Match": '"1"'}).status_code == 200
    listed = [one["client_id"] for one in care.get(f"{at}/clients").json()["items"]]
    assert listed == ["n3", "n1", "n2", "c2", "c1"]


def test_an_extract_is_named_by_its_id(care):
    answer = care.post("/v1/programmes", json=story.programme("paths") | {"extract": "../there.osm.pbf"})
    assert refusal(answer) == (422, "extract_is_a_path", "/extract")


def test_nor_does_an_extract_become_a_path_later(care, programme_id):
    where, patch = f"/v1/programmes/{programme_id}", {"extract": "../there.osm.pbf"}
    answer = care.patch(where, json=patch, headers={"If-Match": "*"})
    assert refusal(answer) == (422, "extract_is_a_path", "/extract")


def test_a_programme_is_removed_with_all_that_is_in_it(care, at):
    assert refusal(care.delete(at))[:2] == (428, "if_match_needed")
    assert care.delete(at, headers={"If-Match": '"1"'}).status_code == 204
    assert care.get(f"{at}/clients").status_code == 404


# Entries


@pytest.fixture
def everything(service):
    with service.as_role("all") as client:
        yield client


def test_every_kind_is_made_shown_and_removed(everything, at):
    made = {}
    for kind in IDENTIFIED:  # in an order in which nothing points to what is not there yet
        answer = everything.post(f"{at}/{kind}", json=EXAMPLES[kind])
        assert answer.status_code == 201, (kind, answer.text)
        made[kind] = answer.headers["location"]
        assert everything.get(made[kind]).json() == answer.json()
        assert everything.get(made[kind]).headers["etag"] == answer.headers["etag"]
    for kind in reversed(IDENTIFIED):
        tag = everything.get(made[kind]).headers["etag"]
        assert everything.delete(made[kind], headers={"If-Match": tag}).status_code == 204, kind
        assert everything.get(made[kind]).status_code == 404


def test_a_change_says_which_version_it_changes(dispatcher, at):
    path = f"{at}/clients/c2"
    patch = {"code_name": "Crane"}
    assert refusal(dispatcher.patch(path, json=patch))[:2] == (428, "if_match_needed")
    done = dispatcher.patch(path, json=patch, headers={"If-Match": '"1"'})
    assert (done.status_code, done.json()["code_name"]) == (200, "Crane")
    assert refusal(dispatcher.patch(path, json=patch, headers={"If-Match": '"1"'}))[:2] == (412, "changed_meanwhile")
    assert refusal(dispatcher.patch(f"{at}/clients/c9", json=patch))[:2] == (404, "not_found")


def test_a_fault_of_an_entry_is_told_with_its_place_in_the_entry(dispatcher, at):
    answer = edit(dispatcher, f"{at}/clients/c2", {"service_s": "long", "vetoes": ["v9"]})
    assert answer.status_code == 422
    assert {(one["code"], one["where"]) for one in answer.json()["problems"]} == {
        ("wrong_type", "/service_s"),
        ("dangling_id", "/vetoes/0"),
    }
    made = dispatcher.post(f"{at}/zones", json={"zone_id": "z", "name": "n"})
    assert {one["where"] for one in made.json()["problems"]} == {"/area", "/valid_from_at"}


def test_a_key_is_taken_out_by_null_and_an_id_stays(dispatcher, at):
    done = edit(dispatcher, f"{at}/clients/c1", {"phone": None, "place": {"hint": None}})
    assert "phone" not in done.json()
    assert done.json()["place"] == {"address": "canary-lane-7", "location": {"lon": story.LON, "lat": story.LAT}}
    assert refusal(edit(dispatcher, f"{at}/clients/c1", {"client_id": "c7"})) == (422, "id_differs", "/client_id")


def test_pages_hold_what_they_promise(dispatcher, at):
    for number in range(5):
        client = {"client_id": f"d{number}", "code_name": f"Crane {number}", "place": story.place()}
        assert dispatcher.post(f"{at}/clients", json=client).status_code == 201
    seen, cursor = [], None
    while True:
        page = dispatcher.get(f"{at}/clients", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen.append([one["client_id"] for one in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if len(seen) == 1:  # what is taken out between two pages shifts nothing
            tag = dispatcher.get(f"{at}/clients/c2").headers["etag"]
            assert edit(dispatcher, f"{at}/clients/c2", {"code_name": "Gone"}).headers["etag"] > tag
    assert seen == [["c1", "c2", "d0"], ["d1", "d2", "d3"], ["d4"]]
    assert refusal(dispatcher.get(f"{at}/clients?cursor=%21")) == (422, "bad_cursor", "/query/cursor")
    for limit in (0, 201, "x"):
        assert refusal(dispatcher.get(f"{at}/clients?limit={limit}")) == (422, "bad_parameter", "/query/limit")
    assert dispatcher.get(f"{at}/clients?limit=200").status_code == 200


# By role


def test_each_role_sees_its_part_of_a_client(service, at):
    seen = {}
    for role in ("clinician", "dispenser", "dispatcher"):
        with service.as_role(role) as client:
            seen[role] = client.get(f"{at}/clients/c1").json()
    assert set(seen["dispatcher"]) == {"client_id", "code_name", "place", "phone", "challenge"}
    assert set(seen["clinician"]) == {"client_id", "code_name", "regimens", "guardian"}
    assert set(seen["dispenser"]) == {"client_id", "code_name", "regimens"}
    assert set(seen["dispenser"]["regimens"][0]) == {"product_id", "site_id", "policy_id", "home"}
    assert seen["clinician"]["regimens"][0]["steps"] == [{"from_on": "2026-01-01", "dose_mg": 60.0}]


def test_nothing_tells_a_dispatcher_of_a_medicine(service, at):
    words = ("methadone", "dose_mg", "regimens", "strength", "home", "policy")
    with service.as_role("dispatcher") as client:
        for path in ("", "/products", "/sites", "/clients", "/volunteers", "/passes", "/days/2026-11-23"):
            text = client.get(at + path).text
            assert [word for word in words if word in text] == [], path
        assert client.get(f"{at}/policies").status_code == 403


@pytest.mark.parametrize("role", ["clinician", "dispenser"])
def test_nothing_tells_the_clinic_where_somebody_lives(service, at, role):
    with service.as_role(role) as client:
        for path in ("/clients", "/volunteers", "/days/2026-11-23"):
            text = client.get(at + path).text
            assert [
                word for word in ("canary-lane", "canary-gate", "canary-phone", "115.2", "-8.65") if word in text
            ] == []


def test_an_administrator_sees_that_a_programme_exists_and_no_more(service, at):
    with service.as_role("administrator") as client:
        assert set(client.get(at).json()) == {"programme_id", "name", "timezone", "counts"}


@pytest.mark.parametrize(
    ("role", "kind", "patch", "where"),
    [
        ("dispatcher", "clients/c1", {"code_name": "Crane", "regimens": []}, "/regimens"),
        ("clinician", "clients/c1", {"place": {"address": "elsewhere"}}, "/place"),
        ("dispenser", "volunteers/v1", {"start": None}, "/start"),
        ("dispatcher", "sites/s1", {"stock": []}, "/stock"),
    ],
)
def test_nobody_changes_what_is_another_roles(service, at, role, kind, patch, where):
    with service.as_role("all") as everything:
        tag = everything.get(f"{at}/{kind}").headers["etag"]
    with service.as_role(role) as client:
        answer = client.patch(f"{at}/{kind}", json=patch, headers={"If-Match": tag})
    assert refusal(answer) == (403, "field_not_allowed", where)


def test_what_a_role_does_not_see_stays_when_it_changes_its_part(service, dispatcher, at):
    assert edit(dispatcher, f"{at}/clients/c1", {"code_name": "Crane"}).status_code == 200
    with service.as_role("clinician") as clinician:
        assert clinician.get(f"{at}/clients/c1").json()["guardian"] == "canary-guardian"


def test_a_list_of_a_programme_is_not_changed_with_its_frame(dispatcher, at):
    assert edit(dispatcher, at, {"name": "New"}).json()["name"] == "New"
    assert refusal(edit(dispatcher, at, {"clients": []})) == (422, "list_has_its_own_path", "/clients")
    assert refusal(edit(dispatcher, at, {"made_up": True})) == (403, "field_not_allowed", "/made_up")


# Days


def test_a_day_says_who_is_due_and_how_heavy_it_is(service, dispatcher, at):
    # c1 has one dose at home on the 23rd, so runs out on the 24th, and is due a day before that.
    day = dispatcher.get(f"{at}/days/2026-11-23").json()
    (order,) = day["orders"]
    assert (order["client_id"], order["client"], order["site_id"], order["due_on"]) == (
        *("c1", "Canary Heron", "s1", "2026-11-23"),
    )
    with service.as_role("dispenser") as dispenser:
        (same,) = dispenser.get(f"{at}/days/2026-11-23").json()["orders"]
    # 60 mg at 5 mg/mL are 12 mL a day; a bottle weighs 40 g
    assert same["item"]["units"][0]["quantity"] == 12
    assert order["mass_g"] == 40 * len(same["item"]["units"])
    assert "mass_g" not in same


@pytest.mark.parametrize(("date", "code"), [("2026-02-30", "bad_parameter"), ("1800-01-01", "bad_date")])
def test_a_day_that_is_none_is_refused(dispatcher, at, date, code):
    assert refusal(dispatcher.get(f"{at}/days/{date}")) == (422, code, "/path/date")


# Once


def test_a_request_with_a_key_is_done_once(dispatcher, at):
    client = {"client_id": "once", "code_name": "Crane", "place": story.place()}
    asked = {"json": client, "headers": {"Idempotency-Key": f"first {at}"}}
    first, second = (dispatcher.post(f"{at}/clients", **asked) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.json(), second.headers["etag"]) == (first.json(), first.headers["etag"])
    assert [one.headers.get("idempotency-replayed") for one in (first, second)] == [None, "true"]
    other = dispatcher.post(f"{at}/clients", json=client | {"code_name": "Other"}, headers=asked["headers"])
    assert refusal(other)[:2] == (422, "idempotency_key_reused")
    unkeyed = dispatcher.post(f"{at}/clients", json=client)
    assert refusal(unkeyed)[:2] == (409, "already_exists")


def test_a_key_is_its_users_own(service, dispatcher, at):
    headers = {"Idempotency-Key": f"own {at}"}
    zone = {"zone_id": "z", "name": "n", "valid_from_at": "2026-01-01T00:00:00+08:00"}
    zone["area"] = {"type": "Polygon", "coordinates": [[[115, -9], [116, -9], [116, -8], [115, -9]]]}
    assert dispatcher.post(f"{at}/zones", json=zone, headers=headers).status_code == 201
    with service.as_role("all") as other:
        assert refusal(other.post(f"{at}/zones", json=zone, headers=headers))[:2] == (409, "already_exists")


def test_a_refused_request_may_be_mended_under_the_same_key(dispatcher, at):
    headers = {"Idempotency-Key": f"mended {at}"}
    assert dispatcher.post(f"{at}/clients", json={"client_id": "m"}, headers=headers).status_code == 422
    client = {"client_id": "m", "code_name": "Crane", "place": story.place()}
    assert dispatcher.post(f"{at}/clients", json=client, headers=headers).status_code == 201


# Networks


def test_an_extract_is_kept_looked_at_and_removed(service, dispatcher):
    data = (DENPASAR / "denpasar.osm.pbf").read_bytes()
    path, before = "/v1/networks/den.osm.pbf", set(service.opened.networks.iterdir())
    made = dispatcher.put(path, content=data)
    assert (made.status_code, made.json()["size_bytes"], made.json()["ways"]) == (201, len(data), 2198)
    assert dispatcher.put(path, content=data).status_code == 200
    assert dispatcher.get(path).json()["sha256"] in {one.name[:64] for one in service.opened.networks.iterdir()}
    assert "den.osm.pbf" in [one["network_id"] for one in dispatcher.get("/v1/networks").json()["items"]]
    with service.as_role("dispatcher", "south") as south:
        assert south.get(path).status_code == 404
        assert south.put(path, content=data).status_code == 201
    (file,) = (one for one in service.opened.networks.iterdir() if one not in before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert dispatcher.delete(path).status_code == 204
    assert file.exists()  # it is south's, too
    with service.as_role("dispatcher", "south") as south:
        assert south.delete(path).status_code == 204
    assert set(service.opened.networks.iterdir()) == before


@pytest.mark.parametrize(
    ("network_id", "code"),
    [("den.osm.gz", "network_id_unfit"), ("-x.osm", "network_id_unfit"), ("junk.osm.pbf", "extract_unreadable")],
)
def test_what_is_no_extract_leaves_nothing_behind(service, dispatcher, network_id, code):
    before = set(service.opened.networks.iterdir())
    assert refusal(dispatcher.put(f"/v1/networks/{network_id}", content=b"junk"))[:2] == (422, code)
    assert set(service.opened.networks.iterdir()) == before
