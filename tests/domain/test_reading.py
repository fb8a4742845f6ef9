"""Bytes to JSON: what readers of JSON usually let pass is a problem with a place."""

import pytest

from routing.domain import reading
from routing.domain.reading import MOST_DEPTH, pointer, read_json, walk


def found(data: bytes) -> list[tuple[str, str]]:
    return [(problem.code, problem.where) for problem in read_json(data)[1]]


def nested(depth: int, inner: bytes = b"1") -> bytes:
    return b"[" * depth + inner + b"]" * depth


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b'"a"', b"1", b"-0.5e3", b"true", b"null", b' \n{"a": [1, {"b": null}]} ']
)
def test_json_is_read(data: bytes):
    assert found(data) == []


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "line 1, column 1"),
        (b"  \n ", "line 2, column 2"),
        (b'{"a": 1', "line 1, column 8"),
        (b'{"a":\n "unfinished', "line 2, column 2"),
        (b'{"a": 1}}', "line 1, column 9"),
        (b"{'a': 1}", "line 1, column 2"),
        (b'{"a": 1,}', "line 1, column 9"),
        (b'{"a": 01}', "line 1, column 8"),
        (b'{"a": "\n"}', "line 1, column 8"),
        (b"PK\x03\x04", "line 1, column 1"),
        (b"// no comment\n{}", "line 1, column 1"),
    ],
)
def test_what_is_not_json_is_located_by_line_and_column(data: bytes, place: str):
    value, problems = read_json(data)
    assert value is None
    assert [(problem.code, problem.where) for problem in problems] == [("not_json", place)]
    assert problems[0].message.startswith(place)


def test_every_cut_of_a_document_is_found():
    data = b'{"a": [1, {"b": "c"}], "d": null}'
    assert [length for length in range(len(data)) if not found(data[:length])] == []


@pytest.mark.parametrize("data", [b"\xff\xfe{\x00}\x00", b'{"a": "\xe9"}', b"\x80", b'{"a": "\xed\xa0\x80"}'])
def test_what_is_not_utf8_is_refused(data: bytes):
    assert found(data) == [("not_utf8", "")]


def test_a_byte_order_mark_is_accepted():
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == ({"a": 1}, [])


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (rb'{"a": ["x", "\ud83d"]}', "/a/1"),
        (rb'{"a": {"\uDC00": 1}}', "/a"),
        (rb'{"\ud800": "\ud800"}', ""),
    ],
)
def test_half_a_character_is_refused(data: bytes, place: str):
    value, problems = read_json(data)
    assert value is None
    assert (problems[0].code, problems[0].where) == ("not_utf8", place)
    for problem in problems:
        f"{problem}".encode()  # printable


def test_a_whole_character_by_two_escapes_is_text():
    assert read_json(rb'"\ud83d\ude00"') == ("\U0001f600", [])
    assert read_json(rb'"\\ud83d"') == (r"\ud83d", [])


@pytest.mark.parametrize("name", [b"NaN", b"Infinity", b"-Infinity"])
def test_not_a_number_is_refused(name: bytes):
    assert found(b'{"a": [1, ' + name + b"]}") == [("not_a_number", "")]


def test_a_number_beyond_what_python_reads_is_refused():
    assert found(b'{"a": ' + b"9" * 4300 + b"}") == []
    assert found(b'{"a": ' + b"9" * 4301 + b"}") == [("not_a_number", "")]


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_document_may_be_so_deep_and_no_deeper(opening: bytes):
    closing = b"]" if opening == b"[" else b"}"
    for depth, codes in ((MOST_DEPTH, []), (MOST_DEPTH + 1, ["too_deep"]), (900, ["too_deep"]), (10**6, ["too_deep"])):
        data = opening * depth + b"1" + closing * depth
        assert [code for code, _ in found(data)] == codes, depth


def test_a_file_may_be_so_large_and_no_larger(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 8)
    assert found(b'{"a": 1}') == []
    assert found(b'{"a": 1} ') == [("file_too_large", "")]


def test_each_key_that_stands_twice_is_found_once():
    data = b'{"a": 1, "a": 2, "a": 3, "b": [{"c/d": 1, "e": {"~": 1, "~": 1}, "c/d": 2}]}'
    assert found(data) == [("duplicate_key", "/a"), ("duplicate_key", "/b/0/c~1d"), ("duplicate_key", "/b/0/e/~0")]


def test_the_same_key_in_two_objects_is_no_duplicate():
    assert found(b'[{"a": 1}, {"a": {"a": 1}}]') == []


def test_a_pointer_escapes_as_rfc_6901_says():
    # Section 5 of the RFC: "/a~1b" names the key "a/b", "/m~0n" the key "m~n", "/" the empty key.
    assert pointer() == ""
    assert [pointer(key) for key in ("a/b", "m~n", "", 0, "~1")] == ["/a~1b", "/m~0n", "/", "/0", "/~01"]


def test_a_walk_goes_in_document_order():
    value = {"b": [1, {"c": 2}], "a": 3}
    assert [pointer(*path) for path, _ in walk(value)] == ["", "/b", "/b/0", "/b/1", "/b/1/c", "/a"]
