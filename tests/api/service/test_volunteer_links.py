"""Links for volunteers: what opens them, what they open, and how they die."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from api.identity.access import ACCESS
from api.identity.attempts import MOST_OF_ADDRESS
from api.storage.identity_tables import VolunteerLink, VolunteerSignIn
from api.storage.sessions import EVERY
from api.storage.tables import FailedSignIn
from api.volunteers.callers import LINK_COOKIE
from api.volunteers.links import REPORTING, TOKEN_BYTES, EndedBy, end_links, span_of
from routing.sheets.directions import Direction
from routing.sheets.papers import Call, Stop, VolunteerSheet
from routing.sheets.report_codes import Outcome, stop_code
from tests.api.service.street import HOUR, everything, made_link, opened_by, publish_day, set_span
from tests.api.service.test_access import path_of
from tests.sheets import town
from tests.sheets.test_canaries import CANARIES, DOORS

DAY = "/v1/volunteer/day"
SHEET = "/v1/volunteer/sheets/1"
REPORTS = "/v1/volunteer/reports"
LINK_ROUTES = [route for route, access in ACCESS.items() if access.by_link]


@pytest.fixture(scope="module")
def street(service):
    return publish_day(service)


@pytest.fixture
def link(service, street):
    return made_link(service, street)


@pytest.fixture
def volunteer(service, link):
    with service.anonymous() as client:
        assert opened_by(client, token_of(link)).status_code == 201
        yield client


def token_of(link: Mapping[str, str]) -> str:
    return link["url"].partition("#")[2]


def code_of(answer) -> str:
    return answer.json()["code"]


# What opens


def test_a_link_is_128_bits_behind_the_sharp_and_a_code_is_printed_beside_it(service, link):
    assert link["page"] == f"{service.url}/v"
    assert link["url"] == f"{link['page']}#{token_of(link)}"
    assert (TOKEN_BYTES, len(token_of(link))) == (16, 22)  # 16 bytes in base64: 22 signs
    assert [len(group) for group in link["code"].split("-")] == [4, 4, 4]
    assert link["picture"].startswith("data:image/svg+xml")


def test_of_a_link_only_hashes_are_kept(service, link):
    with service.opened.store.reading("north") as session:
        kept = session.get_one(VolunteerLink, ("north", link["link_id"]))
        values = [getattr(kept, column.key) for column in VolunteerLink.__table__.columns]
    assert [value for value in values if str(value) in {token_of(link), link["code"]}] == []
    assert {len(value) for value in values if isinstance(value, bytes)} == {32}
    with service.as_role("dispatcher") as client:
        listed = client.get(f"/v1/programmes/{kept.programme_id}/links?limit=200").text
    assert link["link_id"] in listed
    assert token_of(link) not in listed
    assert link["code"] not in listed


@pytest.mark.parametrize("way", [lambda code: code, lambda code: code.upper(), lambda code: code.replace("-", " ")])
def test_the_printed_code_opens_however_it_is_written(service, link, way):
    with service.anonymous() as client:
        assert opened_by(client, way(link["code"])).status_code == 201
        assert client.get(DAY).status_code == 200


def test_without_scripts_a_form_takes_the_code_and_goes_on_to_the_sheet(service, link):
    with service.anonymous() as client:
        page = client.get("/v")
        assert '<form method="post" action="/v">' in page.text
        assert "form-action 'self'" in page.headers["content-security-policy"]
        sent = client.post("/v", data={"secret": link["code"]})
        assert (sent.status_code, sent.headers["location"]) == (303, SHEET)
        cookie = sent.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "green gate" in client.get(SHEET).text
        assert code_of(client.post("/v", json={"secret": link["code"]})) == "media_type_unsupported"


@pytest.mark.parametrize("secret", ["", "a guess", "\u00e9", "x" * 500])
def test_what_opens_nothing_is_answered_alike(service, secret):
    with service.anonymous() as client:
        answers = [opened_by(client, secret), client.post("/v", data={"secret": secret})]
    assert {(answer.status_code, code_of(answer)) for answer in answers} == {(401, "link_unknown")}
    _forget_guesses(service)


def test_a_form_of_many_fields_is_refused_and_is_no_guess(service):
    with service.anonymous() as client:
        # Ten fields are read, of which none is `secret`; of eleven, nothing is.
        ten, eleven = (client.post("/v", data={f"f{number}": "x" for number in range(many)}) for many in (10, 11))
    assert (ten.status_code, code_of(ten)) == (401, "link_unknown")
    assert (eleven.status_code, code_of(eleven)) == (400, "bad_request")
    _forget_guesses(service)


def test_guesses_are_slowed_down_and_recorded(service, link):
    _forget_guesses(service)
    with service.anonymous() as client:
        for _ in range(MOST_OF_ADDRESS):
            assert code_of(opened_by(client, "a guess")) == "link_unknown"
        right = opened_by(client, token_of(link))
        assert (right.status_code, code_of(right)) == (429, "too_many_attempts")
    _forget_guesses(service)
    with service.as_role("auditor") as auditor:
        newest = auditor.get("/v1/failed-guesses").json()["items"][0]
    assert (newest["what"], newest["user_id"]) == ("link", None)


def _forget_guesses(service) -> None:
    with service.opened.store.writing(EVERY) as session:
        session.execute(update(FailedSignIn).values(at=datetime.now(UTC) - timedelta(days=2)))


# What it opens


def keys_of(document: object) -> set[str]:
    if isinstance(document, Mapping):
        return set(document) | {key for part in document.values() for key in keys_of(part)}
    return {key for part in document for key in keys_of(part)} if isinstance(document, list) else set()


def test_the_day_has_the_fields_of_a_sheet_and_no_other(volunteer):
    day = volunteer.get(DAY).json()
    assert day["date"] == town.ON.isoformat()
    (sheet,) = day["sheets"]
    known = {field.name for kind in (VolunteerSheet, Stop, Call, Direction) for field in dataclasses.fields(kind)}
    assert keys_of(sheet) <= known
    assert [one["number"] for one in sheet["entries"] if "number" in one] == [1, 2, 3, 4]
    assert sheet["coordinator_phone"] == "+62 361 000 000"
    assert "Jalan Satu" in everything(sheet)


@pytest.mark.parametrize("path", [DAY, SHEET])
def test_nothing_a_volunteer_may_not_see_is_in_the_day(volunteer, path):
    told = volunteer.get(path).text.lower()
    assert "green gate" in told
    assert [word for word in (*CANARIES, *DOORS) if word.lower() in told] == []


def test_the_page_runs_its_own_script_and_no_other(volunteer):
    answer = volunteer.get(SHEET)
    policy = answer.headers["content-security-policy"]
    assert policy in answer.text  # the same as the page itself says
    assert policy.startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert volunteer.get("/v1/volunteer/sheets/2").status_code == 404


def test_a_change_of_the_programme_is_shown_at_once(service, street, volunteer):
    path = f"/v1/programmes/{street}/clients/c2"
    with service.as_role("dispatcher") as client:
        tag = client.get(path).headers["etag"]
        place = client.get(path).json()["place"]
        assert client.patch(
            path, json={"place": {**place, "hint": "the second lantern"}}, headers={"If-Match": tag}
        ).is_success
    assert "the second lantern" in volunteer.get(DAY).text


def test_a_link_opens_nothing_else(volunteer):
    for route, access in ACCESS.items():
        if not access.anybody and not access.by_link:
            answer = volunteer.request(route[0], path_of(route))
            assert (answer.status_code, code_of(answer)) == (401, "not_signed_in"), route


def test_whoever_has_signed_in_otherwise_is_no_volunteer_with_a_link(service):
    for role, code in (("volunteer", "link_needed"), ("all", "link_needed"), ("dispatcher", "not_allowed")):
        with service.as_role(role) as key, service.signed_in(role) as session:
            for route in LINK_ROUTES:
                answers = [client.request(route[0], path_of(route)) for client in (key, session)]
                assert [code_of(answer) for answer in answers] == [code, code], route


def test_a_guessed_session_is_nobodys(service):
    with service.anonymous(Cookie=f"{LINK_COOKIE}=guess") as client:
        for route in LINK_ROUTES:
            answer = client.request(route[0], path_of(route))
            assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")


def test_a_change_needs_the_sessions_token(volunteer):
    token = volunteer.headers.pop("X-CSRF-Token")
    assert code_of(volunteer.delete("/v1/volunteer/session")) == "csrf_missing"
    assert volunteer.get("/v1/volunteer/session").json()["csrf_token"] == token
    volunteer.headers["X-CSRF-Token"] = token
    assert volunteer.delete("/v1/volunteer/session").status_code == 204
    assert volunteer.get(DAY).status_code == 401


# From when to when


@pytest.mark.parametrize(
    ("begins", "ends", "reports_end", "reads", "stage"),
    [
        (HOUR, 2 * HOUR, 74 * HOUR, (403, "day_not_begun"), "not_yet"),
        (-HOUR, HOUR, 73 * HOUR, (200, None), "reading"),
        (-2 * HOUR, -timedelta(seconds=2), 71 * HOUR, (403, "day_over"), "reporting"),
        (-80 * HOUR, -73 * HOUR, -timedelta(seconds=2), (401, "not_signed_in"), None),
    ],
)
def test_a_day_is_read_while_it_lasts_and_reported_for_72_hours(
    service, link, volunteer, begins, ends, reports_end, reads, stage
):
    now = datetime.now(UTC)
    set_span(service, "north", link["link_id"], now + begins, now + ends, now + reports_end)
    for path in (DAY, SHEET):
        answer = volunteer.get(path)
        assert (answer.status_code, None if answer.is_success else code_of(answer)) == reads
    session = volunteer.get("/v1/volunteer/session")
    assert session.json().get("stage") == stage
    with service.anonymous() as other:
        assert (opened_by(other, token_of(link)).status_code == 201) is (stage is not None)
    _forget_guesses(service)


def test_a_day_lasts_from_midnight_to_midnight_or_as_long_as_its_routes():
    zone = ZoneInfo("Asia/Makassar")
    noon = datetime(2026, 11, 23, 12, tzinfo=zone)
    usual = span_of(date(2026, 11, 23), zone, noon, noon + 4 * HOUR)
    assert usual.reads_from == datetime(2026, 11, 23, tzinfo=zone)
    assert usual.reads_until == datetime(2026, 11, 24, tzinfo=zone)
    assert usual.reports_until == datetime(2026, 11, 27, tzinfo=zone)  # three days of 24 hours later
    night = span_of(date(2026, 11, 23), zone, noon + 9 * HOUR, noon + 15 * HOUR)  # 21:00 to 3:00
    assert night.reads_until == datetime(2026, 11, 24, 3, tzinfo=zone)
    assert night.reports_until - night.reads_until == REPORTING


# How it dies


@pytest.mark.parametrize("by", list(EndedBy))
def test_a_link_dies_at_once_with_every_session_and_every_other_link_of_the_volunteer(service, street, by):
    first, second = made_link(service, street), made_link(service, street)
    with service.anonymous() as phone, service.anonymous() as other, service.as_role("dispatcher") as dispatcher:
        opened_by(phone, token_of(first))
        opened_by(other, second["code"])
        assert (phone.get(DAY).status_code, other.get(DAY).status_code) == (200, 200)
        path = f"/v1/programmes/{street}/links"
        if by is EndedBy.REVOKED:
            assert dispatcher.delete(f"{path}/{first['link_id']}").status_code == 204
        else:
            with service.opened.store.writing("north") as session:
                end_links(session, "north", street, "v01", by)
        assert (phone.get(DAY).status_code, other.get(DAY).status_code) == (401, 401)
        assert [opened_by(phone, secret).status_code for secret in (token_of(first), second["code"])] == [401, 401]
        ended = {one["link_id"]: one for one in dispatcher.get(f"{path}?limit=200").json()["items"]}
        assert {ended[one["link_id"]]["ended_by"] for one in (first, second)} == {by.value}
        assert {ended[one["link_id"]]["stage"] for one in (first, second)} == {"over"}
    with service.opened.store.reading("north") as session:
        gone = {first["link_id"], second["link_id"]}
        assert not session.scalars(select(VolunteerSignIn).where(VolunteerSignIn.link_id.in_(gone))).all()
    _forget_guesses(service)


def test_another_organisation_sees_and_revokes_none(service, street, link):
    with service.as_role("dispatcher", "south") as foreign:
        assert foreign.get(f"/v1/programmes/{street}/links").status_code == 404
        assert foreign.delete(f"/v1/programmes/{street}/links/{link['link_id']}").status_code == 404
        asked = {"volunteer_id": "v01", "date": town.ON.isoformat()}
        assert foreign.post(f"/v1/programmes/{street}/links", json=asked).status_code == 404


@pytest.mark.parametrize("kind", ["sheet_lost", "volunteer_detained"])
def test_a_link_dies_with_the_alarm_that_is_reported_by_it_or_by_others(service, street, kind):
    at = f"{town.ON.isoformat()}T10:00:00+08:00"
    first, second = made_link(service, street), made_link(service, street)
    with service.anonymous() as phone, service.as_role("dispatcher") as dispatcher:
        opened_by(phone, token_of(first))
        answer = phone.post(REPORTS, json={"alarm": {"kind": kind, "at": at}})
        assert (answer.status_code, answer.json()) == (200, {"stops": [], "alarm": {"outcome": "taken"}})
        assert phone.get(DAY).status_code == 401
        assert opened_by(phone, token_of(second)).status_code == 401
        third = made_link(service, street)
        opened_by(phone, token_of(third))
        told = {"report_id": f"{kind}-by-call", "kind": kind, "at": at, "volunteer_id": "v01"}
        done = dispatcher.post(f"/v1/programmes/{street}/visits", json={"reports": [told]})
        assert done.json()["outcomes"][0]["outcome"] == "taken"
        assert phone.get(DAY).status_code == 401
    _forget_guesses(service)


# Reports


@pytest.fixture
def own(service):
    """A programme of its own, and a client who has opened a link to its day."""
    programme_id = publish_day(service)
    with service.anonymous() as client:
        assert opened_by(client, token_of(made_link(service, programme_id))).status_code == 201
        yield programme_id, client


def said(route: str, stop: int, outcome: Outcome, minute: int = 0) -> dict[str, str]:
    return {"code": stop_code(route, stop, outcome), "at": f"{town.ON.isoformat()}T10:{minute:02}:00+08:00"}


def test_digits_become_reports_of_ones_own_visits_and_come_twice_for_nothing(service, own):
    programme_id, client = own
    route = client.get(DAY).json()["sheets"][0]["route"]
    codes = [
        said(route, 1, Outcome.HANDED_OVER),
        said(route, 2, Outcome.NOBODY_THERE, 12),
        said(route, 3, Outcome.NOT_YET),
    ]
    for _ in range(2):
        answer = client.post(REPORTS, json={"codes": codes})
        assert answer.status_code == 200, answer.text
        assert answer.json()["stops"] == [
            {"trip": 1, "stop": 1, "outcome": "taken"},
            {"trip": 1, "stop": 2, "outcome": "taken"},
        ]
        assert "c1" not in answer.text
    with service.as_role("dispatcher") as dispatcher:
        kept = dispatcher.get(f"/v1/programmes/{programme_id}/visits", params={"date": town.ON.isoformat()}).json()
    assert [(one["client_id"], one["kind"], one.get("reason"), one["reporter"]) for one in kept["items"]] == [
        ("c1", "done", None, "volunteer/v01"),
        ("c2", "failed", "not_home", "volunteer/v01"),
    ]


def test_digits_that_are_mistyped_or_of_another_day_are_told_of(own):
    client = own[1]
    route = client.get(DAY).json()["sheets"][0]["route"]
    right = said(route, 1, Outcome.HANDED_OVER)
    wrong = {**right, "code": right["code"][:-1] + str((int(right["code"][-1]) + 1) % 10)}
    assert code_of(client.post(REPORTS, json={"codes": [wrong]})) == "report_code_mistyped"
    other = "1000" if route != "1000" else "2000"
    assert code_of(client.post(REPORTS, json={"codes": [said(other, 1, Outcome.REFUSED)]})) == "report_code_unknown"


def test_after_the_day_reports_are_taken_and_before_it_none(service, own):
    programme_id, client = own
    route = client.get(DAY).json()["sheets"][0]["route"]
    with service.as_role("dispatcher") as dispatcher:
        (link,) = dispatcher.get(f"/v1/programmes/{programme_id}/links").json()["items"]
    now = datetime.now(UTC)
    set_span(service, "north", link["link_id"], now - 30 * HOUR, now - 6 * HOUR, now + 66 * HOUR)
    done = client.post(REPORTS, json={"codes": [said(route, 1, Outcome.HANDED_OVER)]})
    assert done.json()["stops"][0]["outcome"] == "taken"
    set_span(service, "north", link["link_id"], now + HOUR, now + 2 * HOUR, now + 74 * HOUR)
    assert code_of(client.post(REPORTS, json={"codes": []})) == "day_not_begun"


def test_a_report_needs_the_sessions_token(own):
    client = own[1]
    del client.headers["X-CSRF-Token"]
    assert code_of(client.post(REPORTS, json={"codes": []})) == "csrf_missing"


# What is needed to make one


def test_a_link_is_for_somebody_with_a_route_in_a_published_plan(service, street, programme_id):
    with service.as_role("dispatcher") as client:
        nobody = client.post(
            f"/v1/programmes/{street}/links", json={"volunteer_id": "v99", "date": town.ON.isoformat()}
        )
        assert (nobody.status_code, code_of(nobody)) == (422, "volunteer_without_route")
        unpublished = client.post(
            f"/v1/programmes/{programme_id}/links", json={"volunteer_id": "v1", "date": "2026-11-23"}
        )
        assert (unpublished.status_code, code_of(unpublished)) == (409, "nothing_published")
