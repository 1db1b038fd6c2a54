"""Telling something to an address that somebody else chose."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from faircut.errors import AddressRefused, FetchUnavailable
from faircut.net import Guard, post
from support.receiver import receiving


def resolving(address: str) -> Any:
    return lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


def test_trusted_host_gets_the_body_and_its_headers() -> None:
    with receiving() as server:
        server.answers = [204, 500]
        guard = Guard(frozenset({server.host}))
        assert post(server.url("/told"), b"{}", {"webhook-id": "msg_1"}, guard=guard, timeout_s=5) == 204
        assert post(server.url("/told"), b"{}", {}, guard=guard, timeout_s=5) == 500
        headers, body = server.posts[0]
        assert (body, headers["webhook-id"]) == (b"{}", "msg_1")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "100.64.0.1", "::1", "fd00::1"])
def test_name_that_leads_into_a_private_network_gets_nothing(address: str) -> None:
    with pytest.raises(AddressRefused):
        post(
            "https://rebound.example/told",
            b"{}",
            {},
            guard=Guard(field="callback_url"),
            timeout_s=5,
            resolve=resolving(address),
        )


def test_redirects_are_not_followed() -> None:
    with receiving() as server:
        server.answers = [307]
        assert post(server.url("/told"), b"{}", {}, guard=Guard(frozenset({server.host})), timeout_s=5) == 307
        assert len(server.posts) == 1


def test_silence_is_an_error_that_may_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        host = f"127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(FetchUnavailable):
            post(f"http://{host}/", b"{}", {}, guard=Guard(frozenset({host})), timeout_s=0.2)
