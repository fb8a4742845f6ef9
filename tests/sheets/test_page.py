"""The sheet as one HTML file: whole without scripts, ES2017, nothing from anywhere, nothing executed."""

import base64
import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import esprima
import pytest

from routing.sheets.languages import LANGUAGES, Language
from routing.sheets.page import sheet_page
from routing.sheets.report_codes import Outcome, grouped, stop_code
from routing.sheets.texts import clean
from tests.sheets.story import MARKS, sheet, stop

MOST_BYTES = 300_000
SCRIPT = files("routing.sheets.page").joinpath("page.js").read_text(encoding="utf-8")
# what ECMAScript got after 2017, as the parser's tree names it
LATER = {
    *("ChainExpression", "ImportExpression", "BigIntLiteral", "PrivateIdentifier", "PropertyDefinition"),
    *("StaticBlock", "ImportDeclaration", "ExportNamedDeclaration", "PrivateName", "ClassProperty"),
}
VOID = {"meta", "br", "link", "img", "input", "polyline", "rect"}


class Reader(HTMLParser):
    """Reads text, elements and attributes, and whether elements are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"script", "style"}:
            self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def page(code: str = "en", stops: int = 12, **how: object) -> str:
    return sheet_page(sheet(stops, **how), Language(code))  # type: ignore[arg-type]


def nodes(tree: object) -> list[Any]:
    found: list[Any] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif hasattr(node, "type") and hasattr(node, "__dict__"):
            found.append(node)
            waiting += [value for key, value in vars(node).items() if key not in {"loc", "range", "regex"}]
    return found


def later_than_2017(script: str) -> list[str]:
    """Return what of a script is younger than ECMAScript 2017, or cannot be parsed at all."""
    try:
        return [told for node in nodes(esprima.parseScript(script)) for told in later(node)]
    except esprima.Error as error:
        return [str(error)]


def later(node: Any) -> Iterator[str]:
    kind = node.type
    if kind in LATER or getattr(node, "optional", False):
        yield kind
    if kind == "ObjectExpression" and any(one.type == "SpreadElement" for one in node.properties):
        yield "object spread"
    if kind == "ObjectPattern" and any(one.type == "RestElement" for one in node.properties):
        yield "object rest"
    if kind == "CatchClause" and node.param is None:
        yield "catch without a name"
    if kind == "Literal" and re.fullmatch(r"\d+n", str(node.raw)):
        yield "whole number without limit"
    if getattr(node, "operator", None) == "??" or getattr(node, "await", False):
        yield "?? or for await"


def test_the_script_is_es2017():
    assert later_than_2017(SCRIPT) == []


@pytest.mark.parametrize(
    "script", ["a?.b", "a ?? b", "try {} catch {}", "const b = {...a};", "const {a, ...b} = c;", "1n"]
)
def test_what_is_younger_is_noticed(script: str):
    assert later_than_2017(script) != []


def test_no_method_is_younger_than_es2017():
    young = (
        "flat",
        "flatMap",
        "matchAll",
        "replaceAll",
        "at",
        "fromEntries",
        "allSettled",
        "finally",
        "replaceChildren",
    )
    assert [name for name in young if re.search(rf"\.{name}\(", SCRIPT)] == []
    assert not re.search(r"/[^/\n]*(\?<[=!a-z]|\\p\{)", SCRIPT)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_is_whole_and_small(code: str):
    made = page(code, 40, geo_links=True, with_map=True)
    assert len(made.encode()) < MOST_BYTES
    reader = read(made)
    assert reader.tags.count("details") == 40 + 4


def test_nothing_comes_from_anywhere():
    made = page(geo_links=True, with_map=True)
    assert re.findall(r"https?://[^\"' ]+", made) == ["http://www.w3.org/2000/svg"]
    loading = {"src", "href", "action", "data", "poster", "srcset"}
    links = [value or "" for _, name, value in read(made).attributes if name in loading]
    assert {link.split(":")[0] for link in links} == {"tel", "geo"}
    assert not {"link", "img", "iframe", "form", "object"} & set(read(made).tags)


def test_the_policy_lets_the_file_s_own_style_and_script_run_and_no_other():
    made = page()
    policy = next(
        value for tag, name, value in read(made).attributes if tag == "meta" and "default-src" in (value or "")
    )
    for kind, pattern in (("style", r"<style>(.*?)</style>"), ("script", r"<script>(.*?)</script>")):
        part = re.search(pattern, made, re.DOTALL)
        assert part is not None
        digest = base64.b64encode(hashlib.sha256(part[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in str(policy)
    assert "unsafe" not in str(policy)
    assert "default-src 'none'" in str(policy)


def test_without_scripts_every_stop_and_its_codes_can_be_read():
    told = read(page()).text
    for number in range(1, 13):
        assert f"Lantern {10 + number}" in told
        for outcome in (Outcome.HANDED_OVER, Outcome.OTHER):
            assert grouped(stop_code("4821", number, outcome)) in told
    for expected in ("green gate", "Jalan Satu 120 m", "09:15–09:35", "Hand to nobody else", "Nobody answers"):
        assert expected in told


def test_links_to_map_apps_only_where_the_organisation_allows_them():
    assert "geo:" not in page()
    assert 'href="geo:-8.659000,115.211000"' in page(geo_links=True)


def test_the_map_only_where_the_organisation_wants_it():
    assert "<svg" not in page()
    assert "<svg" in page(with_map=True)


@pytest.mark.parametrize(
    "nasty",
    [
        "</script><script>window.hacked=1</script>",
        "</details><img src=x onerror=alert(1)>",
        '" onmouseover="alert(1)',
        "&lt;b&gt; &amp; 'x'",
        "javascript:alert(1)",
        "\u2028</style>\u0000\u202e",
    ],
)
def test_markup_in_every_free_text_is_text(nasty: str):
    text = clean(nasty).text
    one = dataclasses.replace(stop(1, hint=text, marks=MARKS), code_name=text, parcels=(text,))
    made = sheet_page(
        dataclasses.replace(sheet(1, geo_links=True), entries=(one,), volunteer=text, coordinator_phone=text),
        Language("en"),
    )
    reader = read(made)
    assert reader.tags.count("script") == 2
    assert not {"img", "b1"} & set(reader.tags)
    assert not [name for _, name, _ in reader.attributes if name.startswith("on")]
    assert text in reader.text
    known = re.search(r'<script type="application/json" id="known">(.*?)</script>', made, re.DOTALL)
    assert known is not None
    assert json.loads(known[1])["stops"] == 1


@pytest.mark.parametrize("stops", [0, 1, 40])
def test_any_number_of_stops_makes_a_page(stops: int):
    assert read(page(stops=stops)).text.count("Lantern") == stops


def test_the_page_says_its_language_and_direction():
    assert ("html", "dir", "rtl") in read(page("fa")).attributes
    assert ("html", "dir", "ltr") in read(page("hi")).attributes
    assert ("html", "lang", "lus") in read(page("lus")).attributes


def test_it_can_be_read_until_midnight_and_reported_for_three_days_more():
    known = json.loads(re.search(r'id="known">(.*?)</script>', page(), re.DOTALL)[1])  # type: ignore[index]
    # midnight after 23 November in Makassar is 16:00 UTC, 1795449600 s after 1970
    assert known["readUntil"] == 1_795_449_600_000
    assert known["reportUntil"] - known["readUntil"] == 72 * 3600 * 1000
