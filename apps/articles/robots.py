"""What a host's robots.txt lets us fetch, and how often: RFC 9309, and the crawl delay that many ask for besides.

The rules are read by Protego; before, everything is left out that is said to others. A hostile file that names
thousands of programs and thousands of rules for all of them would else be multiplied out.
"""

from __future__ import annotations

import functools
import re
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

LARGEST: Final = 500 * 1024
"""How many bytes of a robots.txt are read; what comes after is left out (RFC 9309, 2.5)."""
LONGEST_PAUSE: Final = 60.0
"""Seconds. A host that wants to be let be for longer between two requests is let be for that long."""
LEAST_KEPT: Final = timedelta(hours=1)
MOST_KEPT: Final = timedelta(hours=24)

_PRODUCT: Final = re.compile(r"[A-Za-z_-]+")
_MAX_AGE: Final = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_AGENT: Final = frozenset({"user-agent", "useragent", "user agent"})
_OF_NO_GROUP: Final = frozenset({"sitemap", "sitemaps", "site-map", "host"})


def product(user_agent: str) -> str:
    """The token by which a robots.txt knows us: what a User-Agent header begins with (RFC 9309, 2.2.1)."""
    found = _PRODUCT.match(user_agent.strip())
    return found[0].lower() if found else ""


def allows(text: str, url: str, *, user_agent: str) -> bool:
    """Whether the robots.txt ``text`` lets us fetch ``url``. The robots.txt itself always may be."""
    parts = urlsplit(url)
    if parts.path == "/robots.txt":
        return True
    token = product(user_agent)
    return bool(_rules(text, token).can_fetch(url, token))


def pause(text: str, *, user_agent: str) -> float:
    """The seconds between two requests that ``text`` asks us for, at most ``LONGEST_PAUSE``; else 0."""
    token = product(user_agent)
    rules = _rules(text, token)
    delay = rules.crawl_delay(token) or 0.0
    if rate := rules.request_rate(token):
        delay = max(delay, rate.seconds / rate.requests)
    return min(float(delay), LONGEST_PAUSE)


def kept_for(cache_control: str) -> timedelta:
    """How long an answer may be relied on, given its Cache-Control header: from an hour to a day."""
    told = _MAX_AGE.search(cache_control)
    return min(max(timedelta(seconds=int(told[1])), LEAST_KEPT), MOST_KEPT) if told else MOST_KEPT


@functools.lru_cache(maxsize=64)
def _rules(text: str, token: str) -> Protego:
    return Protego.parse(_said_to_us(text, token))


def _said_to_us(text: str, token: str) -> str:
    """The groups of ``text`` that are for us, and those for everybody."""
    kept: list[str] = []
    named: set[str] = set()
    naming = False
    for line in text.removeprefix("\ufeff").splitlines():
        field, value = _field(line)
        if field in _AGENT:
            if not naming:
                named.clear()
            if (name := _named(value)) in ("*", token) and name not in named:
                if not naming or not named:
                    kept.append("")
                named.add(name)
                kept.append(f"User-agent: {name}")
            naming = True
        elif field and field not in _OF_NO_GROUP:
            naming = False
            if named:
                kept.append(f"{field}: {value}")
    return "\n".join(kept)


def _field(line: str) -> tuple[str, str]:
    field, colon, value = line.partition("#")[0].partition(":")
    return (field.strip().lower(), value.strip()) if colon else ("", "")


def _named(value: str) -> str:
    """Whom a line is said to: the token alone, as many write a version behind it."""
    return "*" if value.strip() == "*" else product(value)
