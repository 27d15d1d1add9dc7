"""JSON Feed 1.0 and 1.1 (jsonfeed.org): from the characters of a feed to the items it names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from .items import Feed, FeedUnreadable, Item, item, moment, newest, parted, permalink, plain

_VERSION: Final = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/1(?:\.\d+)?/?")


def is_json(text: str) -> bool:
    """Whether characters look like JSON at all, rather than like markup."""
    return text.lstrip("\ufeff \t\r\n")[:1] == "{"


def parse(text: str, *, url: str) -> Feed:
    """Read a feed that was fetched from ``url``. Raises ``FeedUnreadable``: not_a_feed, too_deep."""
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except RecursionError as error:
        raise FeedUnreadable("too_deep", "JSON") from error
    except ValueError as error:
        raise FeedUnreadable("not_a_feed", f"no JSON: {error}"[:200]) from error
    if not isinstance(document, dict) or not _VERSION.fullmatch(str(document.get("version"))):
        raise FeedUnreadable("not_a_feed", "JSON, but not of a feed")
    entries = document.get("items")
    found = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    kept, cut = newest(found, age=_age)
    items, refused = parted(_item(entry, url) for entry in kept)
    return Feed(title=plain(document.get("title")), items=items, refused=refused, cut=cut, dialect="json")


def _age(entry: Mapping[str, Any]) -> datetime | None:
    return moment(entry.get("date_modified")) or moment(entry.get("date_published"))


def _item(entry: Mapping[str, Any], base: str) -> Item:
    return item(
        guid=_text(entry, "id"),
        # The page that an item is; of one that only points elsewhere, where it points.
        references=[entry.get("url"), entry.get("external_url"), permalink(entry.get("id"))],
        base=base,
        title=_text(entry, "title"),
        published=moment(entry.get("date_published")) or moment(entry.get("date_modified")),
        updated=moment(entry.get("date_modified")),
        content=[_text(entry, name) for name in ("summary", "content_html", "content_text")],
    )


def _text(entry: Mapping[str, Any], name: str) -> str:
    """A member that is a string; identifiers are also met as numbers."""
    value = entry.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:100]
    return value if isinstance(value, str) else ""
