"""Web addresses: read strictly, and made equal where they name one article.

Reading follows RFC 3986, hosts IDNA 2008 (RFC 5891). What browsers forgive (backslashes, credentials, tabs inside a
host, digits in a circle) is refused: each is a way to make two programs read one address differently.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urljoin

import idna
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url
from w3lib.url import canonicalize_url

from .refusals import Refusal

LONGEST: Final = 2_000
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff\u2028\u2029]")
_DIRECTIONS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY: Final = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*")
# Percent signs, and what has no width.
_HIDDEN: Final = re.compile("[%\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_DOTS: Final = re.compile("[\u3002\uff0e\uff61]")

# Said of the reader's way here, never of the article. Short, because leaving out one that names an article would make
# one article of two, while keeping one only keeps two addresses apart that their text will bring together.
_TRACKING: Final = re.compile(
    r"(?:utm_\w+|(?:fb|g|dc|y|tw|ms|tt|wick)clid|msclkid|gbraid|wbraid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi"
    r"|vero_id|oly_enc_id|oly_anon_id|xtor|at_medium|at_campaign|at_link_\w+|ns_mchannel|ns_campaign|ns_source"
    r"|smid|cmpid|ftag|partner_id|__twitter_impression)",
    re.IGNORECASE,
)


class BadAddress(Refusal):
    """An address that cannot be read: bad_address, address_too_long, address_with_user, scheme_not_allowed."""


@dataclass(frozen=True, slots=True)
class Address:
    """A web address in its parts. ``host`` is ASCII and in lower case, an IPv6 host without its brackets."""

    scheme: str
    host: str
    port: int
    path: str
    query: str | None

    @property
    def origin(self) -> str:
        """``host:port``, with brackets around an IPv6 host."""
        return f"{self._bracketed}:{self.port}"

    @property
    def authority(self) -> str:
        """What a Host header holds: the port only where it is not the scheme's own."""
        return self._bracketed if self.port == DEFAULT_PORTS[self.scheme] else self.origin

    @property
    def request_target(self) -> str:
        """What a request line holds."""
        return self.path if self.query is None else f"{self.path}?{self.query}"

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.request_target}"


def spelled_out(url: str) -> str:
    """``url`` without characters that would have it read in another direction (RFC 3987, 4.1): each as its bytes."""
    return _DIRECTIONS.sub(lambda match: quote(match[0]), url)


def parse(url: str) -> Address:
    """Read an absolute http or https address. Its fragment is left out, since no host ever sees it.

    Raises ``BadAddress``.
    """
    url = url.strip(" \t\r\n\u00a0\ufeff")
    authority = _authority(url)
    try:
        parts = parse_url(_with_ascii_host(url, authority))
        host = _checked_host(parts.host or "")
    except (LocationParseError, ValueError) as error:
        raise BadAddress("bad_address", "it cannot be parsed") from error
    if parts.scheme is None or parts.port == 0:
        raise BadAddress("bad_address", "no scheme, or port 0")
    return Address(
        scheme=parts.scheme,
        host=host,
        port=parts.port or DEFAULT_PORTS[parts.scheme],
        path=parts.path or "/",
        query=parts.query,
    )


def _authority(url: str) -> re.Match[str]:
    """Where the host and port stand, once everything is refused that programs read in different ways."""
    if len(url) > LONGEST:
        raise BadAddress("address_too_long", f"longer than {LONGEST} characters")
    if _UNSAFE.search(url):
        raise BadAddress("bad_address", "a control character or a backslash")
    scheme = _SCHEME.match(url)
    if scheme is None:
        raise BadAddress("bad_address", "it does not begin with http:// or https://")
    if scheme[1].lower() not in DEFAULT_PORTS:
        raise BadAddress("scheme_not_allowed", scheme[1])
    authority = _AUTHORITY.match(url)
    if authority is None or not authority[1]:
        raise BadAddress("bad_address", "it names no host")
    if "@" in authority[1]:
        raise BadAddress("address_with_user", "it holds a user name")
    if _HIDDEN.search(authority[1]):
        raise BadAddress("bad_address", "its host holds what is not shown as it is")
    return authority


def _with_ascii_host(url: str, authority: re.Match[str]) -> str:
    """``url`` with its host in ASCII. No mapping beyond case and NFC, so that a circled digit stays what it is."""
    name, colon, port = authority[1].partition(":")
    if name.isascii():
        return url
    if _DOTS.search(name):
        raise BadAddress("bad_address", "a full stop that is not one")
    try:
        ascii_name = idna.encode(unicodedata.normalize("NFC", name.lower().rstrip("."))).decode("ascii")
    except UnicodeError as error:
        raise BadAddress("bad_address", "its host is no domain name") from error
    return url[: authority.start(1)] + ascii_name + colon + port + url[authority.end(1) :]


def _checked_host(host: str) -> str:
    if host.startswith("["):
        return str(ipaddress.IPv6Address(host[1:-1]))
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadAddress("bad_address", "its host is no domain name")
    # "0x7f.1", "2130706433" and "0177.0.0.1" are addresses to inet_aton and names to us: read them as neither.
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise BadAddress("bad_address", "an IPv4 address that is not written in four decimal parts") from error
    return host


def normalise(url: str) -> str:
    """The address under which an article is known: two of these are equal when they surely name one article.

    Host in ASCII and lower case, default port and fragment left out, dot segments resolved, percent signs in one
    spelling, parameters in the order of their names, those that only track the reader left out. Scheme, ``www.`` and a
    final slash are kept: where they make no difference, the text will tell. Keep the address as it came beside it.

    Raises ``BadAddress``.
    """
    address = parse(url)
    kept = None
    if address.query:
        kept = "&".join(
            pair for pair in address.query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])
        )
    bare = Address(address.scheme, address.host, address.port, address.path, kept or None)
    normalised = str(canonicalize_url(str(bare)))
    if len(normalised) > LONGEST:
        raise BadAddress("bad_address", f"longer than {LONGEST} characters once normalised")
    return normalised


def absolute(reference: str, *, base: str) -> str:
    """The address that ``reference`` names on the page ``base``, as an http or https address without its fragment.

    Raises ``BadAddress``.
    """
    try:
        joined = urljoin(base, reference.strip())
    except ValueError as error:
        raise BadAddress("bad_address", "it cannot be parsed") from error
    return str(parse(joined))
