"""Each bad programme is refused with its code at its place, and the table reaches every code of the reader."""

import pytest

from tests.domain.bad_programmes import BAD_PROGRAMMES, CONTRADICTIONS, FIELDS, PLACES, Bad
from tests.domain.source_codes import codes_in
from tests.domain.stories import found, good, problems_in

# Too large to stand in a table: `test_reading.py`.
ELSEWHERE = {"file_too_large", "outside_map"}


def test_the_programme_they_are_made_of_is_good():
    assert found(good()) == []


def test_the_names_are_different():
    names = [bad.name for bad in BAD_PROGRAMMES]
    assert len(set(names)) == len(names) >= 30


@pytest.mark.parametrize("bad", BAD_PROGRAMMES, ids=lambda bad: bad.name)
def test_a_bad_programme_is_refused_with_its_code_and_place(bad: Bad):
    assert (bad.code, bad.where) in found(bad.data)


@pytest.mark.parametrize("bad", BAD_PROGRAMMES, ids=lambda bad: bad.name)
def test_each_of_its_problems_says_what_to_do(bad: Bad):
    for problem in problems_in(bad.data):
        assert problem.code
        assert problem.message
        assert problem.remedy


@pytest.mark.parametrize("bad", [*FIELDS, *PLACES, *CONTRADICTIONS], ids=lambda bad: bad.name)
def test_its_problems_lie_where_it_was_spoilt_or_follow_from_it(bad: Bad):
    # A programme spoilt at one place gives no second code, but where a changed id breaks what points at it.
    assert {code for code, _ in found(bad.data)} - {"dangling_id", "duplicate_id"} <= {bad.code}


def test_every_code_of_the_reader_is_in_the_table():
    assert {bad.code for bad in BAD_PROGRAMMES} | ELSEWHERE == codes_in("routing/domain")
