"""Certificates of one's own: what they are for, and a service that shows one."""

import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509

from api.manners.doorway import HEAD_S
from api.security.certificates import Pair, new_authority, new_server
from api.security.tls_files import TlsFiles
from routing.domain.errors import InputError, UsageError
from tests.api.service.conftest import Service, add_people, serving
from tests.api.service.test_storage import made

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAMES = ("plans.example.org", "192.0.2.7")


@pytest.fixture
def doorstep_here(doorstep, tmp_path, monkeypatch):
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path / "home"))
    return doorstep


def trusting(authority: bytes) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.decode())


@pytest.fixture
def secured(tmp_path):
    """A service with a certificate of its own, and what has to be trusted."""
    files = TlsFiles(folder=tmp_path / "tls")
    authority, _ = files.make(NAMES, datetime.now(UTC), anew=False)
    installation = made(tmp_path)
    running = serving(installation, certificate=files.server, key=files.server_key, names=NAMES)
    with running as url:
        service = Service(url.replace("http:", "https:"), installation, tmp_path / "log", "sqlite", running.server)
        add_people(service, "north")
        yield service, trusting(authority.certificate)


def test_the_command_makes_files_for_their_owner_and_says_what_to_trust(doorstep_here, tmp_path):
    done = doorstep_here("tls", "init", *NAMES)
    assert done.code == 0
    folder = tmp_path / "home/service/tls"
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(
        ("authority.pem", "authority.key", "server.pem", "server.key"), 0o600
    )
    assert folder.stat().st_mode & 0o777 == 0o700
    fingerprint = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes()).fingerprint(
        x509.load_pem_x509_certificate((folder / "server.pem").read_bytes()).signature_hash_algorithm
    )
    assert f"SHA-256 {fingerprint.hex(':').upper()}" in done.out
    assert "plans.example.org, 192.0.2.7, localhost, 127.0.0.1, ::1" in done.out


def test_next_year_the_authority_is_the_same_and_the_key_another(doorstep_here, tmp_path):
    files = TlsFiles(folder=tmp_path / "home/service/tls")
    doorstep_here("tls", "init", *NAMES)
    authority, first = files.authority.read_bytes(), files.server_key.read_bytes()
    assert doorstep_here("tls", "init", NAMES[0]).code == 0
    assert files.authority.read_bytes() == authority
    assert files.server_key.read_bytes() != first
    other = doorstep_here("tls", "init", "other.example.org")
    assert (other.code, other.err.split(":")[0]) == (2, "tls_other_names")
    assert files.authority.read_bytes() == authority
    assert doorstep_here("tls", "init", "other.example.org", "--new-authority").code == 0
    assert files.authority.read_bytes() != authority


@pytest.mark.parametrize(
    "name", ["two words", "", "-x.example", "a" * 64, "ex_ample.org", "http://example.org", "é.example"]
)
def test_what_is_no_name_is_refused(doorstep_here, name):
    done = doorstep_here("tls", "init", "--", name)
    assert (done.code, done.err.split(":")[0]) == (2, "tls_name_unfit")


def test_how_long_they_last():
    authority = new_authority(NAMES, AT)
    # A year and a month; browsers take 398 days at most, and it begins a day before.
    assert new_server(authority, NAMES, AT).ends_at == AT + timedelta(days=396)
    assert authority.ends_at == AT + timedelta(days=3650)
    # Never longer than the authority: made 3,600 days later, it has the 50 that are left.
    later = AT + timedelta(days=3600)
    assert new_server(authority, NAMES, later).ends_at == authority.ends_at


def test_a_damaged_authority_is_told_of():
    authority = new_authority(NAMES, AT)
    for damaged in (replace(authority, key=b""), Pair(certificate=b"-----", key=authority.key)):
        with pytest.raises(InputError, match="tls_damaged"):
            new_server(damaged, NAMES, AT)


def test_the_authority_can_vouch_for_no_other_name():
    with pytest.raises(UsageError, match="tls_other_names"):
        new_server(new_authority(("plans.example.org",), AT), ("bank.example",), AT)


def test_whoever_trusts_the_authority_speaks_to_the_service(secured):
    service, context = secured
    with httpx.Client(base_url=service.url, verify=context, trust_env=False) as client:
        assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"
        key = {"Authorization": f"Bearer {service.keys['north', 'dispatcher']}"}
        assert client.get("/v1/programmes", headers=key).json()["code"] == "second_factor_needed"


def test_whoever_does_not_trust_it_or_expects_another_name_does_not(secured):
    service, context = secured
    with httpx.Client(base_url=service.url, trust_env=False) as stranger, pytest.raises(httpx.ConnectError):
        stranger.get("/healthz")
    port = int(service.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as raw, pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(raw, server_hostname="other.example.org")


def test_without_tls_there_is_no_answer(secured):
    port = int(secured[0].url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"HTTP" not in raw.recv(1000)


def test_nothing_older_than_tls_1_2_is_spoken(secured):
    assert secured[0].server.config.ssl.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_whoever_does_not_finish_the_handshake_is_hung_up_on(secured):
    service, context = secured
    port = int(service.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as silent:
        until = time.monotonic() + 10
        while not service.held() and time.monotonic() < until:
            time.sleep(0.01)
        service.sweep(HEAD_S - 1)
        assert service.held() == 1
        service.sweep(HEAD_S + 1)
        assert silent.recv(10) == b""
    with httpx.Client(base_url=service.url, verify=context, trust_env=False) as client:
        assert client.get("/healthz").status_code == 200


def test_a_certificate_that_has_ended_is_not_served(doorstep_here, tmp_path):
    files = TlsFiles(folder=tmp_path / "home/service/tls")
    files.make(NAMES, datetime.now(UTC) - timedelta(days=397), anew=False)
    done = doorstep_here("serve", "--host", "192.0.2.1")
    assert (done.code, done.err.split(":")[0]) == (2, "tls_expired")
    files.make(NAMES, datetime.now(UTC) - timedelta(days=380), anew=False)
    done = doorstep_here("serve", "--host", "192.0.2.1")
    assert "ends in 15 days" in done.err
    assert "service_missing" in done.err
