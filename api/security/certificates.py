"""Certificates of an authority of one's own. Law: it can vouch for the names it was made for, and for no others.

Whoever trusts it on a telephone thereby trusts it for nothing else (name constraints), even if its key is lost one day.
A server's certificate is made anew each year with a new key; the authority stays, so that nobody has to trust again.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from routing.domain.errors import InputError, UsageError

AUTHORITY_DAYS, SERVER_DAYS = 3650, 396  # browsers take no server's certificate of more than 398 days
SOON = timedelta(days=30)
OWN_NAMES = ("localhost", "127.0.0.1", "::1")
_DNS = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A certificate and its key, both as PEM."""

    certificate: bytes
    key: bytes

    @property
    def names(self) -> tuple[str, ...]:
        """Names and addresses that it is for."""
        found = _read(self.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return tuple(str(name.value) for name in found)

    @property
    def ends_at(self) -> datetime:
        """Until when it is valid."""
        return _read(self.certificate).not_valid_after_utc

    @property
    def fingerprint(self) -> str:
        """What two people compare before they trust it."""
        return _read(self.certificate).fingerprint(hashes.SHA256()).hex(":").upper()


def new_authority(names: Iterable[str], at: datetime) -> Pair:
    """Make an authority for some names and addresses, and for this machine's own.

    Raises
    ------
    UsageError
        `tls_name_unfit`.
    """
    allowed = [_general(name) for name in _with_own(names)]
    key = ec.generate_private_key(ec.SECP256R1())
    name = _subject(f"Authority of {next(iter(_with_own(names)))}")
    constraints = x509.NameConstraints([_subtree(one) for one in allowed], None)
    usage = _usage(signs_certificates=True)
    builder = _builder(name, name, key.public_key(), at, AUTHORITY_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True).add_extension(constraints, critical=True)
    return _signed(builder, key, key)


def new_server(authority: Pair, names: Iterable[str], at: datetime) -> Pair:
    """Make a server's certificate.

    Raises
    ------
    UsageError
        `tls_name_unfit`, `tls_other_names`.
    InputError
        `tls_damaged`.
    """
    issuer, issuer_key = _read(authority.certificate), _read_key(authority.key)
    wanted = [_general(name) for name in _with_own(names)]
    _refuse_other_names(issuer, wanted)
    key = ec.generate_private_key(ec.SECP256R1())
    days = min(SERVER_DAYS, (issuer.not_valid_after_utc - at).days)
    builder = _builder(_subject(next(iter(_with_own(names)))), issuer.subject, key.public_key(), at, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName(wanted), critical=False)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return _signed(builder.add_extension(identifier, critical=False), key, issuer_key)


def _with_own(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*(name.strip().lower() for name in names), *OWN_NAMES]))


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        if _DNS.fullmatch(name):
            return x509.DNSName(name)
    raise UsageError(
        "tls_name_unfit",
        "this is neither a name that a certificate can be for nor an address",
        where="NAME",
        remedy="write it like plans.example.org (others in Punycode), or 192.0.2.7",
    )


def _subtree(name: x509.GeneralName) -> x509.GeneralName:
    if isinstance(name, x509.IPAddress):
        return x509.IPAddress(ipaddress.ip_network(name.value))
    return name


def _refuse_other_names(issuer: x509.Certificate, wanted: Iterable[x509.GeneralName]) -> None:
    constraints = issuer.extensions.get_extension_for_class(x509.NameConstraints).value
    if not {_subtree(name) for name in wanted} <= set(constraints.permitted_subtrees or ()):
        raise UsageError(
            "tls_other_names",
            "the authority that is here was made for other names",
            where="NAME",
            remedy="give the names it was made for; or make another with --new-authority, which all have to trust anew",
        )


def _subject(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at.astimezone(UTC) - timedelta(days=1))  # telephones whose clock is behind
        .not_valid_after(at.astimezone(UTC) + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(
    builder: x509.CertificateBuilder, own: ec.EllipticCurvePrivateKey, signing: ec.EllipticCurvePrivateKey
) -> Pair:
    certificate = builder.sign(signing, hashes.SHA256())
    key = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Pair(certificate=certificate.public_bytes(serialization.Encoding.PEM), key=key)


def _read(data: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(data)
    except ValueError as error:
        raise _damaged() from error


def _read_key(data: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except ValueError as error:
        raise _damaged() from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise _damaged()
    return key


def _damaged() -> InputError:
    return InputError(
        "tls_damaged",
        "a certificate or key that Doorstep made cannot be read",
        where="service/tls",
        remedy="put it back, or make all anew: doorstep tls init NAME --new-authority",
    )
