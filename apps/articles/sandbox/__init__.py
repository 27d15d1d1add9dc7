"""Reading the bytes of strangers apart from everything else.

Each function does what the reader of its name does, in a child process with limits, and returns and raises the same;
beyond that, ``ParserStopped`` (parser_memory, parser_time, too_deep) where a limit was met, and ``ParserLost``
(parser_lost, which may pass) where the child was ended from outside. The readers themselves are pure and must not be
called by what runs beside secrets, sockets and other people's articles.
"""

from __future__ import annotations

import atexit
import importlib
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from typing import IO, Any, Final, get_type_hints

from apps.articles.discovery import Found
from apps.articles.extraction import Extracted
from apps.articles.formats import Kind, LeftOut, Member
from apps.articles.items import Feed
from apps.articles.listings import Listing
from apps.articles.opml import Outline
from apps.articles.page_metadata import Peek
from apps.articles.sandbox.parent import ParserLost, ParserStopped, Sandbox
from apps.articles.sitemaps import Sitemap

__all__ = [
    "ParserLost", "ParserStopped", "call", "close", "extract", "look", "peek", "read_feed", "read_listing", "read_opml",
    "read_sitemap", "unpack",
]  # fmt: skip

_OURS: Final = Sandbox()
_SECONDS_A_MEGABYTE: Final = 0.5


def call(reader: str, body: bytes, **options: Any) -> Any:
    """What the function ``module:name`` makes of ``body``. It is read as the type that the function says it returns.

    Raises what the function raises, ``ParserStopped``, ``ParserLost``.
    """
    return _OURS.call(reader, body, _returned(reader), options)


@cache
def _returned(reader: str) -> Any:
    module, _, name = reader.partition(":")
    return get_type_hints(getattr(importlib.import_module(module), name))["return"]


def extract(
    body: bytes, *, media_type: str = "", filename: str = "", url: str = "", headline: str = "", plain: bool = False
) -> Extracted:
    """The text of an article: ``extraction.from_bytes``."""
    found: Extracted = call(
        "apps.articles.extraction:from_bytes",
        body,
        media_type=media_type,
        filename=filename,
        url=url,
        headline=headline,
        plain=plain,
    )
    return found


def peek(body: bytes, *, content_type: str = "", url: str) -> Peek:
    """What a page calls itself: ``page_metadata.peek``."""
    found: Peek = call("apps.articles.page_metadata:peek", body, content_type=content_type, url=url)
    return found


def read_feed(body: bytes, *, url: str, content_type: str = "") -> Feed:
    """A feed: ``feeds.parse``."""
    found: Feed = call("apps.articles.feeds:parse", body, url=url, content_type=content_type)
    return found


def read_sitemap(body: bytes, *, url: str, content_type: str = "") -> Sitemap:
    """A sitemap: ``sitemaps.parse``."""
    found: Sitemap = call("apps.articles.sitemaps:parse", body, url=url, content_type=content_type)
    return found


def read_listing(body: bytes, *, url: str, content_type: str = "", selector: str) -> Listing:
    """A page that lists articles: ``listings.parse``."""
    found: Listing = call("apps.articles.listings:parse", body, url=url, content_type=content_type, selector=selector)
    return found


def read_opml(body: bytes) -> Outline:
    """A list of feeds: ``opml.parse``."""
    found: Outline = call("apps.articles.opml:parse", body)
    return found


def look(body: bytes, *, url: str, content_type: str = "") -> Found:
    """What can be followed here: ``discovery.look``."""
    found: Found = call("apps.articles.discovery:look", body, url=url, content_type=content_type)
    return found


def unpack(body: bytes | IO[bytes], *, kind: Kind, filename: str = "") -> Iterator[Member | LeftOut]:
    """What is in a container, one after the other, and last what was left out: ``formats.reading.unpack``.

    ``body`` may be an open file. The child that reads it is ended when the iterator is closed.
    """
    with _file(body) as file:
        size = os.fstat(file.fileno()).st_size
        seconds = _OURS.limits.seconds + size / 2**20 * _SECONDS_A_MEGABYTE
        pairs = _OURS.stream(
            "apps.articles.formats.reading:unpack",
            file.fileno(),
            tuple[Member | None, LeftOut | None],
            {"kind": kind, "filename": filename},
            seconds=seconds,
        )
        for member, left_out in pairs:
            if member is not None:
                yield member
            if left_out is not None:
                yield left_out


def _file(body: bytes | IO[bytes]) -> IO[bytes]:
    """A file of its own, without a name, that a child can be handed."""
    if not isinstance(body, bytes):
        return os.fdopen(os.dup(body.fileno()), "rb")
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by whoever asked for it)
    file.write(body)
    file.flush()
    return file


def close() -> None:
    """End the children that wait. The next reading starts another."""
    _OURS.close()


atexit.register(close)
