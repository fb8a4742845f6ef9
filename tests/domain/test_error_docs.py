"""The index of errors and the source agree: a code without a heading fails, and so does a heading without a code."""

import ast
import re

import pytest

from tests.domain.source_codes import ROOT, UnreadableCodeError, codes_in, codes_of

PAGE = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^### (.+)\n((?:(?!##).*\n?)*)", PAGE, re.MULTILINE)
IMPORT = "from routing.domain.errors import InputError, Problem\n"


def test_every_code_has_a_heading_and_every_heading_a_code():
    headings = [title.strip("`") for title, _ in SECTIONS]
    assert len(set(headings)) == len(headings)
    assert set(headings) == codes_in("routing", "api", "scenarios")


def test_a_heading_is_a_code_in_backticks():
    assert [title for title, _ in SECTIONS if not re.fullmatch(r"`[a-z0-9_]+`", title)] == []


def test_every_code_has_a_meaning_and_a_remedy_in_a_few_lines():
    for title, text in SECTIONS:
        lines = text.strip().splitlines()
        assert 1 <= len(lines) <= 3, title
        sentences = re.split(r"(?<=[.!])\s+", " ".join(lines))
        assert len(sentences) >= 2, title


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ('raise InputError("a_code", "text")', {"a_code"}),
        ('yield Problem(code="a_code", where="")', {"a_code"}),
        ('def _failure(code: str, text: str) -> InputError: ...\nraise _failure("a_code", "text")', {"a_code"}),
        ('class OwnError(InputError): ...\nraise OwnError("a_code", "text")', {"a_code"}),
        ('_CODES = {"x": ("a_code", "remedy"), "y": ("b_code", "remedy")}', {"a_code", "b_code"}),
        ("raise InputError(code, text)", set()),
        ("raise InputError(error.code, text)", set()),
        ('Reason("no_error", "text")', set()),
    ],
)
def test_codes_are_found_wherever_they_are_written(source: str, codes: set[str]):
    assert codes_of(ast.parse(IMPORT + source)) == codes


@pytest.mark.parametrize("code", ['f"bad_{kind}"', "NAMES[kind]", "code_for(kind)", "CODE"])
def test_a_code_that_is_put_together_is_refused(code: str):
    with pytest.raises(UnreadableCodeError):
        codes_of(ast.parse(f'{IMPORT}raise InputError({code}, "text")'))


def test_a_problem_of_another_kind_is_left_alone():
    assert codes_of(ast.parse('from routing.solver.tasks import Problem\nProblem("no_error")')) == set()
