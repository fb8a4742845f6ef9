"""Read a file that somebody named. Law: whatever is wrong with the file is a coded error with its path."""

from __future__ import annotations

from pathlib import Path

from routing.domain.errors import InputError

MOST_BYTES = 512 * 1024 * 1024


def read_file(path: Path) -> bytes:
    """Return a file's bytes.

    Raises
    ------
    InputError
        `file_not_found`, `file_is_folder`, `file_unreadable`, `file_too_large`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise _failure("file_not_found", "there is no such file", path, "correct the path") from error
    except IsADirectoryError as error:
        raise _failure("file_is_folder", "this is a folder, not a file", path, "name the file in it") from error
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "it cannot be opened"
        raise _failure("file_unreadable", said.lower(), path, "make the file readable for you") from error
    if len(data) > MOST_BYTES:
        raise _failure("file_too_large", "the file is larger than 512 MiB", path, "give a programme or a plan")
    return data


def _failure(code: str, message: str, path: Path, remedy: str) -> InputError:
    return InputError(code, message, where=str(path), remedy=remedy)
