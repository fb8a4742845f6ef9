"""Sealed files: what was sealed comes back, and everything else is one error."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.security.sealing import MAGIC, is_sealed, seal, unseal
from routing.domain.errors import InputError, UsageError

PASSPHRASE = "four words nobody guesses"
SECRET = b'{"schema": "doorstep.plan/1", "secret": "canary"}'


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return seal(SECRET, PASSPHRASE)


def header_end(sealed: bytes) -> int:
    return sealed.index(b"\n", len(MAGIC)) + 1


def refuse(data: bytes, passphrase: str = PASSPHRASE) -> None:
    with pytest.raises(InputError) as refused:
        unseal(data, passphrase, where="plan.json.sealed")
    assert (refused.value.code, refused.value.where) == ("cannot_unseal", "plan.json.sealed")


def test_what_was_sealed_comes_back_and_is_not_legible_before(sealed: bytes):
    assert is_sealed(sealed)
    assert b"canary" not in sealed
    assert unseal(sealed, PASSPHRASE) == SECRET


@settings(max_examples=5, deadline=timedelta(seconds=30))
@given(st.binary(max_size=10_000))
def test_any_bytes_come_back(data: bytes):
    assert unseal(seal(data, PASSPHRASE), PASSPHRASE) == data


def test_sealing_twice_gives_different_bytes(sealed: bytes):
    again = seal(SECRET, PASSPHRASE)
    first, second = (json.loads(data[len(MAGIC) : header_end(data)]) for data in (sealed, again))
    assert first["salt"] != second["salt"]
    assert first["nonce"] != second["nonce"]
    assert sealed[header_end(sealed) :] != again[header_end(again) :]


def test_another_passphrase_opens_nothing(sealed: bytes):
    refuse(sealed, PASSPHRASE + "!")
    refuse(sealed, "")


def test_the_same_letters_in_another_unicode_form_are_the_same_passphrase():
    assert unseal(seal(SECRET, "cafe\u0301 cafe\u0301 cafe\u0301"), "café café café") == SECRET


@pytest.mark.parametrize("part", ["magic", "header", "salt", "nonce", "ciphertext", "tag"])
def test_a_change_anywhere_is_found_out(sealed: bytes, part: str):
    end = header_end(sealed)
    at = {
        "magic": 3,
        "header": len(MAGIC) + 4,
        "salt": sealed.index(b'"salt":"') + 10,
        "nonce": sealed.index(b'"nonce":"') + 10,
        "ciphertext": end + 5,
        "tag": len(sealed) - 1,
    }[part]
    changed = bytearray(sealed)
    changed[at] = changed[at] ^ 0x01 if part in ("ciphertext", "tag") else (66 if changed[at] == 65 else 65)
    refuse(bytes(changed))


def test_parameters_cannot_be_exchanged(sealed: bytes):
    refuse(sealed.replace(b'"iterations":3', b'"iterations":2'))
    refuse(sealed.replace(b'"lanes":4', b'"lanes": 4'))


@pytest.mark.parametrize(
    "forged", [b'"memory_kib":99999999', b'"memory_kib":1', b'"memory_kib":-1', b'"memory_kib":"x"']
)
def test_a_header_that_asks_for_too_much_is_refused_before_it_is_obeyed(sealed: bytes, forged: bytes):
    refuse(sealed.replace(b'"memory_kib":65536', forged))


@pytest.mark.parametrize("kept", [0, 5, len(MAGIC), len(MAGIC) + 20, -17, -1])
def test_a_file_cut_short_is_refused(sealed: bytes, kept: int):
    refuse(sealed[:kept])


def test_a_file_with_something_behind_it_is_refused(sealed: bytes):
    refuse(sealed + b"\0")


@pytest.mark.parametrize(("passphrase", "accepted"), [("x" * 11, False), ("x" * 12, True), ("x" * 13, True)])
def test_a_new_passphrase_has_at_least_twelve_characters(passphrase: str, accepted: bool):
    if accepted:
        assert is_sealed(seal(SECRET, passphrase))
        return
    with pytest.raises(UsageError) as refused:
        seal(SECRET, passphrase)
    assert refused.value.code == "passphrase_too_short"
