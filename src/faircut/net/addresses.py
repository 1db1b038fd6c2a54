"""Which addresses may be spoken to when somebody else chose them: a user's link, a link in a server's answer.

A name is judged by the addresses that it resolves to at the moment of connecting, so that a name which changes its
answer (DNS rebinding) gains nothing, and so that every way of writing an address (decimal, octal, hexadecimal, mapped
into IPv6) is the same address. Ranges are those of RFC 6890 and the IANA special-purpose registries, as
:mod:`ipaddress` knows them, with what it leaves open.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

import httpx

from faircut.errors import AddressRefused, FetchUnavailable

Resolve = Callable[..., list[Any]]
"""As :func:`socket.getaddrinfo`."""

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_PUBLIC: Final = tuple(ipaddress.IPv4Network(each) for each in ("168.63.129.16/32", "192.0.0.0/24"))
"""Public to :mod:`ipaddress`, at least in some versions of it: answered by the machine's own host (Azure), and protocol
assignments (RFC 6890), where a cloud's metadata may live too."""

_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def is_public(address: str) -> bool:
    """Whether an IP address is a host on the open internet: not local, private, shared, reserved or multicast.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is judged as what it is.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _inner(ip)
        if inner:
            return all(is_public(str(each)) for each in inner)
        if ip.is_site_local:
            return False
    elif any(ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _inner(ip: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    if ip.ipv4_mapped is not None:
        return (ip.ipv4_mapped,)
    if ip.sixtofour is not None:
        return (ip.sixtofour,)
    if ip.teredo is not None:
        return ip.teredo
    if ip in _NAT64:
        return (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF),)
    return ()


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be spoken to.

    ``allow_private_hosts``: ``host:port`` that the operator set and that may lie anywhere, by http too. All others must
    be public, on one of ``ports``, and by https unless ``allow_http``. ``field`` names the input at fault in errors.
    """

    allow_private_hosts: Collection[str] = frozenset()
    allow_http: bool = False
    ports: Collection[int] = frozenset({80, 443})
    field: str | None = None

    def check_url(self, url: str | httpx.URL) -> httpx.URL:
        """The parsed URL, when its form is acceptable. Raises AddressRefused; nothing is resolved yet."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise self._refused(f"The link is not a URL: {error}.") from error
        if parsed.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(parsed.raw_host.decode("ascii")):
            raise self._refused("The link is not an http or https address.")
        if parsed.userinfo:
            raise self._refused("The link carries a user name or a password.")
        port = parsed.port or _DEFAULT_PORTS[parsed.scheme]
        if not self.trusts(parsed.host, port):
            if parsed.scheme == "http" and not self.allow_http:
                raise self._refused("The link is plain http.")
            if port not in self.ports:
                raise self._refused(f"The link goes to port {port}.")
        return parsed

    def trusts(self, host: str, port: int) -> bool:
        """Whether the operator named this very host and port."""
        return f"{_plain(host)}:{port}" in {_plain(each) for each in self.allow_private_hosts}

    def addresses(self, host: str, port: int, resolve: Resolve = socket.getaddrinfo) -> tuple[str, ...]:
        """The IP addresses to connect to. Raises AddressRefused when one is not public, FetchUnavailable for none."""
        try:
            found = resolve(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchUnavailable(
                f"The name {host[:100]!r} has no address.", field=self.field, remedy="Check the link."
            ) from error
        addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
        if not addresses:
            raise FetchUnavailable(
                f"The name {host[:100]!r} has no address.", field=self.field, remedy="Check the link."
            )
        if not self.trusts(host, port) and not all(is_public(each) for each in addresses):
            raise self._refused("The link leads into a private network.")
        return addresses

    def _refused(self, message: str) -> AddressRefused:
        return AddressRefused(message, field=self.field, remedy="Use an https link to a public host.")


def origin(url: str) -> str:
    """``host:port`` of a URL, as :class:`Guard` takes it."""
    parsed = httpx.URL(url)
    return f"{_plain(parsed.host)}:{parsed.port or _DEFAULT_PORTS.get(parsed.scheme, 0)}"


def _plain(host: str) -> str:
    name, _, port = host.lower().rpartition(":") if host.count(":") == 1 else (host.lower(), "", "")
    name = name.removesuffix(".")
    return f"{name}:{port}" if port else name
