"""The page of a link in a browser: with scripts the link opens by itself, without them the code does."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.api.service.street import made_link, publish_day
from tests.browser.phone import CHROMIUM, FLAGS

MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
# nothing but this machine is found
HERE = [f"{flag}, EXCLUDE 127.0.0.1" if flag.startswith("--host-resolver-rules") else flag for flag in FLAGS]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH")


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=HERE)
        context = browser.new_context(java_script_enabled=request.param, viewport={"width": 360, "height": 640})
        page = context.new_page()
        page.clock.set_fixed_time(MORNING)
        page.scripted = request.param
        yield page
        browser.close()


def test_a_link_leads_to_the_sheet_and_leaves_no_secret_in_the_address(service, page):
    link = made_link(service, publish_day(service))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link["url"])
    if not page.scripted:
        page.fill("input", link["code"].upper())
        page.click("button")
    page.wait_for_url("**/v1/volunteer/sheets/1")
    assert "green gate" in page.content()
    secret = link["url"].partition("#")[2]
    assert [url for url in asked if secret in url.partition("#")[0] or link["code"] in url] == []
    assert secret not in page.url


def test_a_link_that_is_dead_shows_the_form_again(service, page):
    page.goto(f"{service.url}/v#AAAAAAAAAAAAAAAAAAAAAA")
    if page.scripted:
        page.wait_for_selector("output:not(:empty)")
    assert page.is_visible("input")
    assert page.url.endswith("/v") is page.scripted
