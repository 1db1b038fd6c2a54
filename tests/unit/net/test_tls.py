"""The connection goes to the address that was judged; the certificate still has to be the name's."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from faircut.errors import ConfigError, FetchUnavailable
from faircut.net import fetch

NAME = "media.example"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"film")

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for :data:`NAME` that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # handshakes that fail are what is tested
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.server_port, cert
    server.shutdown()
    server.server_close()
    thread.join(10)


class Detour(httpcore.SyncBackend):
    """Public addresses lead to the local server."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        assert (host, port) == ("93.184.215.14", 443)
        return super().connect_tcp("127.0.0.1", self.port, *args, **kwargs)


def get(host: str, port: int, ca_file: Path | None) -> bytes:
    def resolve(_host: str, number: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", number))]

    url = f"https://{host}/film"
    return fetch(url, limit_bytes=9, timeout_s=20, ca_file=ca_file, resolve=resolve, inner=Detour(port)).body


def test_a_certificate_of_the_name_by_a_trusted_authority_is_accepted(served: tuple[int, Path]) -> None:
    port, cert = served
    assert get(NAME, port, cert) == b"film"


def test_another_name_and_another_authority_are_not(served: tuple[int, Path]) -> None:
    port, cert = served
    with pytest.raises(FetchUnavailable):
        get("other.example", port, cert)
    with pytest.raises(FetchUnavailable):
        get(NAME, port, None)


def test_an_unreadable_authority_is_named(served: tuple[int, Path], tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    with pytest.raises(ConfigError, match=r"no\.pem"):
        get(NAME, served[0], tmp_path / "no.pem")
