"""`doorstep init` and `doorstep serve`. Law: a password is shown on a terminal, or written 0600; never elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import notes, results, say
from api.settings import Settings, read_settings
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from api.identity.roles import Role
    from api.installation import Installation
    from api.serving import Listening


def init(
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Its id: letters, digits, `-`.")],
    *,
    name: Annotated[str, typer.Option(help="Its name; else the id.")] = "",
    login: Annotated[str, typer.Option(help="The user who is let in.")] = "first",
    role: Annotated[
        list[str] | None, typer.Option(help="A role of that user (several times); else administrator.")
    ] = None,
) -> None:
    """Make a service, or add an organisation or a new first password to it. The service must not be running."""
    from api.beginning import let_in
    from api.cli.unlocking import nobody_to_ask, secret_at_hand
    from api.identity.roles import Role
    from api.installation import Installation

    roles = _roles(role or [Role.ADMINISTRATOR])
    organisation_id = _identifier(organisation)
    settings = read_settings()
    installation = Installation(settings)
    secret = secret_at_hand(settings) if installation.is_made else _made(installation, settings)
    if secret is None:
        raise nobody_to_ask()
    try:
        password = let_in(installation.unlock(secret), organisation_id, name or organisation, login, roles)
    finally:
        installation.close()
    say(results(), f"{login} of {organisation_id} may sign in as {', '.join(sorted(roles))}")
    _hand_over(installation.folder, password)


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on; beyond this machine only with TLS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8040,
    tls_certificate: Annotated[Path | None, typer.Option(help="Certificate chain, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key, PEM.")] = None,
    name: Annotated[list[str] | None, typer.Option(help="A name by which it is called (several times).")] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option("--behind-proxy", help="A proxy on this machine does TLS; believe whom it says it speaks for."),
    ] = False,
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port for Prometheus, on this machine only; else none.")
    ] = None,
    demo: Annotated[str | None, typer.Option(metavar="SCENARIO", help="A demonstration, made anew.")] = None,
) -> None:
    """Serve programmes over HTTP. Without a passphrase at hand it starts locked, and waits to be unlocked."""
    from api.jobs.counting import jobs_by_state
    from api.manners.metrics import States, served
    from api.serving import Listening, refuse_open
    from api.serving import serve as run
    from api.telemetry.exporting import exported

    names = tuple(name or ())
    listening = Listening(
        host=host, port=port, certificate=tls_certificate, key=tls_key, names=names, behind_proxy=behind_proxy
    )
    if not listening.is_loopback and tls_certificate is None and tls_key is None and demo is None:
        listening = _with_own_certificate(listening)
    refuse_open(listening)
    installation = (
        _demonstration(demo, is_loopback=not listening.reaches_beyond) if demo else _unlocked(read_settings())
    )
    try:
        locked = "" if installation.opened else " (locked: POST /v1/unlock)"
        say(notes(), f"Doorstep on {listening.url}{locked}; Ctrl-C ends it")
        jobs = States("doorstep_jobs", "Jobs in the ledger.", lambda: jobs_by_state(installation))
        with served(metrics_port, [jobs]), exported(read_settings().otlp_endpoint):
            run(installation, listening)
    finally:
        installation.close()


def _with_own_certificate(listening: Listening) -> Listening:
    """Return the same with what `doorstep tls init` made, if it did, and the names in it."""
    from api.security.certificates import SOON
    from api.security.tls_files import TlsFiles

    files = TlsFiles(folder=read_settings().home / "service/tls")
    found = files.served()
    if found is None:
        return listening
    left = found.ends_at - datetime.now(UTC)
    if left <= timedelta():
        raise UsageError(
            "tls_expired",
            "the service's certificate has ended",
            where=str(files.server),
            remedy="make another one: doorstep tls init NAME; devices that trust the authority notice nothing",
        )
    if left < SOON:
        say(notes(), f"the certificate ends in {left.days} days: doorstep tls init NAME")
    return replace(listening, certificate=files.server, key=files.server_key, names=(*listening.names, *found.names))


def _demonstration(scenario: str, *, is_loopback: bool) -> Installation:
    from api.beginning import FIRST_LOGIN, demonstration

    if not is_loopback:
        raise UsageError(
            "demonstration_beyond", "a demonstration stays on this machine", where="--host", remedy="leave --host out"
        )
    installation, password = demonstration(read_settings(), scenario)
    say(notes(), f"organisation {scenario}, login {FIRST_LOGIN}")
    _hand_over(installation.folder, password)
    return installation


def _unlocked(settings: Settings) -> Installation:
    from api.audit.chain import SERVICE
    from api.audit.recording import event_now
    from api.cli.unlocking import secret_at_hand
    from api.installation import Installation

    installation = Installation(settings)
    if not installation.is_made:
        raise UsageError(
            "service_missing",
            "there is no service in this folder yet",
            where=str(installation.folder),
            remedy="make one: doorstep init ORGANISATION",
        )
    secret = secret_at_hand(settings)
    if secret is not None:
        installation.unlock(secret).audit.later(event_now(SERVICE, "doorstep serve"))
    return installation


def _made(installation: Installation, settings: Settings) -> str:
    from api.beginning import make_keyring
    from api.security.folders import refuse_shared_folder
    from api.security.passphrases import Passphrases

    refuse_shared_folder(installation.folder)
    passphrase = Passphrases(settings).for_sealing()
    code = make_keyring(installation, passphrase, settings.key_file)
    say(notes(), "Recovery code: it opens everything should the passphrase be lost. Write it down and lock it away.")
    say(results(), code)
    return passphrase


def _hand_over(folder: Path, password: str) -> None:
    from api.security.private_files import PASSWORD_NAME, write_private

    if sys.stderr.isatty():
        say(notes(), f"first password, for 15 minutes: {password}", style="bold")
        return
    write_private(folder, {PASSWORD_NAME: f"{password}\n".encode()})
    say(notes(), f"first password, for 15 minutes, in {folder / PASSWORD_NAME}")


def _roles(words: Sequence[str]) -> frozenset[Role]:
    from api.identity.roles import Role

    for word in words:
        if word not in list(Role):
            raise UsageError(
                "role_unknown", "there is no such role", where="--role", remedy=f"one of: {', '.join(Role)}"
            )
    return frozenset(map(Role, words))


def _identifier(text: str) -> str:
    from pydantic import TypeAdapter, ValidationError

    from routing.domain.base import Identifier

    try:
        return TypeAdapter(Identifier).validate_python(text)
    except ValidationError:
        raise UsageError(
            "organisation_id_unfit",
            "this is no identifier",
            where="ORGANISATION",
            remedy="use letters, digits, `_`, `-`, `.`; at most 64",
        ) from None
