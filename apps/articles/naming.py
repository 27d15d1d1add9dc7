"""Which further addresses surely name the same article as the one it was asked for under.

Two addresses too many for one article are harmless: their texts will show that they are alike. One address for two
articles is not: the later one would become a version of the earlier. So what leads to a site's front, to a section, or
to a wall that asks readers to sign in or to consent, names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from . import addresses
from .page_metadata import same_site

FINAL: Final = "final"
CANONICAL: Final = "canonical"

_PERMANENT: Final = frozenset({301, 308})
_GENERIC: Final = frozenset({"", "index", "default", "home", "article", "articles", "story", "news", "amp", "login"})
_ENDING: Final = re.compile(r"\.(?:amp|s?html?|php|aspx?|jsp)$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{5,}")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_WORDS_OF_A_TITLE: Final = 4


def others(asked: str, *, final: str = "", redirects: Sequence[int] = (), canonical: str = "") -> dict[str, str]:
    """Normalised addresses that name the article too, in the order of how sure that is, with how we know: the kind.

    ``redirects`` are the statuses of the redirects from ``asked`` to ``final``; ``canonical`` is what the page that was
    found there calls itself, absolute. Raises ``BadAddress`` where ``asked`` is none.
    """
    asked_key = addresses.normalise(asked)
    found: dict[str, str] = {}
    final_key = _key(final) or asked_key
    led_there = final_key == asked_key or _leads_to_it(asked_key, final_key, redirects)
    if led_there:
        found[final_key] = FINAL
    canonical_key = _key(canonical)
    if canonical_key and _calls_itself(asked_key, final_key if led_there else asked_key, canonical_key, led_there):
        found.setdefault(canonical_key, CANONICAL)
    found.pop(asked_key, None)
    return found


def _key(url: str) -> str:
    with suppress(addresses.BadAddress):
        return addresses.normalise(url) if url else ""
    return ""


def _leads_to_it(asked: str, final: str, redirects: Sequence[int]) -> bool:
    """A redirect for good says that the article has another address; one for now may lead to anything."""
    if _is_above(final, asked):
        return False
    for_good = bool(redirects) and _PERMANENT.issuperset(redirects)
    return for_good or _alike(asked, final) or _names_an_item(final)


def _calls_itself(asked: str, page: str, canonical: str, led_there: bool) -> bool:
    """Whether a page may be called that: by its own site only, and not by the name of what it is a part of."""
    if not same_site(page, canonical) or _is_above(canonical, page):
        return False
    return led_there or _alike(asked, canonical)


def _is_above(one: str, other: str) -> bool:
    """Whether ``one`` is a site's front, or a folder that ``other`` is in, and not ``other`` itself."""
    above, below = addresses.parse(one), addresses.parse(other)
    if (above.path, above.query) == (below.path, below.query):
        return False
    if above.path == "/" and not above.query:
        return True
    folder = above.path.rstrip("/") + "/"
    return above.query is None and below.path.startswith(folder) and below.path != folder


def _alike(one: str, other: str) -> bool:
    """Whether both paths end alike, or hold the same long number, as those of two forms of one article do."""
    paths = [addresses.parse(address).path for address in (one, other)]
    names = [_name(path) for path in paths]
    if names[0] == names[1] and names[0] not in _GENERIC:
        return True
    return bool(set(_NUMBER.findall(paths[0])) & set(_NUMBER.findall(paths[1])))


def _names_an_item(address: str) -> bool:
    """Whether the path ends as an article's does: with a number, or the words of a title."""
    name = _name(addresses.parse(address).path)
    return bool(_NUMBER.search(name)) or len(_WORDS.findall(name)) >= _WORDS_OF_A_TITLE


def _name(path: str) -> str:
    """The last part of a path that says something, without its ending."""
    parts = [_ENDING.sub("", part).lower() for part in path.split("/")]
    return next((part for part in reversed(parts) if part not in _GENERIC), "")
