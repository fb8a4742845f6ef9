"""Where a passphrase comes from: the file, or somebody who is asked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from api.security.passphrases import Passphrases
from api.security.sealing import seal
from api.settings import read_settings
from routing.domain.errors import InputError, UsageError

WORDS = "four words nobody guesses"


def answering(*answers: str) -> tuple[Callable[[str], str], list[str]]:
    """Somebody at a terminal, and the questions they were asked."""
    left, asked = list(answers), []

    def ask(question: str) -> str:
        asked.append(question)
        return left.pop(0)

    return ask, asked


def test_a_new_passphrase_is_asked_twice_and_then_known():
    ask, asked = answering(WORDS, WORDS)
    passphrases = Passphrases(read_settings({}), ask)
    assert passphrases.for_sealing() == passphrases.for_sealing() == WORDS
    assert len(asked) == 2


def test_two_different_answers_are_refused():
    ask, _ = answering(WORDS, WORDS + "?")
    with pytest.raises(UsageError) as refused:
        Passphrases(read_settings({}), ask).for_sealing()
    assert refused.value.code == "passphrases_differ"


def test_what_opened_a_document_opens_the_next_and_seals():
    ask, asked = answering(WORDS)
    passphrases = Passphrases(read_settings({}), ask)
    sealed = seal(b"secret", WORDS)
    assert [passphrases.open(sealed, "a"), passphrases.open(sealed, "b")] == [b"secret"] * 2
    assert passphrases.for_sealing() == WORDS
    assert len(asked) == 1


def test_a_wrong_answer_opens_nothing():
    ask, _ = answering("something else")
    with pytest.raises(InputError, match="cannot_unseal"):
        Passphrases(read_settings({}), ask).open(seal(b"secret", WORDS), "a")


def test_an_open_document_needs_none():
    assert Passphrases(read_settings({})).open(b"{}", "a") == b"{}"


def test_without_terminal_and_file_it_says_what_is_needed():
    with pytest.raises(UsageError) as refused:
        Passphrases(read_settings({})).for_sealing()
    assert refused.value.code == "passphrase_needed"
    assert "DOORSTEP_PASSPHRASE_FILE" in refused.value.remedy


def test_the_files_first_line_is_taken_and_nobody_asked(tmp_path: Path):
    ask, asked = answering()
    (tmp_path / "p").write_text(f"{WORDS}\nsecond line\n", encoding="utf-8")
    settings = read_settings({"DOORSTEP_PASSPHRASE_FILE": str(tmp_path / "p")})
    assert Passphrases(settings, ask).for_sealing() == WORDS
    assert asked == []


@pytest.mark.parametrize("contents", [None, b"", b"\nsecond", b"\xff\xfe"])
def test_a_file_without_a_passphrase_is_refused(tmp_path: Path, contents: bytes | None):
    if contents is not None:
        (tmp_path / "p").write_bytes(contents)
    settings = read_settings({"DOORSTEP_PASSPHRASE_FILE": str(tmp_path / "p")})
    with pytest.raises(UsageError, match="passphrase_needed"):
        Passphrases(settings).for_sealing()
