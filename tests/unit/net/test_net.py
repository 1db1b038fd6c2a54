"""Links that somebody else chose: where they may lead, how much may come, how long it may take."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.errors import AddressRefused, FetchFailed, FetchUnavailable, LimitExceeded
from faircut.net import Guard, download, fetch, is_public, origin, safe_client

PUBLIC = "93.184.215.14"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        kind, _, rest = self.path.lstrip("/").partition("?")
        getattr(self, f"_{kind}")(rest)

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _file(self, _: str) -> None:
        self._answer(200, b"x" * 1000, Content_Type="video/mp4")

    def _status(self, rest: str) -> None:
        self._answer(int(rest), b"")

    def _to(self, rest: str) -> None:
        self._answer(302, b"", Location=rest)

    def _loop(self, _: str) -> None:
        self._answer(302, b"", Location="/loop")

    def _declared(self, _: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10 << 30))
        self.end_headers()

    def _truncated(self, _: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b"x" * 100)
        self.close_connection = True

    def _endless(self, _: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            return

    def _drip(self, _: str) -> None:
        # One byte of a header at a time, for ever: no single read is slow.
        self.close_connection = True
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.server.over.wait(0.02):  # type: ignore[attr-defined]
                self.wfile.write(b"a")
        except OSError:
            return

    def _zipped(self, _: str) -> None:
        self._answer(200, b"\x1f\x8b", Content_Encoding="gzip")


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    made.asked = []  # type: ignore[attr-defined]
    made.over = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    made.over.set()  # type: ignore[attr-defined]
    made.shutdown()
    made.server_close()
    thread.join(10)


@pytest.fixture
def base(server: ThreadingHTTPServer) -> str:
    server.asked.clear()  # type: ignore[attr-defined]
    return f"http://127.0.0.1:{server.server_port}"


class Detour(httpcore.NetworkBackend):
    """Stands in for the internet: whatever public address is asked for, the connection goes to the local server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connected: list[tuple[str, int]] = []
        self._real = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        self.connected.append((host, port))
        return self._real.connect_tcp("127.0.0.1", self.port, *args, **kwargs)


def answers(*rounds: list[str]) -> Callable[..., list[Any]]:
    """A name server whose answer changes from question to question, the last one for good."""
    left = list(rounds)

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "0.0.0.0", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "192.0.0.192",
        "168.63.129.16", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
        "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_local_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_hosts_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_mapped_into_another_family_is_judged_as_what_it_is(address: Any) -> None:
    public = is_public(str(address))
    assert is_public(f"::ffff:{address}") is public
    assert is_public(f"64:ff9b::{address}") is public


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.org/a", "gopher://example.org/", "//example.org/a", "not a link", "",
        "https://", "https://user@example.org/", "https://user:pass@example.org/", "http://example.org/plain",
        "https://example.org:22/", "https://example.org:8443/", "https://exa mple.org/", "https://example.org:99999/",
        "https://[::1", "javascript:alert(1)", "https://0177.0.0.1/",
    ],
)  # fmt: skip
def test_odd_links_are_refused_before_any_name_is_looked_up(url: str) -> None:
    def never(*_: Any, **__: Any) -> list[Any]:
        raise AssertionError("a name was looked up")

    with pytest.raises(AddressRefused) as refused:
        fetch(url, limit_bytes=10, timeout_s=1, field="Image 1", resolve=never)
    assert refused.value.field == "Image 1"


