"""How a service begins: its keyring, an organisation, its first user; or a demonstration of all that.

Law: there is no default account. A first password is random, ends after 15 minutes, and is changed at its first use.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from api.audit.recording import event_now
from api.identity import second_factors
from api.identity.people import add_organisation, add_user, find_user, give_password
from api.identity.roles import Role
from api.installation import Installation, Opened
from api.networks.building import Sent, keep_network
from api.security.keyring import SlotKind, recovery_code
from api.security.passwords import one_time_password
from api.security.private_files import write_private
from api.settings import Settings
from api.storage.sessions import EVERY
from api.storage.tables import Organisation, User
from routing.domain.loading import load_programme
from routing.domain.reading import read_json
from scenarios.finding import find_scenario

FIRST_LOGIN = "first"
LET_IN, DEMONSTRATION = "doorstep init", "doorstep serve --demo"  # as the record calls them
KEY_FILE_BYTES = 32


def make_keyring(installation: Installation, passphrase: str, key_file: Path | None) -> str:
    """Make the keyring of a new service; return its recovery code, which is kept nowhere.

    Raises
    ------
    UsageError
        `service_exists`, `passphrase_too_short`, `cannot_write`.
    """
    code = recovery_code()
    slots: list[tuple[SlotKind, str]] = [("passphrase", passphrase), ("recovery", code)]
    if key_file is not None:
        secret = os.urandom(KEY_FILE_BYTES).hex()
        slots.append(("file", secret))
    installation.make(slots)
    if key_file is not None:
        write_private(key_file.parent, {key_file.name: f"{secret}\n".encode()})
    return code


def let_in(opened: Opened, organisation_id: str, name: str, login: str, roles: Iterable[Role]) -> str:
    """Add an organisation and a user where they are missing; return a first password for the user.

    The password of somebody who is there already is replaced, and their second factor taken away.
    """
    with opened.store.writing(EVERY) as session:
        if session.get(Organisation, organisation_id) is None:
            add_organisation(session, opened.cipher, organisation_id, name)
        user = find_user(session, opened.cipher, organisation_id, login)
        password = one_time_password()
        if user is None:
            user, password = add_user(session, opened.cipher, organisation_id, login, roles)
        else:
            give_password(user, password)
            second_factors.remove(session, user)  # whoever has the passphrase has everything
        event = event_now(organisation_id, LET_IN)
        opened.audit.note(session, replace(event, subject=opened.audit.pseudonym(organisation_id, _path(user))))
        return password


def _path(user: User) -> str:
    return f"/v1/users/{user.user_id}"


def demonstration(settings: Settings, scenario_name: str) -> tuple[Installation, str]:
    """Make a service anew with a scenario in it, under a key that is kept nowhere; return it with a first password.

    Raises
    ------
    UsageError
        `scenario_unknown`, `service_runs_already`.
    """
    scenario = find_scenario(scenario_name)
    home = settings.home / "demonstration"
    installation = Installation(replace(settings, home=home, database_url=None))
    installation.refuse_running()
    shutil.rmtree(home, ignore_errors=True)
    secret = secrets.token_hex(KEY_FILE_BYTES)
    installation.make([("file", secret)])
    opened = installation.unlock(secret)
    password = let_in(opened, scenario.name, scenario.title, FIRST_LOGIN, Role)
    _take_in(opened, scenario.name, scenario.programme, scenario.extract)
    return installation, password


def _take_in(opened: Opened, organisation_id: str, programme: Path, extract: Path) -> None:
    data = programme.read_bytes()
    load_programme(data)  # tells what is wrong, if anything is
    document, _ = read_json(data)
    with opened.store.writing(organisation_id) as session:
        opened.kept.add(session, organisation_id, document)  # type: ignore[arg-type]
        opened.audit.note(session, event_now(organisation_id, DEMONSTRATION))
    handle, name = tempfile.mkstemp(suffix=".osm.pbf", dir=opened.networks)
    os.close(handle)
    shutil.copyfile(extract, name)
    keep_network(
        opened, Sent(event=event_now(organisation_id, DEMONSTRATION), network_id=extract.name, part=Path(name))
    )
