"""What unlocks the service, for commands that open it themselves. Law: a key file, a passphrase file, or a person."""

from __future__ import annotations

from api.settings import Settings
from routing.domain.errors import UsageError


def secret_at_hand(settings: Settings) -> str | None:
    """Return what unlocks the service, if it is at hand."""
    from api.cli.files import read_file
    from api.security.passphrases import Passphrases

    if settings.key_file is not None:
        return read_file(settings.key_file).decode("utf-8", "replace").strip()
    return Passphrases(settings).to_unlock()


def secret_needed(settings: Settings) -> str:
    """Return what unlocks the service.

    Raises
    ------
    UsageError
        `passphrase_needed`.
    """
    secret = secret_at_hand(settings)
    if secret is None:
        raise nobody_to_ask()
    return secret


def nobody_to_ask() -> UsageError:
    """Return the error of a service that nothing and nobody can unlock."""
    return UsageError(
        "passphrase_needed",
        "this needs the passphrase of the service, and there is nobody at a terminal to ask",
        remedy="set DOORSTEP_PASSPHRASE_FILE or DOORSTEP_KEY_FILE",
    )