@pytest.mark.parametrize(
    "host", ["localhost", "2130706433", "0x7f000001", "0177.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
def test_every_way_of_writing_this_machine_is_refused_by_what_it_resolves_to(host: str) -> None:
    with pytest.raises(AddressRefused, match=r"private network"):
        fetch(f"https://{host}/", limit_bytes=10, timeout_s=5)


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    detour = Detour(1)
    with pytest.raises(AddressRefused):
        fetch("https://two.example/", limit_bytes=10, timeout_s=1, resolve=answers([PUBLIC, "10.0.0.1"]), inner=detour)
    assert detour.connected == []


def test_the_connection_goes_to_the_address_that_was_judged_not_to_a_second_answer(server: Any, base: str) -> None:
    detour = Detour(server.server_port)
    rebinding = answers([PUBLIC], ["127.0.0.1"])
    found = fetch(
        "http://rebind.example/file", limit_bytes=2000, timeout_s=5, allow_http=True, resolve=rebinding, inner=detour
    )
    assert detour.connected == [(PUBLIC, 80)]
    assert (found.size, found.content_type) == (1000, "video/mp4")
    assert server.asked[0][1]["Host"] == "rebind.example"


def test_a_name_is_judged_again_at_each_redirect(server: Any, base: str) -> None:
    detour = Detour(server.server_port)
    rebinding = answers([PUBLIC], ["192.168.0.1"])
    with pytest.raises(AddressRefused):
        fetch(
            "http://a.example/to?http://b.example/file",
            limit_bytes=2000, timeout_s=5, allow_http=True, resolve=rebinding, inner=detour,
        )  # fmt: skip
    assert len(detour.connected) == 1


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://localhost:1/", "file:///etc/passwd", "http://[::1]/"]
)
def test_redirects_into_the_private_network_are_refused_even_from_a_trusted_host(base: str, target: str) -> None:
    with pytest.raises(AddressRefused):
        fetch(f"{base}/to?{target}", limit_bytes=10, timeout_s=5, allow_private_hosts={origin(base)}, allow_http=True)


def test_only_the_operators_own_port_of_a_private_host_is_trusted(base: str) -> None:
    allowed = {origin(base)}
    assert fetch(f"{base}/file", limit_bytes=1000, timeout_s=5, allow_private_hosts=allowed).body == b"x" * 1000
    with pytest.raises(AddressRefused):
        fetch("http://127.0.0.1:1/file", limit_bytes=1000, timeout_s=5, allow_private_hosts=allowed, allow_http=True)


def test_credentials_stay_with_the_first_host(server: Any, base: str) -> None:
    detour = Detour(server.server_port)
    fetch(
        "http://one.example/to?http://two.example/to?http://one.example/file",
        limit_bytes=2000, timeout_s=5, allow_http=True, headers={"Authorization": "Bearer k"},
        resolve=answers([PUBLIC]), inner=detour,
    )  # fmt: skip
    sent = [(headers["Host"], headers.get("Authorization")) for _, headers in server.asked]
    assert sent == [("one.example", "Bearer k"), ("two.example", None), ("one.example", "Bearer k")]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("status?404", FetchFailed), ("status?403", FetchFailed), ("status?204", FetchFailed), ("loop", FetchFailed),
        ("status?429", FetchUnavailable), ("status?503", FetchUnavailable), ("truncated", FetchUnavailable),
        ("declared", LimitExceeded), ("endless", LimitExceeded), ("zipped", FetchFailed),
        ("to?http://[", AddressRefused),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_answer_is_typed_and_leaves_no_file(
    base: str, tmp_path: Path, path: str, kind: type[Exception]
) -> None:
    target = tmp_path / "got"
    with pytest.raises(kind) as raised:
        download(
            f"{base}/{path}", target, limit_bytes=1 << 20, timeout_s=10, allow_private_hosts={origin(base)}, field="x"
        )
    assert type(raised.value) is kind
    assert raised.value.field == "x"
    assert not target.exists()


def test_an_answer_that_drips_ends_with_the_time_that_it_was_given(base: str) -> None:
    with pytest.raises(FetchUnavailable, match="too long"):
        fetch(f"{base}/drip", limit_bytes=1 << 20, timeout_s=0.3, allow_private_hosts={origin(base)})


def test_a_watcher_sees_the_bytes_and_may_stop_the_transfer(base: str, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    allowed = {origin(base)}
    download(
        f"{base}/file", tmp_path / "got", limit_bytes=1000, timeout_s=5, allow_private_hosts=allowed,
        watch=lambda done, of: seen.append((done, of)),
    )  # fmt: skip
    assert seen[-1] == (1000, 1000)
    assert (tmp_path / "got").read_bytes() == b"x" * 1000


def test_a_client_follows_nothing_and_fails_where_nobody_listens(base: str) -> None:
    with safe_client(Guard({origin(base)}), timeout_s=5) as client:
        assert client.get(f"{base}/to?/file").status_code == 302
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with safe_client(Guard({f"127.0.0.1:{port}"}), timeout_s=5) as client, pytest.raises(httpx.ConnectError):
        client.get(f"http://127.0.0.1:{port}/")


def test_a_proxy_of_the_environment_is_not_used(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert fetch(f"{base}/file", limit_bytes=1000, timeout_s=5, allow_private_hosts={origin(base)}).size == 1000
