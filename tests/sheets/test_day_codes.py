"""The names of a day: they change with the day, and say nothing to whoever lacks the key."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.sheets.day_codes import ALPHABET, DayCodes, code_words
from routing.sheets.texts import telling_words

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
ON = date(2026, 11, 23)
CLIENTS = [f"c{number}" for number in range(60)]


def test_the_same_day_gives_the_same_names():
    assert DayCodes(KEY, ON).names(CLIENTS) == DayCodes(KEY, ON).names(reversed(CLIENTS))


def test_names_rotate_by_day():
    days = [DayCodes(KEY, ON + timedelta(days=day)).names(CLIENTS) for day in range(30)]
    for client in CLIENTS:
        assert len({names[client] for names in days}) >= 29  # of 20 000 names, hardly ever one twice in a month


def test_names_depend_on_the_key():
    mine, others = DayCodes(KEY, ON).names(CLIENTS), DayCodes(OTHER, ON).names(CLIENTS)
    assert sum(mine[client] == others[client] for client in CLIENTS) <= 1


def test_parcels_and_routes_rotate_and_depend_on_the_key_too():
    for make in (DayCodes.parcels, DayCodes.proofs, DayCodes.routes):
        told = {
            tuple(make(DayCodes(key, on), CLIENTS).values()) for key in (KEY, OTHER) for on in (ON, date(2026, 11, 24))
        }
        assert len(told) == 4


def test_a_proof_is_not_the_parcel_s_code():
    codes = DayCodes(KEY, ON)
    parcels, proofs = codes.parcels(CLIENTS), codes.proofs(CLIENTS)
    assert all(proofs[client] not in parcels[client] for client in CLIENTS)


@given(st.sets(st.text(min_size=1), max_size=40))
def test_no_two_codes_are_alike(ids: set[str]):
    codes = DayCodes(KEY, ON)
    for made in (codes.names(ids), codes.parcels(ids), codes.routes(ids), codes.letters(sorted(ids))):
        assert len(set(made.values())) == len(made) == len(ids)


def test_three_thousand_clients_have_three_thousand_names():
    names = DayCodes(KEY, ON).names(map(str, range(3000)))
    assert len(set(names.values())) == 3000


def test_in_a_day_of_a_hundred_no_word_comes_twice():
    names = DayCodes(KEY, ON).names(map(str, range(100)))
    assert len({name.split()[0] for name in names.values()}) == 100


def test_no_name_is_one_the_programme_uses():
    avoid = list(code_words()[:150])
    names = DayCodes(KEY, ON, [f"{word.upper()} Tree" for word in avoid]).names(map(str, range(300)))
    assert {name.split()[0] for name in names.values()}.isdisjoint(avoid)


def test_the_words_are_many_distinct_and_tell_nothing():
    words = code_words()
    assert len(words) == len(set(words)) >= 200
    assert {word.casefold() for word in words}.isdisjoint(telling_words())


def test_codes_are_spelled_without_signs_that_look_alike():
    assert set("".join(DayCodes(KEY, ON).parcels(CLIENTS).values())) <= set(ALPHABET)
    assert set(ALPHABET).isdisjoint("0O1IL2Z5S8BG6Q")


def test_letters_go_on_after_z():
    assert sorted(
        DayCodes(KEY, ON).letters([str(site) for site in range(28)]).values(), key=lambda letter: (len(letter), letter)
    )[-3:] == ["Z", "AA", "AB"]


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        DayCodes(b"short", ON)
