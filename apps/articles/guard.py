"""Which addresses may be fetched: public hosts on web ports, and nothing else.

An article's address comes from a stranger. Whatever this lets through is fetched from inside the operator's network,
so the table of what is public is our own (``ipaddress`` differs between Python versions and takes 6to4, NAT64 and
mapped addresses for global ones), and a name is refused when any of its addresses is not public.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from . import addresses
from .refusals import Refusal

PORTS: Final = frozenset({80, 443})

# What the IANA special-purpose registry (RFC 6890 and later) lists, and the ranges without any ordinary host.
_CLOSED_4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers (CGNAT)
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the metadata service of every cloud
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Outside of 2000::/3 nothing is global unicast: loopback, mapped and compatible IPv4, NAT64, discard, SRv6, unique
# local, link-local, site-local and multicast all end there.
_GLOBAL_6: Final = ipaddress.IPv6Network("2000::/3")
_CLOSED_6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, returned
        "3fff::/20",  # documentation
    )
)
# The interface identifier of ISATAP (RFC 5214) holds an IPv4 address too.
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})


class Refused(Refusal):
    """An address, or what was found there, is not fetched. Codes are those of ``refusals.REASONS``."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked for, once its host turns out to be public or its origin is exempt."""

    address: addresses.Address
    exempt: bool


Resolver = Callable[[str, int], Sequence[str]]
"""Host and port in, every IP address of the host out. Raises ``OSError`` where there is none."""


def check_address(url: str, *, exempt: frozenset[str] = frozenset()) -> Target:
    """Read an address that a stranger gave, before anything is resolved.

    ``exempt`` holds origins as exactly ``host:port`` which development may fetch from, on any port and any network; in
    production it is empty.

    Raises ``Refused``: bad_address, scheme_not_allowed, port_not_allowed, not_public.
    """
    try:
        address = addresses.parse(url)
    except addresses.BadAddress as error:
        raise Refused(error.code, error.detail) from error
    if address.origin in exempt:
        return Target(address=address, exempt=True)
    if address.port not in PORTS:
        raise Refused("port_not_allowed", f"port {address.port}")
    if _is_literal(address.host) and not is_public(address.host):
        raise Refused("not_public", address.host)
    return Target(address=address, exempt=False)


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses that the operating system knows for a host, each once, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def resolve(target: Target, *, resolver: Resolver = system_resolver) -> tuple[str, ...]:
    """The IP addresses to connect to, all of them public (or the origin exempt). Call once for each connection.

    Raises ``Refused``: no_such_host, not_public.
    """
    host = target.address.host
    try:
        found = (host,) if _is_literal(host) else tuple(resolver(host, target.address.port))
    except (OSError, UnicodeError) as error:
        raise Refused("no_such_host", host) from error
    if not found:
        raise Refused("no_such_host", host)
    if not target.exempt:
        closed = [ip for ip in found if not is_public(ip)]
        if closed:
            raise Refused("not_public", f"{host} is at {', '.join(closed)}")
    return found


def is_public(ip: str) -> bool:
    """Whether a host on the open internet can have this address. What is no IP address is not public."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    if address.scope_id is not None or address not in _GLOBAL_6:
        return False
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return False
    return not any(address in network for network in _CLOSED_6)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
