"""The test certificate authority of one installation, made at the first run.

A root certificate signs one end-entity certificate, and that one signs the manifests, as the certificate profile
of the C2PA Technical Specification 2.x asks: X.509 v3, P-256, key usage digitalSignature, extended key usage
emailProtection, authority key identifier. It is a *test* authority: it vouches for this installation only, and an
operator who wants to be known to strangers replaces it by a certificate from the C2PA trust list.
"""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from faircut.errors import ProvenanceError
from faircut.store.blobs import fsync_folder

ROOT_CERTIFICATE = "root.pem"
ROOT_KEY = "root.key"
SIGNER = "signer.pem"

_ROOT_LIFE = timedelta(days=20 * 365)
_SIGNER_LIFE = timedelta(days=5 * 365)
_RENEW_BEFORE = timedelta(days=60)
_SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True, repr=False)
class Authority:
    """PEM bytes: the root certificate (public), the signing chain, leaf first (public), the signing key (secret)."""

    root: bytes
    chain: bytes
    key: bytes


def open_authority(folder: Path) -> Authority:
    """The authority kept in ``folder`` (``<home>/provenance``), made when there is none.

    Files: ``root.pem`` for everybody; ``root.key`` and ``signer.pem`` (key and chain) with mode 0600. The folder
    appears in one rename, so of two processes that start together both use the same authority. A signing
    certificate about to expire is replaced by a new one under the same root. Raises ProvenanceError when the
    files are damaged or incomplete.
    """
    if not folder.exists():
        _create(folder)
    try:
        root = (folder / ROOT_CERTIFICATE).read_bytes()
        signer = (folder / SIGNER).read_bytes()
        certificates = x509.load_pem_x509_certificates(signer)
        root_certificate = x509.load_pem_x509_certificate(root)
        key = serialization.load_pem_private_key(signer, None)
        if certificates[0].not_valid_after_utc - datetime.now(UTC) < _RENEW_BEFORE:
            signer = _renew(folder, root_certificate)
            certificates = x509.load_pem_x509_certificates(signer)
            key = serialization.load_pem_private_key(signer, None)
        certificates[0].verify_directly_issued_by(root_certificate)
        if key.public_key() != certificates[0].public_key():
            raise ValueError("the signing key and certificate do not belong together")
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise _unusable(folder, error) from error
    chain = b"".join(_pem(certificate) for certificate in certificates)
    return Authority(root, chain, _key_pem(key))  # type: ignore[arg-type]  # checked against a P-256 certificate


def _create(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.with_name(f"{folder.name}.{secrets.token_hex(8)}")
    temporary.mkdir(mode=0o700)
    try:
        key = ec.generate_private_key(ec.SECP256R1())
        root = _root_certificate(key)
        _write(temporary / ROOT_CERTIFICATE, _pem(root), mode=0o644)
        _write(temporary / ROOT_KEY, _key_pem(key))
        _write(temporary / SIGNER, _issue(root, key))
        fsync_folder(temporary)
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
            # Another process was first; its authority is the one that counts.
        else:
            fsync_folder(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _renew(folder: Path, root: x509.Certificate) -> bytes:
    key = serialization.load_pem_private_key((folder / ROOT_KEY).read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the root key is not a P-256 key")
    signer = _issue(root, key)
    temporary = folder / f"{SIGNER}.{secrets.token_hex(8)}"
    _write(temporary, signer)
    temporary.replace(folder / SIGNER)
    fsync_folder(folder)
    return signer


def _root_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name(f"Faircut test root {secrets.token_hex(4)}")
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _builder(name, name, key.public_key(), _ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )


def _issue(root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey) -> bytes:
    """A fresh signing key with its chain, as one PEM text."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(_name("Faircut test signer"), root.subject, key.public_key(), _SIGNER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return _key_pem(key) + _pem(certificate) + _pem(root)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + life)
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


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Faircut (test authority)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _unusable(folder: Path, error: Exception) -> ProvenanceError:
    return ProvenanceError(
        f"The signing authority in {folder} cannot be used: {error}.",
        remedy=f"Restore {ROOT_CERTIFICATE}, {ROOT_KEY} and {SIGNER} from a backup, or move the folder away to get "
        "a new authority (files signed so far will then need the old root certificate to verify).",
    )
