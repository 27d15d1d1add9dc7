"""How a language model is reached and what it may cost: read from the environment, and checked before use."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from apps.attribution.types import ExtractorUnavailable

PREFIX: Final = "COUNTERCLAIM_LLM_"
PATH: Final = "/chat/completions"


class BadOption(ValueError):
    """An option that cannot be used. The message is a sentence and never repeats a secret."""


@dataclass(frozen=True, slots=True)
class LlmOptions:
    """Where the model is, how long it is waited for, what it may cost. Times are seconds, sizes characters or bytes.

    ``url`` is the base that ``/chat/completions`` is put after, as in ``https://llm.example.org/v1``. Prices are for a
    million tokens, in ``currency``; ``max_cost`` is the most one process may spend, and 0 in ``requests_per_minute``
    means as often as it likes. Raises :class:`BadOption`.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    allow_http: bool = False
    connect_seconds: float = 10.0
    timeout_seconds: float = 120.0
    deadline_seconds: float = 600.0
    retries: int = 3
    longest_wait_seconds: float = 60.0
    requests_per_minute: int = 60
    price_in: Decimal | None = None
    price_out: Decimal | None = None
    max_cost: Decimal | None = None
    currency: str = "USD"
    window: int = 8_000
    max_tokens: int = 8_192
    most_bytes: int = 2 * 2**20

    def __post_init__(self) -> None:
        _check_url(self.url, allow_http=self.allow_http)
        if not self.model.strip():
            raise BadOption("The language model has no name.")
        if not (self.key.isascii() and self.key.isprintable() and " " not in self.key):
            raise BadOption("The key of the language model holds a character that no key has.")
        if self.max_cost is not None and (self.price_in is None or self.price_out is None):
            raise BadOption("The cost of the language model can only be limited if both of its prices are given.")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> LlmOptions:
        """The options that ``COUNTERCLAIM_LLM_…`` variables give; each may be given as ``…_FILE`` instead.

        Raises :class:`ExtractorUnavailable` (``llm_not_configured``) where no endpoint is named or a value is no good.
        """
        try:
            given = {name: value for name in READ if (value := _value(environ, PREFIX + name))}
            if "URL" not in given:
                raise BadOption(f"No language model is configured: {PREFIX}URL is not set.")
            if "MODEL" not in given:
                raise BadOption(f"{PREFIX}URL is set, but {PREFIX}MODEL does not say which model to ask.")
            fields = {READ[name][0]: _read(name, value) for name, value in given.items()}
            return cls(**fields)  # type: ignore[arg-type]
        except BadOption as error:
            raise ExtractorUnavailable(str(error), code="llm_not_configured", transient=False) from None

    @property
    def endpoint(self) -> SplitResult:
        """The address that is posted to."""
        base = self.url.rstrip("/")
        return urlsplit(base if base.endswith(PATH) else base + PATH)


def _check_url(url: str, *, allow_http: bool) -> None:
    if not (url.isascii() and url.isprintable() and " " not in url):
        raise BadOption("The address of the language model holds a character that no address has.")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadOption("The address of the language model is no address.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise BadOption("The address of the language model has to begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise BadOption("The address of the language model names a user; give the key apart from the address.")
    if parts.query or parts.fragment:
        raise BadOption("The address of the language model has to end before any “?” or “#”.")
    if parts.scheme == "http" and not (allow_http or is_loopback(host)):
        raise BadOption(
            f"The language model is on another machine and its address is not https. If the network between is yours, "
            f"set {PREFIX}ALLOW_HTTP."
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very spelling. Names are not looked up: an answer may change."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _value(environ: Mapping[str, str], name: str) -> str:
    path = environ.get(f"{name}_FILE", "").strip()
    if not path:
        return environ.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadOption(f"{name}_FILE names a file that cannot be read.") from None


def _flag(value: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if value.lower() not in words:
        raise ValueError(value)
    return words[value.lower()]


def _decimal(value: str) -> Decimal:
    number = Decimal(value)
    if not (number.is_finite() and 0 <= number < 10**9):
        raise ValueError(value)
    return number


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(value)
        if not least <= number <= most:
            raise ValueError(value)
        return number

    return read


READ: Final[Mapping[str, tuple[str, Callable[[str], object], str]]] = {
    "URL": ("url", str, "an address"),
    "MODEL": ("model", str, "a name"),
    "KEY": ("key", str, "a key"),
    "ALLOW_HTTP": ("allow_http", _flag, "true or false"),
    "TIMEOUT": ("timeout_seconds", _whole(1, 3_600), "a number of seconds, 1 to 3600"),
    "DEADLINE": ("deadline_seconds", _whole(1, 86_400), "a number of seconds, 1 to 86400"),
    "RETRIES": ("retries", _whole(0, 20), "a number from 0 to 20"),
    "REQUESTS_PER_MINUTE": ("requests_per_minute", _whole(0, 100_000), "a number from 0 to 100000"),
    "PRICE_PER_MILLION_IN": ("price_in", _decimal, "an amount of money"),
    "PRICE_PER_MILLION_OUT": ("price_out", _decimal, "an amount of money"),
    "MAX_COST": ("max_cost", _decimal, "an amount of money"),
    "CURRENCY": ("currency", str, "a currency"),
    "WINDOW": ("window", _whole(1_000, 50_000), "a number of characters, 1000 to 50000"),
    "MAX_TOKENS": ("max_tokens", _whole(256, 200_000), "a number of tokens, 256 to 200000"),
}
"""Of each variable, without its prefix: the field it fills, how it is read, and what it has to be."""

NAMES: Final = tuple(PREFIX + name for name in READ)


def _read(name: str, value: str) -> object:
    _, read, wanted = READ[name]
    try:
        return read(value)
    except (ValueError, InvalidOperation):
        raise BadOption(f"{PREFIX}{name} has to be {wanted}.") from None
